/* SPDX-License-Identifier: Apache-2.0
 *
 * Sockets as the kernel sees them: where to listen, and how much has come in.
 */
#ifndef SERVER_TCP_H
#define SERVER_TCP_H

#include "base/diag.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens `count` listening sockets on ADDR:PORT ([::1]:8443, 127.0.0.1:0, :8080), all on one port by
 * SO_REUSEPORT, so that the kernel spreads connections over them. Refused while anybody else
 * listens there, also who would share. [::] takes IPv4 as well, and is 0.0.0.0 where there is no
 * IPv6. Port 0 lets the kernel choose. The caller closes fds. On failure none is open. */
bool tcp_listen(const char *address, unsigned count, int *fds, struct diag *diag);
/* The address that the socket is bound to, as ADDR:PORT, in text. */
void tcp_local_name(int fd, char *text, size_t size);
/* The same of the other side. */
void tcp_peer_name(int fd, char *text, size_t size);
/* Bytes that came in over the connection since it began, below TLS. 0 when the kernel will not
 * tell. */
uint64_t tcp_bytes_received(int fd);
/* Whether bytes wait in the kernel to be read. */
bool tcp_has_unread(int fd);
/* Ends both directions; whoever reads or writes it is told so. */
void tcp_shutdown(int fd);
/* A second descriptor of the socket; -1: none is left. */
int tcp_duplicate(int fd);
/* Sends what fits at once, and forgets the rest. */
void tcp_say(int fd, struct str text);
/* Tells the other side that nothing more comes. */
void tcp_end_output(int fd);
void tcp_close(int fd);
/* Raises the limit of open files as far as allowed; returns it. */
size_t tcp_raise_open_files(void);

#endif
