/* SPDX-License-Identifier: Apache-2.0
 *
 * The snapshot that decisions are made by: who makes it, who holds it.
 */
#include "config/pod_security.h"
#include "server/internal.h"
#include "server/log.h"
#include "server/tls.h"

#include <stdlib.h>

struct snapshot *snapshot_hold(struct service *service)
{
    pthread_mutex_lock(&service->lock);
    struct snapshot *snapshot = service->snapshot;
    atomic_fetch_add_explicit(&snapshot->owners, 1, memory_order_relaxed);
    pthread_mutex_unlock(&service->lock);
    return snapshot;
}

void snapshot_drop(struct snapshot *snapshot)
{
    if (!snapshot || atomic_fetch_sub_explicit(&snapshot->owners, 1, memory_order_acq_rel) != 1)
        return;
    arena_release(&snapshot->arena);
    free(snapshot);
}

/* Takes snapshot over. */
static void put_in_force(struct service *service, struct snapshot *snapshot)
{
    pthread_mutex_lock(&service->lock);
    struct snapshot *before = service->snapshot;
    service->snapshot = snapshot;
    pthread_mutex_unlock(&service->lock);
    snapshot_drop(before);
    metrics_clear(service->metrics, METRIC_POLICY_INFO);
    metrics_set(service->metrics, METRIC_POLICY_INFO, 1, LABELS(str_from(snapshot->digest)));
}

static bool read_config(struct snapshot *snapshot, const char *path, struct str text,
                        struct diag *diag)
{
    struct pod_security_error error = {0};
    if (pod_security_read(text, &snapshot->arena, &snapshot->config.pod_security, &error))
        return true;
    if (snapshot->arena.failed)
        return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    return diag_set(diag, DIAG_VALUE, 0, 0, "%s:%u:%u: %.*s", path, error.line, error.column,
                    STR_ARG(error.text));
}

static struct snapshot *snapshot_new(const struct service *service, struct str text,
                                     struct diag *diag)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot) {
        diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
        return NULL;
    }
    atomic_init(&snapshot->owners, 1);
    arena_init(&snapshot->arena, LIMIT_FILE_ARENA);
    tls_digest(text, snapshot->digest);
    snapshot->config = ADMISSION_CONFIG_DEFAULT;
    snapshot->config.latest = service->latest;
    if (read_config(snapshot, service->options->pod_security_config,
                    arena_str(&snapshot->arena, text), diag))
        return snapshot;
    snapshot_drop(snapshot);
    return NULL;
}

bool policy_apply(void *context, const struct reload_contents *contents, struct diag *diag)
{
    struct service *service = context;
    struct snapshot *snapshot = snapshot_new(service, contents->files[0], diag);
    if (!snapshot)
        return false;
    put_in_force(service, snapshot);
    return true;
}

uint32_t policy_latest(struct service *service)
{
    struct cluster_status status = {0};
    uint32_t minor = service->options->kubernetes_minor, clusters;
    if (service->cluster)
        cluster_status(service->cluster, &status);
    if (status.minor != 0)
        atomic_store(&service->crash->minor, status.minor);
    if (status.last_event != 0)
        atomic_store(&service->crash->heard, status.last_event);
    clusters = atomic_load(&service->crash->minor);
    if (minor == PSS_LATEST && clusters != 0)
        minor = clusters;
    return minor > PSS_NEWEST ? PSS_NEWEST : minor;
}
