/* SPDX-License-Identifier: Apache-2.0
 *
 * The report for people. Findings stand by file and object; those at one place share a code frame.
 */
#include "report/tty.h"

#include <stdio.h>

enum { MARGIN = 2 };

static bool same_object(const struct finding *a, const struct finding *b)
{
    return str_equal(a->file, b->file) && str_equal(a->object.kind, b->object.kind) &&
           str_equal(a->object.name, b->object.name) &&
           str_equal(a->object.namespace, b->object.namespace) &&
           str_equal(a->object.api_version, b->object.api_version);
}

static bool same_place(const struct finding *a, const struct finding *b)
{
    return same_object(a, b) && a->span.begin.line == b->span.begin.line &&
           a->span.begin.column == b->span.begin.column && a->span.end.line == b->span.end.line &&
           a->span.end.column == b->span.end.column;
}

/* The file where it begins, and "Deployment shop/web" where that begins. */
static void add_heading(struct tty *t, const struct finding *last, const struct finding *f)
{
    const struct finding_object *o = &f->object;
    if (!last || !str_equal(last->file, f->file)) {
        tty_add(t, STYLE_BOLD, f->file);
        buf_add_char(t->out, '\n');
    }
    if (last && same_object(last, f))
        return;
    text_add(t->out, o->kind);
    buf_add_char(t->out, ' ');
    if (o->namespace.len) {
        text_add(t->out, o->namespace);
        buf_add_char(t->out, '/');
    }
    text_add(t->out, o->name.len ? o->name : STR("without a name"));
    buf_add_c(t->out, "\n\n");
}

/* The message, and the container where the message does not name it. */
static void wrap_message(struct tty *t, const struct finding *f, size_t column, size_t indent)
{
    struct buf text;
    bool named = str_find_str(f->message, f->container) < f->message.len;
    if (named || !f->container.len) {
        tty_wrap(t, f->message, column, indent);
        return;
    }
    buf_init(&text, 2 * LIMIT_MESSAGE_BYTES);
    buf_add_str(&text, f->message);
    buf_add_c(&text, " (container \"");
    buf_add_str(&text, f->container);
    buf_add_c(&text, "\")");
    tty_wrap(t, buf_str(&text), column, indent);
    t->out->failed |= text.failed;
    buf_release(&text);
}

/* "error[privileged]: container "app" must not set securityContext.privileged=true" */
static void add_message(struct tty *t, const struct finding *f, size_t at)
{
    const char *severity = severity_name(f->severity);
    size_t column = at + tty_add(t, tty_severity_style(f->severity), str_from(severity));
    column += tty_add(t, STYLE_DIM, STR("["));
    column += tty_add(t, STYLE_PLAIN, str_from(f->rule->id));
    column += tty_add(t, STYLE_DIM, STR("]: "));
    wrap_message(t, f, column, at);
    buf_add_char(t->out, '\n');
    if (f->suppressed.by.len) {
        tty_fill(t, at);
        tty_add(t, STYLE_DIM, STR("suppressed by "));
        tty_add(t, STYLE_DIM, f->suppressed.by);
        if (f->suppressed.reason.len)
            tty_add(t, STYLE_DIM, STR(": "));
        tty_add(t, STYLE_DIM, f->suppressed.reason);
        buf_add_char(t->out, '\n');
    }
}

static size_t add_position(struct tty *t, struct doc_position p)
{
    char text[32] = "";
    int len = snprintf(text, sizeof text, "%u:%u ", p.line, p.column);
    tty_fill(t, MARGIN);
    return MARGIN + tty_add(t, STYLE_PLAIN, (struct str){text, len < 0 ? 0 : (size_t)len});
}

static void add_related(struct tty *t, const struct finding_related *related)
{
    size_t at = add_position(t, related->span.begin);
    at += tty_add(t, STYLE_DIM, STR("note: "));
    tty_wrap(t, related->message, at, at);
    buf_add_c(t->out, "\n\n");
}

static bool is_shown(const struct tty *t, const struct finding *f)
{
    return t->report->show_suppressed || !f->suppressed.by.len;
}

/* All findings at the place of the first one; returns how many items of the list they were. */
static size_t add_place(struct tty *t, const struct finding *f, size_t count)
{
    size_t at = add_position(t, f->span.begin), n = 0;
    for (; n < count && same_place(f, &f[n]); n++) {
        if (!is_shown(t, &f[n]))
            continue;
        if (n)
            tty_fill(t, at);
        add_message(t, &f[n], at);
    }
    buf_add_char(t->out, '\n');
    tty_frame(t, f);
    for (size_t i = 0; i < n; i++)
        if (f[i].related && is_shown(t, &f[i]))
            add_related(t, f[i].related);
    return n;
}

static void add_findings(struct tty *t)
{
    const struct findings *findings = t->report->findings;
    const struct finding *last = NULL;
    for (size_t i = 0; i < findings->list.count;) {
        const struct finding *f = &findings->list.items[i];
        if (!is_shown(t, f)) {
            i++;
            continue;
        }
        add_heading(t, last, f);
        i += add_place(t, f, findings->list.count - i);
        last = f;
    }
}

static void add_errors(struct tty *t)
{
    for (size_t i = 0; i < t->report->error_count; i++) {
        const struct report_error *e = &t->report->errors[i];
        size_t at = tty_add(t, STYLE_BOLD, e->file);
        if (e->position.line) {
            char text[32] = "";
            int len = snprintf(text, sizeof text, ":%u:%u", e->position.line, e->position.column);
            at += tty_add(t, STYLE_BOLD, (struct str){text, len < 0 ? 0 : (size_t)len});
        }
        buf_add_char(t->out, ' ');
        at += 1 + tty_add(t, STYLE_RED, STR("not judged: "));
        tty_wrap(t, e->message, at, MARGIN);
        buf_add_char(t->out, '\n');
    }
    if (t->report->error_count && !t->report->quiet)
        buf_add_char(t->out, '\n');
}

static void write(const struct report *report, struct buf *out)
{
    struct tty t = {report, out};
    if (!report->statistics)
        add_findings(&t);
    add_errors(&t);
    if (!report->quiet || report->statistics)
        tty_statistics(&t);
    if (!report->quiet)
        tty_summary(&t);
}

const struct report_format report_tty = {.name = "tty", .write = write};
