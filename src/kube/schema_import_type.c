/* SPDX-License-Identifier: Apache-2.0
 *
 * One OpenAPI schema to one type. Recursion follows the document, whose depth the reader has
 * bounded; references between schemas are numbers, so they cannot loop.
 */
#include "kube/schema_import_type.h"

#include <stdlib.h>

bool schema_import_fail(struct schema_import *im, const struct doc_node *at, const char *what)
{
    return diag_set(im->diag, DIAG_TYPE, at->begin, at->end, "%s", what);
}

bool schema_import_no_memory(struct schema_import *im)
{
    return diag_set(im->diag, DIAG_MEMORY, 0, 0, "out of memory");
}

bool schema_add_type(struct schema_import *im, const struct doc_node *at, struct schema_type type,
                     uint16_t *index)
{
    if (im->types.count >= LIMIT_SCHEMA_TYPES)
        return diag_set(im->diag, DIAG_LIMIT, at->begin, at->end, "more than %u types",
                        LIMIT_SCHEMA_TYPES);
    struct schema_type *new = vec_push(&im->types, im->arena);
    if (!new)
        return schema_import_no_memory(im);
    *new = type;
    *index = (uint16_t)(im->types.count - 1);
    return true;
}

/* --- Names --- */

static bool import_name(struct schema_import *im, const struct doc_node *at, struct str text,
                        uint16_t *name)
{
    *name = name_lookup(text);
    if (*name != N_NONE)
        return true;
    if (im->names.count >= LIMIT_SCHEMA_NAMES - N_COUNT)
        return diag_set(im->diag, DIAG_LIMIT, at->begin, at->end, "more than %u field names",
                        LIMIT_SCHEMA_NAMES);
    uint32_t *number = strmap_find(&im->names, text);
    if (!number)
        number = strmap_put(&im->names, arena_str(im->arena, text),
                            (uint32_t)(N_COUNT + im->names.count));
    if (!number || im->arena->failed)
        return schema_import_no_memory(im);
    *name = (uint16_t)*number;
    return true;
}

/* --- Strings and their enums --- */

static bool import_enum(struct schema_import *im, const struct doc_node *node, uint16_t *type)
{
    const struct doc_node *list = doc_get(node, N_enum);
    struct str preset = doc_str(doc_get(node, N_default));
    size_t bytes = 0;
    struct schema_type new = {.form = SCHEMA_ENUM};
    if (list->len > LIMIT_SCHEMA_VALUES)
        return diag_set(im->diag, DIAG_LIMIT, list->begin, list->end,
                        "more than %u values in one enum", LIMIT_SCHEMA_VALUES);
    doc_foreach_item (list, it)
        bytes += it->kind == DOC_STR ? it->len + 1u : 0;
    char *text = arena_alloc(im->arena, bytes);
    if (!text)
        return schema_import_no_memory(im);
    new.v.values = text;
    doc_foreach_item (list, it) {
        if (it->kind != DOC_STR || str_find(doc_str(it), '\0') < it->len)
            continue; /* null beside strings: nullable */
        memcpy(text, it->v.s, it->len);
        text[it->len] = '\0';
        text += it->len + 1;
        new.count++;
        if (preset.len && str_equal(preset, doc_str(it)))
            new.of = new.count;
    }
    return schema_add_type(im, node, new, type);
}

static bool import_string(struct schema_import *im, const struct doc_node *node, uint16_t *type)
{
    struct str format = doc_str(doc_get(node, N_format));
    const struct doc_node *list = doc_get(node, N_enum);
    if (doc_is(list, DOC_SEQ) && list->len)
        return import_enum(im, node, type);
    *type = SCHEMA_STRING;
    /* Formats of custom resources are looser than Go's types of the same name. */
    if (im->custom)
        return true;
    if (str_is(format, "byte"))
        *type = SCHEMA_BYTES;
    else if (str_is(format, "date-time"))
        *type = SCHEMA_TIME;
    return true;
}

/* --- Lists and maps --- */

static bool import_keys(struct schema_import *im, const struct doc_node *list,
                        struct schema_type *type)
{
    if (list->len > LIMIT_SCHEMA_KEYS)
        return diag_set(im->diag, DIAG_LIMIT, list->begin, list->end,
                        "more than %u keys of one list", LIMIT_SCHEMA_KEYS);
    uint16_t *keys = arena_zalloc(im->arena, list->len + 1u, sizeof *keys);
    if (!keys)
        return schema_import_no_memory(im);
    uint32_t count = 0;
    doc_foreach_item (list, it) {
        if (it->kind != DOC_STR)
            return schema_import_fail(im, it, "expected the name of a field");
        if (!import_name(im, it, doc_str(it), &keys[count++]))
            return false;
    }
    keys[count] = N_NONE;
    type->v.keys = count ? keys : NULL;
    return true;
}

static bool import_list(struct schema_import *im, const struct doc_node *node, uint16_t *type)
{
    struct schema_type new = {.form = SCHEMA_LIST};
    const struct doc_node *items = doc_get(node, N_items);
    const struct doc_node *keys = doc_get(node, N_x_kubernetes_list_map_keys);
    bool map = str_is(doc_str(doc_get(node, N_x_kubernetes_list_type)), "map");
    if (items && !schema_import_type(im, items, &new.of))
        return false;
    if (map && doc_is(keys, DOC_SEQ) && !import_keys(im, keys, &new))
        return false;
    return schema_add_type(im, node, new, type);
}

static bool import_map(struct schema_import *im, const struct doc_node *node, uint16_t *type)
{
    struct schema_type new = {.form = SCHEMA_MAP, .of = SCHEMA_ANY};
    const struct doc_node *values = doc_get(node, N_additionalProperties);
    return (!doc_is(values, DOC_MAP) || schema_import_type(im, values, &new.of)) &&
           schema_add_type(im, node, new, type);
}

/* --- Objects --- */

static int order_fields(const void *left, const void *right)
{
    const struct schema_field *a = left, *b = right;
    return (a->name > b->name) - (a->name < b->name);
}

static struct schema_field *find_field(struct schema_field *fields, size_t count, uint16_t name)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].name == name)
            return &fields[i];
    return NULL;
}

static uint16_t field_flags(const struct schema_import *im, const struct doc_node *property)
{
    return im->custom && doc_is_true(doc_get(property, N_nullable)) ? SCHEMA_NULLABLE : 0;
}

/* What the API server fills in is not missing. An empty default is only Go's zero value. */
static bool is_filled_in(const struct schema_import *im, const struct doc_node *property)
{
    const struct doc_node *preset = doc_get(property, N_default);
    if (doc_is_unset(preset))
        return false;
    return im->custom || (preset->kind == DOC_STR ? preset->len > 0
                                                  : preset->kind == DOC_INT && preset->v.i != 0);
}

static void import_required(struct schema_import *im, const struct doc_node *node,
                            struct schema_field *fields, struct schema_type *type)
{
    const struct doc_node *properties = doc_get(node, N_properties);
    doc_foreach_item (doc_get(node, N_required), it) {
        const struct doc_entry *property = doc_entry_str(properties, doc_str(it));
        uint16_t name;
        if (!property || !import_name(im, it, doc_str(it), &name))
            continue;
        struct schema_field *field = find_field(fields, type->count, name);
        if (!field || field->flags & SCHEMA_REQUIRED || is_filled_in(im, &property->value))
            continue;
        field->flags |= SCHEMA_REQUIRED;
        type->required++;
    }
}

/* Every object that the API server stores has these, said or not. */
static void add_header(const struct schema_import *im, struct schema_field *fields,
                       struct schema_type *type)
{
    const struct schema_field header[] = {{N_apiVersion, SCHEMA_STRING, 0},
                                          {N_kind, SCHEMA_STRING, 0},
                                          {N_metadata, im->metadata, 0}};
    for (size_t i = 0; i < sizeof header / sizeof header[0]; i++) {
        struct schema_field *field = find_field(fields, type->count, header[i].name);
        if (!field)
            field = &fields[type->count++];
        *field = header[i];
    }
}

static bool import_properties(struct schema_import *im, const struct doc_node *properties,
                              struct schema_field *fields, struct schema_type *type)
{
    doc_foreach_entry (properties, e) {
        struct schema_field *field = &fields[type->count];
        if (!import_name(im, &e->value, doc_key(e), &field->name) ||
            !schema_import_type(im, &e->value, &field->type))
            return false;
        field->flags = field_flags(im, &e->value);
        type->count++;
    }
    return true;
}

static bool is_open(const struct schema_import *im, const struct doc_node *node)
{
    const struct doc_node *more = doc_get(node, N_additionalProperties);
    return im->open || doc_is_true(doc_get(node, N_x_kubernetes_preserve_unknown_fields)) ||
           doc_is(more, DOC_MAP) || doc_is_true(more);
}

bool schema_import_object(struct schema_import *im, const struct doc_node *node, bool header,
                          struct schema_type *type)
{
    const struct doc_node *properties = doc_get(node, N_properties);
    uint32_t room = (doc_is(properties, DOC_MAP) ? properties->len : 0) + 3;
    if (room > LIMIT_SCHEMA_FIELDS)
        return diag_set(im->diag, DIAG_LIMIT, properties->begin, properties->end,
                        "more than %u fields in one type", LIMIT_SCHEMA_FIELDS);
    struct schema_field *fields = arena_zalloc(im->arena, room, sizeof *fields);
    if (!fields)
        return schema_import_no_memory(im);
    *type = (struct schema_type){.form = SCHEMA_OBJECT};
    if (!import_properties(im, properties, fields, type))
        return false;
    if (header)
        add_header(im, fields, type);
    import_required(im, node, fields, type);
    qsort(fields, type->count, sizeof *fields, order_fields);
    type->v.fields = fields;
    type->flags = (uint8_t)((im->base ? SCHEMA_GIVEN : 0) | (is_open(im, node) ? SCHEMA_OPEN : 0));
    return true;
}

/* `type: object`, said or meant. */
static bool import_object_or_map(struct schema_import *im, const struct doc_node *node,
                                 uint16_t *type)
{
    const struct doc_node *properties = doc_get(node, N_properties);
    bool embedded = doc_is_true(doc_get(node, N_x_kubernetes_embedded_resource));
    struct schema_type new;
    if (!embedded && !(doc_is(properties, DOC_MAP) && properties->len)) {
        if (is_open(im, node))
            return import_map(im, node, type);
        *type = SCHEMA_ANY;
        if (!im->custom)
            return true; /* some Go type with a decoder of its own */
    }
    return schema_import_object(im, node, embedded, &new) && schema_add_type(im, node, new, type);
}

/* --- Any schema --- */

static bool import_reference(struct schema_import *im, const struct doc_node *ref, uint16_t *type)
{
    struct str path = doc_str(ref), name = str_skip(path, str_rfind(path, '/') + 1);
    const uint32_t *found = strmap_find(&im->named, name);
    if (!found)
        return diag_set(im->diag, DIAG_VALUE, ref->begin, ref->end,
                        "expected the name of a schema, found \"%.*s\"",
                        (int)(path.len < 200 ? path.len : 200), path.ptr);
    *type = (uint16_t)*found;
    return true;
}

static bool is_int_or_string(const struct doc_node *node)
{
    return doc_is_true(doc_get(node, N_x_kubernetes_int_or_string)) ||
           str_is(doc_str(doc_get(node, N_format)), "int-or-string");
}

static bool import_typed(struct schema_import *im, const struct doc_node *node, uint16_t *type)
{
    struct str name = doc_str(doc_get(node, N_type));
    bool narrow = str_is(doc_str(doc_get(node, N_format)), "int32");
    *type = SCHEMA_ANY;
    if (str_is(name, "object") || (!name.len && doc_is(doc_get(node, N_properties), DOC_MAP)))
        return import_object_or_map(im, node, type);
    if (str_is(name, "array"))
        return import_list(im, node, type);
    if (str_is(name, "string"))
        return import_string(im, node, type);
    if (str_is(name, "integer"))
        *type = narrow ? SCHEMA_INT32 : SCHEMA_INT64;
    else if (str_is(name, "number"))
        *type = SCHEMA_DOUBLE;
    else if (str_is(name, "boolean"))
        *type = SCHEMA_BOOL;
    else if (name.len)
        return schema_import_fail(im, doc_get(node, N_type),
                                  "expected array, boolean, integer, number, object or string");
    return true;
}

bool schema_import_type(struct schema_import *im, const struct doc_node *node, uint16_t *type)
{
    *type = SCHEMA_ANY;
    if (doc_is(node, DOC_BOOL) && !im->custom)
        return true;
    if (!doc_is(node, DOC_MAP))
        return schema_import_fail(im, node, "expected a schema: a map");
    const struct doc_node *ref = doc_get(node, N__ref), *all = doc_get(node, N_allOf);
    if (ref)
        return import_reference(im, ref, type);
    if (doc_is(all, DOC_SEQ) && all->len == 1 && !doc_get(node, N_type) && !im->custom)
        return schema_import_type(im, &all->v.item[0], type);
    if (is_int_or_string(node)) {
        *type = SCHEMA_INT_OR_STRING;
        return true;
    }
    return import_typed(im, node, type);
}
