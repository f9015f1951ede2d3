/* SPDX-License-Identifier: Apache-2.0
 *
 * What the http*.c files share; the only header that knows libh2o.
 */
#ifndef SERVER_HTTP_LOOP_H
#define SERVER_HTTP_LOOP_H

#include "server/http.h"

#include <h2o.h>

#include <pthread.h>
#include <stdatomic.h>

/* Without the macro the headers are libuv's, everything compiles, and it crashes. */
_Static_assert(!H2O_USE_LIBUV, "libh2o-evloop needs H2O_USE_LIBUV=0");
_Static_assert(sizeof(struct http_message) >= sizeof(h2o_multithread_message_t) &&
                   offsetof(struct http_message, links) == 0,
               "an http_message begins with libh2o's link");

/* H2O_STRUCT_FROM_MEMBER, said so that clang believes in the alignment. */
#define FROM_MEMBER(type, member, p) ((type *)(void *)((char *)(p)-offsetof(type, member)))

enum state {
    HANDSHAKE,
    FRESH,   /* no request yet: with HANDSHAKE the first to go when room is short */
    WAITING, /* for the next request, or in the middle of it */
    BUSY,    /* the handler has its request */
    SENDING, /* its answer */
    CUT,     /* told to close */
    STATES
};

struct connection {
    h2o_linklist_t link; /* in the list of its state, oldest first */
    h2o_socket_t *socket;
    struct loop *loop;
    struct request *request;      /* NULL: none in hand */
    struct ssl_ctx_st *handshake; /* held until it is over */
    uint64_t accepted;
    uint64_t since; /* state began, or a request's first byte came; 0: idle */
    uint64_t mark;  /* bytes received when it was last idle */
    size_t answer;  /* bytes of what is being sent */
    int kept;       /* a second descriptor, to linger on; -1: none */
    enum state state;
    bool moved; /* a request ended since the last sweep: the mark is stale */
};

struct request {
    struct http_request public; /* first: the handler's pointer is ours */
    h2o_req_t *h2o;
    struct connection *connection;
    h2o_generator_t generator;
    h2o_iovec_t rest; /* of the answer */
};

struct loop {
    struct http *http;
    unsigned index;
    int fd;
    pthread_t thread;
    h2o_context_t h2o;
    h2o_accept_ctx_t accept;
    h2o_socket_t *listener;
    h2o_multithread_receiver_t receiver;
    h2o_timeout_t sweep;
    h2o_timeout_entry_t sweep_entry;
    h2o_linklist_t connections[STATES];
    h2o_linklist_t lingering;
    unsigned count, lingering_count;
    bool stopping, stopped, quit;
    uint64_t stop_by, bodies_at;
    uint64_t refused[H2O_STATUS_ERROR_MAX]; /* of libh2o's own answers: those that were counted */
    struct http_message drain_message, stop_message, quit_message;
    _Atomic uint64_t ticked_at;
    _Atomic size_t bodies; /* bytes of requests that are arriving or in hand, and of answers */
};

struct handler {
    h2o_handler_t h2o; /* first */
    struct http *http;
};

struct http {
    struct http *retired; /* the next one that ended */
    struct http_options options;
    h2o_globalconf_t config;
    unsigned cap; /* of connections, for each loop */
    uint64_t patience;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned started, ready, stopped; /* loops */
    atomic_bool draining, cut;
    struct loop loops[];
};

/* http_connection.c, all on the connection's or loop's own thread. */

/* To the end of its list. */
void connection_enter(struct connection *connection, enum state state);
/* Tells the owner. */
void connection_rejected(struct loop *loop, enum http_rejection reason);
/* The loop's listening socket has connections for it. */
void connections_accept(h2o_socket_t *listener, const char *err);
/* Those that wait in the queue, all of them: it is closed next. */
void connections_accept_last(h2o_socket_t *listener);
/* Looks at every connection of the loop: whose time is up is cut. */
void connections_sweep(struct loop *loop);
/* Cuts requests that arrive and answers that leave, while all loops together hold too much. */
void connections_bound_bodies(struct loop *loop);
/* The socket is to outlive the connection, so that its answer is read. */
void connection_keep(struct connection *connection);

/* http_linger.c, likewise. */

/* Takes fd over, throws away what comes on it, and closes it when no more does. */
void connection_linger(struct loop *loop, int fd);
void lingering_sweep(struct loop *loop);
/* Before the loops start. */
void linger_setup(h2o_hostconf_t *host);

#endif
