/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 256 };

void buf_init(struct buf *buf, size_t ceiling)
{
    *buf = (struct buf){.ceiling = ceiling};
}

void buf_init_stream(struct buf *buf, buf_drain_fn *drain, void *context)
{
    *buf =
        (struct buf){.ceiling = 2 * LIMIT_OUTPUT_CHUNK, .drain = drain, .drain_context = context};
}

void buf_release(struct buf *buf)
{
    free(buf->ptr);
    buf_init(buf, buf->ceiling);
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->failed = false;
}

bool buf_flush(struct buf *buf)
{
    if (buf->drain && buf->len && !buf->failed) {
        buf->failed = !buf->drain(buf->drain_context, buf->ptr, buf->len);
        buf->len = 0;
    }
    return !buf->failed;
}

/* Makes room for len more bytes. */
static bool reserve(struct buf *buf, size_t len)
{
    if (buf->failed)
        return false;
    if (len <= buf->cap - buf->len)
        return true;
    size_t want = buf->cap ? buf->cap : FIRST_CAPACITY;
    while (want < buf->ceiling && want - buf->len < len)
        want *= 2;
    if (want > buf->ceiling)
        want = buf->ceiling;
    char *grown = want - buf->len >= len ? realloc(buf->ptr, want) : NULL;
    if (!grown) {
        buf->failed = true;
        buf->no_memory |= want - buf->len >= len;
        return false;
    }
    buf->ptr = grown;
    buf->cap = want;
    return true;
}

/* A stream takes a long text in pieces, so that its ceiling never matters. */
static void add_to_stream(struct buf *buf, const char *bytes, size_t len)
{
    while (len && !buf->failed) {
        size_t piece = len < LIMIT_OUTPUT_CHUNK ? len : LIMIT_OUTPUT_CHUNK;
        if (reserve(buf, piece)) {
            memcpy(buf->ptr + buf->len, bytes, piece);
            buf->len += piece;
        }
        if (buf->len >= LIMIT_OUTPUT_CHUNK)
            buf_flush(buf);
        bytes += piece;
        len -= piece;
    }
}

/* Whether len more bytes fit with nothing else to do. */
static bool has_room(const struct buf *buf, size_t len)
{
    return len <= buf->cap - buf->len && !buf->failed &&
           (!buf->drain || len < LIMIT_OUTPUT_CHUNK - buf->len);
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
    if (has_room(buf, len)) {
        if (len)
            memcpy(buf->ptr + buf->len, bytes, len);
        buf->len += len;
    } else if (buf->drain) {
        add_to_stream(buf, bytes, len);
    } else if (len && reserve(buf, len)) {
        memcpy(buf->ptr + buf->len, bytes, len);
        buf->len += len;
    }
}

void buf_add_char(struct buf *buf, char c)
{
    if (has_room(buf, 1))
        buf->ptr[buf->len++] = c;
    else
        buf_add(buf, &c, 1);
}

void buf_add_fill(struct buf *buf, char c, size_t count)
{
    if (has_room(buf, count) && count) {
        memset(buf->ptr + buf->len, c, count);
        buf->len += count;
        return;
    }
    for (size_t i = 0; i < count; i++)
        buf_add_char(buf, c);
}

void buf_add_uint(struct buf *buf, uint64_t value)
{
    char digits[20];
    size_t n = sizeof digits;
    do
        digits[--n] = (char)('0' + value % 10);
    while (value /= 10);
    buf_add(buf, digits + n, sizeof digits - n);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    char text[LIMIT_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= sizeof text)
        buf->failed = true;
    else
        buf_add(buf, text, (size_t)len);
}
