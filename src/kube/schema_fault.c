/* SPDX-License-Identifier: Apache-2.0
 *
 * What the walk found, in words. Strings are never shown where a string or bytes are expected: they
 * may be secret.
 */
#include "base/nearest.h"
#include "base/quote.h"
#include "kube/schema_walk.h"

#include <inttypes.h>

enum {
    SHOWN_BYTES = 40, /* of a value in a message */
    TEXT_BYTES = 4096,
    PATH_BYTES = 65536,
};

void schema_walk_init(struct schema_walk *w, const struct schema *schema, schema_report_fn *report,
                      void *context)
{
    memset(w, 0, offsetof(struct schema_walk, steps));
    w->schema = schema;
    w->report = report;
    w->context = context;
    w->strict = w->judged = report != NULL;
    buf_init(&w->path, PATH_BYTES);
    buf_init(&w->text, TEXT_BYTES);
}

/* --- Paths --- */

static void add_step(struct buf *out, const struct schema_step *step)
{
    if (step->node->kind == DOC_SEQ) {
        buf_add_char(out, '[');
        buf_add_uint(out, step->index);
        buf_add_char(out, ']');
    } else if (step->key) {
        if (out->len)
            buf_add_char(out, '.');
        buf_add_str(out, doc_key(step->key));
    }
}

static void add_name(struct buf *out, struct str name)
{
    if (out->len)
        buf_add_char(out, '.');
    buf_add_str(out, name);
}

/* The path of the value that the first `depth` steps lead to. */
static struct str path_to(struct schema_walk *w, uint32_t depth)
{
    buf_clear(&w->path);
    for (uint32_t i = 0; i < depth; i++)
        add_step(&w->path, &w->steps[i]);
    return buf_str(&w->path);
}

/* --- Handing on --- */

/* w->path and w->text are part of the report; both are empty when no more is to be told. */
static bool emit(struct schema_walk *w, struct schema_report *report)
{
    if (w->path.no_memory || w->text.no_memory) {
        w->no_memory = true;
        return false;
    }
    report->path = buf_str(&w->path);
    report->message = buf_str(&w->text);
    if (!w->report) /* a report has a node, though doc_str would take none.
                     * NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        return diag_set(w->diag, DIAG_TYPE, report->node->begin, report->node->end, "%.*s: %.*s",
                        (int)(report->path.len < 200 ? report->path.len : 200), report->path.ptr,
                        STR_ARG(report->message));
    bool more = w->report(w->context, report);
    if (!more && !w->bare) {
        w->bare = true;
        buf_clear(&w->path);
        buf_clear(&w->text);
    }
    return true;
}

/* --- Unknown fields --- */

static const struct schema_type *object_of(const struct schema *schema, uint16_t index, bool *list)
{
    const struct schema_type *type = &schema->types[index];
    *list = type->form == SCHEMA_LIST;
    if (*list)
        type = &schema->types[type->of];
    return type->form == SCHEMA_OBJECT ? type : NULL;
}

static void add_field(struct schema_walk *w, const struct schema_field *field, bool list)
{
    add_name(&w->path, schema_name_text(w->schema, field->name));
    if (list)
        buf_add(&w->path, "[]", 2);
}

static const struct doc_node *present(const struct schema_walk *w, const struct doc_node *map,
                                      const struct schema_field *field)
{
    return doc_get_str(map, schema_name_text(w->schema, field->name));
}

/* Which objects in the fields of another are looked at. */
enum below { BELOW_ANY, BELOW_PRESENT };

/* Appends the way from an object of a type to one below it that knows the key: `.ports[]`. */
static bool find_below(struct schema_walk *w, const struct schema_type *type,
                       const struct doc_node *map, const struct doc_entry *key, enum below which,
                       unsigned levels)
{
    for (unsigned i = 0; type->form == SCHEMA_OBJECT && i < type->count; i++) {
        const struct schema_field *field = &type->v.fields[i];
        bool list;
        const struct schema_type *below = object_of(w->schema, field->type, &list);
        if (!below || (which == BELOW_PRESENT && !present(w, map, field)))
            continue;
        size_t len = w->path.len;
        add_field(w, field, list);
        if (levels == 1 ? schema_field(w->schema, below, key) != NULL
                        : find_below(w, below, NULL, key, BELOW_ANY, levels - 1))
            return true;
        w->path.len = len;
    }
    return false;
}

/* The same field name on another level is the likely home: securityContext of pod and container. */
static bool find_namesake(struct schema_walk *w, uint32_t depth, const struct doc_entry *key)
{
    const struct schema_step *step = &w->steps[depth];
    const struct doc_entry *here = w->depth > 1 ? w->steps[w->depth - 2].key : NULL;
    const struct schema_field *field = here && step->type->form == SCHEMA_OBJECT
                                           ? schema_field(w->schema, step->type, here)
                                           : NULL;
    bool list;
    const struct schema_type *type = field ? object_of(w->schema, field->type, &list) : NULL;
    if (!type || !schema_field(w->schema, type, key))
        return false;
    path_to(w, depth);
    add_field(w, field, list);
    return true;
}

/* Leaves in w->path where the key belongs: a level above; below; beside a level above, where the
 * object has something there; two levels below, as a pod's field in a Deployment's spec. */
static bool find_elsewhere(struct schema_walk *w, const struct doc_entry *key)
{
    uint32_t here = w->depth - 1;
    const struct schema_step *step = &w->steps[here];
    for (uint32_t i = here; i-- > 1;)
        if (w->steps[i].type->form == SCHEMA_OBJECT &&
            schema_field(w->schema, w->steps[i].type, key)) {
            path_to(w, i);
            return true;
        }
    path_to(w, here);
    if (find_below(w, step->type, step->node, key, BELOW_ANY, 1))
        return true;
    for (uint32_t i = here; i-- > 0;) {
        if (find_namesake(w, i, key))
            return true;
        path_to(w, i);
        if (find_below(w, w->steps[i].type, w->steps[i].node, key, BELOW_PRESENT, 1))
            return true;
    }
    path_to(w, here);
    return find_below(w, step->type, step->node, key, BELOW_ANY, 2);
}

static struct nearest nearest_field(const struct schema_walk *w, struct str key)
{
    const struct schema_type *type = w->steps[w->depth - 1].type;
    struct nearest nearest = nearest_to(key);
    for (unsigned i = 0; i < type->count; i++)
        nearest_offer(&nearest, schema_name_text(w->schema, type->v.fields[i].name));
    return nearest;
}

/* Whether any known name explains the key; the text says which. */
static bool explain_unknown(struct schema_walk *w, const struct doc_entry *key)
{
    struct nearest nearest = nearest_field(w, doc_key(key));
    bool near = nearest.best.ptr != NULL;
    bool slip = near && nearest.distance <= 1;
    bool elsewhere = !slip && find_elsewhere(w, key);
    if (elsewhere)
        buf_printf(&w->text, ": it belongs to %.*s", STR_ARG(buf_str(&w->path)));
    else if (near)
        buf_printf(&w->text, ": did you mean \"%.*s\"?", STR_ARG(nearest.best));
    return elsewhere || near;
}

static void add_quoted(struct buf *out, struct str s)
{
    quote_go(out, str_take(s, SHOWN_BYTES));
    if (s.len > SHOWN_BYTES)
        buf_add_c(out, "...");
}

/* Returns whether a newer Kubernetes may have the field. */
static bool describe_unknown(struct schema_walk *w, const struct doc_entry *key)
{
    const struct schema_type *type = w->steps[w->depth - 1].type;
    buf_clear(&w->text);
    buf_add_c(&w->text, "unknown field ");
    add_quoted(&w->text, doc_key(key));
    bool newer = !explain_unknown(w, key) && !(type->flags & SCHEMA_GIVEN) && w->schema->version;
    if (newer)
        buf_printf(&w->text, ": Kubernetes up to %s does not know it here", w->schema->version);
    path_to(w, w->depth);
    return newer;
}

bool schema_fault_unknown(struct schema_walk *w, const struct doc_entry *key)
{
    bool newer = !w->bare && describe_unknown(w, key);
    return emit(w, &(struct schema_report){SCHEMA_UNKNOWN_FIELD, .node = &key->value, .key = key,
                                           .newer = newer});
}

/* --- Types --- */

static const char *expectation(const struct schema_type *type)
{
    static const char *const texts[] = {
        [SCHEMA_ANY] = "anything",
        [SCHEMA_BOOL] = "true or false",
        [SCHEMA_INT32] = "a whole number of 32 bits",
        [SCHEMA_INT64] = "a whole number",
        [SCHEMA_DOUBLE] = "a number",
        [SCHEMA_STRING] = "a string",
        [SCHEMA_BYTES] = "base64",
        [SCHEMA_TIME] = "a time such as \"2006-01-02T15:04:05Z\"",
        [SCHEMA_MICRO_TIME] = "a time such as \"2006-01-02T15:04:05.000000Z\"",
        [SCHEMA_DURATION] = "a duration such as \"1h30m\"",
        [SCHEMA_QUANTITY] = "a quantity such as \"500m\" or \"1Gi\"",
        [SCHEMA_INT_OR_STRING] = "a whole number or a string",
        [SCHEMA_ENUM] = "a string",
        [SCHEMA_LIST] = "a list",
        [SCHEMA_MAP] = "a map",
        [SCHEMA_OBJECT] = "a map",
        [SCHEMA_PROPS_OR_ARRAY] = "a schema or a list of schemas",
        [SCHEMA_PROPS_OR_BOOL] = "a schema, true or false",
        [SCHEMA_PROPS_OR_STRINGS] = "a schema or a list of strings",
    };
    return texts[type->form];
}

static bool may_be_secret(const struct schema_type *expected)
{
    return expected->form == SCHEMA_STRING || expected->form == SCHEMA_BYTES;
}

static void add_value(struct buf *out, const struct doc_node *node, bool secret)
{
    static const char *const kinds[] = {"null",     "a boolean", "a whole number", "a number",
                                        "a string", "a list",    "a map"};
    if (node->kind == DOC_STR && !secret) {
        buf_add_c(out, "the string ");
        add_quoted(out, doc_str(node));
    } else if (node->kind == DOC_BOOL && !secret) {
        buf_add_c(out, node->v.b ? "true" : "false");
    } else if (node->kind == DOC_INT && !secret) {
        buf_printf(out, "%" PRId64, node->v.i);
    } else {
        buf_add_c(out, kinds[node->kind]);
    }
}

static void describe_type(struct schema_walk *w, const struct schema_type *expected,
                          const struct doc_node *node)
{
    buf_clear(&w->text);
    buf_printf(&w->text, "expected %s, found ", expectation(expected));
    bool text = expected->form == SCHEMA_STRING || expected->form == SCHEMA_ENUM;
    if (expected->form == SCHEMA_BYTES && node->kind == DOC_STR)
        buf_add_c(&w->text, "a string that is none");
    else
        add_value(&w->text, node, may_be_secret(expected));
    if (text && node->kind < DOC_STR)
        buf_add_c(&w->text, "; put it in quotes");
    path_to(w, w->depth);
}

bool schema_fault_type(struct schema_walk *w, const struct schema_type *expected,
                       const struct doc_node *node)
{
    if (!w->bare)
        describe_type(w, expected, node);
    return emit(w, &(struct schema_report){SCHEMA_WRONG_TYPE, .node = node});
}

/* --- What is missing, not listed, or twice --- */

static void describe_missing(struct schema_walk *w, const struct schema_field *field)
{
    struct str name = schema_name_text(w->schema, field->name);
    buf_clear(&w->text);
    buf_printf(&w->text, "required field \"%.*s\" is missing", STR_ARG(name));
    path_to(w, w->depth);
    add_name(&w->path, name);
}

bool schema_fault_missing(struct schema_walk *w, const struct schema_field *field)
{
    if (!w->bare)
        describe_missing(w, field);
    return emit(w,
                &(struct schema_report){SCHEMA_MISSING_FIELD, .node = w->steps[w->depth - 1].node});
}

static void describe_value(struct schema_walk *w, const struct schema_type *expected,
                           const struct doc_node *node)
{
    struct nearest nearest = nearest_to(doc_str(node));
    const char *value = expected->v.values;
    buf_clear(&w->text);
    buf_add_c(&w->text, "expected one of ");
    for (unsigned i = 0; i < expected->count; i++, value += strlen(value) + 1) {
        buf_printf(&w->text, "%s\"%s\"", i ? ", " : "", value);
        nearest_offer(&nearest, str_from(value));
    }
    buf_add_c(&w->text, ", found ");
    add_quoted(&w->text, doc_str(node));
    if (nearest.best.ptr)
        buf_printf(&w->text, ": did you mean \"%.*s\"?", STR_ARG(nearest.best));
    path_to(w, w->depth);
}

bool schema_fault_value(struct schema_walk *w, const struct schema_type *expected,
                        const struct doc_node *node)
{
    if (!w->bare)
        describe_value(w, expected, node);
    return emit(w, &(struct schema_report){SCHEMA_INVALID_VALUE, .node = node});
}

static void describe_duplicate(struct schema_walk *w, const struct schema_type *list,
                               uint32_t index, const struct doc_node *node,
                               const struct doc_node *const *values)
{
    buf_clear(&w->text);
    for (unsigned k = 0; list->v.keys[k] != N_NONE; k++) {
        buf_printf(&w->text, "%s%.*s ", k ? ", " : "",
                   STR_ARG(schema_name_text(w->schema, list->v.keys[k])));
        if (values[k]->kind == DOC_STR)
            add_quoted(&w->text, doc_str(values[k]));
        else
            add_value(&w->text, values[k], false);
    }
    buf_add_c(&w->text, " stands twice in this list");
    path_to(w, w->depth);
    add_step(&w->path, &(struct schema_step){.node = node, .index = index});
    if (list->v.keys[1] == N_NONE)
        add_name(&w->path, schema_name_text(w->schema, list->v.keys[0]));
}

bool schema_fault_duplicate(struct schema_walk *w, const struct schema_type *list,
                            const struct doc_node *node, const struct doc_node *first,
                            const struct doc_node *again, const struct doc_node *const *values)
{
    bool one = list->v.keys[1] == N_NONE;
    if (!w->bare)
        describe_duplicate(w, list, (uint32_t)(again - node->v.item), node, values);
    return emit(w, &(struct schema_report){SCHEMA_DUPLICATE_ITEM, .node = one ? values[0] : again,
                                           .related = first});
}
