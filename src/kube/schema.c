/* SPDX-License-Identifier: Apache-2.0
 *
 * The built-in schema: schema.def read as fields, types and kinds, and in schema_number.h as type
 * numbers. It ignores the macros that are not defined, and undefines the others at its end.
 */
#include "kube/schema.h"

#include "kube/schema_number.h"
/* Generated: static const uint8_t field_slots[FIELD_SLOTS], each 1 + the index of a field in the
 * object that it was hashed with, or 0. */
#include "field_slots.h"

#define FIELD(n, t)               {N_##n, T_##t, 0},
#define REQUIRED(n, t)            {N_##n, T_##t, SCHEMA_REQUIRED},
#define KEY(n)                    N_##n,
#define OBJECT(id, required, ...) static const struct schema_field fields_##id[] = {__VA_ARGS__};
#define KEYED(id, of, ...)        static const uint16_t keys_##id[] = {__VA_ARGS__ N_NONE};
#include "kube/schema.def"

#define SCALAR(form)    [form] = {form, 0, 0, 0, 0, {NULL}}
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define OBJECT(id, required, ...)                                                                  \
    [T_##id] = {SCHEMA_OBJECT, 0, COUNT_OF(fields_##id), 0, required, {.fields = fields_##id}},
#define EMPTY(id) [T_##id] = {SCHEMA_OBJECT, 0, 0, 0, 0, {NULL}},
#define ENUM(id, count, preset, text)                                                              \
    [T_##id] = {SCHEMA_ENUM, 0, count, preset, 0, {.values = text}},
#define LIST(id, of)        [T_##id] = {SCHEMA_LIST, 0, 0, T_##of, 0, {NULL}},
#define KEYED(id, of, ...)  [T_##id] = {SCHEMA_LIST, 0, 0, T_##of, 0, {.keys = keys_##id}},
#define MAP(id, of)         [T_##id] = {SCHEMA_MAP, 0, 0, T_##of, 0, {NULL}},
#define OTHER(id, form, of) [T_##id] = {form, 0, 0, T_##of, 0, {NULL}},
static const struct schema_type types[] = {
    SCALAR(SCHEMA_ANY),      SCALAR(SCHEMA_BOOL),     SCALAR(SCHEMA_INT32),
    SCALAR(SCHEMA_INT64),    SCALAR(SCHEMA_DOUBLE),   SCALAR(SCHEMA_STRING),
    SCALAR(SCHEMA_BYTES),    SCALAR(SCHEMA_TIME),     SCALAR(SCHEMA_MICRO_TIME),
    SCALAR(SCHEMA_DURATION), SCALAR(SCHEMA_QUANTITY), SCALAR(SCHEMA_INT_OR_STRING),
#include "kube/schema.def"
};

#define KIND(id, type) {id, T_##type},
static const struct schema_kind kinds[] = {
#include "kube/schema.def"
};

const struct schema schema_builtin = {
    .types = types,
    .kinds = kinds,
    .type_count = T_COUNT,
    .kind_count = COUNT_OF(kinds),
    .version = SCHEMA_VERSION,
};

/* Orders "Kind group/version" against an id without putting the two together. */
static int order_kind(struct str kind, struct str api_version, struct str id)
{
    size_t space = str_find(id, ' ');
    int order = str_compare(kind, str_take(id, space));
    return order ? order : str_compare(api_version, str_skip(id, space + 1));
}

const struct schema_type *schema_find(const struct schema *schema, struct str api_version,
                                      struct str kind)
{
    size_t low = 0, high = schema->kind_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = order_kind(kind, api_version, str_from(schema->kinds[middle].id));
        if (order == 0)
            return &schema->types[schema->kinds[middle].type];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* The number of a key that doc/names.def lacks; N_NONE: nobody knows it. */
static uint16_t own_name(const struct schema *schema, struct str key)
{
    size_t low = 0, high = schema->name_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_compare(key, schema->names[middle].text);
        if (order == 0)
            return schema->names[middle].name;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return N_NONE;
}

static __attribute__((noinline)) const struct schema_field *
search(const struct schema *schema, const struct schema_type *type, const struct doc_entry *key)
{
    uint16_t name = key->name == N_NONE ? own_name(schema, doc_key(key)) : key->name;
    if (!type->count || name == N_NONE)
        return NULL;
    /* Halves without a branch that depends on the name: none could be foreseen. */
    const struct schema_field *at = type->v.fields;
    for (size_t count = type->count; count > 1;) {
        size_t half = count / 2;
        at += at[half].name <= name ? half : 0;
        count -= half;
    }
    return at->name == name ? at : NULL;
}

/* An index that was meant for another object is taken for what it is: no field of that name. */
const struct schema_field *schema_field(const struct schema *schema, const struct schema_type *type,
                                        const struct doc_entry *key)
{
    if (schema != &schema_builtin)
        return search(schema, type, key);
    uint32_t slot = schema_field_hash((uint32_t)(type - types), key->name);
    for (; field_slots[slot]; slot = (slot + 1) & (FIELD_SLOTS - 1)) {
        const uint32_t index = field_slots[slot] - 1u;
        if (index < type->count && type->v.fields[index].name == key->name)
            return &type->v.fields[index];
    }
    return NULL;
}

struct str schema_name_text(const struct schema *schema, uint16_t name)
{
    return name < N_COUNT ? name_text((name_t)name) : schema->texts[name - N_COUNT];
}
