/* SPDX-License-Identifier: Apache-2.0
 *
 * AdmissionReview in, verdict out: Kubernetes' own Pod Security admission, byte for byte, as a
 * resumable value. No I/O, no clock: the caller parses the body, looks at the time, asks the API
 * server and writes the answer.
 *
 *   struct admission *a = admission_begin(doc, config, arena, deadline);
 *   a == NULL                       memory ran out: HTTP 500
 *   admission_refusal(a)            HTTP 400 with that text: no review that could be answered
 *   rate limit by admission_record(a)->username: admission_deny(a, 429, …)
 *   while ((state = admission_step(a, inventory, now)) != ADMISSION_DONE)
 *       ADMISSION_AGAIN             step once more, with the time as it is then
 *       ADMISSION_NEED_*            admission_need(a) says what: get it, admission_supply_*(a, …)
 *   arena->failed                   memory ran out: HTTP 500
 *   admission_response(a, out)      HTTP 200
 *   admission_record(a)             what to count and to log
 *
 * Nothing is kept of the inventory between two steps, so a parked decision holds no snapshot. The
 * body's doc and the arena must live until the end.
 */
#ifndef ADMISSION_ADMISSION_H
#define ADMISSION_ADMISSION_H

#include "kube/inventory.h"
#include "pss/config.h"

struct admission_config {
    struct pss_config pod_security;
    /* What `latest` means: evaluation never goes above it. PSS_NEWEST, or the cluster's minor. */
    uint32_t latest;
    /* The metrics' policy_version says `future` from v1.known_minors on: PSS_NEWEST + 1 (upstream
     * has its own build's minor here, and 0 in a build without a version). */
    uint32_t known_minors;
};

#define ADMISSION_CONFIG_DEFAULT                                                                   \
    ((struct admission_config){                                                                    \
        .pod_security = PSS_CONFIG_DEFAULT, .latest = PSS_NEWEST, .known_minors = PSS_NEWEST + 1})

struct admission; /* lives in the request's arena */

#define ADMISSION_NO_DEADLINE INT64_MAX

/* Reads the review's envelope. config must outlive it. deadline: until when the client waits (from
 * ?timeout=; the same clock as `now` below, nanoseconds), or ADMISSION_NO_DEADLINE. NULL when
 * memory ran out. */
struct admission *admission_begin(const struct doc *review, const struct admission_config *config,
                                  struct arena *arena, int64_t deadline);

/* The text of an HTTP 400 (text/plain) where the body is JSON but no AdmissionReview that could be
 * answered; NULL when it is one. The decision is over then: no step, no response. */
const char *admission_refusal(const struct admission *admission);
/* The same for a body that is not JSON at all (or has duplicate keys, or exceeds a ceiling). */
extern const char admission_undecodable[];

enum admission_state {
    ADMISSION_DONE,
    ADMISSION_AGAIN,          /* long work is done in slices: others may be served in between */
    ADMISSION_NEED_NAMESPACE, /* GET of a namespace that is not in the inventory */
    ADMISSION_NEED_PODS,      /* one page of the list of a namespace's pods */
};

/* Goes on as far as it can. */
enum admission_state admission_step(struct admission *admission, const struct inventory *inventory,
                                    int64_t now);

struct admission_need {
    struct str namespace; /* a name that may stand in a path */
    struct str token;     /* pods: the `continue` parameter; empty for the first page */
    int64_t deadline;     /* when to give up: admission_supply_error then */
};

struct admission_need admission_need(const struct admission *admission);

/* Answers to ADMISSION_NEED_NAMESPACE: its `metadata`, or that there is none (404). */
void admission_supply_namespace(struct admission *admission, const struct doc_node *metadata);
void admission_supply_not_found(struct admission *admission);
/* Answer to ADMISSION_NEED_PODS: a page, the PodList. It is judged by the next steps, pod by pod,
 * with scratch as their memory; both must stay until a step returns something else than
 * ADMISSION_AGAIN. */
void admission_supply_pods(struct admission *admission, const struct doc_node *list,
                           struct arena *scratch);
/* Answer to either: it failed; text is the API server's message, or ours. */
void admission_supply_error(struct admission *admission, struct str text);

/* Ends the decision with a denial of the caller's: 429 for the token bucket. message is copied. */
void admission_deny(struct admission *admission, unsigned code, const char *reason,
                    struct str message);

/* The AdmissionReview to send, only when DONE. */
void admission_response(const struct admission *admission, struct buf *out);

enum admission_decision {
    DECISION_ALLOW,  /* plain: nothing to tell anybody */
    DECISION_NOTICE, /* allowed, with warnings, violations for the audit log, or an exemption */
    DECISION_DENY,
    DECISION_ERROR, /* could not be judged: refused (pods, namespaces) or let in (templates) */
    DECISION_COUNT
};
const char *admission_decision_name(enum admission_decision decision);
/* "enforce", "audit" or "warn". */
const char *admission_mode_name(enum pss_mode mode);

/* One increment of a pod_security_* counter. Its other labels (request_operation, resource,
 * subresource) are the record's. */
enum admission_metric { ADMISSION_EVALUATIONS, ADMISSION_EXEMPTIONS, ADMISSION_ERRORS };

struct admission_count {
    enum admission_metric metric;
    const char *decision; /* evaluations: "allow" or "deny" */
    const char *level;    /* evaluations: policy_level */
    struct str version;   /* evaluations: policy_version */
    const char *mode;     /* evaluations: "enforce", "audit" or "warn" */
    const char *fatal;    /* errors: "true" or "false" */
};

enum { ADMISSION_COUNTS = 4 };

/* What the server counts and logs. All strings live as long as the arena and the body; those of the
 * request are as the client sent them, of any length and content. */
struct admission_record {
    struct str uid, username, operation, namespace, name;
    const struct doc_node *groups; /* a sequence of strings (or nulls), or NULL */
    struct {
        struct str group, version, kind;
    } kind;
    struct {
        struct str group, version, resource;
    } resource;
    struct str subresource; /* label subresource, as it came */
    bool dry_run;           /* leaves no trace but the metrics */

    /* Set when DONE. */
    enum admission_decision decision;
    bool allowed;
    unsigned code;       /* of the status; 0 when allowed */
    struct str message;  /* of the status; empty when allowed */
    struct str findings; /* what broke the policy, upstream's detail text; empty: nothing */
    pss_set failed[PSS_MODE_COUNT]; /* checks that failed, by mode; none in a mode not looked at */
    struct str error;               /* annotation `error`; empty: none */
    struct str metric_operation;    /* label request_operation: lower case */
    const char *metric_resource;    /* label resource: "pod", "namespace" or "controller" */
    struct admission_count counts[ADMISSION_COUNTS];
    uint32_t count_count;
};

const struct admission_record *admission_record(const struct admission *admission);

#endif
