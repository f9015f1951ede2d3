/* SPDX-License-Identifier: Apache-2.0
 *
 * What all formats share: the table of formats, and counts.
 */
#include "report/report.h"

#include <stdlib.h>

const struct report_format *const report_formats[] = {
    &report_tty, &report_json, &report_sarif, &report_junit, &report_github, &report_gitlab, NULL};

const struct report_format *report_format_find(struct str name)
{
    for (const struct report_format *const *f = report_formats; *f; f++)
        if (str_is(name, (*f)->name))
            return *f;
    return NULL;
}

void report_count(const struct report *report, size_t count[SEVERITY_COUNT], size_t *suppressed)
{
    const struct findings *findings = report->findings;
    *suppressed = 0;
    for (int i = 0; i < SEVERITY_COUNT; i++)
        count[i] = findings->dropped[i];
    for (size_t i = 0; i < findings->list.count; i++) {
        const struct finding *f = &findings->list.items[i];
        if (f->suppressed.by.len)
            ++*suppressed;
        else
            count[f->severity]++;
    }
}

size_t report_dropped(const struct report *report)
{
    size_t dropped = 0;
    for (int i = 0; i < SEVERITY_COUNT; i++)
        dropped += report->findings->dropped[i];
    return dropped;
}

static int compare_tallies(const void *left, const void *right)
{
    const struct report_tally *a = left, *b = right;
    if (a->severity != b->severity)
        return a->severity < b->severity ? 1 : -1;
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return a->rule && b->rule ? strcmp(a->rule->id, b->rule->id) : 0;
}

static void tally_add(const struct report *report, struct report_tally *tallies,
                      const struct finding *f)
{
    size_t index = rule_set_index(report->rules, str_from(f->rule->id));
    if (index == report->rules->count || f->suppressed.by.len)
        return;
    struct report_tally *t = &tallies[index];
    t->rule = f->rule;
    t->count++;
    if (f->severity > t->severity)
        t->severity = f->severity;
}

struct report_tally *report_by_rule(const struct report *report, struct buf *out, size_t *count)
{
    size_t rules = report->rules->count, used = 0;
    const struct findings *findings = report->findings;
    *count = 0;
    if (!findings->list.count || !rules)
        return NULL;
    struct report_tally *tallies = calloc(rules, sizeof *tallies);
    if (!tallies) {
        out->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < findings->list.count; i++)
        tally_add(report, tallies, &findings->list.items[i]);
    for (size_t i = 0; i < rules; i++)
        if (tallies[i].rule)
            tallies[used++] = tallies[i];
    qsort(tallies, used, sizeof *tallies, compare_tallies);
    *count = used;
    return tallies;
}

/* Adds a path's segments to those that stand in out from `start` on; ".." takes one away again. */
static void add_segments(struct buf *out, size_t start, struct str path)
{
    while (path.len) {
        struct str segment = str_take(path, str_find(path, '/'));
        path = str_skip(path, segment.len + 1);
        if (!segment.len || str_is(segment, "."))
            continue;
        struct str so_far = str_skip(buf_str(out), start);
        size_t slash = str_rfind(so_far, '/');
        struct str last = slash < so_far.len ? str_skip(so_far, slash + 1) : so_far;
        if (str_is(segment, "..") && last.len && !str_is(last, "..")) {
            out->len = start + (slash < so_far.len ? slash : 0);
            continue;
        }
        if (str_is(segment, "..") && start)
            continue; /* above the root there is nothing */
        if (so_far.len)
            buf_add_char(out, '/');
        buf_add_str(out, segment);
    }
}

void report_path(const struct report *report, struct str file, struct buf *out)
{
    bool absolute = str_starts_with(file, STR("/"));
    bool inside = absolute && report->root.len && str_starts_with(file, report->root);
    size_t start = absolute && !inside;
    if (start)
        buf_add_char(out, '/');
    if (!absolute)
        add_segments(out, start, report->prefix);
    add_segments(out, start, inside ? str_skip(file, report->root.len) : file);
}
