/* SPDX-License-Identifier: Apache-2.0
 *
 * The series that nobody has to count for to be there: those whose labels are known, from the start
 * and at zero, and those that are looked up for each scrape. A counter that first shows with a 1
 * never rose for an alert over increase(), so the first failure of a kind would go unseen.
 */
#include "server/clock.h"
#include "server/internal.h"

static void create_pod_security(struct metrics *m)
{
    static const char *const operations[] = {"create", "update"};
    static const char *const resources[] = {"pod", "controller"};
    for (size_t i = 0; i < 2; i++) {
        struct str operation = str_from(operations[i]);
        metrics_add(m, 0, METRIC_EVALUATIONS, 0,
                    LABELS(STR("allow"), STR("enforce"), STR("privileged"), STR("latest"),
                           operation, STR("pod"), STR("")));
        for (size_t k = 0; k < 2; k++)
            metrics_add(m, 0, METRIC_EXEMPTIONS, 0,
                        LABELS(operation, str_from(resources[k]), STR("")));
    }
}

static void create_findings(struct service *service)
{
    for (enum pss_mode mode = PSS_ENFORCE; mode < PSS_MODE_COUNT; mode++)
        for (enum pss_check check = 0; check < PSS_CHECK_COUNT; check++)
            metrics_add(service->metrics, 0, METRIC_FINDINGS, 0,
                        LABELS(str_from(admission_mode_name(mode)), STR(""),
                               str_from(service->rule_ids[check])));
}

static void create_errors(struct metrics *m)
{
    for (enum request_error error = 0; error < REQUEST_ERROR_COUNT; error++)
        metrics_add(m, 0, METRIC_REQUEST_ERRORS, 0, LABELS(str_from(request_error_name(error))));
    for (enum http_rejection reason = 0; reason < HTTP_REJECTION_COUNT; reason++)
        metrics_add(m, 0, METRIC_CONNECTIONS_REJECTED, 0,
                    LABELS(str_from(http_rejection_name(reason))));
    for (int ok = 0; ok < 2; ok++) {
        struct str result = str_from(result_name(ok));
        metrics_add(m, 0, METRIC_POLICY_RELOADS, 0, &result);
        metrics_add(m, 0, METRIC_CERTIFICATE_RELOADS, 0, &result);
    }
}

/* The decisions on pods; what else is reviewed is up to who registers it. */
static void create_requests(struct metrics *m)
{
    static const char *const operations[] = {"CREATE", "UPDATE"};
    for (enum admission_decision decision = 0; decision < DECISION_COUNT; decision++)
        for (size_t i = 0; i < 2; i++)
            metrics_add(m, 0, METRIC_REQUESTS, 0,
                        LABELS(str_from(admission_decision_name(decision)), STR("false"), STR(""),
                               str_from(operations[i]), STR("pods"), STR("")));
}

void series_create(struct service *service)
{
    struct metrics *m = service->metrics;
    create_pod_security(m);
    create_requests(m);
    create_errors(m);
    create_findings(service);
    metrics_add(m, 0, METRIC_RATE_LIMITED, 0, NO_LABELS);
    metrics_set(m, METRIC_BUILD_INFO, 1, LABELS(str_from(service->options->version)));
}

void series_refresh(struct service *service)
{
    struct metrics *m = service->metrics;
    struct tls_validity validity = tls_validity(service->tls);
    struct cluster_status status;
    cluster_status(service->cluster, &status);
    metrics_set(m, METRIC_CERTIFICATE_EXPIRY, (double)validity.serving_until,
                LABELS(STR("serving")));
    if (validity.client_ca_until != 0)
        metrics_set(m, METRIC_CERTIFICATE_EXPIRY, (double)validity.client_ca_until,
                    LABELS(STR("client-ca")));
    metrics_set(m, METRIC_CACHE_SYNCED, status.synced, LABELS(STR("namespaces")));
    int64_t heard = status.last_event ? status.last_event : atomic_load(&service->crash->heard);
    if (heard != 0)
        metrics_set(m, METRIC_WATCH_LAST_EVENT, (double)heard, LABELS(STR("namespaces")));
    metrics_set(m, METRIC_REFUSED_USERS, refusals_over(service->refusals, clock_ms()), NO_LABELS);
    metrics_clear(m, METRIC_AUDIT_DROPPED);
    metrics_add(m, 0, METRIC_AUDIT_DROPPED, audit_log_dropped(service->audit), NO_LABELS);
    metrics_clear(m, METRIC_WORKER_RESTARTS);
    metrics_add(m, 0, METRIC_WORKER_RESTARTS, atomic_load(&service->crash->restarts), NO_LABELS);
}
