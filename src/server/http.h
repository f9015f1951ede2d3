/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP/1.1 over TLS or plain: threads, connections and their deadlines; what a request means is the
 * handler's business. Every function says on which thread it may be called; "a loop" is one of the
 * threads that http_start makes.
 */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include "base/diag.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http;
struct tls;
struct tls_failure;

/* All strings are borrowed until the request is answered or gone. */
struct http_request {
    struct str method, path, query, content_type, body;
    struct http *http;
    unsigned loop;
    /* The handler's own. gone, when set, is called on the loop when the request ends: its answer is
     * sent, or its connection broke. */
    void *user;
    void (*gone)(struct http_request *request);
};

struct http_response {
    unsigned status;
    const char *content_type; /* NULL: text/plain */
    struct str body;
    const char *allow; /* the Allow header of a 405 */
    bool close;        /* the connection is of no more use */
};

/* Answers it now by http_respond, or keeps it and answers later, on the same loop. */
typedef void http_handler_fn(void *context, struct http_request *request);

/* Runs on a loop, sent there from any thread by http_post. Belongs to the sender until run. */
struct http_message {
    void *links[2];
    void (*run)(struct http_message *message);
};

/* Why a connection is refused or cut, and the reason's name in metrics. */
#define HTTP_REJECTIONS(REJECTION)                                                                 \
    REJECTION(CONNECTIONS, "connections")               /* the cap is reached */                   \
    REJECTION(TLS, "tls")                               /* no handshake, for another reason */     \
    REJECTION(CLIENT_CERTIFICATE, "client-certificate") /* it shows none, or one not accepted */   \
    REJECTION(SLOW, "slow")                                                                        \
    REJECTION(MEMORY, "memory")           /* all bodies together are too large */                  \
    REJECTION(BAD_REQUEST, "bad-request") /* no HTTP/1.1, or two lengths */                        \
    REJECTION(TOO_LARGE, "too-large")

enum http_rejection {
#define REJECTION(id, name) HTTP_REJECTED_##id,
    HTTP_REJECTIONS(REJECTION)
#undef REJECTION
        HTTP_REJECTION_COUNT
};
const char *http_rejection_name(enum http_rejection reason);

struct http_options {
    const int *listeners; /* one a loop; taken over */
    unsigned loops;
    struct tls *tls; /* NULL: plain */
    unsigned connections;
    void *context; /* of the functions below, which run on the loops */
    http_handler_fn *handler;
    /* NULL, or called every LIMIT_SWEEP_MS. */
    void (*tick)(void *context, unsigned loop);
    /* NULL, or told of each connection that is refused or cut. */
    void (*rejected)(void *context, enum http_rejection reason);
    /* NULL, or told of each client that is refused for its certificate, after rejected. */
    void (*stranger)(void *context, const char *peer, const struct tls_failure *failure);
};

/* Starts the threads. options is copied, with what context and tls point to staying the caller's.
 * NULL: diag says why. */
struct http *http_start(const struct http_options *options, struct diag *diag);
/* Any thread. Every answer from now on says Connection: close. */
void http_drain(struct http *http);
/* Any thread but a loop. Stops accepting, closes idle connections and waits at most patience_ms for
 * the rest. False when requests were cut. The loops turn on, for what is posted still. */
bool http_stop(struct http *http, uint64_t patience_ms);
/* After http_stop, when no thread is left that may call http_post: runs what was posted, ends the
 * threads. */
void http_free(struct http *http);
/* Any thread. When the loop that is furthest behind last ticked, by clock_ms. */
uint64_t http_ticked_at(const struct http *http);
/* Any thread. */
void http_post(struct http *http, unsigned loop, struct http_message *message);

/* On the request's loop, once a request. The response is copied. */
void http_respond(struct http_request *request, const struct http_response *response);

#endif
