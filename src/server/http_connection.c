/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections: how many there may be, how long each may take. libh2o has one timeout for "a request
 * is slow" and "nobody asks anything", so it gets the long one and the short ones are kept here:
 * every connection is looked at once a sweep.
 */
#include "base/limits.h"
#include "server/clock.h"
#include "server/http_loop.h"
#include "server/tcp.h"
#include "server/tls.h"

#include <h2o/http1.h>

#include <sys/time.h>

enum { PEER_BYTES = 64 }; /* an IPv6 address with its port, and some */

void connection_enter(struct connection *c, enum state state)
{
    h2o_linklist_unlink(&c->link);
    h2o_linklist_insert(&c->loop->connections[state], &c->link);
    c->state = state;
}

const char *http_rejection_name(enum http_rejection reason)
{
    static const char *const names[] = {
#define REJECTION(id, name) name,
        HTTP_REJECTIONS(REJECTION)
#undef REJECTION
    };
    return names[reason];
}

void connection_rejected(struct loop *loop, enum http_rejection reason)
{
    const struct http_options *options = &loop->http->options;
    if (options->rejected)
        options->rejected(options->context, reason);
}

/* libh2o owns the socket, so it is not closed here: its end of file is made to come. */
static void connection_close(struct connection *c)
{
    connection_enter(c, CUT);
    tcp_shutdown(h2o_socket_get_fd(c->socket));
}

static void connection_cut(struct connection *c, enum http_rejection reason)
{
    connection_rejected(c->loop, reason);
    connection_close(c);
}

void connection_keep(struct connection *c)
{
    if (c->kept < 0)
        c->kept = tcp_duplicate(h2o_socket_get_fd(c->socket));
}

static void on_close(void *data)
{
    struct connection *c = data;
    if (c->request)
        c->request->connection = NULL;
    tls_context_release(c->handshake);
    if (c->kept >= 0)
        connection_linger(c->loop, c->kept);
    h2o_linklist_unlink(&c->link);
    c->loop->count--;
    free(c);
}

/* Whether bytes of a request are there already, read or in the kernel: not idle, only not served
 * yet. */
static bool has_input(const struct connection *c)
{
    return c->socket->input->size > 0 || tcp_has_unread(h2o_socket_get_fd(c->socket));
}

/* The oldest of a state; quiet: the oldest without input, of the first few. */
static struct connection *connection_oldest(struct loop *loop, enum state state, bool quiet)
{
    h2o_linklist_t *list = &loop->connections[state], *at = list->next;
    for (unsigned looked = 0; at != list && looked < LIMIT_VICTIMS_LOOKED;
         at = at->next, looked++) {
        struct connection *c = FROM_MEMBER(struct connection, link, at);
        if (!quiet || !has_input(c))
            return c;
    }
    return NULL;
}

/* The oldest that asked nothing yet, whether TLS is spoken or not. Were one of the two states
 * always before the other, a flood of the other would fill the room, and each newcomer push out the
 * one that came just before it. */
static struct connection *oldest_newcomer(struct loop *loop, bool quiet)
{
    struct connection *fresh = connection_oldest(loop, FRESH, quiet),
                      *handshake = connection_oldest(loop, HANDSHAKE, quiet);
    if (!fresh || !handshake)
        return fresh ? fresh : handshake;
    return fresh->accepted <= handshake->accepted ? fresh : handshake;
}

/* The one whose answer has been on its way longest, when that is too long for a client that reads.
 */
static struct connection *oldest_unread(struct loop *loop)
{
    struct connection *c = connection_oldest(loop, SENDING, false);
    return c && clock_ms() - c->since >= LIMIT_UNREAD_MS ? c : NULL;
}

/* At the cap the oldest idle connection goes, one that never asked anything before one that did,
 * then one that does not read, and one whose request has begun to come only when no other is left.
 */
static struct connection *victim(struct loop *loop)
{
    struct connection *c = oldest_newcomer(loop, true);
    if (!c)
        c = connection_oldest(loop, WAITING, true);
    if (!c)
        c = oldest_unread(loop);
    if (!c)
        c = oldest_newcomer(loop, false);
    return c ? c : connection_oldest(loop, WAITING, false);
}

static bool make_room(struct loop *loop)
{
    if (loop->count < loop->http->cap)
        return true;
    struct connection *c = victim(loop);
    if (c)
        connection_cut(c, HTTP_REJECTED_CONNECTIONS);
    else
        connection_rejected(loop, HTTP_REJECTED_CONNECTIONS);
    return c;
}

static void speak_http(struct connection *c)
{
    struct timeval now;
    gettimeofday(&now, NULL);
    c->moved = true;
    connection_enter(c, FRESH);
    h2o_http1_accept(&c->loop->accept, c->socket, now);
}

static void refuse_stranger(struct connection *c, const struct tls_failure *failure)
{
    const struct http_options *options = &c->loop->http->options;
    char peer[PEER_BYTES];
    connection_rejected(c->loop, HTTP_REJECTED_CLIENT_CERTIFICATE);
    tcp_peer_name(h2o_socket_get_fd(c->socket), peer, sizeof peer);
    if (options->stranger)
        options->stranger(options->context, peer, failure);
}

static void handshake_failed(struct connection *c)
{
    struct tls_failure failure;
    tls_failed(&failure);
    if (failure.reason)
        refuse_stranger(c, &failure);
    else if (c->state != CUT)
        connection_rejected(c->loop, HTTP_REJECTED_TLS);
    if (failure.farewell.len > 0) {
        tcp_say(h2o_socket_get_fd(c->socket), failure.farewell);
        connection_keep(c);
    }
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
    handshake_failed(c);
    h2o_socket_close(socket);
}

static struct connection *connection_new(struct loop *loop, h2o_socket_t *socket)
{
    struct connection *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    uint64_t now = clock_ms();
    *c = (struct connection){
        .socket = socket, .loop = loop, .kept = -1, .accepted = now, .since = now};
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

static bool accept_one(h2o_socket_t *listener)
{
    h2o_socket_t *socket = h2o_evloop_socket_accept(listener);
    if (socket)
        connection_start(listener->data, socket);
    return socket;
}

void connections_accept(h2o_socket_t *listener, const char *err)
{
    for (unsigned i = 0; !err && i < LIMIT_ACCEPT_BATCH && accept_one(listener); i++)
        continue;
}

void connections_accept_last(h2o_socket_t *listener)
{
    for (unsigned i = 0; i < LIMIT_BACKLOG && accept_one(listener); i++)
        continue;
}

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
        connection_cut(c, HTTP_REJECTED_SLOW);
    else if (c->since == 0 && c->loop->stopping)
        connection_close(c);
}

/* Who connected and never said a word is not waited for at the end. */
static void sweep_handshake(struct connection *c, uint64_t now)
{
    uint64_t waited = now - c->since;
    if (waited >= LIMIT_REQUEST_MS)
        connection_cut(c, HTTP_REJECTED_SLOW);
    else if (c->loop->stopping && waited >= LIMIT_WORDLESS_MS &&
             tcp_bytes_received(h2o_socket_get_fd(c->socket)) == 0)
        connection_close(c);
}

static void sweep_list(struct loop *loop, enum state state, uint64_t now)
{
    h2o_linklist_t *list = &loop->connections[state];
    for (h2o_linklist_t *at = list->next, *next; at != list; at = next) {
        next = at->next;
        struct connection *c = FROM_MEMBER(struct connection, link, at);
        if (state == FRESH || state == WAITING)
            sweep_waiting(c, now);
        else if (state == HANDSHAKE)
            sweep_handshake(c, now);
        else if (state == SENDING && now - c->since >= LIMIT_RESPONSE_MS)
            connection_cut(c, HTTP_REJECTED_SLOW);
    }
}

static size_t held(const struct connection *c)
{
    return c->socket->input->size + c->answer;
}

/* Adds up what the connections of a state hold; the one that holds most is left in largest. */
static size_t sum_held(struct loop *loop, enum state state, struct connection **largest)
{
    size_t sum = 0;
    h2o_linklist_t *list = &loop->connections[state];
    for (h2o_linklist_t *at = list->next; at != list; at = at->next) {
        struct connection *c = FROM_MEMBER(struct connection, link, at);
        sum += held(c);
        if (largest && (!*largest || held(c) > held(*largest)))
            *largest = c;
    }
    return sum;
}

/* libh2o keeps every body whole, also until its answer is sent, and knows no bound on all of them
 * together. While there is too much, and this loop has more than its part of it, the connection
 * goes that has most: a request that is not whole yet, or an answer that nobody reads. */
void connections_bound_bodies(struct loop *loop)
{
    const struct http *http = loop->http;
    struct connection *largest;
    size_t mine, all;
    do {
        largest = NULL;
        all = mine = sum_held(loop, FRESH, &largest) + sum_held(loop, WAITING, &largest) +
                     sum_held(loop, SENDING, &largest) + sum_held(loop, BUSY, NULL);
        for (unsigned i = 0; i < http->options.loops; i++)
            if (i != loop->index)
                all += atomic_load_explicit(&http->loops[i].bodies, memory_order_relaxed);
        if (all > LIMIT_BODIES_BYTES && mine > LIMIT_BODIES_BYTES / http->options.loops &&
            largest && held(largest) > 0)
            connection_cut(largest, HTTP_REJECTED_MEMORY);
        else
            largest = NULL;
    } while (largest);
    atomic_store_explicit(&loop->bodies, mine, memory_order_relaxed);
    loop->bodies_at = h2o_now(loop->h2o.loop);
}

/* What libh2o answers by itself, and closes: the handler never hears of it. */
static void count_refused(struct loop *loop, unsigned error, enum http_rejection reason)
{
    for (; loop->refused[error] < loop->h2o.emitted_error_status[error]; loop->refused[error]++)
        connection_rejected(loop, reason);
}

void connections_sweep(struct loop *loop)
{
    uint64_t now = clock_ms();
    count_refused(loop, H2O_STATUS_ERROR_400, HTTP_REJECTED_BAD_REQUEST);
    count_refused(loop, H2O_STATUS_ERROR_413, HTTP_REJECTED_TOO_LARGE);
    for (enum state state = HANDSHAKE; state < CUT; state++)
        sweep_list(loop, state, now);
}
