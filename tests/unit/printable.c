/* SPDX-License-Identifier: Apache-2.0 */
#include "base/printable.h"

#include <criterion/criterion.h>

static void expect(struct str text, const char *expected)
{
    struct buf out;
    buf_init(&out, 1000);
    printable_add(&out, text);
    cr_assert(str_is(buf_str(&out), expected), "got %.*s", STR_ARG(buf_str(&out)));
    buf_release(&out);
}

Test(printable, ordinary_text_stays)
{
    expect(STR("deploy/\xC3\xBC \xE2\x82\xAC.yaml"), "deploy/\xC3\xBC \xE2\x82\xAC.yaml");
}

Test(printable, what_acts_on_a_terminal_is_spelt_out)
{
    expect(STR("a\nb\tc\rd"), "a\\nb\\tc\\rd");
    expect(STR("\x1b[31m\x7f"), "\\x1b[31m\\x7f");
    expect(STR("\xC2\x9B"), "\\u009b");
    expect(STR("\xE2\x80\xAE\xE2\x81\xA6"), "\\u202e\\u2066");
    expect(STR("\xFF\xC3"), "\\xff\\xc3");
    expect(((struct str){"a\0b", 3}), "a\\x00b");
}
