/* SPDX-License-Identifier: Apache-2.0 */
#include "base/printable.h"

#include "base/utf8.h"

#include <stdio.h>

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
    {0xFFFE, 0xFFFF},   /* no characters, and refused by XML */
    {0xE0000, 0xE007F}, /* tags */
};

bool printable_hidden(int32_t c)
{
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (c >= hidden[i].first && c <= hidden[i].last)
            return true;
    return false;
}

static void escape(struct printable *piece, int32_t c, bool byte)
{
    int len;
    if (c == '\n' || c == '\t' || c == '\r')
        len = snprintf(piece->escape, sizeof piece->escape, "\\%c",
                       c == '\n'   ? 'n'
                       : c == '\t' ? 't'
                                   : 'r');
    else if (byte || c < 0x80)
        len = snprintf(piece->escape, sizeof piece->escape, "\\x%02x", (unsigned)c);
    else
        len = snprintf(piece->escape, sizeof piece->escape, "\\u%04x", (unsigned)c);
    piece->shown = (struct str){piece->escape, len < 0 ? 0 : (size_t)len};
    piece->code_point = -1;
}

void printable_next(struct printable *piece, struct str s)
{
    int32_t c = utf8_decode(s, &piece->len);
    if (c < 0)
        escape(piece, (unsigned char)s.ptr[0], true);
    else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || printable_hidden(c))
        escape(piece, c, false);
    else {
        piece->shown = str_take(s, piece->len);
        piece->code_point = c;
    }
}

void printable_add(struct buf *out, struct str s)
{
    for (struct printable piece; s.len; s = str_skip(s, piece.len)) {
        printable_next(&piece, s);
        buf_add_str(out, piece.shown);
    }
}
