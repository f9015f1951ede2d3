/* SPDX-License-Identifier: Apache-2.0
 *
 * The worker from its first line to its last: everything is made in order, served from, and taken
 * apart in the opposite order.
 */
#include "server/service.h"

#include "server/clock.h"
#include "server/internal.h"
#include "server/log.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

enum { EXIT_CONFIGURATION = 2, MMAP_BYTES = 256 << 10 };
enum { FILE_CERT, FILE_KEY, FILE_CLIENT_CA };

/* Files */

static bool apply_certificate(void *context, const struct reload_contents *contents,
                              struct diag *diag)
{
    struct service *service = context;
    const struct service_options *options = service->options;
    const struct str *files = contents->files;
    return tls_use(service->tls,
                   (struct tls_pair){.certificate = {options->cert_file, files[FILE_CERT]},
                                     .key = {options->key_file, files[FILE_KEY]},
                                     .client_ca = {options->client_ca_file, files[FILE_CLIENT_CA]},
                                     .again = contents->again},
                   diag);
}

static void make_groups(struct service *service)
{
    const struct service_options *options = service->options;
    service->groups[GROUP_POLICY] = (struct reload_group){.paths = {options->pod_security_config},
                                                          .name = "policy",
                                                          .context = service,
                                                          .apply = policy_apply,
                                                          .done = event_reload,
                                                          .kept = options->kept[KEPT_POLICY]};
    service->groups[GROUP_CERTIFICATE] = (struct reload_group){
        .paths = {options->cert_file, options->key_file, options->client_ca_file},
        .name = "certificate",
        .context = service,
        .apply = apply_certificate,
        .done = event_rotation,
        .kept = options->kept[KEPT_CERTIFICATE]};
    service->groups[GROUP_ACCESS] = (struct reload_group){.paths = {options->kubeconfig},
                                                          .name = "kubeconfig",
                                                          .context = service,
                                                          .apply = connect_apply,
                                                          .kept = options->kept[KEPT_ACCESS]};
}

/* On the reload thread: what the cluster holds is kept, and one that was upgraded means something
 * else by `latest`. */
static void follow_cluster(void *context)
{
    struct service *service = context;
    struct diag diag = {0};
    cluster_keep(service->cluster);
    uint32_t latest = policy_latest(service);
    if (latest == service->latest)
        return;
    service->latest = latest;
    if (reload_again(&service->groups[GROUP_POLICY], &diag))
        log_info("latest means v1.%u, the version of the cluster", latest);
    else
        service->latest = 0; /* try again */
}

/* The cluster */

static bool start_cluster(struct service *service, struct diag *diag)
{
    const struct service_options *options = service->options;
    struct str agent = arena_printf(&service->arena, "rampart-webhook/%s", options->version);
    if (service->arena.failed)
        return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    if (!options->state_dir && !reload_now(&service->groups[GROUP_ACCESS], diag))
        return false;
    service->cluster = cluster_start(&(struct cluster_options){.access = &service->access,
                                                               .state_dir = options->state_dir,
                                                               .kept = options->kept[KEPT_STATE],
                                                               .user_agent = agent.ptr,
                                                               .log = event_watch,
                                                               .context = service},
                                     diag);
    return service->cluster != NULL;
}

/* Parts */

static void name_checks(struct service *service)
{
    for (enum pss_check check = 0; check < PSS_CHECK_COUNT; check++) {
        const struct rule *rule = rule_set_of_check(service->options->rules, check);
        service->rule_ids[check] = rule ? rule->id : pss_check_id(check);
    }
}

static bool make_parts(struct service *service, struct diag *diag)
{
    const struct service_options *options = service->options;
    service->shard = options->loops;
    name_checks(service);
    service->metrics = metrics_new(options->loops + 1);
    service->tls = tls_new(options->client_names);
    service->loops = review_loops_new(service, options->loops);
    service->refusals = refusals_new();
    if (options->rate_limit > 0)
        service->rate = rate_new(options->rate_limit, options->rate_burst);
    if (!service->metrics || !service->tls || !service->loops || !service->refusals ||
        (options->rate_limit > 0 && !service->rate))
        return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    series_create(service);
    service->audit =
        audit_log_open(options->audit_log, !atomic_load(&service->crash->served), diag);
    return service->audit != NULL;
}

static void on_rejected(void *context, enum http_rejection reason)
{
    struct service *service = context;
    metrics_add(service->metrics, service->shard, METRIC_CONNECTIONS_REJECTED, 1,
                LABELS(str_from(http_rejection_name(reason))));
}

static bool start_listeners(struct service *service, struct diag *diag)
{
    const struct service_options *options = service->options;
    service->admission = http_start(&(struct http_options){.listeners = options->admission_fds,
                                                           .loops = options->loops,
                                                           .tls = service->tls,
                                                           .connections = options->connections,
                                                           .context = service,
                                                           .handler = review_handle,
                                                           .tick = review_tick,
                                                           .rejected = on_rejected,
                                                           .stranger = event_authn},
                                    diag);
    if (!service->admission)
        return false;
    service->ops = http_start(&(struct http_options){.listeners = &options->ops_fd,
                                                     .loops = 1,
                                                     .connections = LIMIT_CONNECTIONS_OPS,
                                                     .context = service,
                                                     .handler = probes_handle},
                              diag);
    return service->ops != NULL;
}

/* Life */

/* The next signal of the set, or 0 at that time by clock_ms; SIGHUP is obeyed meanwhile. */
static int wait_signal(struct service *service, struct reload *reload, const sigset_t *set,
                       uint64_t until)
{
    for (uint64_t now = clock_ms(); now < until; now = clock_ms()) {
        uint64_t ms = until - now < LIMIT_IDLE_MS ? until - now : LIMIT_IDLE_MS;
        struct timespec wait = {.tv_sec = (time_t)(ms / 1000),
                                .tv_nsec = (long)(ms % 1000) * 1000000};
        int number = sigtimedwait(set, NULL, &wait);
        if (number > 0 && number != SIGHUP)
            return number;
        if (number == SIGHUP) {
            audit_log_reopen(service->audit);
            reload_force(reload);
        }
    }
    return 0;
}

/* Endpoints are removed behind our back, so calls still come for a while: they are answered, each
 * on a connection that is closed then. Who interrupts from a terminal does not want to wait. */
static void serve_and_drain(struct service *service, struct reload *reload)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTERM);
    int number = wait_signal(service, reload, &set, UINT64_MAX);
    atomic_store(&service->draining, true);
    log_info("draining");
    http_drain(service->admission);
    /* Where all processes of a group or a container are told to end, we are told twice: by that,
     * and by the supervisor. So only it knows what a second SIGTERM is, and makes it a SIGINT. */
    sigdelset(&set, SIGTERM);
    if (number == SIGTERM)
        wait_signal(service, reload, &set, clock_ms() + service->options->drain_delay_ms);
}

/* Whatever of it was made. Threads first: the listeners, then the cluster, whose last answers go to
 * loops that do not turn any more, then the log. */
static void release(struct service *service)
{
    if (service->admission && !http_stop(service->admission, LIMIT_DRAIN_MS))
        log_warning("some requests were cut: their time was up");
    if (service->ops)
        http_stop(service->ops, 0);
    if (service->cluster)
        cluster_stop(service->cluster);
    if (service->admission)
        http_free(service->admission);
    if (service->ops)
        http_free(service->ops);
    audit_log_close(service->audit);
    review_loops_free(service->loops, service->options->loops);
    snapshot_drop(service->snapshot);
    rate_free(service->rate);
    refusals_free(service->refusals);
    tls_free(service->tls);
    metrics_free(service->metrics);
    pthread_mutex_destroy(&service->lock);
    pthread_mutex_destroy(&service->authn.lock);
}

/* The policy first: what is said of other files names it. */
static bool prepare(struct service *service, struct diag *diag)
{
    service->latest = policy_latest(service);
    make_groups(service);
    return make_parts(service, diag) && reload_now(&service->groups[GROUP_POLICY], diag) &&
           reload_now(&service->groups[GROUP_CERTIFICATE], diag) && start_cluster(service, diag);
}

static void set_reload(struct service *service, struct reload *reload)
{
    pthread_mutex_lock(&service->lock);
    service->reload = reload;
    pthread_mutex_unlock(&service->lock);
}

/* Returns when it has drained. */
static bool run(struct service *service, struct diag *diag)
{
    struct reload *reload = reload_start(service->groups, GROUP_ACCESS, follow_cluster, service);
    if (!reload)
        return diag_set(diag, DIAG_IO, 0, 0, "no more threads can be started");
    set_reload(service, reload);
    reload_wake(reload); /* the cluster may have told its version before */
    log_info("serving");
    atomic_store(&service->crash->served, true);
    serve_and_drain(service, reload);
    set_reload(service, NULL);
    reload_stop(reload);
    return true;
}

int service_run(const struct service_options *options, struct crash *crash)
{
    struct service service = {.options = options, .crash = crash};
    struct diag diag = {0};
    arena_init(&service.arena, LIMIT_FILE_ARENA);
    pthread_mutex_init(&service.lock, NULL);
    pthread_mutex_init(&service.authn.lock, NULL);
    crash_watch(crash);
    /* What a large body took goes back to the kernel; glibc's own threshold rises with the first.
     */
    mallopt(M_MMAP_THRESHOLD, MMAP_BYTES);
    bool ok = prepare(&service, &diag) && start_listeners(&service, &diag) && run(&service, &diag);
    if (!ok)
        log_error("%s", diag.text);
    release(&service);
    arena_wipe(&service.arena); /* the kubeconfig's key */
    arena_release(&service.arena);
    log_info("stopped");
    return ok ? 0 : EXIT_CONFIGURATION;
}
