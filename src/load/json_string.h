/* SPDX-License-Identifier: Apache-2.0
 *
 * Strings of the JSON reader: nine tenths of the bytes of a review. Only for load/json*.c.
 */
#ifndef LOAD_JSON_STRING_H
#define LOAD_JSON_STRING_H

#include "load/json.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline uint32_t json_offset(const struct json_reader *r, const char *p)
{
    return (uint32_t)(p - r->base);
}

/* The first byte from p on that plain ASCII text of a string does not have, or end. */
static inline const char *json_skip_plain(const char *p, const char *end)
{
#ifdef __SSE2__
    for (; end - p >= 16; p += 16) {
        const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        const __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
        const __m128i backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
        /* As signed bytes, control characters and all beyond ASCII are less than a space. */
        const __m128i other = _mm_cmplt_epi8(v, _mm_set1_epi8(' '));
        const __m128i any = _mm_or_si128(other, _mm_or_si128(quote, backslash));
        const unsigned stop = (unsigned)_mm_movemask_epi8(any);
        if (stop)
            return p + __builtin_ctz(stop);
    }
#endif
    while (p < end && *p != '"' && *p != '\\' && *p >= ' ' && (unsigned char)*p < 0x80)
        p++;
    return p;
}

/* The string whose opening quote is at p, any text: the byte after the closing one, or NULL with
 * the error noted. keep: r->string becomes the text, borrowed or, with escapes, in the arena; else
 * it is only checked, and takes no memory. */
const char *json_string_slow(struct json_reader *r, const char *p, bool keep);

/* The same, with the text in *s. */
static inline const char *json_string(struct json_reader *r, const char *p, const char *end,
                                      bool keep, struct str *s)
{
    const char *stop = json_skip_plain(p + 1, end);
    if (stop < end && *stop == '"') {
        *s = (struct str){p + 1, (size_t)(stop - p - 1)};
        return stop + 1;
    }
    p = json_string_slow(r, p, keep);
    *s = r->string;
    return p;
}

#endif
