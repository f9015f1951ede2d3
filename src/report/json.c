/* SPDX-License-Identifier: Apache-2.0
 *
 * The report for programs. Its keys are a promise: version 1 only ever gains some.
 */
#include "base/jsonw.h"
#include "report/report.h"

#include <stdlib.h>

enum { REPORT_VERSION = 1, INDENT = 2 };

static void write_strings(struct jsonw *w, const char *key, const char *const *strings)
{
    jsonw_key(w, key);
    jsonw_array(w);
    for (; strings && *strings; strings++)
        jsonw_c(w, *strings);
    jsonw_array_end(w);
}

static void write_span(struct jsonw *w, const struct finding_span *span)
{
    jsonw_key_int(w, "line", span->begin.line);
    jsonw_key_int(w, "column", span->begin.column);
    jsonw_key_int(w, "endLine", span->end.line);
    jsonw_key_int(w, "endColumn", span->end.column);
}

static void write_object(struct jsonw *w, const struct finding_object *object)
{
    jsonw_key(w, "object");
    jsonw_object(w);
    jsonw_key_value(w, "apiVersion", object->api_version);
    jsonw_key_value(w, "kind", object->kind);
    jsonw_key_value(w, "namespace", object->namespace);
    jsonw_key_value(w, "name", object->name);
    jsonw_object_end(w);
}

static void write_pss(struct jsonw *w, const struct finding *f)
{
    jsonw_key(w, "pss");
    jsonw_object(w);
    jsonw_key_c(w, "check", f->pss_check);
    jsonw_key_c(w, "reason", f->pss_reason);
    jsonw_key_value(w, "detail", f->pss_detail);
    jsonw_object_end(w);
}

static void write_related(struct jsonw *w, const struct finding_related *related)
{
    jsonw_key(w, "related");
    jsonw_array(w);
    jsonw_object(w);
    write_span(w, &related->span);
    jsonw_key_value(w, "message", related->message);
    jsonw_object_end(w);
    jsonw_array_end(w);
}

static void write_suppressed(struct jsonw *w, const struct finding *f)
{
    jsonw_key(w, "suppressed");
    jsonw_object(w);
    jsonw_key_value(w, "by", f->suppressed.by);
    jsonw_key_value(w, "reason", f->suppressed.reason);
    if (f->rule->admission == ADMISSION_DENY)
        jsonw_key_c(w, "admission", "not honoured");
    jsonw_object_end(w);
}

static void write_finding(struct jsonw *w, const struct finding *f)
{
    jsonw_object(w);
    jsonw_key_c(w, "rule", f->rule->id);
    jsonw_key_c(w, "severity", severity_name(f->severity));
    jsonw_key_value(w, "message", f->message);
    jsonw_key_value(w, "file", f->file);
    write_span(w, &f->span);
    jsonw_key_value(w, "path", f->path);
    write_object(w, &f->object);
    jsonw_key_value(w, "container", f->container);
    write_strings(w, "aliases", f->rule->aliases);
    write_strings(w, "refs", f->rule->refs);
    jsonw_key_c(w, "fingerprint", f->fingerprint);
    if (f->direction != DIRECTION_NONE)
        jsonw_key_c(w, "direction", f->direction == DIRECTION_INGRESS ? "ingress" : "egress");
    if (f->pss_check)
        write_pss(w, f);
    if (f->related)
        write_related(w, f->related);
    if (f->suppressed.by.len)
        write_suppressed(w, f);
    jsonw_object_end(w);
}

static void write_summary(struct jsonw *w, const struct report *report)
{
    size_t count[SEVERITY_COUNT], suppressed;
    report_count(report, count, &suppressed);
    jsonw_key(w, "summary");
    jsonw_object(w);
    jsonw_key_int(w, "files", (int64_t)report->files);
    jsonw_key_int(w, "objects", (int64_t)report->objects);
    jsonw_key_int(w, "skipped", (int64_t)report->skipped);
    for (int i = SEVERITY_COUNT - 1; i >= 0; i--)
        jsonw_key_int(w, severity_name((enum severity)i), (int64_t)count[i]);
    jsonw_key_int(w, "suppressed", (int64_t)suppressed);
    if (report_dropped(report))
        jsonw_key_int(w, "notListed", (int64_t)report_dropped(report));
    jsonw_object_end(w);
}

static void write_statistics(struct jsonw *w, const struct report *report)
{
    size_t count;
    struct report_tally *tallies = report_by_rule(report, w->out, &count);
    jsonw_key(w, "statistics");
    jsonw_array(w);
    for (size_t i = 0; i < count; i++) {
        jsonw_object(w);
        jsonw_key_c(w, "rule", tallies[i].rule->id);
        jsonw_key_c(w, "severity", severity_name(tallies[i].severity));
        jsonw_key_int(w, "count", (int64_t)tallies[i].count);
        jsonw_object_end(w);
    }
    jsonw_array_end(w);
    free(tallies);
}

static void write_errors(struct jsonw *w, const struct report *report)
{
    jsonw_key(w, "errors");
    jsonw_array(w);
    for (size_t i = 0; i < report->error_count; i++) {
        const struct report_error *e = &report->errors[i];
        jsonw_object(w);
        jsonw_key_value(w, "file", e->file);
        /* What is wrong with a file as a whole stands at its start: readers expect a place. */
        jsonw_key_int(w, "line", e->position.line ? e->position.line : 1);
        jsonw_key_int(w, "column", e->position.column ? e->position.column : 1);
        jsonw_key_value(w, "message", e->message);
        jsonw_object_end(w);
    }
    jsonw_array_end(w);
}

static void write_skipped(struct jsonw *w, const struct report *report)
{
    jsonw_key(w, "skippedFiles");
    jsonw_array(w);
    for (size_t i = 0; i < report->skipped_file_count; i++) {
        jsonw_object(w);
        jsonw_key_value(w, "file", report->skipped_files[i].file);
        jsonw_key_value(w, "reason", report->skipped_files[i].reason);
        jsonw_object_end(w);
    }
    jsonw_array_end(w);
}

static void write(const struct report *report, struct buf *out)
{
    struct jsonw w;
    jsonw_init(&w, out, INDENT);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", REPORT_VERSION);
    write_summary(&w, report);
    jsonw_key(&w, "findings");
    jsonw_array(&w);
    for (size_t i = 0; i < report->findings->list.count; i++) {
        const struct finding *f = &report->findings->list.items[i];
        if (report->show_suppressed || !f->suppressed.by.len)
            write_finding(&w, f);
    }
    jsonw_array_end(&w);
    write_errors(&w, report);
    if (report->skipped_file_count)
        write_skipped(&w, report);
    if (report->statistics)
        write_statistics(&w, report);
    jsonw_object_end(&w);
}

const struct report_format report_json = {.name = "json", .write = write};
