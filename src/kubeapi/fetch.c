/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions that a snapshot cannot answer: a namespace that it lacks, a page of a namespace's pods.
 * Each fetcher has a connection of its own, so a slow list does not hold up the next question.
 */
#include "base/uri.h"
#include "kubeapi/internal.h"
#include "load/json.h"

#include <stdio.h>

enum {
    PATH_BYTES = 4 * LIMIT_PATH_BYTES, /* far more than a name of Kubernetes and a token */
    NS_OF_MS = 1000000
};

static void write_path(struct buf *path, const struct cluster_request *r)
{
    buf_add_c(path, "/api/v1/namespaces/");
    uri_add(path, r->name);
    if (r->question == CLUSTER_PODS) {
        buf_printf(path, "/pods?limit=%d", CLUSTER_PODS_PAGE);
        if (r->token.len) {
            buf_add_c(path, "&continue=");
            uri_add(path, r->token);
        }
    }
    buf_add_char(path, '\0');
}

/* Whatever else comes with status 200 must not count as a namespace without labels, which lets
 * everything in, nor as a list without pods. */
static bool is_answer(const struct cluster_request *r)
{
    const struct doc_node *metadata = doc_get(r->doc.root, N_metadata),
                          *labels = doc_get(metadata, N_labels),
                          *items = doc_get(r->doc.root, N_items);
    if (r->question == CLUSTER_PODS)
        return doc_is(items, DOC_SEQ) || (doc_is(metadata, DOC_MAP) && doc_is_unset(items));
    return str_equal(doc_str(doc_get(metadata, N_name)), r->name) &&
           (doc_is(labels, DOC_MAP) || doc_is_unset(labels));
}

static void take_error(struct cluster_request *r, const struct kube_result *result, bool parsed)
{
    r->answer = CLUSTER_ERROR;
    r->message = parsed ? doc_str(doc_get(r->doc.root, N_message)) : STR_EMPTY;
    if (result->error[0])
        snprintf(r->error, sizeof r->error, "%s", result->error);
    else
        snprintf(r->error, sizeof r->error, "the API server answered HTTP %u", result->status);
}

/* GETs it, and again where the API server has no time now but says when it has, as long as
 * somebody waits for the answer then. */
static struct kube_result get(struct cluster *c, struct kube_http *http, const char *path,
                              int64_t deadline, struct buf *body)
{
    struct kube_result result = {.error = "context deadline exceeded"};
    int64_t at = cluster_now_ns();
    do {
        int64_t left_ms = (deadline - at) / NS_OF_MS;
        if (left_ms <= 0 || !cluster_sleep(c, at))
            break;
        buf_clear(body);
        result = kube_http_get(http, path, NULL, left_ms, &c->stop, body);
        at = cluster_now_ns() + (int64_t)result.retry_after * 1000 * NS_OF_MS;
    } while (result.retry_after > 0 && (result.status == 429 || result.status >= 500));
    return result;
}

static void fetch(struct cluster *c, struct kube_http *http, struct json_reader *reader,
                  struct cluster_request *r)
{
    struct kube_result result = {0};
    struct buf path, body;
    buf_init(&path, PATH_BYTES);
    buf_init(&body, CLUSTER_PAGE_BYTES);
    write_path(&path, r);
    if (path.failed)
        snprintf(result.error, sizeof result.error, "expected a name of at most %d bytes in a URL",
                 PATH_BYTES);
    else
        result = get(c, http, path.ptr, r->deadline, &body);
    /* The tree borrows from the text, so the text moves to the answer's arena. */
    struct diag diag = {0};
    struct str text = arena_str(&r->arena, buf_str(&body));
    bool parsed = result.status && json_read(reader, text, &r->arena, &r->doc, &diag);
    if (result.status == 200 && !(parsed && is_answer(r))) {
        parsed = false;
        snprintf(result.error, sizeof result.error, "the API server's answer is no %s",
                 r->question == CLUSTER_PODS ? "list of pods" : "namespace of that name");
    }
    if (result.status == 200 && parsed)
        r->answer = CLUSTER_FOUND;
    else if (result.status == 404)
        r->answer = CLUSTER_NOT_FOUND;
    else
        take_error(r, &result, parsed);
    buf_release(&path);
    buf_release(&body);
    r->done(r);
}

void *cluster_run_fetcher(void *cluster)
{
    struct cluster *c = cluster;
    struct kube_http *http = NULL;
    struct json_reader reader;
    json_reader_init(&reader);
    for (struct cluster_request *r = cluster_take(c); r; r = cluster_take(c)) {
        if (!http) /* most processes never ask anything: no connection until one does */
            http = kube_http_new(c->options.access, c->options.user_agent);
        if (http) {
            fetch(c, http, &reader, r);
        } else {
            struct kube_result result = {.error = "out of memory"};
            take_error(r, &result, false);
            r->done(r);
        }
    }
    json_reader_release(&reader);
    kube_http_free(http);
    return NULL;
}
