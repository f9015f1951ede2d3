/* SPDX-License-Identifier: Apache-2.0
 *
 * RFC 1123 as Kubernetes has it.
 */
#include "config/names.h"

enum { DNS_LABEL_MAX = 63, DNS_SUBDOMAIN_MAX = 253 };

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* [a-z0-9]([-a-z0-9]*[a-z0-9])? */
static bool is_label(struct str s)
{
    if (!s.len || !is_alphanumeric(s.ptr[0]) || !is_alphanumeric(s.ptr[s.len - 1]))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!is_alphanumeric(s.ptr[i]) && s.ptr[i] != '-')
            return false;
    }
    return true;
}

/* Labels joined by dots. */
static bool is_subdomain(struct str s)
{
    for (;;) {
        size_t dot = str_find(s, '.');
        if (!is_label(str_take(s, dot)))
            return false;
        if (dot == s.len)
            return true;
        s = str_skip(s, dot + 1);
    }
}

#define LABEL_PATTERN     "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
#define ALPHANUMERIC_ENDS "and must start and end with an alphanumeric character (e.g. "

/* good: but for its length it is a name; why: what Kubernetes says where it is none. */
static bool check(struct buf *out, struct str name, unsigned most, bool good, const char *why)
{
    bool fits = name.len <= most;
    if (!fits)
        buf_printf(out, "must be no more than %u characters", most);
    if (!good)
        buf_printf(out, "%s%s", fits ? "" : ", ", why);
    return fits && good;
}

bool name_check_label(struct buf *out, struct str name)
{
    return check(out, name, DNS_LABEL_MAX, is_label(name),
                 is_subdomain(name)
                     ? "must not contain dots"
                     : "a lowercase RFC 1123 label must consist of lower case alphanumeric "
                       "characters or '-', " ALPHANUMERIC_ENDS
                       "'my-name',  or '123-abc', regex used for validation is '" LABEL_PATTERN
                       "')");
}

bool name_check_subdomain(struct buf *out, struct str name)
{
    return check(out, name, DNS_SUBDOMAIN_MAX, is_subdomain(name),
                 "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
                 "characters, '-' or '.', " ALPHANUMERIC_ENDS
                 "'example.com', regex used for validation is '" LABEL_PATTERN "(\\." LABEL_PATTERN
                 ")*')");
}
