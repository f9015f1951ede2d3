/* SPDX-License-Identifier: Apache-2.0
 *
 * {"version": 1, "findings": [{"fingerprint": "…", "rule": "…", "file": "…"}]}: the fingerprint is
 * what counts, the rest is for whoever reviews the file.
 */
#include "config/baseline.h"

#include "base/jsonw.h"
#include "doc/doc.h"
#include "load/json.h"
#include "load/source.h"
#include "policy/rule.h"

enum { FORMAT_VERSION = 1 };

static bool collect(struct baseline *baseline, const struct doc_node *root, struct arena *arena,
                    struct diag *diag)
{
    const struct doc_node *version = doc_get_str(root, STR("version"));
    const struct doc_node *list = doc_get_str(root, STR("findings"));
    if (!doc_is(version, DOC_INT) || version->v.i != FORMAT_VERSION || !doc_is(list, DOC_SEQ))
        return diag_set(diag, DIAG_TYPE, root->begin, root->end,
                        "expected {\"version\": 1, \"findings\": […]}, as --write-baseline writes "
                        "it");
    baseline->fingerprints =
        arena_zalloc(arena, (size_t)list->len + 1, sizeof *baseline->fingerprints);
    if (!baseline->fingerprints)
        return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    doc_foreach_item (list, item) {
        struct str fingerprint = doc_str(doc_get_str(item, STR("fingerprint")));
        if (!fingerprint.len)
            return diag_set(diag, DIAG_TYPE, item->begin, item->end,
                            "expected an object with a fingerprint");
        baseline->fingerprints[baseline->count++] = fingerprint;
    }
    qsort(baseline->fingerprints, baseline->count, sizeof *baseline->fingerprints, str_order);
    return true;
}

bool baseline_parse(struct baseline *baseline, struct str text, struct arena *arena,
                    struct diag *diag)
{
    struct json_reader reader;
    struct doc doc;
    *baseline = (struct baseline){0};
    json_reader_init(&reader);
    bool ok =
        json_read(&reader, text, arena, &doc, diag) && collect(baseline, doc.root, arena, diag);
    json_reader_release(&reader);
    return ok;
}

bool baseline_read(struct baseline *baseline, const char *path, struct arena *arena,
                   struct diag *diag)
{
    struct str text;
    struct diag fault = {0};
    if (!source_read(path, arena, &text, &fault))
        return diag_set(diag, fault.code, 0, 0, "baseline %s %s", path, fault.text);
    if (baseline_parse(baseline, text, arena, &fault))
        return true;
    return doc_position_fault(diag, str_from(path), text, &fault);
}

bool baseline_of(struct baseline *baseline, const struct findings *findings, struct arena *arena)
{
    size_t count = findings->list.count;
    *baseline =
        (struct baseline){arena_zalloc(arena, count + 1, sizeof *baseline->fingerprints), 0};
    if (!baseline->fingerprints)
        return false;
    for (; baseline->count < count; baseline->count++)
        baseline->fingerprints[baseline->count] =
            arena_str(arena, str_from(findings->list.items[baseline->count].fingerprint));
    qsort(baseline->fingerprints, count, sizeof *baseline->fingerprints, str_order);
    return !arena->failed;
}

size_t baseline_apply(const struct baseline *baseline, struct findings *findings, struct str by,
                      struct str reason)
{
    size_t met = 0;
    for (size_t i = 0; i < findings->list.count; i++) {
        struct finding *f = &findings->list.items[i];
        struct str fingerprint = str_from(f->fingerprint);
        if (f->suppressed.by.len || !bsearch(&fingerprint, baseline->fingerprints, baseline->count,
                                             sizeof *baseline->fingerprints, str_order))
            continue;
        f->suppressed.by = by;
        f->suppressed.reason = reason;
        met++;
    }
    return met < baseline->count ? baseline->count - met : 0;
}

void baseline_write(struct buf *out, const struct findings *findings)
{
    struct jsonw w;
    jsonw_init(&w, out, 1);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", FORMAT_VERSION);
    jsonw_key(&w, "findings");
    jsonw_array(&w);
    for (size_t i = 0; i < findings->list.count; i++) {
        const struct finding *f = &findings->list.items[i];
        jsonw_object(&w);
        jsonw_key_c(&w, "fingerprint", f->fingerprint);
        jsonw_key_c(&w, "rule", f->rule->id);
        jsonw_key_value(&w, "file", f->file);
        jsonw_object_end(&w);
    }
    jsonw_array_end(&w);
    jsonw_object_end(&w);
    buf_add_char(out, '\n');
}
