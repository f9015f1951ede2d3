/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the webhook share.
 */
#ifndef SERVER_INTERNAL_H
#define SERVER_INTERNAL_H

#include "admission/admission.h"
#include "kubeapi/cluster.h"
#include "server/audit_log.h"
#include "server/http.h"
#include "server/metrics.h"
#include "server/rate.h"
#include "server/refusals.h"
#include "server/reload.h"
#include "server/service.h"

#include <pthread.h>
#include <stdatomic.h>

/* What decisions are made by. Immutable and counted: a decision keeps the one it began with. */
struct snapshot {
    atomic_uint owners;
    struct arena arena; /* holds what config points to */
    struct admission_config config;
    char digest[65]; /* SHA-256 of the policy files, in hexadecimal */
};

/* A client without a certificate must not fill the log: so many lines a minute, and each says how
 * many refusals it stands for. */
struct authn {
    pthread_mutex_t lock;
    uint64_t minute, untold;
    unsigned lines; /* in that minute */
};

struct review_loop;

/* Files that are read together; those before GROUP_ACCESS are looked at while it serves. */
enum group { GROUP_POLICY, GROUP_CERTIFICATE, GROUP_ACCESS, GROUP_COUNT };

struct service {
    const struct service_options *options;
    const char *rule_ids[PSS_CHECK_COUNT]; /* the rules that report the checks */
    struct crash *crash;
    struct metrics *metrics; /* a shard a loop, and the last for all other threads */
    unsigned shard;          /* that last one */
    struct audit_log *audit;
    struct rate *rate; /* NULL: no limit */
    struct refusals *refusals;
    struct authn authn;
    struct tls *tls;
    struct cluster *cluster;
    struct http *admission, *ops;
    struct review_loop *loops;
    pthread_mutex_t lock; /* of snapshot and reload */
    struct snapshot *snapshot;
    uint32_t latest; /* minor that `latest` means in it; the reload thread's */
    struct reload_group groups[GROUP_COUNT];
    struct reload *reload;        /* NULL: not yet, or not any more; guarded by lock */
    struct kubeapi_access access; /* with what it points to in arena */
    struct arena arena;
    atomic_bool draining;
};

/* policy.c. The present snapshot, to be dropped. */
struct snapshot *snapshot_hold(struct service *service);
void snapshot_drop(struct snapshot *snapshot);
/* Makes a snapshot from the text of a PodSecurityConfiguration, and puts it in force. */
bool policy_apply(void *service, const struct reload_contents *contents, struct diag *diag);
/* The minor that `latest` means now: as told, or the cluster's (by a worker before this one, as
 * long as it has not been asked), or the newest. Notes what a worker after a crash should know. */
uint32_t policy_latest(struct service *service);

/* connect.c. Fills the service's access from the text of the kubeconfig, or, where none is named,
 * from what a pod finds around itself. */
bool connect_apply(void *service, const struct reload_contents *contents, struct diag *diag);

/* review.c. The handler and tick of the admission listener; context is the service. */
struct review_loop *review_loops_new(struct service *service, unsigned count);
void review_loops_free(struct review_loop *loops, unsigned count);
void review_handle(void *context, struct http_request *request);
void review_tick(void *context, unsigned index);

/* Why a request gets an answer without a verdict, and the reason's name in metrics. */
#define REQUEST_ERRORS(ERROR)                                                                      \
    ERROR(PATH, "path")                                                                            \
    ERROR(METHOD, "method")                                                                        \
    ERROR(TYPE, "type")                                                                            \
    ERROR(EMPTY, "empty")                                                                          \
    ERROR(UNDECODABLE, "undecodable") /* no JSON, or past a ceiling */                             \
    ERROR(REFUSED, "refused")         /* JSON, but no review */                                    \
    ERROR(POISON, "poison")           /* a worker crashed on it */                                 \
    ERROR(MEMORY, "memory")

enum request_error {
#define ERROR(id, name) REQUEST_ERROR_##id,
    REQUEST_ERRORS(ERROR)
#undef ERROR
        REQUEST_ERROR_COUNT
};
const char *request_error_name(enum request_error error);

/* series.c. Makes the series whose labels are known from the start, so that a rate over their first
 * count can be seen. */
void series_create(struct service *service);
/* Sets what is looked up when somebody asks, not counted as it happens. */
void series_refresh(struct service *service);

/* record.c. "success" or "failure". */
const char *result_name(bool ok);
/* Counts and logs a decision. */
struct decision {
    const struct admission_record *record;
    const char *policy; /* digest */
    int64_t nanoseconds;
};
void record_decision(struct service *service, unsigned loop, const struct decision *decision);
/* Appends the members of a decision's audit line, as an object. */
void record_fields(struct buf *out, const struct decision *decision);
/* Adds an audit line with the members of an object, and releases that. */
void record_line(struct service *service, const char *event, struct buf *object);

/* events.c. What happens besides decisions, counted and logged; context is the service. */
void event_reload(void *context, bool ok, const char *why);
void event_rotation(void *context, bool ok, const char *why);
void event_watch(void *context, enum cluster_log_event event, const char *text);
void event_authn(void *context, const char *peer, const struct tls_failure *failure);
/* Counts a refusal; how many of them a line is due for now, 0: none. */
uint64_t authn_due(struct authn *authn, uint64_t now_ms);

/* probes.c. The handler of the plain listener; context is the service. */
void probes_handle(void *context, struct http_request *request);

#endif
