/* SPDX-License-Identifier: Apache-2.0
 *
 * Arbitrary trees against the schema walk. The input's bytes choose a kind, then grow a tree along
 * its types: mostly fields that exist, sometimes names that do not, sometimes values of another
 * type. Whatever the tree:
 *
 *   each report names a node of the tree by its path, and says something
 *   what the decoder refuses, the walk reports as a wrong type
 *   an object without any report decodes
 *
 * An input that begins with `{` is instead read as JSON: as an object of its kind, and as a
 * --schema, which is then walked with.
 */
#include "kube/object.h"
#include "kube/schema_import.h"
#include "load/json.h"

#include <stdio.h>
#include <stdlib.h>

#define DEMAND(condition) ((condition) ? (void)0 : demand_failed(#condition, __LINE__))

static void demand_failed(const char *what, int line)
{
    fprintf(stderr, "tests/fuzz/schema.c:%d: not so: %s\n", line, what);
    abort();
}

static const uint8_t *next, *end;
static struct doc_builder builder;
static struct arena arena;

static unsigned take(void)
{
    return next < end ? *next++ : 0;
}

/* --- Growing a tree --- */

static void grow(const struct schema_type *type, unsigned depth);

static void scalar(struct doc_node node)
{
    doc_build_scalar(&builder, &node);
}

static void text(const char *s)
{
    scalar((struct doc_node){.kind = DOC_STR, .len = (uint32_t)strlen(s), .v.s = s});
}

static void grow_any(unsigned depth)
{
    static const char *const texts[] = {"",    "x",       "1Gi", "aGk=", "2024-01-01T00:00:00Z",
                                        "TCP", "\xC3\xBC"};
    static const int64_t numbers[] = {0, 80, -1, 256, INT32_MAX, (int64_t)INT32_MAX + 1, INT64_MAX};
    switch (take() % 8) {
    case 0:
        scalar((struct doc_node){.kind = DOC_NULL});
        break;
    case 1:
        scalar((struct doc_node){.kind = DOC_BOOL, .v.b = take() & 1});
        break;
    case 2:
        scalar((struct doc_node){.kind = DOC_INT, .v.i = numbers[take() % 7]});
        break;
    case 3:
        scalar((struct doc_node){.kind = DOC_REAL, .v.r = (double)take() / 2});
        break;
    case 4:
    case 5:
        text(texts[take() % 7]);
        break;
    default:
        grow(&schema_builtin.types[take() % schema_builtin.type_count], depth);
    }
}

static void key(struct str name)
{
    doc_build_key(&builder, name, name_lookup(name), 0, 0, false);
}

static void grow_object(const struct schema_type *type, unsigned depth)
{
    static const char *const strange[] = {"frobnicate",  "Name", "contianers",
                                          "hostNetwork", "",     "a.b"};
    doc_build_map(&builder, 0, 0);
    for (unsigned n = take() % 12; n > 0; n--) {
        unsigned choice = take();
        if (choice % 8 == 0 || !type->count) {
            key(str_from(strange[choice / 8 % 6]));
            grow_any(depth + 1);
        } else {
            const struct schema_field *field = &type->v.fields[choice % type->count];
            key(schema_name_text(&schema_builtin, field->name));
            grow(&schema_builtin.types[field->type], depth + 1);
        }
    }
    doc_build_end(&builder, 0);
}

static void grow_list(const struct schema_type *type, unsigned depth)
{
    doc_build_seq(&builder, 0, 0);
    for (unsigned n = take() % 24; n > 0; n--)
        grow(&schema_builtin.types[type->of], depth + 1);
    doc_build_end(&builder, 0);
}

static void grow_map(const struct schema_type *type, unsigned depth)
{
    static const char *const keys[] = {"a", "b", "name", "c.d/e"};
    doc_build_map(&builder, 0, 0);
    for (unsigned n = take() % 4; n > 0; n--) {
        key(str_from(keys[n]));
        grow(&schema_builtin.types[type->of], depth + 1);
    }
    doc_build_end(&builder, 0);
}

static void grow(const struct schema_type *type, unsigned depth)
{
    if (depth >= 20 || next == end)
        scalar((struct doc_node){.kind = DOC_NULL});
    else if (take() % 16 == 0)
        grow_any(depth + 1);
    else if (type->form == SCHEMA_OBJECT)
        grow_object(type, depth);
    else if (type->form == SCHEMA_LIST)
        grow_list(type, depth);
    else if (type->form == SCHEMA_MAP)
        grow_map(type, depth);
    else if (type->form >= SCHEMA_PROPS_OR_ARRAY && take() % 2)
        grow(&schema_builtin.types[type->of], depth + 1);
    else
        grow_any(depth + 1);
}

/* --- What must hold --- */

enum { TOLD = 200 /* faults with their words */ };

struct seen {
    const struct doc_node *root;
    bool wrong_type, any;
    unsigned count;
};

static bool check(void *context, const struct schema_report *r)
{
    struct seen *seen = context;
    struct buf path;
    seen->any = true;
    seen->wrong_type |= r->fault == SCHEMA_WRONG_TYPE;
    if (++seen->count > TOLD) {
        DEMAND(r->message.len == 0 && r->path.len == 0 && !r->newer);
        return seen->count % 2; /* once is enough */
    }
    DEMAND(r->message.len > 0 && r->fault <= SCHEMA_DUPLICATE_ITEM);
    DEMAND(!r->key || r->node == &r->key->value);
    DEMAND((r->fault == SCHEMA_DUPLICATE_ITEM) == (r->related != NULL));
    buf_init(&path, 1 << 20);
    DEMAND(doc_path(&path, seen->root, r->node));
    if (r->fault == SCHEMA_MISSING_FIELD)
        DEMAND(str_starts_with(r->path, buf_str(&path)));
    else
        DEMAND(str_equal(r->path, buf_str(&path)));
    buf_release(&path);
    return seen->count < TOLD;
}

static void walk(const struct schema *schema, const struct schema_type *type,
                 const struct doc_node *root, bool exact)
{
    struct seen seen = {.root = root};
    struct diag diag = {0};
    DEMAND(schema_walk(schema, type, root, check, &seen));
    if (schema != &schema_builtin)
        return;
    bool decodes = schema_decodes(root, type, &diag);
    DEMAND(decodes == (diag.code == DIAG_NONE));
    if (exact && !decodes)
        DEMAND(seen.wrong_type);
    if (exact && !seen.any)
        DEMAND(decodes);
}

static void walk_grown(void)
{
    struct diag diag = {0};
    struct doc doc;
    unsigned kind = (take() << 8 | take()) % schema_builtin.kind_count;
    const struct schema_type *type = &schema_builtin.types[schema_builtin.kinds[kind].type];
    doc_builder_init(&builder, &arena, &diag, DOC_DUPLICATES_KEEP_LAST, false);
    grow(type, 0);
    if (doc_build_finish(&builder, STR(""), &doc) && diag.code == DIAG_NONE)
        walk(&schema_builtin, type, doc.root, true);
    doc_builder_release(&builder);
}

/* --- JSON --- */

static void walk_kinds(const struct schema *schema, const struct doc_node *root)
{
    for (uint32_t i = 0; i < schema->kind_count && i < 1000; i++)
        if (schema->kinds[i].type >= schema_builtin.type_count)
            walk(schema, &schema->types[schema->kinds[i].type], root, false);
}

static void walk_json(struct str json)
{
    struct json_reader reader;
    struct schema_import import;
    struct schema schema;
    struct diag diag = {0};
    struct doc doc;
    struct object object;
    json_reader_init(&reader);
    if (json_read(&reader, json, &arena, &doc, &diag)) {
        object_view(&object, &doc, doc.root);
        const struct schema_type *type =
            schema_find(&schema_builtin, object.api_version, object.kind);
        if (type)
            walk(&schema_builtin, type, doc.root, false);
        schema_import_init(&import, &schema_builtin, &arena, &diag);
        bool made = schema_import_document(&import, &doc) && schema_import_finish(&import, &schema);
        DEMAND(made == (diag.code == DIAG_NONE));
        if (made)
            walk_kinds(&schema, doc.root);
        else
            DEMAND(diag.text[0] && diag.begin <= diag.end && diag.end <= json.len);
    }
    json_reader_release(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena_init(&arena, 256 << 20);
    next = data;
    end = data + size;
    if (size && data[0] == '{')
        walk_json((struct str){(const char *)data, size});
    else if (size)
        walk_grown();
    arena_release(&arena);
    return 0;
}
