/* SPDX-License-Identifier: Apache-2.0 */
#include "report/tty.h"

static const char *const codes[] = {
    [STYLE_PLAIN] = "",         [STYLE_BOLD] = "\x1b[1m",      [STYLE_DIM] = "\x1b[2m",
    [STYLE_RED] = "\x1b[1;31m", [STYLE_YELLOW] = "\x1b[1;33m", [STYLE_BLUE] = "\x1b[1;34m",
};

void tty_style(struct tty *t, enum style style)
{
    if (t->report->color)
        buf_add_c(t->out, codes[style]);
}

void tty_style_end(struct tty *t)
{
    if (t->report->color)
        buf_add_c(t->out, "\x1b[0m");
}

size_t tty_add(struct tty *t, enum style style, struct str text)
{
    if (style != STYLE_PLAIN)
        tty_style(t, style);
    size_t columns = text_add(t->out, text);
    if (style != STYLE_PLAIN)
        tty_style_end(t);
    return columns;
}

void tty_fill(struct tty *t, size_t columns)
{
    buf_add_fill(t->out, ' ', columns);
}

void tty_wrap(struct tty *t, struct str text, size_t at, size_t indent)
{
    size_t width = t->report->width, column = at;
    bool first = true;
    for (struct str word; text.len; text = str_skip(text, word.len + 1), first = false) {
        word = str_take(text, str_find(text, ' '));
        size_t columns = text_columns(word);
        if (!first && width >= TTY_WIDTH_LEAST && column + 1 + columns > width) {
            buf_add_char(t->out, '\n');
            tty_fill(t, indent);
            column = indent;
        } else if (!first) {
            buf_add_char(t->out, ' ');
            column++;
        }
        column += text_add(t->out, word);
    }
}

enum style tty_severity_style(enum severity severity)
{
    static const enum style styles[SEVERITY_COUNT] = {STYLE_BLUE, STYLE_YELLOW, STYLE_RED};
    return styles[severity];
}
