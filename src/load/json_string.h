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

/* Plain text of a string that is no ASCII leaves bits in *high, to be checked as UTF-8. */
static inline const char *json_scan_bytes(const char *p, const char *end, unsigned *high)
{
    for (; p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= ' '; p++)
        *high |= (unsigned char)*p & 0x80u;
    return p;
}

/* The first byte from p on that is a quote, a backslash or a control character, or end. */
static inline const char *json_scan(const char *p, const char *end, unsigned *high)
{
#ifdef __SSE2__
    for (; end - p >= 16; p += 16) {
        const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
        const __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
        const __m128i backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
        const __m128i any = _mm_or_si128(control, _mm_or_si128(quote, backslash));
        const unsigned stop = (unsigned)_mm_movemask_epi8(any);
        const unsigned not_ascii = (unsigned)_mm_movemask_epi8(v);
        if (stop) {
            *high |= not_ascii & (stop - 1) & ~stop; /* of the bytes before the stop */
            return p + __builtin_ctz(stop);
        }
        *high |= not_ascii;
    }
#endif
    return json_scan_bytes(p, end, high);
}

/* Reads the string whose opening quote is at p; the byte after the closing one, or NULL with the
 * error noted. Without escapes *s borrows from the text, else it lies in the arena. s NULL: only
 * checks, takes no memory. */
const char *json_string_slow(struct json_reader *r, const char *p, struct str *s);

static inline const char *json_string(struct json_reader *r, const char *p, struct str *s)
{
    unsigned high = 0;
    const char *stop = json_scan(p + 1, r->end, &high);
    if (stop == r->end || *stop != '"' || high)
        return json_string_slow(r, p, s);
    if (s)
        *s = (struct str){p + 1, (size_t)(stop - p - 1)};
    return stop + 1;
}

#endif
