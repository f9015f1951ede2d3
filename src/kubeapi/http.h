/* SPDX-License-Identifier: Apache-2.0
 *
 * GET from an API server; the only file that knows libcurl is http.c. A client belongs to one
 * thread and keeps its connection between requests.
 */
#ifndef KUBEAPI_HTTP_H
#define KUBEAPI_HTTP_H

#include "base/buf.h"
#include "kubeapi/access.h"

#include <stdatomic.h>
#include <stdint.h>

struct kube_http;

struct kube_result {
    unsigned status;      /* of the answer; 0: there was none */
    uint32_t retry_after; /* seconds, 0 when not said */
    char error[256];      /* why there was none; empty otherwise */
    bool began;           /* an answer with status 200 began to come, whole or not */
};

/* access must outlive the client. NULL when memory ran out. */
struct kube_http *kube_http_new(const struct kubeapi_access *access, const char *user_agent);
void kube_http_free(struct kube_http *http);

/* GETs path (with its query). The body of any answer goes to body (its ceiling holds). Gives up at
 * timeout_ms, and when *stop becomes true. accept: a media type, or NULL for JSON. */
struct kube_result kube_http_get(struct kube_http *http, const char *path, const char *accept,
                                 int64_t timeout_ms, const atomic_bool *stop, struct buf *body);

/* Like it, for an answer without end: a 200's body is handed to chunk piece by piece (false cuts
 * the stream); of any other answer the body goes to body. Ends when silent for silence_s seconds.
 */
typedef bool kube_chunk_fn(void *context, struct str bytes);
struct kube_result kube_http_stream(struct kube_http *http, const char *path, const char *accept,
                                    int64_t silence_s, const atomic_bool *stop,
                                    kube_chunk_fn *chunk, void *context, struct buf *body);

#endif
