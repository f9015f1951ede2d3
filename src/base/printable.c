/* SPDX-License-Identifier: Apache-2.0 */
#include "base/printable.h"

#include "base/utf8.h"

#include <stdbool.h>

/* Code points that print nothing of their own but change what stands near them. */
static const struct {
    int32_t first, last;
} hidden[] = {
    {0x00AD, 0x00AD},   /* soft hyphen */
    {0x061C, 0x061C},   /* Arabic letter mark */
    {0x200B, 0x200F},   /* zero width, direction marks */
    {0x2028, 0x202E},   /* separators, direction embedding and override */
    {0x2060, 0x206F},   /* invisible operators, direction isolates */
    {0xFEFF, 0xFEFF},   /* byte order mark */
    {0xFFF9, 0xFFFB},   /* interlinear annotation */
    {0xE0000, 0xE007F}, /* tags */
};

static bool is_hidden(int32_t c)
{
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (c >= hidden[i].first && c <= hidden[i].last)
            return true;
    return false;
}

static void add_escape(struct buf *out, int32_t c, bool byte)
{
    if (c == '\n')
        buf_add_c(out, "\\n");
    else if (c == '\t')
        buf_add_c(out, "\\t");
    else if (c == '\r')
        buf_add_c(out, "\\r");
    else
        buf_printf(out, byte || c < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)c);
}

void printable_add(struct buf *out, struct str s)
{
    while (s.len) {
        size_t len;
        int32_t c = utf8_decode(s, &len);
        if (c < 0)
            add_escape(out, (unsigned char)s.ptr[0], true);
        else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || is_hidden(c))
            add_escape(out, c, false);
        else
            buf_add(out, s.ptr, len);
        s = str_skip(s, len);
    }
}
