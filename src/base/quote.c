/* SPDX-License-Identifier: Apache-2.0
 *
 * Follows strconv.Quote of Go; what prints is decided by a table printed from Go itself.
 */
#include "base/quote.h"

#include "base/utf8.h"

/* clang-format off */
static const uint32_t toggles[] = {
#include "base/quote_print.def"
};
/* clang-format on */

enum { TOGGLES = sizeof toggles / sizeof toggles[0], ASCII_END = 0x7f, BMP_END = 0x10000 };

static bool is_printable(uint32_t code_point)
{
    if (code_point < ASCII_END)
        return code_point >= ' ';
    size_t low = 0, high = TOGGLES; /* how many toggles are at or below it */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (toggles[middle] <= code_point)
            low = middle + 1;
        else
            high = middle;
    }
    return low % 2 == 1;
}

static void add_escaped(struct buf *buf, uint32_t code_point)
{
    static const char named[] = "abtnvfr"; /* from \a, 7, to \r, 13 */
    if (code_point >= '\a' && code_point <= '\r') {
        buf_add_char(buf, '\\');
        buf_add_char(buf, named[code_point - '\a']);
    } else if (code_point < ' ' || code_point == ASCII_END) {
        buf_printf(buf, "\\x%02x", code_point);
    } else {
        buf_printf(buf, code_point < BMP_END ? "\\u%04x" : "\\U%08x", code_point);
    }
}

/* One character or stray byte at the start of s; returns its length. */
static size_t add_quoted(struct buf *buf, struct str s)
{
    size_t len;
    int32_t code_point = utf8_decode(s, &len);
    if (code_point < 0)
        buf_printf(buf, "\\x%02x", (unsigned char)s.ptr[0]);
    else if (code_point == '"' || code_point == '\\')
        buf_printf(buf, "\\%c", (int)code_point);
    else if (is_printable((uint32_t)code_point))
        buf_add(buf, s.ptr, len);
    else
        add_escaped(buf, (uint32_t)code_point);
    return len;
}

void quote_go(struct buf *buf, struct str s)
{
    buf_add_char(buf, '"');
    while (s.len)
        s = str_skip(s, add_quoted(buf, s));
    buf_add_char(buf, '"');
}
