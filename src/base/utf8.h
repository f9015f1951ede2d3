/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

#include <stdint.h>

/* Whether a byte goes on with a code point that an earlier one began. */
static inline bool utf8_continues(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* The code point at the start of s (not empty) and its length in *len; for a byte that starts none:
 * -1 and 1. */
int32_t utf8_decode(struct str s, size_t *len);
/* Offset of the first byte that is not UTF-8, or s.len. */
size_t utf8_check(struct str s);
/* The first bytes of s, at most so many, less a code point that this would cut in half. */
struct str utf8_cut(struct str s, size_t most);
/* Code points in s, each stray byte counted as one. */
size_t utf8_count(struct str s);
/* Writes the code point (a valid one); the bytes it takes, 1 to 4. */
size_t utf8_encode(char out[4], uint32_t code_point);

#endif
