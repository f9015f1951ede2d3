/* SPDX-License-Identifier: Apache-2.0
 *
 * JUnit XML, as CI systems read it: a suite for each file, a case for each finding. What would not
 * fail the run (below --fail-on) passes here too.
 */
#include "report/report.h"
#include "report/text.h"

struct counts {
    size_t tests, failures, errors, skipped;
};

static bool fails(const struct report *report, const struct finding *f)
{
    return !f->suppressed.by.len && f->severity >= report->fail_on;
}

static bool is_shown(const struct report *report, const struct finding *f)
{
    return report->show_suppressed || !f->suppressed.by.len;
}

static void add_counts(struct buf *out, const struct counts *c)
{
    buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\">\n",
               c->tests, c->failures, c->errors, c->skipped);
}

static void add_attribute(struct buf *out, const char *name, struct str value)
{
    buf_printf(out, " %s=\"", name);
    text_add_xml(out, value);
    buf_add_char(out, '"');
}

/* The findings from `from` on that are of one file; the rest of the list is another's. */
static size_t same_file(const struct findings *findings, size_t from)
{
    size_t end = from;
    while (end < findings->list.count &&
           str_equal(findings->list.items[end].file, findings->list.items[from].file))
        end++;
    return end;
}

static struct counts count(const struct report *report, size_t from, size_t end)
{
    struct counts c = {0};
    for (size_t i = from; i < end; i++) {
        const struct finding *f = &report->findings->list.items[i];
        if (!is_shown(report, f))
            continue;
        c.tests++;
        c.failures += fails(report, f);
        c.skipped += f->suppressed.by.len > 0;
    }
    return c;
}

/* "run-as-non-root: Deployment shop/web, app" */
static void add_case_name(struct buf *out, const struct finding *f)
{
    buf_add_c(out, " name=\"");
    buf_add_c(out, f->rule->id);
    buf_add_c(out, ": ");
    text_add_xml(out, f->object.kind);
    buf_add_char(out, ' ');
    if (f->object.namespace.len) {
        text_add_xml(out, f->object.namespace);
        buf_add_char(out, '/');
    }
    text_add_xml(out, f->object.name);
    if (f->container.len) {
        buf_add_c(out, ", ");
        text_add_xml(out, f->container);
    }
    buf_add_char(out, '"');
}

/* What a case that did not pass says; also of one that did, as its output. */
static void add_text(struct buf *out, const struct finding *f)
{
    text_add_xml(out, f->file);
    buf_printf(out, ":%u:%u: %s[%s]: ", f->span.begin.line, f->span.begin.column,
               severity_name(f->severity), f->rule->id);
    text_add_xml(out, f->message);
    buf_add_char(out, '\n');
    if (f->path.len) {
        buf_add_c(out, "at ");
        text_add_xml(out, f->path);
        buf_add_char(out, '\n');
    }
    text_add_xml(out, str_from(f->rule->remediation));
    buf_add_char(out, '\n');
}

static void add_case(const struct report *report, const struct finding *f, struct buf *out)
{
    buf_add_c(out, "    <testcase");
    add_case_name(out, f);
    add_attribute(out, "classname", f->file);
    add_attribute(out, "file", f->file);
    buf_printf(out, " line=\"%u\" time=\"0\">\n", f->span.begin.line);
    if (f->suppressed.by.len) {
        buf_add_c(out, "      <skipped");
        add_attribute(out, "message",
                      f->suppressed.reason.len ? f->suppressed.reason : f->suppressed.by);
        buf_add_c(out, "/>\n");
    } else {
        bool failed = fails(report, f);
        buf_add_c(out, failed ? "      <failure" : "      <system-out>");
        if (failed) {
            add_attribute(out, "type", str_from(severity_name(f->severity)));
            add_attribute(out, "message", f->message);
            buf_add_char(out, '>');
        }
        add_text(out, f);
        buf_add_c(out, failed ? "</failure>\n" : "</system-out>\n");
    }
    buf_add_c(out, "    </testcase>\n");
}

static void add_suite(const struct report *report, size_t from, size_t end, struct buf *out)
{
    struct counts c = count(report, from, end);
    if (!c.tests)
        return;
    buf_add_c(out, "  <testsuite");
    add_attribute(out, "name", report->findings->list.items[from].file);
    add_counts(out, &c);
    for (size_t i = from; i < end; i++)
        if (is_shown(report, &report->findings->list.items[i]))
            add_case(report, &report->findings->list.items[i], out);
    buf_add_c(out, "  </testsuite>\n");
}

static void add_error(const struct report_error *e, struct buf *out)
{
    buf_add_c(out, "    <testcase name=\"readable\"");
    add_attribute(out, "classname", e->file);
    add_attribute(out, "file", e->file);
    if (e->position.line)
        buf_printf(out, " line=\"%u\"", e->position.line);
    buf_add_c(out, " time=\"0\">\n      <error type=\"not judged\"");
    add_attribute(out, "message", e->message);
    buf_add_c(out, "/>\n    </testcase>\n");
}

/* The audit itself is a case too, so that a clean run is not an empty one. */
static void add_audit(const struct report *report, struct buf *out)
{
    size_t dropped = report_dropped(report);
    struct counts c = {1 + report->error_count, dropped > 0, report->error_count, 0};
    buf_add_c(out, "  <testsuite name=\"rampart\"");
    add_counts(out, &c);
    buf_printf(out,
               "    <testcase name=\"audit\" classname=\"rampart\" time=\"0\">\n"
               "      <system-out>files: %zu, objects: %zu, skipped: %zu</system-out>\n",
               report->files, report->objects, report->skipped);
    if (dropped)
        buf_printf(out, "      <failure type=\"limit\" message=\"%zu more findings\"/>\n", dropped);
    buf_add_c(out, "    </testcase>\n");
    for (size_t i = 0; i < report->error_count; i++)
        add_error(&report->errors[i], out);
    buf_add_c(out, "  </testsuite>\n");
}

static void write(const struct report *report, struct buf *out)
{
    const struct findings *findings = report->findings;
    struct counts all = count(report, 0, findings->list.count);
    all.tests += 1 + report->error_count;
    all.errors += report->error_count;
    all.failures += report_dropped(report) > 0;
    buf_add_c(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"rampart\"");
    add_counts(out, &all);
    add_audit(report, out);
    for (size_t i = 0, end; i < findings->list.count; i = end) {
        end = same_file(findings, i);
        add_suite(report, i, end, out);
    }
    buf_add_c(out, "</testsuites>\n");
}

const struct report_format report_junit = {.name = "junit", .write = write};
