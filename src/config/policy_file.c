/* SPDX-License-Identifier: Apache-2.0 */
#include "config/policy_file.h"

#include "base/nearest.h"
#include "kube/object.h"
#include "load/source.h"
#include "load/stream.h"

struct policy_reader {
    struct profile *profile;
    const struct rule_set *rules;
    struct arena *arena;
    struct diag *diag; /* with offsets into the text */
    size_t documents;
};

#define refuse(r, node, ...)                                                                       \
    diag_set((r)->diag, DIAG_VALUE, (node)->begin, (node)->end, __VA_ARGS__)

static bool known_field(struct policy_reader *r, const struct doc_entry *entry,
                        const char *const *names, const char *where)
{
    struct nearest near = nearest_to(doc_key(entry));
    for (; *names; names++) {
        if (str_is(doc_key(entry), *names))
            return true;
        nearest_offer(&near, str_from(*names));
    }
    struct str key = doc_key(entry);
    if (near.best.ptr)
        return diag_set(r->diag, DIAG_VALUE, entry->key_begin, entry->key_end,
                        "unknown field \"%.*s\" in %s, did you mean %.*s?", STR_ARG(key), where,
                        STR_ARG(near.best));
    return diag_set(r->diag, DIAG_VALUE, entry->key_begin, entry->key_end,
                    "field \"%.*s\" of %s is not known to this version", STR_ARG(key), where);
}

/* error, warning, info; or off, which YAML reads as false when it is not quoted. */
static bool read_severity(struct policy_reader *r, const struct doc_node *node, size_t rule)
{
    bool off = doc_is_false(node) || str_is(doc_str(node), "off");
    if (!off && !severity_parse(doc_str(node), &r->profile->severity[rule]))
        return refuse(r, node, "expected a severity: error, warning, info or off");
    r->profile->enabled[rule] = !off;
    return true;
}

static bool read_rule(struct policy_reader *r, const struct doc_entry *entry)
{
    static const char *const fields[] = {"severity", NULL};
    size_t indexes[RULE_SET_MATCHES];
    struct str name = doc_key(entry);
    size_t count = rule_set_resolve(r->rules, name, indexes);
    if (!count) {
        const char *near = rule_set_nearest(r->rules, name);
        return diag_set(r->diag, DIAG_VALUE, entry->key_begin, entry->key_end,
                        near ? "unknown rule \"%.*s\", did you mean %s?"
                             : "unknown rule \"%.*s\"%s",
                        STR_ARG(name), near ? near : "");
    }
    if (!doc_is(&entry->value, DOC_MAP))
        return refuse(r, &entry->value, "expected a map such as {severity: error}");
    doc_foreach_entry (&entry->value, field) {
        if (!known_field(r, field, fields, "a rule"))
            return false;
        for (size_t i = 0; i < count; i++)
            if (!read_severity(r, &field->value, indexes[i]))
                return false;
    }
    return true;
}

static bool read_base(struct policy_reader *r, const struct doc_node *root)
{
    const struct doc_node *node = doc_get_str(root, STR("extends"));
    enum profile_level level = PROFILE_HARDENED;
    if (!doc_is_unset(node) && !profile_level_parse(doc_str(node), &level))
        return refuse(r, node,
                      "expected a built-in profile: baseline, restricted, hardened or all");
    return profile_init(r->profile, r->rules, level, r->arena) ||
           diag_set(r->diag, DIAG_MEMORY, 0, 0, "out of memory");
}

static bool read_policy(struct policy_reader *r, const struct doc *doc)
{
    static const char *const fields[] = {"apiVersion", "kind",  "metadata",
                                         "extends",    "rules", NULL};
    struct object object;
    if (!object_view(&object, doc, doc->root) || !str_is(object.api_version, "rampart.dev/v1") ||
        !str_is(object.kind, "Policy"))
        return refuse(r, doc->root, "expected apiVersion rampart.dev/v1 and kind Policy");
    if (doc->duplicate_count)
        return diag_set(r->diag, DIAG_DUPLICATE, doc->duplicates[0].again_begin,
                        doc->duplicates[0].again_end, "key \"%.*s\" is already set",
                        STR_ARG(doc->duplicates[0].key));
    doc_foreach_entry (doc->root, entry)
        if (!known_field(r, entry, fields, "a Policy"))
            return false;
    if (!read_base(r, doc->root))
        return false;
    const struct doc_node *rules = doc_get_str(doc->root, STR("rules"));
    if (!doc_is_unset(rules) && !doc_is(rules, DOC_MAP))
        return refuse(r, rules, "expected a map of rules");
    doc_foreach_entry (rules, rule)
        if (!read_rule(r, rule))
            return false;
    return true;
}

static bool visit(void *context, const struct stream_item *item)
{
    struct policy_reader *r = context;
    if (item->error)
        return diag_set(r->diag, item->error->code, item->error->begin, item->error->end, "%s",
                        item->error->text);
    if (r->documents++)
        return refuse(r, item->doc->root, "expected one Policy in the file");
    return read_policy(r, item->doc);
}

bool policy_file_parse(struct profile *profile, struct str text, const struct rule_set *rules,
                       struct arena *arena, struct diag *diag)
{
    struct policy_reader r = {.profile = profile, .rules = rules, .arena = arena, .diag = diag};
    struct source source = {.name = STR_EMPTY, .text = text};
    bool read = stream_read(&source, arena, visit, &r);
    if (arena->failed)
        return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    if (read && !r.documents)
        return diag_set(diag, DIAG_TYPE, 0, 0, "expected a Policy, but the file is empty");
    return read;
}

bool policy_file_read(struct profile *profile, const char *path, const struct rule_set *rules,
                      struct arena *arena, struct diag *diag)
{
    struct str text;
    struct diag fault = {0};
    if (!source_read(path, arena, &text, &fault))
        return diag_set(diag, fault.code, 0, 0, "policy file %s %s", path, fault.text);
    if (policy_file_parse(profile, text, rules, arena, &fault))
        return true;
    return doc_position_fault(diag, str_from(path), text, &fault);
}
