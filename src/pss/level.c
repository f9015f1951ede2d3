/* SPDX-License-Identifier: Apache-2.0
 *
 * Levels and versions as namespace labels write them: exact, case-sensitive, no space.
 */
#include "pss/pss.h"

static const char *const level_names[] = {
    [PSS_PRIVILEGED] = "privileged",
    [PSS_BASELINE] = "baseline",
    [PSS_RESTRICTED] = "restricted",
};

const char *pss_level_name(enum pss_level level)
{
    return level_names[level];
}

bool pss_parse_level(struct str text, enum pss_level *level)
{
    for (enum pss_level l = PSS_PRIVILEGED; l <= PSS_RESTRICTED; l++)
        if (str_is(text, level_names[l])) {
            *level = l;
            return true;
        }
    return false;
}

/* Decimal digits without a leading zero that fit an int of Go; upstream:
 * ^v1\.([0-9]|[1-9][0-9]*)$ */
static bool parse_number(struct str digits, uint64_t *number)
{
    if (digits.len == 0 || (digits.len > 1 && digits.ptr[0] == '0'))
        return false;
    uint64_t n = 0;
    for (size_t i = 0; i < digits.len; i++) {
        unsigned digit = (unsigned)(unsigned char)digits.ptr[i] - '0';
        if (digit > 9 || n > ((uint64_t)INT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *number = n;
    return true;
}

bool pss_parse_version(struct str text, uint32_t *minor)
{
    const struct str prefix = STR("v1.");
    uint64_t number;
    if (str_is(text, "latest")) {
        *minor = PSS_LATEST;
        return true;
    }
    if (!str_starts_with(text, prefix) || !parse_number(str_skip(text, prefix.len), &number))
        return false;
    *minor = number < PSS_LATEST ? (uint32_t)number : PSS_LATEST - 1;
    return true;
}
