/* SPDX-License-Identifier: Apache-2.0
 *
 * Upstream reads these two with encoding/json, which ignores case, and everything else with a
 * reader that does not.
 */
#include "kube/type_meta.h"

static struct str *field_of(struct type_meta *meta, const struct doc_entry *e)
{
    if (e->name == N_kind || str_equal_nocase(doc_key(e), STR("kind")))
        return &meta->kind;
    if (e->name == N_apiVersion || str_equal_nocase(doc_key(e), STR("apiVersion")))
        return &meta->api_version;
    return NULL;
}

bool type_meta_find(struct type_meta *meta, const struct doc_node *map, const struct doc_node **bad)
{
    *meta = (struct type_meta){STR_EMPTY, STR_EMPTY};
    *bad = map;
    if (!doc_is(map, DOC_MAP))
        return false;
    doc_foreach_entry (map, e) {
        struct str *field = field_of(meta, e);
        if (!field || e->value.kind == DOC_NULL)
            continue; /* null leaves what there was */
        *bad = &e->value;
        if (e->value.kind != DOC_STR)
            return false;
        *field = doc_str(&e->value);
    }
    return true;
}

bool type_meta_split(struct str text, struct str *group, struct str *version)
{
    *group = *version = STR_EMPTY;
    size_t slash = str_find(text, '/');
    if (slash == text.len) {
        *version = text;
        return true;
    }
    struct str rest = str_skip(text, slash + 1);
    if (str_find(rest, '/') < rest.len)
        return false;
    *group = str_take(text, slash);
    *version = rest;
    return true;
}
