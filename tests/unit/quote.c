/* SPDX-License-Identifier: Apache-2.0
 *
 * Expected texts were printed by Go's strconv.Quote.
 */
#include "base/quote.h"

#include "base/utf8.h"

#include <criterion/criterion.h>

Test(quote, is_what_go_prints)
{
    const struct {
        struct str in;
        const char *quoted;
    } cases[] = {
        {STR(""), "\"\""},
        {STR("unconfined"), "\"unconfined\""},
        {STR("a\"b\\c"), "\"a\\\"b\\\\c\""},
        {STR("\a\b\t\n\v\f\r\0\x1f\x7f"), "\"\\a\\b\\t\\n\\v\\f\\r\\x00\\x1f\\x7f\""},
        {STR("\xff\xc0\xafx\xed\xa0\x80"), "\"\\xff\\xc0\\xafx\\xed\\xa0\\x80\""},
        {STR("a\xe2\x82"), "\"a\\xe2\\x82\""},
        {STR("\u00e9\u00a0\u00ad\u200b\u4e16\U0001F600\ufffd\U000E0001"),
         "\"\u00e9\\u00a0\\u00ad\\u200b\u4e16\U0001F600\ufffd\\U000e0001\""},
    };
    struct buf out;
    buf_init(&out, 1000);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&out);
        quote_go(&out, cases[i].in);
        cr_expect(str_is(buf_str(&out), cases[i].quoted), "%.*s instead of %s",
                  STR_ARG(buf_str(&out)), cases[i].quoted);
    }
    buf_release(&out);
}

/* FNV-1a over the quoted form of each code point that is no surrogate, as a Go program summed it.
 */
Test(quote, every_code_point_is_quoted_as_go_does)
{
    const uint64_t sum_of_go = 0xf0193d3df4d907bc;
    uint64_t sum = 14695981039346656037u;
    struct buf out;
    buf_init(&out, 1000);
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c >= 0xD800 && c < 0xE000)
            continue;
        char bytes[4];
        buf_clear(&out);
        quote_go(&out, (struct str){bytes, utf8_encode(bytes, c)});
        for (size_t i = 0; i < out.len; i++)
            sum = (sum ^ (unsigned char)out.ptr[i]) * 1099511628211u;
    }
    cr_expect_eq(sum, sum_of_go);
    buf_release(&out);
}
