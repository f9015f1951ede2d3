/* SPDX-License-Identifier: Apache-2.0
 *
 * The end of the report: it must be true about what was not judged, and say what to do next.
 */
#include "report/tty.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    SEVERITY_COLUMNS = 7, /* "warning" */
    TITLE_COLUMNS = 24,   /* in fewer a title is not worth its lines */
};

static void add_number(struct tty *t, enum style style, size_t number, const char *one,
                       const char *many)
{
    char text[96] = "";
    int len = snprintf(text, sizeof text, "%zu %s", number, number == 1 ? one : many);
    tty_add(t, style, (struct str){text, len < 0 ? 0 : (size_t)len});
}

static void add_row(struct tty *t, const struct report_tally *tally, size_t id_columns)
{
    char text[32] = "";
    int len = snprintf(text, sizeof text, "%8zu  ", tally->count);
    size_t column = tty_add(t, STYLE_PLAIN, (struct str){text, len < 0 ? 0 : (size_t)len});
    struct str severity = str_from(severity_name(tally->severity));
    tty_add(t, tty_severity_style(tally->severity), severity);
    tty_fill(t, SEVERITY_COLUMNS - severity.len + 2);
    struct str id = str_from(tally->rule->id);
    tty_add(t, STYLE_PLAIN, id);
    column += SEVERITY_COLUMNS + 2 + id_columns + 2;
    size_t width = t->report->width;
    if (width < TTY_WIDTH_LEAST || width >= column + TITLE_COLUMNS) {
        tty_fill(t, id_columns - id.len + 2);
        tty_style(t, STYLE_DIM);
        tty_wrap(t, str_from(tally->rule->title), column, column);
        tty_style_end(t);
    }
    buf_add_char(t->out, '\n');
}

void tty_statistics(struct tty *t)
{
    size_t count, id_columns = 0;
    struct report_tally *tallies = report_by_rule(t->report, t->out, &count);
    for (size_t i = 0; i < count; i++)
        if (strlen(tallies[i].rule->id) > id_columns)
            id_columns = strlen(tallies[i].rule->id);
    for (size_t i = 0; i < count; i++)
        add_row(t, &tallies[i], id_columns);
    if (count && !t->report->quiet)
        buf_add_char(t->out, '\n');
    free(tallies);
}

static size_t add_counts(struct tty *t)
{
    static const char *const many[SEVERITY_COUNT] = {"info", "warnings", "errors"};
    size_t count[SEVERITY_COUNT], suppressed, total = 0;
    report_count(t->report, count, &suppressed);
    for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
        if (!count[i])
            continue;
        if (total)
            buf_add_c(t->out, ", ");
        add_number(t, tty_severity_style((enum severity)i), count[i],
                   severity_name((enum severity)i), many[i]);
        total += count[i];
    }
    if (!total)
        buf_add_c(t->out, "no findings");
    return total;
}

static void add_rest(struct tty *t, size_t number, const char *one, const char *many)
{
    if (!number)
        return;
    buf_add_c(t->out, ", ");
    add_number(t, STYLE_PLAIN, number, one, many);
}

/* "2 errors, 1 warning in 3 objects of 2 files, 1 skipped" */
static size_t add_totals(struct tty *t)
{
    const struct report *r = t->report;
    size_t count[SEVERITY_COUNT], suppressed;
    report_count(r, count, &suppressed);
    size_t total = add_counts(t);
    buf_add_c(t->out, " in ");
    add_number(t, STYLE_PLAIN, r->objects, "object", "objects");
    buf_add_c(t->out, " of ");
    add_number(t, STYLE_PLAIN, r->files, "file", "files");
    add_rest(t, r->error_count, "not judged", "not judged");
    add_rest(t, r->skipped, "skipped", "skipped");
    add_rest(t, suppressed, "suppressed", "suppressed");
    buf_add_char(t->out, '\n');
    if (report_dropped(r))
        buf_printf(t->out,
                   "%zu of these are counted only: one object has more than %u, or all %u\n",
                   report_dropped(r), LIMIT_FINDINGS_OBJECT, LIMIT_FINDINGS_TOTAL);
    return total;
}

static void add_hint(struct tty *t, const char *why, const char *command)
{
    tty_add(t, STYLE_DIM, str_from(why));
    tty_add(t, STYLE_BOLD, str_from(command));
    buf_add_char(t->out, '\n');
}

void tty_summary(struct tty *t)
{
    const struct report *r = t->report;
    size_t total = add_totals(t);
    if (r->pss_version && r->engine->pss) {
        buf_add_c(t->out, "Pod Security as of ");
        text_add(t->out, str_from(r->pss_version));
        buf_add_char(t->out, '\n');
    }
    if (!total)
        return;
    buf_add_char(t->out, '\n');
    add_hint(t, "why, and what to change:   ", "rampart rules ID");
    if (r->adopt_hint)
        add_hint(t, "fail only on what is new:  ", r->adopt_hint);
}
