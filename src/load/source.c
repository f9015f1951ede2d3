/* SPDX-License-Identifier: Apache-2.0 */
#include "load/source.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FIRST_CHUNK = 64 << 10,
    WRITER_PATIENCE = 2000 /* milliseconds for a named pipe's writer to appear */
};

struct source_error source_error(int number)
{
    struct source_error error;
    if (strerror_r(number, error.text, sizeof error.text) != 0)
        snprintf(error.text, sizeof error.text, "error %d", number);
    char *c = error.text; /* "Is a directory", but not "I/O error" */
    if (c[0] >= 'A' && c[0] <= 'Z' && c[1] >= 'a' && c[1] <= 'z')
        c[0] = (char)(c[0] - 'A' + 'a');
    return error;
}

static bool fail(struct diag *diag, int number)
{
    if (number == ENOMEM)
        return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    return diag_set(diag, DIAG_IO, 0, 0, "cannot be read: %s", source_error(number).text);
}

static bool too_large(struct diag *diag, unsigned long long size)
{
    return diag_set(diag, DIAG_LIMIT, 0, 0, "has %s%llu bytes, expected at most %u",
                    size ? "" : "more than ", size ? size : LIMIT_FILE_BYTES, LIMIT_FILE_BYTES);
}

/* Whether it can be read, and how much room it needs. */
static bool find_room(const struct stat *st, size_t *room, struct diag *diag)
{
    if (S_ISDIR(st->st_mode))
        return fail(diag, EISDIR);
    if (S_ISBLK(st->st_mode))
        return diag_set(diag, DIAG_IO, 0, 0, "is a block device, expected a file");
    if (S_ISREG(st->st_mode) && (unsigned long long)st->st_size > LIMIT_FILE_BYTES)
        return too_large(diag, (unsigned long long)st->st_size);
    *room = S_ISREG(st->st_mode) && st->st_size > 0 ? (size_t)st->st_size + 1 : FIRST_CHUNK;
    return true;
}

static bool grow(struct arena *arena, char **bytes, size_t len, size_t *room)
{
    char *larger = arena_alloc(arena, *room * 2);
    if (!larger)
        return false;
    memcpy(larger, *bytes, len);
    *bytes = larger;
    *room *= 2;
    return true;
}

static bool read_file(int fd, const struct stat *st, struct arena *arena, struct str *text,
                      struct diag *diag)
{
    size_t room = 0, len = 0;
    if (!find_room(st, &room, diag))
        return false;
    char *bytes = arena_alloc(arena, room);
    if (!bytes)
        return fail(diag, ENOMEM);
    for (;;) {
        if (len == room && !grow(arena, &bytes, len, &room))
            return fail(diag, ENOMEM);
        ssize_t n = read(fd, bytes + len, room - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(diag, errno);
        if (n == 0)
            break;
        len += (size_t)n;
        if (len > LIMIT_FILE_BYTES)
            return too_large(diag, 0);
        /* One byte more was asked for, so this is all. */
        if (S_ISREG(st->st_mode) && len < room && len == (size_t)st->st_size)
            break;
    }
    *text = (struct str){bytes, len};
    return true;
}

bool source_read_fd(int fd, struct arena *arena, struct str *text, struct diag *diag)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return fail(diag, errno);
    return read_file(fd, &st, arena, text, diag);
}

/* A named pipe nobody writes to would hold us for ever. It was opened without waiting: see whether
 * a writer is there, then wait for its bytes as usual. */
static bool await_writer(int fd, struct diag *diag)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    char none;
    if (poll(&wait, 1, WRITER_PATIENCE) == 0) {
        ssize_t n = read(fd, &none, 1); /* 0: no writer; EAGAIN: one that is slow */
        if (n >= 0)
            return diag_set(diag, DIAG_IO, 0, 0, "is a named pipe that nobody writes to");
    }
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
        return fail(diag, errno);
    return true;
}

bool source_read(const char *path, struct arena *arena, struct str *text, struct diag *diag)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fail(diag, errno);
    bool ok = fstat(fd, &st) == 0 || fail(diag, errno);
    ok = ok && (!S_ISFIFO(st.st_mode) || await_writer(fd, diag)) &&
         read_file(fd, &st, arena, text, diag);
    close(fd);
    return ok;
}

size_t source_peek(const char *path, char *bytes, size_t size)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return 0;
    ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, bytes, size) : 0;
    close(fd);
    return n > 0 ? (size_t)n : 0;
}
