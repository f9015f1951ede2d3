/* SPDX-License-Identifier: Apache-2.0
 *
 * Workflow commands of GitHub Actions: annotations at lines of a pull request. GitHub shows ten of
 * a kind for a step and drops the rest unsaid, so the rest is said here.
 */
#include "base/limits.h"
#include "base/printable.h"
#include "report/report.h"

static const char *const commands[SEVERITY_COUNT] = {"notice", "warning", "error"};

/* A command ends at a line's end; in a property also colon and comma have a meaning. What acts on a
 * terminal is spelt out, for logs are read on one. */
static void add_escaped(struct buf *out, struct str s, bool property)
{
    for (struct printable piece; s.len; s = str_skip(s, piece.len)) {
        char c = s.ptr[0];
        printable_next(&piece, s);
        if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
            buf_printf(out, "%%%02X", (unsigned)c);
        else
            buf_add_str(out, piece.shown);
    }
}

static void add_file(const struct report *report, struct str file, struct buf *out)
{
    struct buf path;
    buf_init(&path, 4 * LIMIT_PATH_BYTES);
    report_path(report, file, &path);
    buf_add_c(out, " file=");
    add_escaped(out, buf_str(&path), true);
    out->failed |= path.failed;
    buf_release(&path);
}

static void add_finding(const struct report *report, const struct finding *f, struct buf *out)
{
    const struct finding_span *span = &f->span;
    buf_printf(out, "::%s", commands[f->severity]);
    add_file(report, f->file, out);
    buf_printf(out, ",line=%u,endLine=%u", span->begin.line, span->end.line);
    /* GitHub takes columns only of a span on one line. */
    if (span->begin.line == span->end.line)
        buf_printf(out, ",col=%u,endColumn=%u", span->begin.column, span->end.column);
    buf_printf(out, ",title=%s::", f->rule->id);
    add_escaped(out, f->message, false);
    buf_add_char(out, '\n');
}

static size_t add_errors(const struct report *report, struct buf *out)
{
    size_t shown = 0;
    for (; shown < report->error_count && shown < LIMIT_GITHUB_ANNOTATIONS; shown++) {
        const struct report_error *e = &report->errors[shown];
        buf_add_c(out, "::error");
        add_file(report, e->file, out);
        if (e->position.line)
            buf_printf(out, ",line=%u,col=%u", e->position.line, e->position.column);
        buf_add_c(out, ",title=not judged::");
        add_escaped(out, e->message, false);
        buf_add_char(out, '\n');
    }
    return shown;
}

static size_t add_severity(const struct report *report, enum severity severity, size_t shown,
                           struct buf *out)
{
    const struct findings *findings = report->findings;
    for (size_t i = 0; i < findings->list.count && shown < LIMIT_GITHUB_ANNOTATIONS; i++) {
        const struct finding *f = &findings->list.items[i];
        if (f->severity != severity || f->suppressed.by.len)
            continue;
        add_finding(report, f, out);
        shown++;
    }
    return shown;
}

static void write(const struct report *report, struct buf *out)
{
    size_t count[SEVERITY_COUNT], suppressed, rest = 0, all = 0;
    report_count(report, count, &suppressed);
    for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
        size_t shown = i == SEVERITY_ERROR ? add_errors(report, out) : 0;
        size_t total = count[i] + (i == SEVERITY_ERROR ? report->error_count : 0);
        rest += total - add_severity(report, (enum severity)i, shown, out);
        all += count[i];
    }
    if (rest)
        buf_printf(out, "rampart: %zu more of %zu findings: at most %u of a kind are annotated\n",
                   rest, all, LIMIT_GITHUB_ANNOTATIONS);
}

const struct report_format report_github = {.name = "github", .write = write};
