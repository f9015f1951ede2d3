/* SPDX-License-Identifier: Apache-2.0
 *
 * The lines around a finding with the span underlined. What is underlined is counted in columns of
 * the terminal: a tab is several, a wide character two, an escape as many as it is long.
 */
#include "report/tty.h"

#include <stdio.h>

enum {
    TAB = 4,     /* a stop in a frame; what matters is that lines keep their shape */
    NUMBERS = 8, /* columns for a line's number, blanks before it included */
    CUT = 3      /* "..." where the front of a line is cut off */
};

static size_t piece_columns(const struct text_piece *piece, struct str line, size_t column)
{
    return line.ptr[0] == '\t' ? TAB - column % TAB : piece->width;
}

/* The column at which a code point of the line is shown. */
static size_t column_of(struct str line, size_t code_point)
{
    struct text_piece piece;
    size_t column = 0;
    for (; line.len && code_point--; line = str_skip(line, piece.as.len)) {
        text_next(&piece, line);
        column += piece_columns(&piece, line, column);
    }
    return column;
}

static void add_text(struct tty *t, struct str line, size_t room)
{
    struct text_piece piece;
    for (size_t column = 0; line.len; line = str_skip(line, piece.as.len)) {
        text_next(&piece, line);
        size_t columns = piece_columns(&piece, line, column);
        column += columns;
        if (column > room)
            return;
        if (line.ptr[0] == '\t')
            tty_fill(t, columns);
        else
            buf_add_str(t->out, piece.as.shown);
    }
}

/* Returns the columns taken. */
static size_t add_gutter(struct tty *t, uint32_t number)
{
    char text[32] = "";
    int len = number ? snprintf(text, sizeof text, "%*u |", NUMBERS, number)
                     : snprintf(text, sizeof text, "%*s |", NUMBERS, "");
    return tty_add(t, STYLE_DIM, (struct str){text, len < 0 ? 0 : (size_t)len});
}

static size_t room_after(const struct tty *t, size_t used)
{
    size_t width = t->report->width;
    return width < TTY_WIDTH_LEAST ? SIZE_MAX : width > used ? width - used : 0;
}

static void add_neighbour(struct tty *t, struct str line, uint32_t number)
{
    if (!line.ptr)
        return;
    size_t gutter = add_gutter(t, number);
    if (line.len)
        buf_add_char(t->out, ' ');
    add_text(t, line, room_after(t, gutter + 1));
    buf_add_char(t->out, '\n');
}

/* Carets below the span; at least one, none past the terminal's edge. */
static void add_carets(struct tty *t, const struct finding *f, size_t cut)
{
    size_t skip = f->frame_skip;
    size_t from = f->span.begin.column - 1 > skip ? f->span.begin.column - 1 - skip : 0;
    size_t to = f->span.end.column - 1 > skip ? f->span.end.column - 1 - skip : 0;
    size_t first = column_of(f->frame[1], from), end = column_of(f->frame[1], to);
    size_t room = room_after(t, add_gutter(t, 0) + 1 + cut);
    if (first < room) {
        tty_fill(t, 1 + cut + first);
        tty_style(t, tty_severity_style(f->severity));
        buf_add_fill(t->out, '^', end <= first ? 1 : (end < room ? end : room) - first);
        tty_style_end(t);
    }
    buf_add_char(t->out, '\n');
}

void tty_frame(struct tty *t, const struct finding *f)
{
    if (!f->frame[1].ptr)
        return;
    size_t cut = f->frame_skip ? CUT : 0;
    add_neighbour(t, f->frame[0], f->frame_first);
    size_t gutter = add_gutter(t, f->frame_first + 1);
    if (cut || f->frame[1].len)
        buf_add_char(t->out, ' ');
    if (cut)
        tty_add(t, STYLE_DIM, STR("..."));
    add_text(t, f->frame[1], room_after(t, gutter + 1 + cut));
    buf_add_char(t->out, '\n');
    add_carets(t, f, cut);
    add_neighbour(t, f->frame[2], f->frame_first + 2);
    buf_add_char(t->out, '\n');
}
