/* SPDX-License-Identifier: Apache-2.0
 *
 * Go's grammar of durations: [-+]?([0-9]*(\.[0-9]*)?[a-z]+)+ or 0.
 */
#include "server/duration.h"

static const struct {
    struct str name;
    double nanoseconds;
} units[] = {
    {{"ns", 2}, 1},   {{"us", 2}, 1e3}, {{"\xc2\xb5s", 3}, 1e3}, {{"\xce\xbcs", 3}, 1e3},
    {{"ms", 2}, 1e6}, {{"s", 1}, 1e9},  {{"m", 1}, 60e9},        {{"h", 1}, 3600e9},
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
    if (sum > 9.2e18)
        return false;
    *nanoseconds = negative ? -(int64_t)sum : (int64_t)sum;
    return true;
}

bool query_value(struct str query, struct str key, struct str *value)
{
    while (query.len > 0) {
        struct str pair = str_take(query, str_find(query, '&'));
        query = str_skip(query, pair.len + 1);
        size_t equals = str_find(pair, '=');
        if (str_equal(str_take(pair, equals), key)) {
            *value = str_skip(pair, equals + 1);
            return true;
        }
    }
    return false;
}
