/* SPDX-License-Identifier: Apache-2.0
 *
 * The informer of namespaces: drives the state machine of watch.h over HTTP and publishes a
 * snapshot for each batch of changes. Only metadata is asked for: labels are all that admission
 * needs.
 */
#include "kubeapi/internal.h"
#include "load/json.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define ACCEPT_LIST                                                                                \
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
#define ACCEPT_ONE "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"

struct informer {
    struct cluster *cluster;
    struct kube_http *http;
    struct watch watch;
    struct json_reader reader;
    struct arena arena;
    struct buf line;
    struct inventory_edit edit;
    bool editing; /* edit holds changes that are not published yet */
    bool was_failing;
    uint32_t minors[3]; /* v1.N of the last answers to /version; 0: none yet */
};

static millis_t now_ms(void)
{
    return cluster_now_ns() / 1000000;
}

/* --- What the state machine does with objects --- */

static void on_begin(void *context)
{
    struct informer *in = context;
    if (in->editing)
        inventory_edit_release(&in->edit);
    inventory_edit_init(&in->edit, NULL);
    in->editing = true;
}

static void edit_present(struct informer *in)
{
    if (in->editing)
        return;
    inventory_edit_init(&in->edit, in->cluster->inventory); /* only this thread replaces it */
    in->editing = true;
}

static void on_put(void *context, const struct doc_node *object)
{
    struct informer *in = context;
    edit_present(in);
    inventory_edit_put(&in->edit, doc_get(object, N_metadata));
}

static void on_remove(void *context, const struct doc_node *object)
{
    struct informer *in = context;
    edit_present(in);
    inventory_edit_remove(&in->edit, doc_str(doc_at(object, N_metadata, N_name).node));
}

/* False when memory ran out: the changes are lost, so everything must be listed again. */
static bool publish(struct informer *in)
{
    if (!in->editing)
        return true;
    in->editing = false;
    const struct inventory *snapshot = inventory_edit_finish(&in->edit);
    if (snapshot)
        cluster_publish(in->cluster, snapshot, NULL);
    return snapshot != NULL;
}

static void on_end(void *context)
{
    struct informer *in = context;
    bool first = !in->watch.synced;
    if (publish(in) && first)
        cluster_log(in->cluster, CLUSTER_SYNCED, "namespaces are synced");
}

/* --- HTTP --- */

static void update_status(struct informer *in, bool watching)
{
    struct cluster *c = in->cluster;
    pthread_mutex_lock(&c->mutex);
    c->status.watching = watching;
    c->status.events = in->watch.events;
    c->status.failures = in->watch.failures;
    if (watching)
        c->status.last_event = (int64_t)time(NULL);
    memcpy(c->status.error, in->watch.error, sizeof c->status.error);
    pthread_mutex_unlock(&c->mutex);
    if (in->watch.error[0] && !in->was_failing && !atomic_load(&c->stop))
        cluster_log(c, CLUSTER_WATCH_FAILED, in->watch.error);
    else if (watching && in->was_failing)
        cluster_log(c, CLUSTER_WATCH_BACK, "namespaces are watched again");
    in->was_failing = in->watch.error[0] != '\0';
}

static bool parse(struct informer *in, struct str text, struct doc *doc)
{
    struct diag diag = {0};
    arena_clear(&in->arena);
    return json_read(&in->reader, text, &in->arena, doc, &diag);
}

/* What an answer that is no 200 says: a Status with a message, or our own words. */
static void failed(struct informer *in, const struct kube_result *result, struct str body)
{
    struct doc doc;
    struct str message = STR_EMPTY;
    char text[140];
    if (result->status && parse(in, body, &doc))
        message = doc_str(doc_get(doc.root, N_message));
    if (message.len)
        snprintf(text, sizeof text, "%.*s", (int)(message.len < 120 ? message.len : 120),
                 message.ptr);
    else
        snprintf(text, sizeof text, "%.120s",
                 result->error[0] ? result->error : "unexpected answer");
    watch_failed(&in->watch, result->status == 200 ? 0 : result->status, result->retry_after, text,
                 now_ms());
}

static void list(struct informer *in, const char *path)
{
    struct buf body;
    struct doc doc;
    buf_init(&body, CLUSTER_PAGE_BYTES);
    struct kube_result result =
        kube_http_get(in->http, path, ACCEPT_LIST, 60000, &in->cluster->stop, &body);
    if (result.status == 200 && parse(in, buf_str(&body), &doc))
        watch_page(&in->watch, doc.root, now_ms());
    else
        failed(in, &result, buf_str(&body));
    buf_release(&body);
    update_status(in, result.status == 200);
}

/* One line of the stream is one event. */
static bool on_line(struct informer *in, struct str line)
{
    struct doc doc;
    if (parse(in, line, &doc))
        return watch_event(&in->watch, doc.root, now_ms());
    watch_failed(&in->watch, 410, 0, "a watch event that cannot be read", now_ms());
    return false;
}

static bool on_chunk(void *context, struct str bytes)
{
    struct informer *in = context;
    bool ok = true;
    if (!bytes.len) {
        if (watch_lives(&in->watch, now_ms()))
            update_status(in, true);
        return true;
    }
    while (bytes.len && ok) {
        size_t end = str_find(bytes, '\n');
        buf_add_str(&in->line, str_take(bytes, end));
        if (end == bytes.len)
            break;
        ok = !in->line.failed && on_line(in, buf_str(&in->line));
        buf_clear(&in->line);
        bytes = str_skip(bytes, end + 1);
    }
    if (!publish(in) || in->line.failed) {
        watch_failed(&in->watch, 410, 0, "out of memory in the watch", now_ms());
        ok = false;
    }
    update_status(in, ok);
    return ok;
}

static void stream(struct informer *in, const char *path)
{
    struct buf body;
    buf_init(&body, CLUSTER_LINE_BYTES);
    buf_clear(&in->line);
    uint64_t failures = in->watch.failures;
    struct kube_result result = kube_http_stream(in->http, path, ACCEPT_ONE, WATCH_SILENCE / 1000,
                                                 &in->cluster->stop, on_chunk, in, &body);
    if (in->watch.failures != failures)
        ; /* an event said so already */
    else if (result.status == 200)
        watch_closed(&in->watch, now_ms());
    else if (result.began)
        watch_broke(&in->watch, result.error, now_ms());
    else
        failed(in, &result, buf_str(&body));
    buf_release(&body);
    update_status(in, false);
}

/* v1.minor of the API server, asked with each list and each new stream, so every five to ten
 * minutes. While a cluster is upgraded its servers differ: the lowest of the last three answers
 * counts. */
static void ask_version(struct informer *in)
{
    struct buf body;
    struct doc doc;
    buf_init(&body, CLUSTER_LINE_BYTES);
    struct kube_result result =
        kube_http_get(in->http, "/version", NULL, 10000, &in->cluster->stop, &body);
    uint32_t minor = 0;
    /* A Kubernetes 2 is newer than all that rampart knows, whatever its minor version. */
    if (result.status == 200 && parse(in, buf_str(&body), &doc) &&
        str_is(doc_str(doc_get_str(doc.root, STR("major"))), "1")) {
        struct str text = doc_str(doc_get_str(doc.root, STR("minor"))); /* "36", or "36+" */
        for (size_t i = 0; i < text.len && i < 4 && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++)
            minor = minor * 10 + (uint32_t)(text.ptr[i] - '0');
    }
    buf_release(&body);
    struct cluster *c = in->cluster;
    if (!minor)
        return;
    in->minors[2] = in->minors[1];
    in->minors[1] = in->minors[0];
    in->minors[0] = minor;
    for (size_t i = 1; i < 3; i++)
        if (in->minors[i] && in->minors[i] < minor)
            minor = in->minors[i];
    pthread_mutex_lock(&c->mutex);
    c->status.minor = minor;
    pthread_mutex_unlock(&c->mutex);
}

static void run(struct informer *in)
{
    struct buf path;
    buf_init(&path, 2 * WATCH_TOKEN + LIMIT_PATH_BYTES);
    while (!atomic_load(&in->cluster->stop)) {
        buf_clear(&path);
        enum watch_do what = watch_next(&in->watch, now_ms(), &path);
        buf_add_char(&path, '\0');
        switch (what) {
        case WATCH_WAIT:
            cluster_sleep(in->cluster, in->watch.wake * 1000000);
            break;
        case WATCH_LIST:
            ask_version(in);
            list(in, path.ptr);
            break;
        case WATCH_STREAM:
            ask_version(in);
            stream(in, path.ptr);
            break;
        }
    }
    buf_release(&path);
}

void *cluster_run_informer(void *cluster)
{
    struct informer in = {.cluster = cluster};
    struct cluster_options *options = &in.cluster->options;
    struct watch_sink sink = {&in, on_begin, on_put, on_remove, on_end};
    in.http = kube_http_new(options->access, options->user_agent);
    if (!in.http) {
        cluster_log(cluster, CLUSTER_WATCH_FAILED, "out of memory");
        return NULL;
    }
    json_reader_init(&in.reader);
    arena_init(&in.arena, CLUSTER_PAGE_ARENA);
    buf_init(&in.line, CLUSTER_LINE_BYTES);
    watch_init(&in.watch, "/api/v1/namespaces", sink, (uint32_t)cluster_now_ns());
    run(&in);
    if (in.editing)
        inventory_edit_release(&in.edit);
    buf_release(&in.line);
    arena_release(&in.arena);
    json_reader_release(&in.reader);
    kube_http_free(in.http);
    return NULL;
}
