/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing byte buffer that cannot exist without a ceiling. Failure (no memory, over the ceiling)
 * is sticky: further writes do nothing, and whoever made the buffer looks at `failed` once, at the
 * end.
 *
 * With a drain the buffer is a stream: what has gathered is handed on in pieces, so a report of any
 * length needs little memory.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes len bytes; false stops the stream for good (disk full, broken pipe). */
typedef bool buf_drain_fn(void *context, const char *bytes, size_t len);

struct buf {
    char *ptr;
    size_t len, cap, ceiling;
    buf_drain_fn *drain;
    void *drain_context;
    bool failed;
    bool no_memory; /* it failed at least once, and not for the ceiling; buf_clear leaves it */
};

void buf_init(struct buf *buf, size_t ceiling);
/* A stream: hands on LIMIT_OUTPUT_CHUNK bytes at a time; buf_flush hands on the rest. */
void buf_init_stream(struct buf *buf, buf_drain_fn *drain, void *context);
void buf_release(struct buf *buf);
/* Empties it, keeps its memory, forgets a failure. */
void buf_clear(struct buf *buf);
/* False when anything failed since the start. */
bool buf_flush(struct buf *buf);

void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_char(struct buf *buf, char c);
void buf_add_fill(struct buf *buf, char c, size_t count);
void buf_add_uint(struct buf *buf, uint64_t value);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline void buf_add_str(struct buf *buf, struct str s)
{
    buf_add(buf, s.ptr, s.len);
}

/* c is a C string. */
static inline void buf_add_c(struct buf *buf, const char *c)
{
    buf_add(buf, c, strlen(c));
}

static inline struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->len ? buf->ptr : "", buf->len};
}

#endif
