/* SPDX-License-Identifier: Apache-2.0
 *
 * The walk. Recursion is bounded by LIMIT_DOC_DEPTH, which the reader has enforced.
 */
#include "kube/schema_walk.h"

#include "base/unset.h"

#include <math.h>
#include <stdlib.h>

enum { FEW_ITEMS = 16 }; /* of a list map: looked at without malloc */

static bool walk_other(struct schema_walk *w, const struct schema_type *type,
                       const struct doc_node *node);
static bool walk_object(struct schema_walk *w, const struct schema_type *type,
                        const struct doc_node *node);

/* Half of all values are plain strings where such are due. */
static inline bool walk_value(struct schema_walk *w, const struct schema_type *type,
                              const struct doc_node *node)
{
    return (type->form == SCHEMA_STRING && node->kind == DOC_STR) || walk_other(w, type, node);
}

static const struct schema_type *type_at(const struct schema_walk *w, uint16_t index)
{
    return &w->schema->types[index];
}

/* --- Scalars --- */

static bool is_integer(const struct doc_node *node, int64_t least, int64_t most)
{
    return node->kind == DOC_INT && node->v.i >= least && node->v.i <= most;
}

/* Where a list of numbers stands for bytes, each is one byte. */
static bool is_bytes(const struct doc_node *node)
{
    if (node->kind != DOC_SEQ)
        return node->kind == DOC_STR && schema_text_is(SCHEMA_BYTES, doc_str(node));
    doc_foreach_item (node, it)
        if (it->kind != DOC_NULL && (it->kind != DOC_INT || it->v.i < 0 || it->v.i > 255))
            return false;
    return true;
}

static bool is_scalar(uint8_t form, const struct doc_node *node)
{
    switch (form) {
    case SCHEMA_BOOL:
        return node->kind == DOC_BOOL;
    case SCHEMA_INT32:
        return is_integer(node, INT32_MIN, INT32_MAX);
    case SCHEMA_INT64:
        return is_integer(node, INT64_MIN, INT64_MAX);
    case SCHEMA_DOUBLE:
        return node->kind == DOC_INT || (node->kind == DOC_REAL && isfinite(node->v.r));
    case SCHEMA_BYTES:
        return is_bytes(node);
    case SCHEMA_TIME:
    case SCHEMA_MICRO_TIME:
    case SCHEMA_DURATION:
        return node->kind == DOC_STR && schema_text_is((enum schema_form)form, doc_str(node));
    case SCHEMA_QUANTITY:
        return node->kind == DOC_INT || node->kind == DOC_REAL ||
               (node->kind == DOC_STR && schema_text_is((enum schema_form)form, doc_str(node)));
    case SCHEMA_INT_OR_STRING:
        return node->kind == DOC_STR || is_integer(node, INT32_MIN, INT32_MAX);
    default:
        return node->kind == DOC_STR; /* SCHEMA_STRING, SCHEMA_ENUM */
    }
}

static bool is_listed(const struct schema_type *type, struct str value)
{
    const char *listed = type->v.values;
    for (unsigned i = 0; i < type->count; i++, listed += strlen(listed) + 1)
        if (str_is(value, listed))
            return true;
    return false;
}

/* Go's Quantity takes the bytes between the quotes as they stand, so that an escape is no digit;
 * what comes from a file was written anew by kubectl. */
static bool is_escaped(const struct doc_node *node)
{
    return (node->flags & DOC_QUOTED) && node->end - node->begin != node->len + 2;
}

static bool walk_scalar(struct schema_walk *w, const struct schema_type *type,
                        const struct doc_node *node)
{
    if (!is_scalar(type->form, node) ||
        (type->form == SCHEMA_QUANTITY && !w->judged && is_escaped(node)))
        return schema_fault_type(w, type, node);
    /* The API server fills in what is empty. */
    if (type->form == SCHEMA_ENUM && w->judged && node->len && !is_listed(type, doc_str(node)))
        return schema_fault_value(w, type, node);
    return true;
}

/* --- Lists --- */

struct item_keys {
    const struct doc_node *item;
    const struct doc_node *keys[LIMIT_SCHEMA_KEYS];
};

static int order_values(const struct doc_node *a, const struct doc_node *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == DOC_STR)
        return str_compare(doc_str(a), doc_str(b));
    if (a->kind == DOC_INT)
        return (a->v.i > b->v.i) - (a->v.i < b->v.i);
    return a->kind == DOC_NULL ? 0 : (a > b) - (a < b); /* wrong types are never equal */
}

static int order_items(const void *left, const void *right)
{
    const struct item_keys *a = left, *b = right;
    for (unsigned k = 0; k < LIMIT_SCHEMA_KEYS && a->keys[k]; k++) {
        int order = order_values(a->keys[k], b->keys[k]);
        if (order)
            return order;
    }
    return (a->item > b->item) - (a->item < b->item);
}

static bool same_keys(const struct item_keys *a, const struct item_keys *b)
{
    for (unsigned k = 0; k < LIMIT_SCHEMA_KEYS && a->keys[k]; k++)
        if (order_values(a->keys[k], b->keys[k]) != 0)
            return false;
    return true;
}

/* What an item without the key has for it: the API server's default, or nothing. */
static struct doc_node preset(const struct schema *schema, const struct schema_type *item,
                              uint16_t key)
{
    struct doc_node node = {.kind = DOC_NULL};
    for (unsigned i = 0; i < item->count; i++) {
        const struct schema_type *type = &schema->types[item->v.fields[i].type];
        if (item->v.fields[i].name != key || type->form != SCHEMA_ENUM || !type->of)
            continue;
        const char *value = type->v.values;
        for (unsigned skip = 1; skip < type->of; skip++)
            value += strlen(value) + 1;
        node = (struct doc_node){.kind = DOC_STR, .len = (uint32_t)strlen(value), .v.s = value};
    }
    return node;
}

static const struct doc_node *key_value(const struct schema *schema, const struct doc_node *item,
                                        uint16_t key)
{
    if (key < N_COUNT)
        return doc_get(item, (name_t)key);
    return doc_get_str(item, schema_name_text(schema, key));
}

/* Fills items with the keys of each; items without the first key are left out: they lack a field.
 */
static size_t gather_keys(const struct schema_walk *w, const struct schema_type *list,
                          const struct doc_node *node, const struct doc_node *presets,
                          struct item_keys *items)
{
    size_t count = 0;
    doc_foreach_item (node, it) {
        struct item_keys *keys = &items[count];
        *keys = (struct item_keys){.item = it};
        for (unsigned k = 0; k < LIMIT_SCHEMA_KEYS && list->v.keys[k] != N_NONE; k++) {
            const struct doc_node *value = key_value(w->schema, it, list->v.keys[k]);
            keys->keys[k] = doc_is_unset(value) ? &presets[k] : value;
        }
        count += keys->keys[0] && keys->keys[0]->kind != DOC_NULL;
    }
    return count;
}

static bool report_duplicates(struct schema_walk *w, const struct schema_type *list,
                              const struct doc_node *node, struct item_keys *items)
{
    const struct schema_type *item = type_at(w, list->of);
    struct doc_node presets[LIMIT_SCHEMA_KEYS] = {{0}};
    if (item->form != SCHEMA_OBJECT)
        return true;
    for (unsigned k = 0; k < LIMIT_SCHEMA_KEYS && list->v.keys[k] != N_NONE; k++)
        presets[k] = preset(w->schema, item, list->v.keys[k]);
    size_t count = gather_keys(w, list, node, presets, items);
    qsort(items, count, sizeof *items, order_items);
    for (size_t i = 1, first = 0; i < count; i++) {
        if (!same_keys(&items[first], &items[i]))
            first = i;
        else if (!schema_fault_duplicate(w, list, node, items[first].item, items[i].item,
                                         items[i].keys))
            return false;
    }
    return true;
}

static bool find_duplicates(struct schema_walk *w, const struct schema_type *list,
                            const struct doc_node *node)
{
    struct item_keys few[FEW_ITEMS] UNSET, *items = few;
    if (node->len > FEW_ITEMS)
        items = malloc(node->len * sizeof *items);
    if (!items) {
        w->no_memory = true;
        return false;
    }
    bool more = report_duplicates(w, list, node, items);
    if (items != few)
        free(items);
    return more;
}

static bool walk_items(struct schema_walk *w, const struct schema_type *type,
                       const struct schema_type *of, const struct doc_node *node)
{
    struct schema_step *step = &w->steps[w->depth++];
    *step = (struct schema_step){type, node, NULL, 0};
    for (; step->index < node->len; step->index++) {
        const struct doc_node *item = &node->v.item[step->index];
        /* A null item is an empty object, which may lack fields; elsewhere null is absent. */
        bool empty = item->kind == DOC_NULL && of->form == SCHEMA_OBJECT;
        if (empty ? !walk_object(w, of, item) : !walk_value(w, of, item))
            return false;
    }
    w->depth--;
    return true;
}

static bool walk_list(struct schema_walk *w, const struct schema_type *type,
                      const struct doc_node *node)
{
    if (node->kind != DOC_SEQ)
        return schema_fault_type(w, type, node);
    return walk_items(w, type, type_at(w, type->of), node) &&
           (!type->v.keys || node->len < 2 || !w->judged || find_duplicates(w, type, node));
}

/* --- Maps and objects --- */

static bool walk_map(struct schema_walk *w, const struct schema_type *type,
                     const struct doc_node *node)
{
    if (node->kind != DOC_MAP)
        return schema_fault_type(w, type, node);
    const struct schema_type *of = type_at(w, type->of);
    struct schema_step *step = &w->steps[w->depth++];
    *step = (struct schema_step){type, node, NULL, 0};
    doc_foreach_entry (node, e) {
        step->key = e;
        if (!walk_value(w, of, &e->value))
            return false;
    }
    w->depth--;
    return true;
}

static bool has_field(const struct schema_field *field, const struct doc_node *value)
{
    return value && (value->kind != DOC_NULL || field->flags & SCHEMA_NULLABLE);
}

static bool find_missing(struct schema_walk *w, const struct schema_type *type,
                         const struct doc_node *node)
{
    for (unsigned i = 0; i < type->count; i++) {
        const struct schema_field *field = &type->v.fields[i];
        if (field->flags & SCHEMA_REQUIRED &&
            !has_field(field, key_value(w->schema, node, field->name)) &&
            !schema_fault_missing(w, field))
            return false;
    }
    return true;
}

/* The API server ignores what a client writes there, once it could be decoded. */
static bool is_status(const struct schema_walk *w, const struct doc_entry *e)
{
    return w->depth == 1 && e->name == N_status;
}

static bool walk_field(struct schema_walk *w, const struct schema_type *type,
                       const struct schema_field *field, const struct doc_entry *e)
{
    bool judged = w->judged;
    w->judged = judged && (!is_status(w, e) || type->flags & SCHEMA_GIVEN);
    bool more = walk_value(w, type_at(w, field->type), &e->value);
    w->judged = judged;
    return more;
}

static bool walk_object(struct schema_walk *w, const struct schema_type *type,
                        const struct doc_node *node)
{
    struct schema_step *step = &w->steps[w->depth++];
    *step = (struct schema_step){type, node, NULL, 0};
    unsigned required = 0;
    doc_foreach_entry (node, e) {
        const struct schema_field *field = schema_field(w->schema, type, e);
        step->key = e;
        if (field) {
            required += field->flags & SCHEMA_REQUIRED && has_field(field, &e->value);
            if (!walk_field(w, type, field, e))
                return false;
        } else if (w->strict && !(type->flags & SCHEMA_OPEN) && !schema_fault_unknown(w, e)) {
            return false;
        }
    }
    step->key = NULL;
    if (required < type->required && w->judged && !find_missing(w, type, node))
        return false;
    w->depth--;
    return true;
}

/* --- A JSON schema, or what may stand for one --- */

static bool walk_props(struct schema_walk *w, const struct schema_type *type,
                       const struct doc_node *node)
{
    static const struct schema_type string = {.form = SCHEMA_STRING};
    const struct schema_type *props = type_at(w, type->of);
    if (node->kind == DOC_MAP)
        return walk_object(w, props, node);
    if (type->form == SCHEMA_PROPS_OR_BOOL)
        return node->kind == DOC_BOOL || schema_fault_type(w, type, node);
    if (node->kind != DOC_SEQ)
        return true; /* their decoders take anything else for nothing */
    return walk_items(w, type, type->form == SCHEMA_PROPS_OR_ARRAY ? props : &string, node);
}

static bool walk_unjudged(struct schema_walk *w, const struct schema_type *type,
                          const struct doc_node *node)
{
    bool strict = w->strict, judged = w->judged;
    w->strict = w->judged = false;
    bool more = walk_props(w, type, node);
    w->strict = strict;
    w->judged = judged;
    return more;
}

static bool walk_other(struct schema_walk *w, const struct schema_type *type,
                       const struct doc_node *node)
{
    if (node->kind == DOC_NULL || type->form == SCHEMA_ANY || node->flags & DOC_OPAQUE)
        return true;
    switch (type->form) {
    case SCHEMA_LIST:
        return walk_list(w, type, node);
    case SCHEMA_MAP:
        return walk_map(w, type, node);
    case SCHEMA_OBJECT:
        return node->kind == DOC_MAP ? walk_object(w, type, node)
                                     : schema_fault_type(w, type, node);
    case SCHEMA_PROPS_OR_ARRAY:
    case SCHEMA_PROPS_OR_BOOL:
    case SCHEMA_PROPS_OR_STRINGS:
        return walk_unjudged(w, type, node);
    default:
        return walk_scalar(w, type, node);
    }
}

bool schema_walk(const struct schema *schema, const struct schema_type *type,
                 const struct doc_node *object, schema_report_fn *report, void *context)
{
    struct schema_walk w UNSET;
    schema_walk_init(&w, schema, report, context);
    walk_value(&w, type, object);
    buf_release(&w.path);
    buf_release(&w.text);
    return !w.no_memory;
}

/* The API server looks for apiVersion and kind first, with a decoder that ignores case. */
static bool header_decodes(struct schema_walk *w, const struct doc_node *object)
{
    static const struct schema_type string = {.form = SCHEMA_STRING};
    doc_foreach_entry (object, e) {
        bool header = str_equal_nocase(doc_key(e), STR("apiVersion")) ||
                      str_equal_nocase(doc_key(e), STR("kind"));
        if (header && !walk_value(w, &string, &e->value))
            return false;
    }
    return true;
}

bool schema_decodes(const struct doc_node *object, const struct schema_type *type, struct diag *out)
{
    struct schema_walk w UNSET;
    schema_walk_init(&w, &schema_builtin, NULL, NULL);
    w.diag = out;
    bool ok = header_decodes(&w, object) && (!type || walk_value(&w, type, object));
    buf_release(&w.path);
    buf_release(&w.text);
    return ok;
}
