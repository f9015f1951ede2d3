/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <stdint.h>

enum { NOT_BASE64 = 64 };

static unsigned sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0') + 52;
    return c == '+' ? 62 : c == '/' ? 63 : NOT_BASE64;
}

bool base64_check(struct str text)
{
    size_t digits = 0, padding = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n' || c == '\r')
            continue;
        if (c != '=' && (sextet(c) == NOT_BASE64 || padding))
            return false;
        padding += c == '=';
        digits += c != '=';
    }
    return digits % 4 != 1 && padding == (4 - digits % 4) % 4;
}

bool base64_decode(struct arena *arena, struct str text, struct str *bytes)
{
    *bytes = STR_EMPTY;
    char *out = base64_check(text) ? arena_alloc(arena, text.len / 4 * 3 + 3) : NULL;
    size_t len = 0, digits = 0;
    uint32_t bits = 0;
    if (!out)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned six = sextet(text.ptr[i]);
        if (six == NOT_BASE64)
            continue; /* padding, line ends */
        bits = bits << 6 | six;
        if (++digits % 4 != 1)
            out[len++] = (char)(bits >> (6 - (digits - 1) % 4 * 2));
    }
    *bytes = (struct str){out, len};
    return true;
}
