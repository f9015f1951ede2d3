/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <criterion/criterion.h>

/* What utf8_check must say, code point by code point. */
static size_t check_slowly(struct str s)
{
    size_t i = 0, len;
    for (; i < s.len && utf8_decode(str_skip(s, i), &len) >= 0; i += len)
        ;
    return i;
}

Test(utf8, every_code_point)
{
    for (uint32_t c = 0; c < 0x110000; c++) {
        if (c >= 0xD800 && c < 0xE000)
            continue;
        size_t len;
        char bytes[4];
        struct str s = {bytes, utf8_encode(bytes, c)};
        cr_assert(utf8_decode(s, &len) == (int32_t)c && len == s.len, "%x", c);
        cr_assert(utf8_check(s) == s.len, "%x", c);
        cr_assert(utf8_check(str_take(s, s.len - 1)) == 0, "%x cut", c);
    }
}

/* Every pair of first bytes, followed by bytes at the limits of what may follow. */
Test(utf8, check_equals_decode)
{
    static const unsigned char limits[] = {0x00, 'a',  0x7F, 0x80, 0x8F, 0x90,
                                           0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
    for (unsigned first = 0x80; first < 0x100; first++)
        for (unsigned second = 0; second < 0x100; second++)
            for (size_t i = 0; i < sizeof limits; i++)
                for (size_t j = 0; j < sizeof limits; j++) {
                    char bytes[4] = {(char)first, (char)second, (char)limits[i], (char)limits[j]};
                    for (size_t len = 1; len <= 4; len++) {
                        struct str s = {bytes, len};
                        cr_assert(utf8_check(s) == check_slowly(s), "%02x %02x", first, second);
                    }
                }
}

Test(utf8, check_finds_the_place)
{
    char text[40];
    for (size_t at = 0; at < sizeof text; at++) {
        memset(text, 'a', sizeof text);
        text[at] = (char)0xFF;
        cr_expect(utf8_check((struct str){text, sizeof text}) == at);
    }
    cr_expect(utf8_check(STR("aé€😀")) == 10 && utf8_check(STR("")) == 0);
}

Test(utf8, cut_spares_code_points)
{
    static const size_t lengths[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
    for (size_t most = 0; most < sizeof lengths / sizeof lengths[0]; most++)
        cr_expect(utf8_cut(STR("aé€😀"), most).len == lengths[most], "%zu", most);
    cr_expect(utf8_cut(STR("\x80\x80\x80"), 2).len == 0 && utf8_cut(STR(""), 4).len == 0);
}
