/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of findings: put together, ordered, numbered.
 */
#include "policy/finding.h"

#include "base/limits.h"
#include "policy/internal.h"

static const char *const severity_names[SEVERITY_COUNT] = {"info", "warning", "error"};

const char *severity_name(enum severity severity)
{
    return severity_names[severity];
}

bool severity_parse(struct str name, enum severity *severity)
{
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        if (str_is(name, severity_names[i])) {
            *severity = (enum severity)i;
            return true;
        }
    }
    return false;
}

void findings_init(struct findings *findings, struct arena *arena)
{
    *findings = (struct findings){.arena = arena};
}

bool findings_append(struct findings *findings, const struct findings *from)
{
    for (size_t i = 0; i < from->list.count; i++) {
        struct finding *f = vec_push(&findings->list, findings->arena);
        if (!f)
            return false;
        *f = from->list.items[i];
    }
    for (int i = 0; i < SEVERITY_COUNT; i++)
        findings->dropped[i] += from->dropped[i];
    return true;
}

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_names(const struct finding *a, const struct finding *b)
{
    const struct str left[] = {a->path,
                               a->message,
                               a->object.kind,
                               a->object.name,
                               a->object.namespace,
                               a->object.api_version,
                               a->container,
                               str_from(a->fingerprint)};
    const struct str right[] = {b->path,
                                b->message,
                                b->object.kind,
                                b->object.name,
                                b->object.namespace,
                                b->object.api_version,
                                b->container,
                                str_from(b->fingerprint)};
    int order = 0;
    for (size_t i = 0; !order && i < sizeof left / sizeof *left; i++)
        order = str_compare(left[i], right[i]);
    return order;
}

static int compare_findings(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    int order = compare_numbers(a->file_index, b->file_index);
    if (!order)
        order = compare_numbers(a->span.begin.line, b->span.begin.line);
    if (!order)
        order = compare_numbers(a->span.begin.column, b->span.begin.column);
    if (!order)
        order = strcmp(a->rule->id, b->rule->id);
    return order ? order : compare_names(a, b);
}

/* Pointers into one array: those of equal fingerprints stay in the array's order. */
static int compare_fingerprints(const void *left, const void *right)
{
    const struct finding *a = *(struct finding *const *)left, *b = *(struct finding *const *)right;
    int order = strcmp(a->fingerprint, b->fingerprint);
    return order ? order : (a > b) - (a < b);
}

/* The second of several that are about the same thing gets a fingerprint of its own, made from its
 * number. */
static void number_equals(struct finding *const *sorted, size_t count)
{
    size_t first = 0;
    for (size_t i = 1; i < count; i++) {
        struct finding *f = sorted[i];
        if (strcmp(f->fingerprint, sorted[first]->fingerprint) != 0) {
            first = i;
            continue;
        }
        uint64_t number = i - first;
        struct fingerprint unique = fingerprint_init();
        fingerprint_add(&unique, str_from(f->fingerprint));
        fingerprint_add(&unique, (struct str){(const char *)&number, sizeof number});
        fingerprint_write(&unique, f->fingerprint);
    }
}

static void cut(struct findings *findings)
{
    for (size_t i = LIMIT_FINDINGS_TOTAL; i < findings->list.count; i++)
        findings->dropped[findings->list.items[i].severity]++;
    if (findings->list.count > LIMIT_FINDINGS_TOTAL)
        findings->list.count = LIMIT_FINDINGS_TOTAL;
}

bool findings_finish(struct findings *findings)
{
    size_t count = findings->list.count;
    if (findings->arena->failed)
        return false;
    if (count < 2)
        return true;
    qsort(findings->list.items, count, sizeof *findings->list.items, compare_findings);
    cut(findings);
    count = findings->list.count;
    struct finding **sorted = arena_zalloc(findings->arena, count, sizeof *sorted);
    if (!sorted)
        return false;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &findings->list.items[i];
    qsort(sorted, count, sizeof *sorted, compare_fingerprints);
    number_equals(sorted, count);
    return true;
}
