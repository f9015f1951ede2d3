/* SPDX-License-Identifier: Apache-2.0
 *
 * SARIF 2.1.0 (OASIS), with what GitHub's code scanning asks of it: stable fingerprints, severities
 * as numbers, uris below the repository's root, and its ceilings.
 */
#include "base/jsonw.h"
#include "base/limits.h"
#include "base/uri.h"
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>

static const char schema_uri[] =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
static const char root_id[] = "%SRCROOT%";

struct sarif {
    const struct report *report;
    struct jsonw w;
    size_t *rule_index;           /* in the written rules, by index in the set */
    size_t quota[SEVERITY_COUNT]; /* results that may still be written */
    size_t suppressed_quota;
    size_t left_out;
};

static const char *level_of(enum severity severity)
{
    static const char *const levels[SEVERITY_COUNT] = {"note", "warning", "error"};
    return levels[severity];
}

/* As GitHub bands them: from 7.0 high, from 4.0 medium, below low. */
static const char *security_severity(enum severity severity)
{
    static const char *const scores[SEVERITY_COUNT] = {"2.0", "5.0", "8.0"};
    return scores[severity];
}

static void add_text(struct jsonw *w, const char *key, struct str text)
{
    jsonw_key(w, key);
    jsonw_object(w);
    jsonw_key_value(w, "text", text);
    jsonw_object_end(w);
}

/* A message is plain text in which `[text](target)` is a link (SARIF 2.1.0, 3.11.6): the input
 * makes none. */
static void add_message(struct jsonw *w, struct str message)
{
    struct buf text;
    buf_init(&text, 2 * LIMIT_MESSAGE_BYTES);
    for (struct str rest = message; rest.len;) {
        size_t n = str_find_str(rest, STR("]("));
        buf_add_str(&text, str_take(rest, n));
        rest = str_skip(rest, n);
        if (rest.len) {
            buf_add_c(&text, "\\](");
            rest = str_skip(rest, 2);
        }
    }
    add_text(w, "message", buf_str(&text));
    w->out->failed |= text.failed;
    buf_release(&text);
}

/* Tags: CWE numbers as GitHub looks for them, all else as it is. */
static void add_tag(struct jsonw *w, const char *tag, size_t *count)
{
    struct str s = str_from(tag);
    char cwe[64];
    if (*count == LIMIT_SARIF_TAGS)
        return;
    ++*count;
    if (str_starts_with(s, STR("CWE:"))) {
        snprintf(cwe, sizeof cwe, "external/cwe/cwe-%s", tag + strlen("CWE:"));
        s = str_from(cwe);
    }
    jsonw_str(w, s);
}

static void add_rule_properties(struct jsonw *w, const struct rule *rule, enum severity severity)
{
    size_t count = 0;
    jsonw_key(w, "properties");
    jsonw_object(w);
    jsonw_key_c(w, "precision", "high");
    jsonw_key_c(w, "problem.severity",
                severity == SEVERITY_INFO ? "recommendation" : severity_name(severity));
    jsonw_key_c(w, "security-severity", security_severity(severity));
    jsonw_key(w, "tags");
    jsonw_array(w);
    add_tag(w, "security", &count);
    add_tag(w, "kubernetes", &count);
    add_tag(w, category_name(rule->category), &count);
    for (const char *const *ref = rule->refs; ref && *ref; ref++)
        add_tag(w, *ref, &count);
    for (const char *const *alias = rule->aliases; alias && *alias; alias++)
        add_tag(w, *alias, &count);
    jsonw_array_end(w);
    jsonw_object_end(w);
}

static void add_rule(struct sarif *s, size_t index)
{
    struct jsonw *w = &s->w;
    const struct rule_set *set = s->report->rules;
    const struct rule *rule = set->rules[index];
    const struct engine *engine = s->report->engine;
    enum severity severity = engine->severity ? engine->severity[index] : rule->severity;
    jsonw_object(w);
    jsonw_key_c(w, "id", rule->id);
    add_text(w, "shortDescription", str_from(rule->title));
    add_text(w, "fullDescription", str_from(rule->remediation));
    jsonw_key(w, "help");
    jsonw_object(w);
    jsonw_key_c(w, "text", rule->remediation);
    if (set->markdown)
        jsonw_key_c(w, "markdown", set->markdown[index]);
    jsonw_object_end(w);
    jsonw_key(w, "defaultConfiguration");
    jsonw_object(w);
    jsonw_key_c(w, "level", level_of(severity));
    jsonw_object_end(w);
    add_rule_properties(w, rule, severity);
    jsonw_object_end(w);
}

/* The rules that ran, and those that found something all the same. */
static void add_rules(struct sarif *s)
{
    const struct report *report = s->report;
    const bool *enabled = report->engine->enabled;
    size_t written = 0;
    for (size_t i = 0; i < report->rules->count; i++)
        s->rule_index[i] = !enabled || enabled[i];
    for (size_t i = 0; i < report->findings->list.count; i++)
        s->rule_index[rule_set_index(report->rules,
                                     str_from(report->findings->list.items[i].rule->id))] = 1;
    jsonw_key(&s->w, "rules");
    jsonw_array(&s->w);
    for (size_t i = 0; i < report->rules->count; i++) {
        if (!s->rule_index[i])
            continue;
        s->rule_index[i] = written++;
        add_rule(s, i);
    }
    jsonw_array_end(&s->w);
}

static void add_region(struct jsonw *w, const struct finding_span *span)
{
    jsonw_key(w, "region");
    jsonw_object(w);
    jsonw_key_int(w, "startLine", span->begin.line);
    jsonw_key_int(w, "startColumn", span->begin.column);
    jsonw_key_int(w, "endLine", span->end.line);
    jsonw_key_int(w, "endColumn", span->end.column);
    jsonw_object_end(w);
}

static void add_place(struct sarif *s, struct str file, const struct finding_span *span)
{
    struct jsonw *w = &s->w;
    struct buf path, uri;
    buf_init(&path, 4 * LIMIT_PATH_BYTES);
    buf_init(&uri, 16 * LIMIT_PATH_BYTES);
    report_path(s->report, file, &path);
    bool absolute = str_starts_with(buf_str(&path), STR("/"));
    if (absolute)
        buf_add_c(&uri, "file://");
    uri_add_path(&uri, buf_str(&path));
    jsonw_key(w, "physicalLocation");
    jsonw_object(w);
    jsonw_key(w, "artifactLocation");
    jsonw_object(w);
    jsonw_key_value(w, "uri", buf_str(&uri));
    if (!absolute)
        jsonw_key_c(w, "uriBaseId", root_id);
    jsonw_object_end(w);
    if (span->begin.line)
        add_region(w, span);
    jsonw_object_end(w);
    w->out->failed |= path.failed || uri.failed;
    buf_release(&path);
    buf_release(&uri);
}

/* Deployment/shop/web, and the path in it. */
static void add_logical(struct jsonw *w, const struct finding *f)
{
    struct buf name;
    buf_init(&name, 4 * LIMIT_MESSAGE_BYTES);
    buf_add_str(&name, f->object.kind);
    buf_add_char(&name, '/');
    if (f->object.namespace.len) {
        buf_add_str(&name, f->object.namespace);
        buf_add_char(&name, '/');
    }
    buf_add_str(&name, f->object.name);
    jsonw_key(w, "logicalLocations");
    jsonw_array(w);
    jsonw_object(w);
    jsonw_key_value(w, "name", f->object.name);
    jsonw_key_value(w, "fullyQualifiedName", buf_str(&name));
    jsonw_key_c(w, "kind", "resource");
    jsonw_object_end(w);
    jsonw_array_end(w);
    w->out->failed |= name.failed;
    buf_release(&name);
}

static void add_related(struct sarif *s, const struct finding *f)
{
    struct jsonw *w = &s->w;
    jsonw_key(w, "relatedLocations");
    jsonw_array(w);
    jsonw_object(w);
    jsonw_key_int(w, "id", 1);
    add_place(s, f->file, &f->related->span);
    add_text(w, "message", f->related->message);
    jsonw_object_end(w);
    jsonw_array_end(w);
}

static void add_suppression(struct jsonw *w, const struct finding *f)
{
    bool in_source = !str_is(f->suppressed.by, "baseline") &&
                     !str_is(f->suppressed.by, "new-from") &&
                     !str_is(f->suppressed.by, "exception");
    jsonw_key(w, "suppressions");
    jsonw_array(w);
    if (f->suppressed.by.len) {
        jsonw_object(w);
        jsonw_key_c(w, "kind", in_source ? "inSource" : "external");
        if (f->suppressed.reason.len)
            jsonw_key_value(w, "justification", f->suppressed.reason);
        jsonw_object_end(w);
    }
    jsonw_array_end(w);
}

static void add_properties(struct jsonw *w, const struct finding *f)
{
    jsonw_key(w, "properties");
    jsonw_object(w);
    jsonw_key_value(w, "apiVersion", f->object.api_version);
    if (f->container.len)
        jsonw_key_value(w, "container", f->container);
    if (f->path.len)
        jsonw_key_value(w, "path", f->path);
    jsonw_object_end(w);
}

static void add_result(struct sarif *s, const struct finding *f)
{
    struct jsonw *w = &s->w;
    size_t index = rule_set_index(s->report->rules, str_from(f->rule->id));
    jsonw_object(w);
    jsonw_key_c(w, "ruleId", f->rule->id);
    jsonw_key_int(w, "ruleIndex", (int64_t)s->rule_index[index]);
    jsonw_key_c(w, "level", level_of(f->severity));
    add_message(w, f->message);
    jsonw_key(w, "locations");
    jsonw_array(w);
    jsonw_object(w);
    add_place(s, f->file, &f->span);
    add_logical(w, f);
    jsonw_object_end(w);
    jsonw_array_end(w);
    if (f->related)
        add_related(s, f);
    jsonw_key(w, "partialFingerprints");
    jsonw_object(w);
    jsonw_key_c(w, "rampart/v1", f->fingerprint);
    jsonw_object_end(w);
    add_suppression(w, f);
    add_properties(w, f);
    jsonw_object_end(w);
}

/* How many of each severity fit: all errors before any warning, what is suppressed last. */
static void set_quotas(struct sarif *s)
{
    size_t count[SEVERITY_COUNT] = {0}, suppressed = 0, room = LIMIT_SARIF_RESULTS;
    const struct findings *findings = s->report->findings;
    for (size_t i = 0; i < findings->list.count; i++) {
        if (findings->list.items[i].suppressed.by.len)
            suppressed++;
        else
            count[findings->list.items[i].severity]++;
    }
    for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
        s->quota[i] = count[i] < room ? count[i] : room;
        room -= s->quota[i];
    }
    s->suppressed_quota = suppressed < room ? suppressed : room;
    room -= s->suppressed_quota;
    s->left_out = findings->list.count - (LIMIT_SARIF_RESULTS - room) + report_dropped(s->report);
}

static void add_results(struct sarif *s)
{
    const struct findings *findings = s->report->findings;
    jsonw_key(&s->w, "results");
    jsonw_array(&s->w);
    for (size_t i = 0; i < findings->list.count; i++) {
        const struct finding *f = &findings->list.items[i];
        size_t *quota = f->suppressed.by.len ? &s->suppressed_quota : &s->quota[f->severity];
        if (*quota) {
            --*quota;
            add_result(s, f);
        }
    }
    jsonw_array_end(&s->w);
}

static void add_notifications(struct sarif *s)
{
    struct jsonw *w = &s->w;
    char text[128];
    jsonw_key(w, "toolExecutionNotifications");
    jsonw_array(w);
    for (size_t i = 0; i < s->report->error_count; i++) {
        const struct report_error *e = &s->report->errors[i];
        jsonw_object(w);
        jsonw_key_c(w, "level", "error");
        add_message(w, e->message);
        jsonw_key(w, "locations");
        jsonw_array(w);
        jsonw_object(w);
        add_place(s, e->file, &(struct finding_span){e->position, e->position});
        jsonw_object_end(w);
        jsonw_array_end(w);
        jsonw_object_end(w);
    }
    if (s->left_out) {
        snprintf(text, sizeof text,
                 "%zu findings are left out: an object has more than %u, or a run more than %u",
                 s->left_out, LIMIT_FINDINGS_OBJECT, LIMIT_SARIF_RESULTS);
        jsonw_object(w);
        jsonw_key_c(w, "level", "warning");
        add_text(w, "message", str_from(text));
        jsonw_object_end(w);
    }
    jsonw_array_end(w);
}

static void add_tool(struct sarif *s)
{
    struct jsonw *w = &s->w;
    jsonw_key(w, "tool");
    jsonw_object(w);
    jsonw_key(w, "driver");
    jsonw_object(w);
    jsonw_key_c(w, "name", "rampart");
    jsonw_key_c(w, "version", s->report->version);
    jsonw_key_c(w, "semanticVersion", s->report->version);
    add_rules(s);
    jsonw_object_end(w);
    jsonw_object_end(w);
}

static void add_base(struct sarif *s)
{
    struct jsonw *w = &s->w;
    jsonw_key(w, "originalUriBaseIds");
    jsonw_object(w);
    jsonw_key(w, root_id);
    jsonw_object(w);
    add_text(w, "description", STR("the root of the repository"));
    jsonw_object_end(w);
    jsonw_object_end(w);
}

/* GitHub takes what stands before the last slash as the category. */
static void add_automation(struct sarif *s)
{
    struct jsonw *w = &s->w;
    struct buf id;
    if (!s->report->category.len)
        return;
    buf_init(&id, LIMIT_MESSAGE_BYTES);
    buf_add_str(&id, s->report->category);
    if (!str_ends_with(s->report->category, STR("/")))
        buf_add_char(&id, '/');
    jsonw_key(w, "automationDetails");
    jsonw_object(w);
    jsonw_key_value(w, "id", buf_str(&id));
    jsonw_object_end(w);
    w->out->failed |= id.failed;
    buf_release(&id);
}

static void add_run(struct sarif *s)
{
    struct jsonw *w = &s->w;
    jsonw_object(w);
    add_tool(s);
    add_automation(s);
    add_base(s);
    jsonw_key_c(w, "columnKind", "unicodeCodePoints");
    jsonw_key(w, "invocations");
    jsonw_array(w);
    jsonw_object(w);
    jsonw_key_bool(w, "executionSuccessful", !s->report->error_count);
    add_notifications(s);
    jsonw_object_end(w);
    jsonw_array_end(w);
    add_results(s);
    jsonw_object_end(w);
}

static void write(const struct report *report, struct buf *out)
{
    struct sarif s = {.report = report,
                      .rule_index = calloc(report->rules->count + 1, sizeof(size_t))};
    if (!s.rule_index) {
        out->failed = true;
        return;
    }
    set_quotas(&s);
    jsonw_init(&s.w, out, 1);
    jsonw_object(&s.w);
    jsonw_key_c(&s.w, "$schema", schema_uri);
    jsonw_key_c(&s.w, "version", "2.1.0");
    jsonw_key(&s.w, "runs");
    jsonw_array(&s.w);
    add_run(&s);
    jsonw_array_end(&s.w);
    jsonw_object_end(&s.w);
    free(s.rule_index);
}

const struct report_format report_sarif = {.name = "sarif", .write = write};
