/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

/* Length that the first byte announces, and the least code point that needs it; 0 for no first
 * byte. */
static size_t sequence_length(unsigned char first, uint32_t *least)
{
    if (first < 0x80) {
        *least = 0;
        return 1;
    }
    if (first >= 0xC2 && first < 0xE0) {
        *least = 0x80;
        return 2;
    }
    if (first >= 0xE0 && first < 0xF0) {
        *least = 0x800;
        return 3;
    }
    if (first >= 0xF0 && first < 0xF5) {
        *least = 0x10000;
        return 4;
    }
    return 0;
}

int32_t utf8_decode(struct str s, size_t *len)
{
    uint32_t least;
    unsigned char first = (unsigned char)s.ptr[0];
    size_t n = sequence_length(first, &least);
    *len = 1;
    if (n == 1)
        return first;
    if (n == 0 || n > s.len)
        return -1;
    uint32_t c = first & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if (!utf8_continues(s.ptr[i]))
            return -1;
        c = c << 6 | ((unsigned char)s.ptr[i] & 0x3Fu);
    }
    if (c < least || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        return -1;
    *len = n;
    return (int32_t)c;
}

static bool is_between(char c, unsigned char least, unsigned char most)
{
    return (unsigned char)c >= least && (unsigned char)c <= most;
}

/* Bytes of the sequence beyond ASCII at p, 0 for none: RFC 3629's table, by the second byte. */
static size_t check_sequence(const char *p, size_t len)
{
    const unsigned char first = (unsigned char)p[0];
    if (len >= 2 && first >= 0xC2 && first < 0xE0)
        return utf8_continues(p[1]) ? 2 : 0;
    if (len >= 3 && (first & 0xF0) == 0xE0) {
        bool second = is_between(p[1], first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
        return second && utf8_continues(p[2]) ? 3 : 0;
    }
    if (len >= 4 && first >= 0xF0 && first < 0xF5) {
        bool second = is_between(p[1], first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
        return second && utf8_continues(p[2]) && utf8_continues(p[3]) ? 4 : 0;
    }
    return 0;
}

size_t utf8_check(struct str s)
{
    size_t i = 0;
    while (i < s.len) {
        uint64_t eight;
        if ((unsigned char)s.ptr[i] >= 0x80) {
            size_t len = check_sequence(s.ptr + i, s.len - i);
            if (!len)
                return i;
            i += len;
        } else if (s.len - i >= sizeof eight) { /* ASCII by eights: most text is */
            memcpy(&eight, s.ptr + i, sizeof eight);
            i += eight & 0x8080808080808080u ? 1 : sizeof eight;
        } else {
            i++;
        }
    }
    return s.len;
}

struct str utf8_cut(struct str s, size_t most)
{
    if (most >= s.len)
        return s;
    while (most > 0 && utf8_continues(s.ptr[most]))
        most--;
    return str_take(s, most);
}

size_t utf8_count(struct str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; count++) {
        size_t len;
        utf8_decode(str_skip(s, i), &len);
        i += len;
    }
    return count;
}

size_t utf8_encode(char out[4], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)((0xF00u >> len & 0xF0u) | c);
    return len;
}
