/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens to the webhook rather than to a review: counters, the log, and lines in the audit
 * log that say with what result and why.
 */
#include "base/jsonw.h"
#include "server/clock.h"
#include "server/internal.h"
#include "server/log.h"

enum { MINUTE_MS = 60 * 1000 };

/* Members that are NULL, empty or 0 are left out. */
struct event {
    bool ok;
    const char *reason, *resource, *peer, *subject;
    uint64_t count;
};

static void member(struct jsonw *w, const char *key, const char *value)
{
    if (value && *value)
        jsonw_key_c(w, key, value);
}

static void log_event(struct service *service, const char *name, const struct event *event)
{
    struct buf line;
    struct jsonw w;
    struct snapshot *snapshot = snapshot_hold(service);
    buf_init(&line, LIMIT_AUDIT_LINE);
    jsonw_init(&w, &line, 0);
    jsonw_object(&w);
    jsonw_key_c(&w, "policy", snapshot->digest);
    jsonw_key_c(&w, "result", result_name(event->ok));
    member(&w, "reason", event->reason);
    member(&w, "resource", event->resource);
    member(&w, "peer", event->peer);
    member(&w, "subject", event->subject);
    if (event->count > 0)
        jsonw_key_int(&w, "count", (int64_t)event->count);
    jsonw_object_end(&w);
    snapshot_drop(snapshot);
    record_line(service, name, &line);
}

/* Files */

static void reloaded(struct service *service, enum metric metric, const char *name,
                     const struct event *event)
{
    metrics_add(service->metrics, service->shard, metric, 1,
                LABELS(str_from(result_name(event->ok))));
    log_event(service, name, event);
}

void event_reload(void *service, bool ok, const char *why)
{
    reloaded(service, METRIC_POLICY_RELOADS, "reload", &(struct event){.ok = ok, .reason = why});
}

void event_rotation(void *service, bool ok, const char *why)
{
    reloaded(service, METRIC_CERTIFICATE_RELOADS, "rotation",
             &(struct event){.ok = ok, .reason = why});
}

/* The cluster */

void event_watch(void *context, enum cluster_log_event what, const char *text)
{
    struct service *service = context;
    bool ok = what == CLUSTER_SYNCED || what == CLUSTER_WATCH_BACK;
    log_line(ok                            ? LOG_LEVEL_INFO
             : what == CLUSTER_STATE_ERROR ? LOG_LEVEL_ERROR
                                           : LOG_LEVEL_WARNING,
             "%s%s", what == CLUSTER_WATCH_FAILED ? "namespaces cannot be watched: " : "", text);
    log_event(service, "watch",
              &(struct event){.ok = ok, .reason = text, .resource = "namespaces"});
    if (what != CLUSTER_SYNCED)
        return;
    /* What `latest` means is known now, and does not wait for the next look at the files. */
    pthread_mutex_lock(&service->lock);
    if (service->reload)
        reload_wake(service->reload);
    pthread_mutex_unlock(&service->lock);
}

/* Clients */

uint64_t authn_due(struct authn *authn, uint64_t now_ms)
{
    uint64_t due = 0, minute = now_ms / MINUTE_MS;
    pthread_mutex_lock(&authn->lock);
    if (minute != authn->minute) {
        authn->minute = minute;
        authn->lines = 0;
    }
    authn->untold++;
    if (authn->lines < LIMIT_AUTHN_LINES) {
        authn->lines++;
        due = authn->untold;
        authn->untold = 0;
    }
    pthread_mutex_unlock(&authn->lock);
    return due;
}

void event_authn(void *context, const char *peer, const struct tls_failure *failure)
{
    struct service *service = context;
    uint64_t count = authn_due(&service->authn, clock_ms());
    if (count > 0)
        log_event(service, "authn",
                  &(struct event){.reason = failure->reason,
                                  .peer = peer,
                                  .subject = failure->subject,
                                  .count = count});
}
