/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts that the API server reads into something else than a string, accepted exactly as Go's
 * parsers accept them: more than their documentation says.
 */
#include "base/base64.h"
#include "base/duration.h"
#include "kube/schema.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The text's byte at i, '\0' past its end: no byte below is compared with that. */
static char at(struct str s, size_t i)
{
    return i < s.len ? s.ptr[i] : '\0';
}

static size_t skip_digits(struct str s, size_t i)
{
    while (i < s.len && is_digit(s.ptr[i]))
        i++;
    return i;
}

static size_t skip_sign(struct str s, size_t i)
{
    return at(s, i) == '-' || at(s, i) == '+' ? i + 1 : i;
}

/* --- Quantities: apimachinery/pkg/api/resource, parseQuantityString and suffixHandler.interpret.
 * A sign alone is 0, and digits may be missing on either side of the point, or on both; only before
 * Pi and Ei, whose numbers are read another way, there must be one. --- */

/* e or E with a number that fits int64. */
static bool is_exponent(struct str suffix)
{
    if (at(suffix, 0) != 'e' && at(suffix, 0) != 'E')
        return false;
    size_t first = skip_sign(suffix, 1), end = skip_digits(suffix, first);
    while (first + 1 < end && suffix.ptr[first] == '0')
        first++;
    return end == suffix.len && end > first && end - first < 19;
}

/* Nothing, or n u m k M G T P E, or Ki Mi Gi Ti Pi Ei, or an exponent. */
static bool is_suffix(struct str s)
{
    static const char tens[] = "numkMGTPE", twos[] = "KMGTPE";
    return s.len == 0 || (s.len == 1 && memchr(tens, s.ptr[0], sizeof tens - 1)) ||
           (s.len == 2 && s.ptr[1] == 'i' && memchr(twos, s.ptr[0], sizeof twos - 1)) ||
           is_exponent(s);
}

static bool is_quantity(struct str text)
{
    struct str s = str_trim(text);
    if (!s.len)
        return false;
    size_t first = skip_sign(s, 0), i = skip_digits(s, first);
    bool digits = i > first;
    if (at(s, i) == '.') {
        first = i + 1;
        i = skip_digits(s, first);
        digits |= i > first;
    }
    s = str_skip(s, i);
    return is_suffix(s) && (digits || !(str_is(s, "Pi") || str_is(s, "Ei")));
}

/* --- Times: time.Parse with RFC3339 and with metav1.RFC3339Micro. The hour may have one digit, and
 * a fraction may follow the seconds with a point or a comma. --- */

static bool take_number(struct str *s, size_t least, size_t most, unsigned *value)
{
    size_t end = skip_digits(str_take(*s, most), 0);
    if (end < least)
        return false;
    *value = 0;
    for (size_t i = 0; i < end; i++)
        *value = *value * 10 + (unsigned)(s->ptr[i] - '0');
    *s = str_skip(*s, end);
    return true;
}

static bool take_char(struct str *s, char c)
{
    if (at(*s, 0) != c)
        return false;
    *s = str_skip(*s, 1);
    return true;
}

static unsigned days_in(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

static bool take_date(struct str *s)
{
    unsigned year, month, day;
    return take_number(s, 4, 4, &year) && take_char(s, '-') && take_number(s, 2, 2, &month) &&
           take_char(s, '-') && take_number(s, 2, 2, &day) && month >= 1 && month <= 12 &&
           day >= 1 && day <= days_in(year, month);
}

/* micro: not as many digits as one likes but six. */
static bool take_fraction(struct str *s, bool micro)
{
    bool has = (at(*s, 0) == '.' || at(*s, 0) == ',') && is_digit(at(*s, 1));
    size_t end = has ? skip_digits(*s, 1) : 0;
    *s = str_skip(*s, end);
    return !micro || end == strlen(".000000");
}

static bool take_clock(struct str *s, bool micro)
{
    unsigned hour, minute, second;
    if (!take_number(s, 1, 2, &hour) || !take_char(s, ':') || !take_number(s, 2, 2, &minute) ||
        !take_char(s, ':') || !take_number(s, 2, 2, &second))
        return false;
    return take_fraction(s, micro) && hour < 24 && minute < 60 && second < 60;
}

static bool take_zone(struct str *s)
{
    unsigned hour, minute;
    if (take_char(s, 'Z'))
        return true;
    return (take_char(s, '+') || take_char(s, '-')) && take_number(s, 2, 2, &hour) &&
           take_char(s, ':') && take_number(s, 2, 2, &minute) && hour <= 24 && minute <= 60;
}

static bool is_time(struct str s, bool micro)
{
    return take_date(&s) && take_char(&s, 'T') && take_clock(&s, micro) && take_zone(&s) &&
           s.len == 0;
}

bool schema_text_is(enum schema_form form, struct str text)
{
    if (form == SCHEMA_BYTES)
        return base64_check(text);
    if (form == SCHEMA_TIME || form == SCHEMA_MICRO_TIME)
        return is_time(text, form == SCHEMA_MICRO_TIME);
    if (form == SCHEMA_DURATION)
        return duration_parse(text, &(int64_t){0});
    return is_quantity(text);
}
