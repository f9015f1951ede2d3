/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON's numbers: whole ones exact in int64, all others the nearest double. The text need not be
 * terminated, and the locale's decimal point has no say.
 */
#include "base/limits.h"
#include "doc/scalar.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    DIGITS = 770,        /* a decimal of more than 767 digits rounds as with a 1 for its rest */
    EXACT_DIGITS = 15,   /* a whole number of so many digits is exact in a double */
    EXACT_POWER = 22,    /* so is this power of ten */
    EXPONENT_MAX = 5000, /* far beyond what a double holds, with DIGITS digits in front */
};

/* 0.0…digits… × 10^exponent, without leading zeros. */
struct decimal {
    bool negative;
    char digits[DIGITS + 1];
    size_t count;
    bool more; /* digits other than 0 were left out */
    int64_t exponent;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void add_digit(struct decimal *d, char c, bool fraction)
{
    if (!d->count && c == '0') {
        d->exponent -= fraction;
    } else if (d->count < DIGITS) {
        d->digits[d->count++] = c;
        d->exponent -= fraction;
    } else {
        d->more |= c != '0';
        d->exponent += !fraction;
    }
}

static int64_t read_exponent(const char *p, const char *end)
{
    bool negative = p < end && *p == '-';
    int64_t e = 0;
    for (p += p < end && !is_digit(*p); p < end; p++)
        if (e < INT32_MAX)
            e = e * 10 + (*p - '0');
    return negative ? -e : e;
}

static void read_decimal(struct decimal *d, struct str text)
{
    const char *p = text.ptr, *end = p + text.len;
    bool fraction = false;
    d->count = 0;
    d->more = false;
    d->exponent = 0;
    d->negative = p < end && *p == '-';
    for (p += d->negative; p < end && *p != 'e' && *p != 'E'; p++)
        if (*p == '.')
            fraction = true;
        else
            add_digit(d, *p, fraction);
    if (p < end)
        d->exponent += read_exponent(p + 1, end);
    if (d->more) {
        d->digits[d->count++] = '1';
        d->exponent--;
    }
}

/* The nearest double of a few digits: both factors are exact, so one operation rounds once. */
static double small(const struct decimal *d)
{
    double value = 0, power = 1;
    for (size_t i = 0; i < d->count; i++)
        value = value * 10 + (d->digits[i] - '0');
    for (int64_t i = d->exponent < 0 ? -d->exponent : d->exponent; i > 0; i--)
        power *= 10;
    return d->exponent < 0 ? value / power : value * power;
}

static double large(const struct decimal *d)
{
    int64_t e = d->exponent;
    if (e > EXPONENT_MAX || e < -EXPONENT_MAX)
        e = e > 0 ? EXPONENT_MAX : -EXPONENT_MAX;
    char text[DIGITS + 32]; /* digits, e, exponent: no point that a locale could change */
    snprintf(text, sizeof text, "%.*se%d", (int)d->count, d->digits, (int)e);
    return strtod(text, NULL);
}

static double to_double(struct str text)
{
    struct decimal d;
    read_decimal(&d, text);
    double value = 0;
    if (d.count && d.count <= EXACT_DIGITS && d.exponent >= -EXACT_POWER &&
        d.exponent <= EXACT_POWER)
        value = small(&d);
    else if (d.count)
        value = large(&d);
    return d.negative ? -value : value;
}

/* False: does not fit. */
static bool to_int64(struct str digits, bool negative, int64_t *value)
{
    uint64_t u = 0;
    for (size_t i = 0; i < digits.len; i++) {
        unsigned digit = (unsigned)(digits.ptr[i] - '0');
        if (u > (UINT64_MAX - digit) / 10)
            return false;
        u = u * 10 + digit;
    }
    if (u > (uint64_t)INT64_MAX + negative)
        return false;
    *value = negative ? (int64_t)(0 - u) : (int64_t)u;
    return true;
}

static bool is_whole(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.ptr[i]))
            return false;
    return true;
}

bool doc_scalar_number(struct doc_node *node, struct str text)
{
    bool negative = text.len && text.ptr[0] == '-';
    struct str digits = str_skip(text, negative);
    bool whole = is_whole(digits);
    node->kind = DOC_INT;
    if (whole && to_int64(digits, negative, &node->v.i))
        return true;
    node->kind = DOC_REAL;
    if (whole)
        node->flags |= DOC_TOO_LARGE;
    node->v.r = to_double(text);
    return isfinite(node->v.r);
}
