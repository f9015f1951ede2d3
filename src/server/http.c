/* SPDX-License-Identifier: Apache-2.0
 *
 * The only file that knows libh2o (2.2.5, the evloop flavour). One event loop a thread, each with a
 * listening socket of its own on the same port. HTTP/2 stays off: 2.2.5 has floods that were never
 * patched, and an API server speaks HTTP/1.1 to a webhook.
 *
 * libh2o has one timeout for "a request is slow" and "nobody asks anything", so it gets the long
 * one and the short ones are kept here: every connection is looked at once a sweep.
 */
#include "server/http.h"

#include "base/limits.h"
#include "server/clock.h"
#include "server/framing.h"
#include "server/tcp.h"
#include "server/tls.h"

#include <h2o.h>
#include <h2o/http1.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>

/* Without the macro the headers are libuv's, everything compiles, and it crashes. */
_Static_assert(!H2O_USE_LIBUV, "libh2o-evloop needs H2O_USE_LIBUV=0");
_Static_assert(sizeof(struct http_message) >= sizeof(h2o_multithread_message_t) &&
                   offsetof(struct http_message, links) == 0,
               "an http_message begins with libh2o's link");

/* H2O_STRUCT_FROM_MEMBER, said so that clang believes in the alignment. */
#define FROM_MEMBER(type, member, p) ((type *)(void *)((char *)(p)-offsetof(type, member)))

enum state {
    HANDSHAKE,
    FRESH,   /* no request yet: the first to go when room is short */
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
    uint64_t since;               /* state began, or a request's first byte came; 0: idle */
    uint64_t mark;                /* bytes received when it was last idle */
    enum state state;
    bool moved; /* a request ended since the last sweep: the mark is stale */
};

struct request {
    struct http_request public; /* first: the handler's pointer is ours */
    h2o_req_t *h2o;
    struct connection *connection;
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
    unsigned count;
    bool stopping;
    uint64_t stop_by, bodies_at;
    struct http_message drain_message, stop_message;
    _Atomic uint64_t ticked_at;
    _Atomic size_t bodies; /* bytes of requests that are arriving or in hand */
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
    unsigned started, ready; /* loops */
    atomic_bool draining;
    struct loop loops[];
};

/* libh2o 2.2.5 crashes where it disposes of a context (h2o_multithread_destroy_queue), so what
 * ended is kept until the process does; which is at once. */
static struct http *retired;

/* Connections */

static void connection_enter(struct connection *c, enum state state)
{
    h2o_linklist_unlink(&c->link);
    h2o_linklist_insert(&c->loop->connections[state], &c->link);
    c->state = state;
}

static void rejected(struct loop *loop, const char *reason)
{
    const struct http_options *options = &loop->http->options;
    if (options->rejected)
        options->rejected(options->context, reason);
}

/* libh2o owns the socket, so it is not closed here: its end of file is made to come. */
static void connection_cut(struct connection *c, const char *reason)
{
    if (reason)
        rejected(c->loop, reason);
    connection_enter(c, CUT);
    tcp_shutdown(h2o_socket_get_fd(c->socket));
}

static void on_close(void *data)
{
    struct connection *c = data;
    if (c->request)
        c->request->connection = NULL;
    tls_context_release(c->handshake);
    h2o_linklist_unlink(&c->link);
    c->loop->count--;
    free(c);
}

static struct connection *connection_oldest(struct loop *loop, enum state state)
{
    h2o_linklist_t *list = &loop->connections[state];
    if (h2o_linklist_is_empty(list))
        return NULL;
    return FROM_MEMBER(struct connection, link, list->next);
}

/* At the cap the oldest idle connection goes, one that never asked anything before one that did. */
static bool make_room(struct loop *loop)
{
    static const enum state order[] = {FRESH, HANDSHAKE, WAITING};
    if (loop->count < loop->http->cap)
        return true;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct connection *oldest = connection_oldest(loop, order[i]);
        if (oldest) {
            connection_cut(oldest, "connections");
            return true;
        }
    }
    rejected(loop, "connections");
    return false;
}

static void speak_http(struct connection *c)
{
    struct timeval now;
    gettimeofday(&now, NULL);
    c->moved = true;
    connection_enter(c, FRESH);
    h2o_http1_accept(&c->loop->accept, c->socket, now);
}

static void on_handshake(h2o_socket_t *socket, const char *err)
{
    struct connection *c = socket->on_close.data;
    tls_context_release(c->handshake);
    c->handshake = NULL;
    if (!err) {
        speak_http(c);
        return;
    }
    if (c->state != CUT)
        rejected(c->loop, "tls");
    h2o_socket_close(socket);
}

static struct connection *connection_new(struct loop *loop, h2o_socket_t *socket)
{
    struct connection *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    *c = (struct connection){.socket = socket, .loop = loop, .since = clock_ms()};
    h2o_linklist_insert(&loop->connections[HANDSHAKE], &c->link);
    loop->count++;
    socket->on_close.cb = on_close;
    socket->on_close.data = c;
    return c;
}

static void connection_start(struct loop *loop, h2o_socket_t *socket)
{
    struct tls *tls = loop->http->options.tls;
    struct connection *c = make_room(loop) ? connection_new(loop, socket) : NULL;
    if (!c) {
        h2o_socket_close(socket);
        return;
    }
    if (!tls) {
        speak_http(c);
        return;
    }
    c->handshake = tls_context(tls);
    if (c->handshake)
        h2o_socket_ssl_handshake(socket, c->handshake, NULL, on_handshake);
    else
        h2o_socket_close(socket);
}

static void on_accept(h2o_socket_t *listener, const char *err)
{
    for (unsigned i = 0; !err && i < LIMIT_ACCEPT_BATCH; i++) {
        h2o_socket_t *socket = h2o_evloop_socket_accept(listener);
        if (!socket)
            return;
        connection_start(listener->data, socket);
    }
}

/* Requests */

static const char *reason_phrase(unsigned status)
{
    static const struct {
        unsigned status;
        const char *phrase;
    } phrases[] = {{200, "OK"},
                   {400, "Bad Request"},
                   {404, "Not Found"},
                   {405, "Method Not Allowed"},
                   {413, "Payload Too Large"},
                   {415, "Unsupported Media Type"},
                   {500, "Internal Server Error"},
                   {503, "Service Unavailable"}};
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "Unknown";
}

void http_respond(struct http_request *request, const struct http_response *response)
{
    static h2o_generator_t generator;
    struct request *r = (struct request *)request;
    h2o_req_t *req = r->h2o;
    const char *type =
        response->content_type ? response->content_type : "text/plain; charset=utf-8";
    req->res.status = (int)response->status;
    req->res.reason = reason_phrase(response->status);
    req->res.content_length = response->body.len;
    if (response->close)
        req->http1_is_persistent = 0;
    h2o_add_header(&req->pool, &req->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL, type, strlen(type));
    if (response->allow)
        h2o_add_header_by_str(&req->pool, &req->res.headers, H2O_STRLIT("allow"), 0, NULL,
                              response->allow, strlen(response->allow));
    h2o_iovec_t body = h2o_strdup(&req->pool, response->body.ptr, response->body.len);
    if (r->connection && r->connection->state == BUSY) {
        r->connection->since = clock_ms();
        connection_enter(r->connection, SENDING);
    }
    h2o_start_response(req, &generator);
    h2o_send(req, &body, 1, H2O_SEND_STATE_FINAL);
}

/* libh2o drops the request's memory: it is answered, or its connection broke. */
static void on_request_gone(void *data)
{
    struct request *r = data;
    if (r->public.gone)
        r->public.gone(&r->public);
    struct connection *c = r->connection;
    if (!c)
        return;
    c->request = NULL;
    c->moved = true;
    if (c->state != CUT)
        connection_enter(c, WAITING);
}

static struct str from_iovec(h2o_iovec_t v)
{
    return (struct str){v.len ? v.base : "", v.len};
}

static struct request *request_new(struct connection *c, h2o_req_t *req)
{
    struct request *r = h2o_mem_alloc_shared(&req->pool, sizeof *r, on_request_gone);
    ssize_t type = h2o_find_header(&req->headers, H2O_TOKEN_CONTENT_TYPE, -1);
    struct str path = from_iovec(req->path);
    *r = (struct request){
        .public = {.method = from_iovec(req->method),
                   .path = str_take(path, req->query_at),
                   .query =
                       req->query_at < path.len ? str_skip(path, req->query_at + 1) : STR_EMPTY,
                   .content_type =
                       type < 0 ? STR_EMPTY : from_iovec(req->headers.entries[type].value),
                   .body = from_iovec(req->entity),
                   .http = c->loop->http,
                   .loop = c->loop->index},
        .h2o = req,
        .connection = c};
    c->request = r;
    connection_enter(c, BUSY);
    return r;
}

static int on_request(h2o_handler_t *self, h2o_req_t *req)
{
    struct http *http = ((struct handler *)self)->http;
    h2o_socket_t *socket = req->conn->callbacks->get_socket(req->conn);
    struct request *r = request_new(socket->on_close.data, req);
    /* The whole head still stands at the start of the input: libh2o consumes a request when its
     * answer is sent. */
    struct str head = {socket->input->bytes, socket->input->size};
    const char *fault = framing_fault(str_take(head, LIMIT_HEAD_BYTES));
    if (fault)
        http_respond(&r->public, &(struct http_response){
                                     .status = 400, .body = str_from(fault), .close = true});
    else
        http->options.handler(http->options.context, &r->public);
    return 0;
}

/* The sweep */

static void sweep_waiting(struct connection *c, uint64_t now)
{
    uint64_t received = tcp_bytes_received(h2o_socket_get_fd(c->socket));
    if (c->moved) {
        c->moved = false;
        c->mark = received;
        c->since = c->socket->input->size > 0 ? now : 0;
        return;
    }
    if (c->since == 0 && (received != c->mark || c->socket->input->size > 0))
        c->since = now;
    if (c->since != 0 && now - c->since >= LIMIT_REQUEST_MS)
        connection_cut(c, "slow");
    else if (c->since == 0 && c->loop->stopping)
        connection_cut(c, NULL);
}

static void sweep_list(struct loop *loop, enum state state, uint64_t now)
{
    h2o_linklist_t *list = &loop->connections[state];
    for (h2o_linklist_t *at = list->next, *next; at != list; at = next) {
        next = at->next;
        struct connection *c = FROM_MEMBER(struct connection, link, at);
        if (state == FRESH || state == WAITING)
            sweep_waiting(c, now);
        else if ((state == HANDSHAKE && now - c->since >= LIMIT_REQUEST_MS) ||
                 (state == SENDING && now - c->since >= LIMIT_RESPONSE_MS))
            connection_cut(c, "slow");
    }
}

/* Adds up the input of the connections of a state; the one that holds most is left in largest. */
static size_t sum_bodies(struct loop *loop, enum state state, struct connection **largest)
{
    size_t sum = 0;
    h2o_linklist_t *list = &loop->connections[state];
    for (h2o_linklist_t *at = list->next; at != list; at = at->next) {
        struct connection *c = FROM_MEMBER(struct connection, link, at);
        sum += c->socket->input->size;
        if (largest && (!*largest || c->socket->input->size > (*largest)->socket->input->size))
            *largest = c;
    }
    return sum;
}

/* libh2o keeps every body whole and knows no bound on all of them together: while there is too
 * much, the request that has most of it and is not whole yet goes. */
static void bound_bodies(struct loop *loop)
{
    const struct http *http = loop->http;
    struct connection *largest;
    size_t mine, all;
    do {
        largest = NULL;
        all = mine = sum_bodies(loop, FRESH, &largest) + sum_bodies(loop, WAITING, &largest) +
                     sum_bodies(loop, BUSY, NULL);
        for (unsigned i = 0; i < http->options.loops; i++)
            if (i != loop->index)
                all += atomic_load_explicit(&http->loops[i].bodies, memory_order_relaxed);
        if (all > LIMIT_BODIES_BYTES && largest && largest->socket->input->size > 0)
            connection_cut(largest, "memory");
        else
            largest = NULL;
    } while (largest);
    atomic_store_explicit(&loop->bodies, mine, memory_order_relaxed);
    loop->bodies_at = h2o_now(loop->h2o.loop);
}

static void on_sweep(h2o_timeout_entry_t *entry)
{
    struct loop *loop = FROM_MEMBER(struct loop, sweep_entry, entry);
    const struct http_options *options = &loop->http->options;
    uint64_t now = clock_ms();
    atomic_store_explicit(&loop->ticked_at, now, memory_order_relaxed);
    for (enum state state = HANDSHAKE; state < CUT; state++)
        sweep_list(loop, state, now);
    if (options->tick)
        options->tick(options->context, loop->index);
    h2o_timeout_link(loop->h2o.loop, &loop->sweep, entry);
}

/* Loops */

static void on_messages(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages)
{
    (void)receiver;
    while (!h2o_linklist_is_empty(messages)) {
        h2o_multithread_message_t *first =
            FROM_MEMBER(h2o_multithread_message_t, link, messages->next);
        h2o_linklist_unlink(&first->link);
        struct http_message *message = (struct http_message *)first;
        message->run(message);
    }
}

/* h2o_context_request_shutdown would do the same, and start a timer of HTTP/2 that outlives the
 * context. */
static void run_drain(struct http_message *message)
{
    struct loop *loop = FROM_MEMBER(struct loop, drain_message, message);
    loop->h2o.shutdown_requested = 1;
}

static void run_stop(struct http_message *message)
{
    struct loop *loop = FROM_MEMBER(struct loop, stop_message, message);
    on_accept(loop->listener, NULL); /* who is in the queue was told that we listen */
    h2o_socket_read_stop(loop->listener);
    h2o_socket_close(loop->listener);
    loop->h2o.shutdown_requested = 1;
    loop->stop_by = clock_ms() + loop->http->patience;
    loop->stopping = true;
}

static void loop_setup(struct loop *loop)
{
    h2o_context_init(&loop->h2o, h2o_evloop_create(), &loop->http->config);
    loop->accept = (h2o_accept_ctx_t){.ctx = &loop->h2o, .hosts = loop->http->config.hosts};
    loop->drain_message.run = run_drain;
    loop->stop_message.run = run_stop;
    h2o_multithread_register_receiver(loop->h2o.queue, &loop->receiver, on_messages);
    for (enum state state = HANDSHAKE; state < STATES; state++)
        h2o_linklist_init_anchor(&loop->connections[state]);
    h2o_timeout_init(loop->h2o.loop, &loop->sweep, LIMIT_SWEEP_MS);
    loop->sweep_entry.cb = on_sweep;
    h2o_timeout_link(loop->h2o.loop, &loop->sweep, &loop->sweep_entry);
    loop->listener = h2o_evloop_socket_create(loop->h2o.loop, loop->fd, H2O_SOCKET_FLAG_DONT_READ);
    loop->listener->data = loop;
    h2o_socket_read_start(loop->listener, on_accept);
    atomic_store(&loop->ticked_at, clock_ms());
}

static void *loop_main(void *data)
{
    struct loop *loop = data;
    struct http *http = loop->http;
    loop_setup(loop);
    pthread_mutex_lock(&http->lock);
    http->ready++;
    pthread_cond_signal(&http->changed);
    pthread_mutex_unlock(&http->lock);
    while (!loop->stopping || (loop->count > 0 && clock_ms() < loop->stop_by)) {
        h2o_evloop_run(loop->h2o.loop, INT32_MAX);
        if (h2o_now(loop->h2o.loop) - loop->bodies_at >= LIMIT_BODIES_MS)
            bound_bodies(loop);
    }
    return NULL;
}

/* The whole */

static void configure(struct http *http)
{
    h2o_config_init(&http->config);
    http->config.server_name = h2o_iovec_init(H2O_STRLIT("rampart"));
    http->config.max_request_entity_size = LIMIT_REQUEST_BYTES;
    http->config.http1.req_timeout = LIMIT_IDLE_MS;
    http->config.http1.upgrade_to_http2 = 0;
    /* A context without a host is an assertion of Debian's build. */
    h2o_hostconf_t *host =
        h2o_config_register_host(&http->config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    h2o_pathconf_t *path = h2o_config_register_path(host, "/", 0);
    struct handler *handler = (struct handler *)h2o_create_handler(path, sizeof *handler);
    handler->h2o.on_req = on_request;
    handler->http = http;
}

/* Signals are for the thread that waits for them. */
static bool start_thread(struct loop *loop)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(&loop->thread, NULL, loop_main, loop) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

static void wait_ready(struct http *http)
{
    pthread_mutex_lock(&http->lock);
    while (http->ready < http->started)
        pthread_cond_wait(&http->changed, &http->lock);
    pthread_mutex_unlock(&http->lock);
}

struct http *http_start(const struct http_options *options, struct diag *diag)
{
    struct http *http = calloc(1, sizeof *http + options->loops * sizeof http->loops[0]);
    if (!http) {
        diag_set(diag, DIAG_MEMORY, 0, 0, "no memory for the server");
        return NULL;
    }
    http->options = *options;
    http->cap = options->connections / options->loops;
    pthread_mutex_init(&http->lock, NULL);
    pthread_cond_init(&http->changed, NULL);
    configure(http);
    unsigned started = 0;
    for (; started < options->loops; started++) {
        struct loop *loop = &http->loops[started];
        loop->http = http;
        loop->index = started;
        loop->fd = options->listeners[started];
        if (!start_thread(loop))
            break;
    }
    http->started = started;
    wait_ready(http);
    if (started == options->loops)
        return http;
    diag_set(diag, DIAG_IO, 0, 0, "no more threads can be started");
    http_stop(http, 0);
    http_free(http);
    return NULL;
}

void http_post(struct http *http, unsigned loop, struct http_message *message)
{
    h2o_multithread_send_message(&http->loops[loop].receiver, (h2o_multithread_message_t *)message);
}

void http_drain(struct http *http)
{
    if (atomic_exchange(&http->draining, true))
        return;
    for (unsigned i = 0; i < http->options.loops; i++)
        http_post(http, i, &http->loops[i].drain_message);
}

uint64_t http_ticked_at(const struct http *http)
{
    uint64_t oldest = UINT64_MAX;
    for (unsigned i = 0; i < http->options.loops; i++) {
        uint64_t at = atomic_load_explicit(&http->loops[i].ticked_at, memory_order_relaxed);
        if (at < oldest)
            oldest = at;
    }
    return oldest;
}

bool http_stop(struct http *http, uint64_t patience_ms)
{
    bool clean = true;
    http->patience = patience_ms;
    for (unsigned i = 0; i < http->started; i++)
        http_post(http, i, &http->loops[i].stop_message);
    for (unsigned i = 0; i < http->started; i++) {
        pthread_join(http->loops[i].thread, NULL);
        clean = clean && http->loops[i].count == 0;
    }
    return clean;
}

void http_free(struct http *http)
{
    for (unsigned i = 0; i < http->started; i++)
        h2o_evloop_run(http->loops[i].h2o.loop, 0);
    http->retired = retired;
    retired = http;
}
