/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes of a file or of standard input, with a ceiling: a file that is too large is refused by its
 * size, not read.
 */
#ifndef LOAD_SOURCE_H
#define LOAD_SOURCE_H

#include "base/arena.h"
#include "base/diag.h"

/* The whole file, in the arena. Pipes are read to their end (a shell's <(command) is one), unless
 * nobody writes to them. False: diag is DIAG_IO, DIAG_LIMIT or DIAG_MEMORY and says why, without
 * the path. */
bool source_read(const char *path, struct arena *arena, struct str *text, struct diag *diag);
/* The same from an open file descriptor, which stays open. */
bool source_read_fd(int fd, struct arena *arena, struct str *text, struct diag *diag);
/* The first bytes of a file that is not to be read whole; 0 when it cannot be opened. */
size_t source_peek(const char *path, char *bytes, size_t size);

/* strerror in the manner of our messages: "permission denied". */
struct source_error {
    char text[128];
};
struct source_error source_error(int number);

#endif
