/* SPDX-License-Identifier: Apache-2.0
 *
 * What libh2o answers by itself (413, a broken body) it answers while the client still sends, and
 * then closes. The kernel resets a connection that is closed with bytes unread, and a reset may
 * overtake the answer, so that the client sees a broken pipe where it should see 413. Such a socket
 * is kept a little longer under another descriptor: what comes is thrown away.
 */
#include "base/limits.h"
#include "server/clock.h"
#include "server/http_loop.h"
#include "server/tcp.h"

struct lingering {
    h2o_linklist_t link;
    h2o_socket_t *socket;
    struct loop *loop;
    uint64_t until;
};

static void linger_end(struct lingering *linger)
{
    h2o_linklist_unlink(&linger->link);
    linger->loop->lingering_count--;
    h2o_socket_close(linger->socket);
    free(linger);
}

static void on_input(h2o_socket_t *socket, const char *err)
{
    if (err)
        linger_end(socket->data);
    else
        h2o_buffer_consume(&socket->input, socket->input->size);
}

void connection_linger(struct loop *loop, int fd)
{
    struct lingering *linger =
        loop->lingering_count < LIMIT_LINGERING ? calloc(1, sizeof *linger) : NULL;
    tcp_end_output(fd);
    if (!linger) {
        tcp_close(fd);
        return;
    }
    linger->loop = loop;
    linger->until = clock_ms() + LIMIT_LINGER_MS;
    linger->socket = h2o_evloop_socket_create(loop->h2o.loop, fd, 0);
    linger->socket->data = linger;
    h2o_linklist_insert(&loop->lingering, &linger->link);
    loop->lingering_count++;
    h2o_socket_read_start(linger->socket, on_input);
}

void lingering_sweep(struct loop *loop)
{
    uint64_t now = clock_ms();
    h2o_linklist_t *list = &loop->lingering; /* oldest first */
    for (h2o_linklist_t *at = list->next, *next; at != list; at = next) {
        next = at->next;
        struct lingering *linger = FROM_MEMBER(struct lingering, link, at);
        if (now < linger->until)
            return;
        linger_end(linger);
    }
}

/* libh2o's own answers have the host's fallback path, ours have "/". */
static void on_own_answer(h2o_filter_t *self, h2o_req_t *req, h2o_ostream_t **slot)
{
    (void)self;
    h2o_socket_t *socket = req->conn->callbacks->get_socket(req->conn);
    struct connection *c = socket->on_close.data;
    connection_keep(c);
    h2o_setup_next_ostream(req, slot);
}

void linger_setup(h2o_hostconf_t *host)
{
    h2o_create_filter(&host->fallback_path, sizeof(h2o_filter_t))->on_setup_ostream = on_own_answer;
}
