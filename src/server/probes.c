/* SPDX-License-Identifier: Apache-2.0
 *
 * The plain listener: is it alive, is it ready, what did it count.
 */
#include "server/clock.h"
#include "server/internal.h"
#include "server/query.h"

static bool stalled(struct service *service)
{
    return clock_ms() - http_ticked_at(service->admission) >= LIMIT_STALL_MS;
}

/* What readiness depends on; NULL, or why it does not hold. */

static const char *not_draining(struct service *service)
{
    return atomic_load(&service->draining) ? "the server is shutting down" : NULL;
}

static const char *caches(struct service *service)
{
    struct cluster_status status;
    cluster_status(service->cluster, &status);
    return status.synced ? NULL : "namespaces have not been listed yet";
}

static const char *certificate(struct service *service)
{
    return tls_validity(service->tls).serving_until > clock_unix() ? NULL
                                                                   : "the certificate has expired";
}

static const struct {
    const char *name;
    const char *(*why_not)(struct service *service);
} conditions[] = {{"caches", caches}, {"certificate", certificate}, {"serving", not_draining}};

static bool ready(struct service *service, struct buf *text)
{
    bool all = true;
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        const char *why = conditions[i].why_not(service);
        all = all && !why;
        if (why)
            buf_printf(text, "[-]%s failed: %s\n", conditions[i].name, why);
        else
            buf_printf(text, "[+]%s ok\n", conditions[i].name);
    }
    buf_printf(text, "readyz check %s\n", all ? "passed" : "failed");
    return all;
}

static void respond(struct http_request *request, unsigned status, struct str body)
{
    http_respond(request, &(struct http_response){.status = status, .body = body});
}

static void readyz(struct service *service, struct http_request *request)
{
    struct buf text;
    struct str ignored;
    buf_init(&text, LIMIT_RESPONSE_BYTES);
    bool all = ready(service, &text);
    bool verbose = query_value(request->query, STR("verbose"), &ignored);
    respond(request, all ? 200 : 503, all && !verbose ? STR("ok") : buf_str(&text));
    buf_release(&text);
}

static void healthz(struct service *service, struct http_request *request)
{
    if (stalled(service))
        respond(request, 500, STR("a thread that serves has stopped\n"));
    else
        respond(request, 200, STR("ok"));
}

static void metrics(struct service *service, struct http_request *request)
{
    struct buf text;
    buf_init(&text, LIMIT_METRICS_BYTES);
    series_refresh(service);
    metrics_write(service->metrics, &text);
    if (text.failed)
        respond(request, 500, STR("out of memory\n"));
    else
        http_respond(request, &(struct http_response){
                                  .status = 200,
                                  .content_type = "text/plain; version=0.0.4; charset=utf-8",
                                  .body = buf_str(&text)});
    buf_release(&text);
}

void probes_handle(void *context, struct http_request *request)
{
    static const struct {
        const char *path;
        void (*answer)(struct service *service, struct http_request *request);
    } routes[] = {{"/healthz", healthz}, {"/readyz", readyz}, {"/metrics", metrics}};
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (!str_is(request->path, routes[i].path))
            continue;
        if (str_is(request->method, "GET") || str_is(request->method, "HEAD"))
            routes[i].answer(context, request);
        else
            http_respond(request, &(struct http_response){.status = 405,
                                                          .allow = "GET, HEAD",
                                                          .body = STR("GET is expected\n")});
        return;
    }
    respond(request, 404, STR("/healthz, /readyz and /metrics are here\n"));
}
