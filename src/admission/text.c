/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts of messages. printf is no help here: it ends a string at a NUL byte, and names in requests
 * may hold one.
 */
#include "admission/internal.h"
#include "base/quote.h"

struct str text_join(struct arena *arena, const struct str *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    char *text = arena_alloc(arena, len);
    if (!text)
        return STR_EMPTY;
    char *at = text;
    for (size_t i = 0; i < count; i++) {
        memcpy(at, parts[i].ptr, parts[i].len);
        at += parts[i].len;
    }
    return (struct str){text, len};
}

struct str text_quote(struct arena *arena, struct str s)
{
    struct buf buf;
    buf_init(&buf, LIMIT_REQUEST_ARENA);
    quote_go(&buf, s);
    arena->failed |= buf.failed;
    struct str text = arena_str(arena, buf_str(&buf));
    buf_release(&buf);
    return text;
}

struct str text_uint(struct arena *arena, uint64_t n)
{
    return arena_printf(arena, "%llu", (unsigned long long)n);
}

struct str text_lower(struct arena *arena, struct str s)
{
    char *text = arena_alloc(arena, s.len);
    if (!text)
        return STR_EMPTY;
    for (size_t i = 0; i < s.len; i++)
        text[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] | 0x20) : s.ptr[i];
    return (struct str){text, s.len};
}

static bool met_before(const struct str *items, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (str_equal(items[k], items[i]))
            return true;
    }
    return false;
}

struct str text_aggregate(struct arena *arena, const struct str *items, size_t count)
{
    struct str text = STR_EMPTY;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (met_before(items, i))
            continue;
        text = kept++ ? TEXT(arena, text, STR(", "), items[i]) : items[i];
    }
    return kept > 1 ? TEXT(arena, STR("["), text, STR("]")) : text;
}
