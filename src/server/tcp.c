/* SPDX-License-Identifier: Apache-2.0
 *
 * The few socket calls that libh2o has no name for.
 */
#include "server/tcp.h"

#include "base/limits.h"
#include "load/source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h> /* glibc's tcp_info of bookworm ends before tcpi_bytes_received */
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_BYTES = 256, PORT_BYTES = 16 };

struct host_port {
    char host[HOST_BYTES], port[PORT_BYTES];
};

/* getaddrinfo takes any number and cuts it to 16 bits. */
static bool is_port(struct str s)
{
    unsigned port = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        port = port * 10 + (unsigned)(s.ptr[i] - '0');
        if (port > UINT16_MAX)
            return false;
    }
    return s.len > 0 && s.len < PORT_BYTES;
}

static bool split(const char *address, struct host_port *out)
{
    struct str s = str_from(address);
    size_t colon = str_rfind(s, ':');
    struct str host = str_take(s, colon), port = str_skip(s, colon + 1);
    if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = (struct str){host.ptr + 1, host.len - 2};
    else if (str_find(host, ':') < host.len)
        return false;
    if (colon == s.len || !is_port(port) || host.len >= HOST_BYTES)
        return false;
    snprintf(out->host, sizeof out->host, "%.*s", STR_ARG(host));
    snprintf(out->port, sizeof out->port, "%.*s", STR_ARG(port));
    return true;
}

static int set_on(int fd, int option)
{
    int on = 1;
    return setsockopt(fd, SOL_SOCKET, option, &on, sizeof on);
}

/* SO_REUSEADDR: connections of a program that ended keep nobody from its port. */
static int bind_one(const struct sockaddr *to, socklen_t len, bool share)
{
    int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int off = 0;
    set_on(fd, SO_REUSEADDR);
    if (to->sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if ((!share || set_on(fd, SO_REUSEPORT) == 0) && bind(fd, to, len) == 0 &&
        listen(fd, LIMIT_BACKLOG) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

/* SO_REUSEPORT lets any program of the same user in, and take its share of the connections without
 * a word. So the first socket listens without it, which the kernel refuses while anybody else
 * listens there, and shares only then. */
static bool bind_all(const struct addrinfo *to, unsigned count, int *fds)
{
    struct sockaddr_storage where = {0};
    socklen_t len = to->ai_addrlen;
    memcpy(&where, to->ai_addr, len);
    for (unsigned i = 0; i < count; i++) {
        fds[i] = bind_one((struct sockaddr *)&where, len, i > 0);
        if (fds[i] < 0 || (i == 0 && count > 1 && set_on(fds[0], SO_REUSEPORT) != 0)) {
            int saved = errno;
            for (unsigned k = 0; k <= i && fds[k] >= 0; k++)
                close(fds[k]);
            errno = saved;
            return false;
        }
        /* Port 0: the others take the port that the first was given. */
        getsockname(fds[i], (struct sockaddr *)&where, &len);
    }
    return true;
}

static struct addrinfo *resolve(const struct host_port *at)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    return getaddrinfo(*at->host ? at->host : "::", at->port, &hints, &found) == 0 ? found : NULL;
}

bool tcp_listen(const char *address, unsigned count, int *fds, struct diag *diag)
{
    struct host_port at;
    struct addrinfo *to = split(address, &at) ? resolve(&at) : NULL;
    if (!to)
        return diag_set(diag, DIAG_VALUE, 0, 0,
                        "\"%s\": expected an IP address and a port as in [::]:10250", address);
    bool bound = bind_all(to, count, fds);
    int why = errno;
    bool any6 = to->ai_family == AF_INET6 && (*at.host == '\0' || strcmp(at.host, "::") == 0);
    freeaddrinfo(to);
    if (!bound && any6 && (why == EAFNOSUPPORT || why == EADDRNOTAVAIL)) {
        snprintf(at.host, sizeof at.host, "0.0.0.0");
        to = resolve(&at);
        bound = to && bind_all(to, count, fds);
        why = errno;
        if (to)
            freeaddrinfo(to);
    }
    return bound || diag_set(diag, DIAG_IO, 0, 0, "%s: %s", address, source_error(why).text);
}

/* An IPv4 client of a socket for both is ::ffff:a.b.c.d; who reads a log looks for a.b.c.d. */
static socklen_t unmap(struct sockaddr_storage *at, socklen_t len)
{
    struct sockaddr_in6 six;
    struct sockaddr_in four = {.sin_family = AF_INET};
    if (at->ss_family != AF_INET6)
        return len;
    memcpy(&six, at, sizeof six);
    if (!IN6_IS_ADDR_V4MAPPED(&six.sin6_addr))
        return len;
    four.sin_port = six.sin6_port;
    memcpy(&four.sin_addr, six.sin6_addr.s6_addr + 12, sizeof four.sin_addr);
    memcpy(at, &four, sizeof four);
    return sizeof four;
}

static void name_of(int fd, int (*side)(int, struct sockaddr *, socklen_t *), char *text,
                    size_t size)
{
    struct sockaddr_storage at = {0};
    socklen_t len = sizeof at;
    char host[HOST_BYTES] = "?", port[PORT_BYTES] = "?";
    if (side(fd, (struct sockaddr *)&at, &len) == 0)
        getnameinfo((struct sockaddr *)&at, unmap(&at, len), host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(text, size, at.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

void tcp_local_name(int fd, char *text, size_t size)
{
    name_of(fd, getsockname, text, size);
}

void tcp_peer_name(int fd, char *text, size_t size)
{
    name_of(fd, getpeername, text, size);
}

uint64_t tcp_bytes_received(int fd)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return 0;
    return info.tcpi_bytes_received;
}

bool tcp_has_unread(int fd)
{
    char byte;
    return recv(fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void tcp_shutdown(int fd)
{
    shutdown(fd, SHUT_RDWR);
}

int tcp_duplicate(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

void tcp_say(int fd, struct str text)
{
    ssize_t sent = send(fd, text.ptr, text.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)sent;
}

void tcp_end_output(int fd)
{
    shutdown(fd, SHUT_WR);
}

void tcp_close(int fd)
{
    close(fd);
}

size_t tcp_raise_open_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    struct rlimit raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
        limit = raised;
    return limit.rlim_cur;
}
