/* SPDX-License-Identifier: Apache-2.0 */
#include "base/uri.h"

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static void add(struct buf *out, struct str s, bool slashes)
{
    for (size_t i = 0; i < s.len; i++) {
        if (is_unreserved(s.ptr[i]) || (slashes && s.ptr[i] == '/'))
            buf_add_char(out, s.ptr[i]);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)s.ptr[i]);
    }
}

void uri_add(struct buf *out, struct str s)
{
    add(out, s, false);
}

void uri_add_path(struct buf *out, struct str s)
{
    add(out, s, true);
}
