/* SPDX-License-Identifier: Apache-2.0
 *
 * GitLab's Code Quality report: one JSON array. It knows info, minor, major, critical and blocker,
 * and drops an entry whose fingerprint it has seen.
 */
#include "base/jsonw.h"
#include "base/limits.h"
#include "policy/fingerprint.h"
#include "report/report.h"

static const char *const severities[SEVERITY_COUNT] = {"info", "major", "critical"};

static void add_location(struct jsonw *w, const struct report *report, struct str file,
                         uint32_t begin, uint32_t end)
{
    struct buf path;
    buf_init(&path, 4 * LIMIT_PATH_BYTES);
    report_path(report, file, &path);
    jsonw_key(w, "location");
    jsonw_object(w);
    jsonw_key_value(w, "path", buf_str(&path));
    jsonw_key(w, "lines");
    jsonw_object(w);
    jsonw_key_int(w, "begin", begin);
    jsonw_key_int(w, "end", end);
    jsonw_object_end(w);
    jsonw_object_end(w);
    w->out->failed |= path.failed;
    buf_release(&path);
}

static void add_head(struct jsonw *w, const char *rule, const char *severity,
                     const char *fingerprint, struct str description)
{
    jsonw_key_c(w, "type", "issue");
    jsonw_key_c(w, "check_name", rule);
    jsonw_key_value(w, "description", description);
    jsonw_key_c(w, "severity", severity);
    jsonw_key_c(w, "fingerprint", fingerprint);
}

static void add_finding(struct jsonw *w, const struct report *report, const struct finding *f)
{
    jsonw_object(w);
    add_head(w, f->rule->id, severities[f->severity], f->fingerprint, f->message);
    add_location(w, report, f->file, f->span.begin.line, f->span.end.line);
    jsonw_object_end(w);
}

static void add_error(struct jsonw *w, const struct report *report, const struct report_error *e)
{
    char hex[FINGERPRINT_HEX];
    uint32_t line = e->position.line ? e->position.line : 1;
    struct fingerprint f = fingerprint_init();
    fingerprint_add(&f, STR("not judged"));
    fingerprint_add(&f, e->file);
    fingerprint_add(&f, e->message);
    fingerprint_add(&f, (struct str){(const char *)&e->position, sizeof e->position});
    fingerprint_write(&f, hex);
    jsonw_object(w);
    add_head(w, "not-judged", "blocker", hex, e->message);
    add_location(w, report, e->file, line, line);
    jsonw_object_end(w);
}

static void write(const struct report *report, struct buf *out)
{
    struct jsonw w;
    jsonw_init(&w, out, 1);
    jsonw_array(&w);
    for (size_t i = 0; i < report->error_count; i++)
        add_error(&w, report, &report->errors[i]);
    for (size_t i = 0; i < report->findings->list.count; i++)
        if (!report->findings->list.items[i].suppressed.by.len)
            add_finding(&w, report, &report->findings->list.items[i]);
    jsonw_array_end(&w);
}

const struct report_format report_gitlab = {.name = "gitlab", .write = write};
