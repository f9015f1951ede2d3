/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of admission/ share: the decision in progress.
 */
#ifndef ADMISSION_INTERNAL_H
#define ADMISSION_INTERNAL_H

#include "admission/admission.h"

/* --- texts: strings of the arena, made of parts that may hold any byte, NUL too --- */

struct str text_join(struct arena *arena, const struct str *parts, size_t count);
#define TEXT(arena, ...)                                                                           \
    text_join((arena), (const struct str[]){__VA_ARGS__},                                          \
              sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))
/* As Go's %q. */
struct str text_quote(struct arena *arena, struct str s);
struct str text_uint(struct arena *arena, uint64_t n);
struct str text_lower(struct arena *arena, struct str s);
/* Items joined by ", ", in [ ] when there are several: how Go prints an aggregate error. Texts met
 * before are left out. */
struct str text_aggregate(struct arena *arena, const struct str *items, size_t count);

/* --- the policy of a namespace --- */

/* A label of the namespace that says no level or no version. */
struct label_error {
    struct str field;   /* metadata.labels[pod-security.kubernetes.io/enforce] */
    struct str message; /* Invalid value: "foo": must be one of … */
};

enum { LABEL_COUNT = 2 * PSS_MODE_COUNT };

/* The six labels, in upstream's order: enforce, enforce-version, audit, … */
struct namespace_labels {
    struct {
        bool present;
        struct str value;
    } items[LABEL_COUNT];
    bool any; /* the namespace has a label, of whatever key */
};

struct namespace_policy {
    struct pss_policy policy;
    struct label_error errors[LABEL_COUNT];
    uint32_t error_count;
};

void namespace_labels_of_record(struct namespace_labels *labels,
                                const struct inventory_namespace *ns);
void namespace_labels_of_metadata(struct namespace_labels *labels, const struct doc_node *metadata);
/* The effective policy, its strings copied to the arena. */
void namespace_policy(struct namespace_policy *out, const struct namespace_labels *labels,
                      const struct pss_policy *defaults, struct arena *arena);
bool namespace_policy_same_errors(const struct namespace_policy *a,
                                  const struct namespace_policy *b);
struct str namespace_policy_errors(const struct namespace_policy *policy, struct arena *arena);
/* The warning that labels of an exempt namespace have no effect; empty when there is nothing to
 * warn of. */
struct str namespace_exempt_warning(struct str name, const struct namespace_policy *policy,
                                    const struct namespace_labels *labels,
                                    const struct pss_policy *defaults, struct arena *arena);

/* Whether all three modes are privileged, whatever their versions. */
bool policy_is_privileged(const struct pss_policy *policy);
bool level_version_equal(const struct pss_level_version *a, const struct pss_level_version *b);
/* restricted:v1.22 */
struct str level_version_text(const struct pss_level_version *lv, struct arena *arena);

/* --- objects in a request --- */

enum decoded {
    DECODED_NOTHING, /* absent or null */
    DECODED_OBJECT,
    DECODED_ERROR, /* of no registered kind, or a wrong type in a known field */
};

/* Looks at raw as Go's decoder would: which kind it is (defaults from the request's), whether that
 * is registered, whether every known field has its type. object->kind and api_version are what it
 * was decoded as; *error is the text after "failed to decode object: ". */
enum decoded decode_object(struct object *object, const struct doc_node *raw,
                           const struct admission_record *record, const struct doc *doc,
                           struct arena *arena, struct str *error);
bool object_is(const struct object *object, const char *group, const char *kind);
/* apiVersion and kind as they stand in the object: "/v1, Kind=ConfigMap". */
struct str object_written_gvk(const struct object *object, struct arena *arena);

enum template_found { TEMPLATE_NONE, TEMPLATE_ABSENT, TEMPLATE_FOUND };
/* The pod in one of the kinds that Pod Security knows. ABSENT: a ReplicationController without. */
enum template_found object_pod(struct pod *pod, const struct object *object);

/* --- the decision --- */

enum phase {
    PHASE_START,
    PHASE_NAMESPACE,      /* waits for the namespace */
    PHASE_NAMESPACE_HERE, /* policy or namespace_error is set */
    PHASE_LIST,           /* waits for a page of pods */
    PHASE_JUDGE,          /* judges that page */
    PHASE_DONE,
};

struct answer_cause {
    struct str reason, message, field;
};

struct answer {
    struct str reason; /* of the status; code and message stand in the record */
    struct {
        struct str name, group, kind;
    } details;
    const struct answer_cause *causes;
    uint32_t cause_count;
    VEC(struct str) warnings;
    struct str exempt, enforce_policy, audit_violations; /* annotations; empty: absent */
};

/* A pod of the namespace that is being relabelled. */
struct existing_pod {
    struct str name;
    uint32_t group; /* index in groups, or NO_GROUP when it keeps the new policy */
};

struct existing_group {
    struct str reasons;
    struct str name; /* the bytewise smallest */
    uint32_t count;
};

/* Pods are judged as they come and forgotten; what is left is a name and a text each. */
struct existing_pods {
    struct pss_level_version policy;
    struct str namespace;
    struct str token;
    int64_t deadline;
    const struct doc_node *list; /* the page in hand */
    struct arena *scratch;
    uint32_t next;                      /* in the page */
    VEC(struct existing_pod) first;     /* no controller, or the first of one */
    VEC(struct existing_pod) others;    /* further replicas */
    VEC(struct str) controllers;        /* uids, sorted */
    VEC(struct existing_group) reasons; /* by text */
    size_t total;                       /* met, kept or not */
};

enum request_kind { REQUEST_POD, REQUEST_NAMESPACE, REQUEST_TEMPLATE };

struct admission {
    const struct admission_config *config;
    struct arena *arena;
    const struct doc *doc;
    const struct doc_node *object, *old_object;
    const char *refusal;
    int64_t deadline;
    enum request_kind kind;
    enum phase phase;
    bool failed; /* it could not be judged */
    struct namespace_policy policy;
    struct str namespace_error;
    struct admission_record record;
    struct answer answer;
    struct existing_pods existing;
};

/* Reads the envelope; false: admission->refusal says why not. */
bool review_read(struct admission *admission);

void answer_warn(struct admission *admission, struct str text);
void answer_deny(struct admission *admission, unsigned code, const char *reason,
                 struct str message);
/* Denies with 400 and the same text in the annotation `error`, plus ": cause" when there is one. */
void answer_bad_request(struct admission *admission, const char *message, struct str cause);
void count_evaluation(struct admission *admission, bool deny, const struct pss_level_version *lv,
                      enum pss_mode mode);
void count_exemption(struct admission *admission);
void count_error(struct admission *admission, bool fatal);

bool is_exempt(const struct pss_names *names, struct str name);
/* Pod Security on one pod, with or without the power to deny (pss.md 2.8). */
void evaluate_pod(struct admission *admission, const struct pod *pod, bool enforce);
void evaluate_checks(struct pss_results *results, const struct admission *admission,
                     const struct pss_level_version *lv, const struct pod *pod,
                     struct arena *arena);

/* The three kinds of request. Each runs from the phase it is in to where it has to wait or is done.
 */
enum admission_state pods_step(struct admission *admission, const struct inventory *inventory);
enum admission_state templates_step(struct admission *admission, const struct inventory *inventory);
enum admission_state namespaces_step(struct admission *admission, int64_t now);
/* Why a name cannot stand as one segment of a path, in the words of the API server's client; empty
 * when it can. */
struct str name_fault(struct str name, struct arena *arena);
/* Looks the request's namespace up and sets policy or namespace_error; false: it must be asked for.
 */
bool lookup_namespace(struct admission *admission, const struct inventory *inventory);

/* The pods of a namespace whose enforced policy changes (pss.md 2.5). */
enum admission_state existing_begin(struct admission *admission, struct str namespace,
                                    const struct pss_level_version *policy, int64_t now);
void existing_page(struct admission *admission, const struct doc_node *list, struct arena *scratch);
enum admission_state existing_failed(struct admission *admission);
enum admission_state existing_step(struct admission *admission, int64_t now);

#endif
