/* SPDX-License-Identifier: Apache-2.0 */
#include "kubeapi/path.h"

/* RFC 3986, 2.3: unreserved. */
static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

void path_add(struct buf *path, struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (is_plain(value.ptr[i]))
            buf_add_char(path, value.ptr[i]);
        else
            buf_printf(path, "%%%02X", (unsigned)(unsigned char)value.ptr[i]);
    }
}
