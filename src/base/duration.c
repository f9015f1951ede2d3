/* SPDX-License-Identifier: Apache-2.0
 *
 * Go's grammar of durations: [-+]?([0-9]*(\.[0-9]*)?[a-z]+)+ or 0.
 */
#include "base/duration.h"

static const struct {
    struct str name;
    double nanoseconds;
} units[] = {
    {STR_INIT("ns"), 1},          {STR_INIT("us"), 1e3},   {STR_INIT("\xc2\xb5s"), 1e3},
    {STR_INIT("\xce\xbcs"), 1e3}, {STR_INIT("ms"), 1e6},   {STR_INIT("s"), 1e9},
    {STR_INIT("m"), 60e9},        {STR_INIT("h"), 3600e9},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes digits with at most one point off the front; false without a digit. */
static bool take_number(struct str *s, double *number)
{
    bool any = false;
    double scale = 1;
    *number = 0;
    for (; s->len > 0 && is_digit(*s->ptr); *s = str_skip(*s, 1), any = true)
        *number = *number * 10 + (*s->ptr - '0');
    if (s->len == 0 || *s->ptr != '.')
        return any;
    for (*s = str_skip(*s, 1); s->len > 0 && is_digit(*s->ptr); *s = str_skip(*s, 1), any = true) {
        scale /= 10;
        *number += scale * (*s->ptr - '0');
    }
    return any;
}

static bool take_unit(struct str *s, double *nanoseconds)
{
    size_t len = 0;
    while (len < s->len && s->ptr[len] != '.' && !is_digit(s->ptr[len]))
        len++;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_equal(units[i].name, str_take(*s, len))) {
            *nanoseconds = units[i].nanoseconds;
            *s = str_skip(*s, len);
            return true;
        }
    return false;
}

bool duration_parse(struct str text, int64_t *nanoseconds)
{
    bool negative = text.len > 0 && *text.ptr == '-';
    if (negative || (text.len > 0 && *text.ptr == '+'))
        text = str_skip(text, 1);
    double sum = 0, number = 0, unit = 0;
    if (!str_is(text, "0")) {
        if (text.len == 0)
            return false;
        while (text.len > 0) {
            if (!take_number(&text, &number) || !take_unit(&text, &unit))
                return false;
            sum += number * unit;
        }
    }
    if (sum >= 0x1p63)
        return false;
    *nanoseconds = negative ? -(int64_t)sum : (int64_t)sum;
    return true;
}
