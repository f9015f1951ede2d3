/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text.h"

#include <stdbool.h>

struct range {
    uint32_t first, last;
};

#define RANGE(first, last) {first, last},
#define NOTHING(first, last)

static const struct range wide[] = {
#define WIDE RANGE
#define ZERO NOTHING
#include "report/width.def"
#undef WIDE
#undef ZERO
};

static const struct range zero[] = {
#define WIDE NOTHING
#define ZERO RANGE
#include "report/width.def"
#undef WIDE
#undef ZERO
};

static bool in_ranges(const struct range *ranges, size_t count, uint32_t c)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges[middle].last < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && ranges[low].first <= c;
}

static unsigned text_width(uint32_t c)
{
    if (c < zero[0].first)
        return 1;
    if (in_ranges(zero, sizeof zero / sizeof *zero, c))
        return 0;
    return in_ranges(wide, sizeof wide / sizeof *wide, c) ? 2 : 1;
}

void text_next(struct text_piece *piece, struct str s)
{
    printable_next(&piece->as, s);
    bool escaped = piece->as.code_point < 0;
    piece->width =
        escaped ? (unsigned)piece->as.shown.len : text_width((uint32_t)piece->as.code_point);
}

size_t text_add(struct buf *out, struct str s)
{
    struct text_piece piece;
    size_t columns = 0;
    for (; s.len; s = str_skip(s, piece.as.len)) {
        text_next(&piece, s);
        buf_add_str(out, piece.as.shown);
        columns += piece.width;
    }
    return columns;
}

size_t text_columns(struct str s)
{
    struct text_piece piece;
    size_t columns = 0;
    for (; s.len; s = str_skip(s, piece.as.len)) {
        text_next(&piece, s);
        columns += piece.width;
    }
    return columns;
}

void text_add_xml(struct buf *out, struct str s)
{
    for (struct printable piece; s.len; s = str_skip(s, piece.len)) {
        printable_next(&piece, s);
        switch (piece.shown.ptr[0]) {
        case '&':
            buf_add_c(out, "&amp;");
            break;
        case '<':
            buf_add_c(out, "&lt;");
            break;
        case '>':
            buf_add_c(out, "&gt;");
            break;
        case '"':
            buf_add_c(out, "&quot;");
            break;
        case '\'':
            buf_add_c(out, "&#39;");
            break;
        default:
            buf_add_str(out, piece.shown);
        }
    }
}
