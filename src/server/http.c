/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests and loops. This file, http_connection.c and http_linger.c are all that knows libh2o
 * (2.2.5, the evloop flavour). One event loop a thread, each with a listening socket of its own on
 * the same port. HTTP/2 stays off: 2.2.5 has floods that were never patched, and an API server
 * speaks HTTP/1.1 to a webhook.
 */
#include "server/http.h"

#include "base/limits.h"
#include "server/clock.h"
#include "server/framing.h"
#include "server/http_loop.h"

/* libh2o 2.2.5 crashes where it disposes of a context (h2o_multithread_destroy_queue), so what
 * ended is kept until the process does; which is at once. */
static struct http *retired;

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

/* libh2o encrypts whatever it is given at once, so a large answer would lie in memory twice until a
 * slow client has read it. */
static void send_piece(struct request *r)
{
    h2o_iovec_t piece = r->rest;
    if (piece.len > LIMIT_PIECE_BYTES)
        piece.len = LIMIT_PIECE_BYTES;
    r->rest.base += piece.len;
    r->rest.len -= piece.len;
    h2o_send(r->h2o, &piece, piece.len > 0 ? 1 : 0,
             r->rest.len > 0 ? H2O_SEND_STATE_IN_PROGRESS : H2O_SEND_STATE_FINAL);
}

static void on_proceed(h2o_generator_t *generator, h2o_req_t *req)
{
    (void)req;
    send_piece(FROM_MEMBER(struct request, generator, generator));
}

void http_respond(struct http_request *request, const struct http_response *response)
{
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
    h2o_add_header_by_str(&req->pool, &req->res.headers, H2O_STRLIT("x-content-type-options"), 0,
                          NULL, H2O_STRLIT("nosniff"));
    if (response->allow)
        h2o_add_header_by_str(&req->pool, &req->res.headers, H2O_STRLIT("allow"), 0, NULL,
                              response->allow, strlen(response->allow));
    if (!str_is(request->method, "HEAD"))
        r->rest = h2o_strdup(&req->pool, response->body.ptr, response->body.len);
    if (r->connection && r->connection->state == BUSY) {
        r->connection->since = clock_ms();
        r->connection->answer = r->rest.len;
        connection_enter(r->connection, SENDING);
    }
    r->generator.proceed = on_proceed;
    h2o_start_response(req, &r->generator);
    send_piece(r);
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
    c->answer = 0;
    c->moved = true;
    if (c->state != CUT)
        connection_enter(c, WAITING);
}

static struct str from_iovec(h2o_iovec_t v)
{
    return (struct str){v.len ? v.base : "", v.len};
}

/* A target may be written as a whole URL, as to a proxy (RFC 9112, 3.2.2). */
static struct str without_origin(struct str target)
{
    size_t colon = str_find(target, ':');
    struct str scheme = str_take(target, colon), rest = str_skip(target, colon + 3);
    if (!str_starts_with(str_skip(target, colon), STR("://")) ||
        (!str_equal_nocase(scheme, STR("https")) && !str_equal_nocase(scheme, STR("http"))))
        return target;
    size_t slash = str_find(rest, '/');
    return slash < rest.len ? str_skip(rest, slash) : STR("/");
}

static struct request *request_new(struct connection *c, h2o_req_t *req)
{
    struct request *r = h2o_mem_alloc_shared(&req->pool, sizeof *r, on_request_gone);
    ssize_t type = h2o_find_header(&req->headers, H2O_TOKEN_CONTENT_TYPE, -1);
    struct str target = without_origin(from_iovec(req->path));
    size_t mark = str_find(target, '?');
    *r = (struct request){
        .public = {.method = from_iovec(req->method),
                   .path = str_take(target, mark),
                   .query = str_skip(target, mark + 1),
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
    if (!fault) {
        http->options.handler(http->options.context, &r->public);
        return 0;
    }
    connection_rejected(r->connection->loop, HTTP_REJECTED_BAD_REQUEST);
    http_respond(&r->public,
                 &(struct http_response){.status = 400, .body = str_from(fault), .close = true});
    return 0;
}

/* Loops */

static void on_sweep(h2o_timeout_entry_t *entry)
{
    struct loop *loop = FROM_MEMBER(struct loop, sweep_entry, entry);
    const struct http_options *options = &loop->http->options;
    atomic_store_explicit(&loop->ticked_at, clock_ms(), memory_order_relaxed);
    connections_sweep(loop);
    lingering_sweep(loop);
    if (options->tick)
        options->tick(options->context, loop->index);
    h2o_timeout_link(loop->h2o.loop, &loop->sweep, entry);
}

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
    connections_accept_last(loop->listener); /* who is in the queue was told that we listen */
    h2o_socket_read_stop(loop->listener);
    h2o_socket_close(loop->listener);
    loop->h2o.shutdown_requested = 1;
    loop->stop_by = clock_ms() + loop->http->patience;
    loop->stopping = true;
}

static void run_quit(struct http_message *message)
{
    FROM_MEMBER(struct loop, quit_message, message)->quit = true;
}

static void loop_setup(struct loop *loop)
{
    /* The thread's own. libh2o's 8 KiB would be read twice, and grown by copying, for most reviews;
     * untouched pages of more cost nothing, and an idle connection has no buffer. */
    h2o_socket_buffer_prototype._initial_buf.capacity = LIMIT_INPUT_BYTES;
    h2o_context_init(&loop->h2o, h2o_evloop_create(), &loop->http->config);
    loop->accept = (h2o_accept_ctx_t){.ctx = &loop->h2o, .hosts = loop->http->config.hosts};
    loop->drain_message.run = run_drain;
    loop->stop_message.run = run_stop;
    loop->quit_message.run = run_quit;
    h2o_multithread_register_receiver(loop->h2o.queue, &loop->receiver, on_messages);
    for (enum state state = HANDSHAKE; state < STATES; state++)
        h2o_linklist_init_anchor(&loop->connections[state]);
    h2o_linklist_init_anchor(&loop->lingering);
    h2o_timeout_init(loop->h2o.loop, &loop->sweep, LIMIT_SWEEP_MS);
    loop->sweep_entry.cb = on_sweep;
    h2o_timeout_link(loop->h2o.loop, &loop->sweep, &loop->sweep_entry);
    loop->listener = h2o_evloop_socket_create(loop->h2o.loop, loop->fd, H2O_SOCKET_FLAG_DONT_READ);
    loop->listener->data = loop;
    h2o_socket_read_start(loop->listener, connections_accept);
    atomic_store(&loop->ticked_at, clock_ms());
}

static void count_up(struct http *http, unsigned *counter)
{
    pthread_mutex_lock(&http->lock);
    ++*counter;
    pthread_cond_signal(&http->changed);
    pthread_mutex_unlock(&http->lock);
}

static void wait_all(struct http *http, const unsigned *counter)
{
    pthread_mutex_lock(&http->lock);
    while (*counter < http->started)
        pthread_cond_wait(&http->changed, &http->lock);
    pthread_mutex_unlock(&http->lock);
}

/* No connection is left, or its time is up. The loop turns on: there may be messages. */
static void check_stopped(struct loop *loop)
{
    if (!loop->stopping || loop->stopped || (loop->count > 0 && clock_ms() < loop->stop_by))
        return;
    loop->stopped = true;
    if (loop->count > 0)
        atomic_store(&loop->http->cut, true);
    count_up(loop->http, &loop->http->stopped);
}

static void *loop_main(void *data)
{
    struct loop *loop = data;
    loop_setup(loop);
    count_up(loop->http, &loop->http->ready);
    while (!loop->quit) {
        h2o_evloop_run(loop->h2o.loop, INT32_MAX);
        if (h2o_now(loop->h2o.loop) - loop->bodies_at >= LIMIT_BODIES_MS)
            connections_bound_bodies(loop);
        check_stopped(loop);
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
    linger_setup(host);
    h2o_pathconf_t *path = h2o_config_register_path(host, "/", 0);
    struct handler *handler = (struct handler *)h2o_create_handler(path, sizeof *handler);
    handler->h2o.on_req = on_request;
    handler->http = http;
}

struct http *http_start(const struct http_options *options, struct diag *diag)
{
    struct http *http = calloc(1, sizeof *http + options->loops * sizeof http->loops[0]);
    if (!http) {
        diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory for the server");
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
        if (pthread_create(&loop->thread, NULL, loop_main, loop) != 0)
            break;
    }
    http->started = started;
    wait_all(http, &http->ready);
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
    http->patience = patience_ms;
    for (unsigned i = 0; i < http->started; i++)
        http_post(http, i, &http->loops[i].stop_message);
    wait_all(http, &http->stopped);
    return !atomic_load(&http->cut);
}

void http_free(struct http *http)
{
    for (unsigned i = 0; i < http->started; i++)
        http_post(http, i, &http->loops[i].quit_message);
    for (unsigned i = 0; i < http->started; i++)
        pthread_join(http->loops[i].thread, NULL);
    http->retired = retired;
    retired = http;
}
