/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the files of the tty report only. Every word of the input goes through text_add: a name
 * must not move the cursor.
 */
#ifndef REPORT_TTY_H
#define REPORT_TTY_H

#include "report/report.h"
#include "report/text.h"

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_RED, STYLE_YELLOW, STYLE_BLUE };

enum { TTY_WIDTH_LEAST = 40 }; /* of a terminal: in a narrower one lines break by themselves */

struct tty {
    const struct report *report;
    struct buf *out;
};

void tty_style(struct tty *t, enum style style);
void tty_style_end(struct tty *t);
/* Returns the columns it takes. */
size_t tty_add(struct tty *t, enum style style, struct str text);
void tty_fill(struct tty *t, size_t columns);
/* Words of a text, broken at the terminal's width; what follows the first line is indented. The
 * text begins at column `at`. */
void tty_wrap(struct tty *t, struct str text, size_t at, size_t indent);
enum style tty_severity_style(enum severity severity);

/* The code frame of a finding. */
void tty_frame(struct tty *t, const struct finding *f);
/* Counts by rule, in a table. */
void tty_statistics(struct tty *t);
/* What was judged, what was not, and what to do now. */
void tty_summary(struct tty *t);

#endif
