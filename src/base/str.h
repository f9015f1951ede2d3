/* SPDX-License-Identifier: Apache-2.0
 *
 * A borrowed string: pointer and length, no terminator promised. Passed by value, owns nothing.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof literal - 1})
#define STR_EMPTY    ((struct str){"", 0})
/* The same for a static variable, which takes no compound literal. */
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        "" literal, sizeof literal - 1                                                             \
    }
/* For printf: "%.*s", STR_ARG(s). */
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline struct str str_from(const char *s)
{
    return s ? (struct str){s, strlen(s)} : STR_EMPTY;
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* s without its first n bytes (at most all). */
static inline struct str str_skip(struct str s, size_t n)
{
    n = n < s.len ? n : s.len;
    return (struct str){s.ptr + n, s.len - n};
}

/* The first n bytes of s (at most all). */
static inline struct str str_take(struct str s, size_t n)
{
    return (struct str){s.ptr, n < s.len ? n : s.len};
}

static inline bool str_starts_with(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_equal(str_take(s, prefix.len), prefix);
}

static inline bool str_ends_with(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_equal(str_skip(s, s.len - suffix.len), suffix);
}

/* Whether s is the C string c. */
static inline bool str_is(struct str s, const char *c)
{
    /* Most texts differ in their first byte: told without measuring c. */
    return (s.len ? *s.ptr == *c : !*c) && str_equal(s, str_from(c));
}

/* Bytewise order, as Go's strings: negative, 0 or positive. */
int str_compare(struct str a, struct str b);
/* The same of two struct str, for qsort and bsearch. */
int str_order(const void *left, const void *right);
/* Equal but for the case of ASCII letters. */
bool str_equal_nocase(struct str a, struct str b);
/* Offset of the first byte c in s, or s.len. */
size_t str_find(struct str s, char c);
/* Offset of the last byte c in s, or s.len. */
size_t str_rfind(struct str s, char c);
/* Offset of the first needle in s, or s.len; an empty needle is found at 0. */
size_t str_find_str(struct str s, struct str needle);
/* s without ASCII white space (space, \t \n \v \f \r) at both ends. */
struct str str_trim(struct str s);

#endif
