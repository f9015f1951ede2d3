/* SPDX-License-Identifier: Apache-2.0
 *
 * Prints src/kube/schema.def and src/doc/names.def from an API server's OpenAPI
 * (scripts/update-schema). It reads with the importer that --schema uses at run time.
 *
 *   update_schema VERSION SCHEMA_DEF NAMES_DEF FILE...
 */
#include "base/buf.h"
#include "kube/schema_import.h"
#include "load/json.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 110, ID_BYTES = 64, ENUM_BYTES = 40 };

static struct arena arena;
static const struct schema *schema;
static struct str *ids; /* by type */

static void die(const char *what, const char *name)
{
    fprintf(stderr, "update_schema: %s: %s\n", name, what);
    exit(1);
}

/* --- Identifiers --- */

/* C identifiers hold no dots and dashes. */
static void add_mangled(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        buf_add_char(out, isalnum((unsigned char)s.ptr[i]) ? s.ptr[i] : '_');
}

/* io.k8s.api.core.v1.Pod: core_v1_Pod. */
static struct str short_name(struct str name)
{
    size_t dots = 0, i = name.len;
    while (i > 0 && dots < 3)
        dots += name.ptr[--i] == '.';
    return dots == 3 ? str_skip(name, i + 1) : name;
}

static struct str keep(struct buf *id)
{
    struct str kept = arena_str(&arena, buf_str(id));
    buf_release(id);
    return kept;
}

/* Equal enums get equal names, so that each is printed once. */
static struct str enum_id(const struct schema_type *type)
{
    struct buf id;
    buf_init(&id, 1 << 16);
    buf_add_c(&id, "enum");
    uint32_t hash = 0;
    const char *value = type->v.values;
    for (unsigned i = 0; i < type->count; i++, value += strlen(value) + 1) {
        buf_add_char(&id, '_');
        add_mangled(&id, str_from(value));
        for (const char *p = value; *p; p++)
            hash = hash * 31 + (unsigned char)*p;
        hash = hash * 31 + '/';
    }
    if (id.len > ENUM_BYTES) {
        id.len = ENUM_BYTES;
        buf_printf(&id, "_%08x", hash);
    }
    if (type->of)
        buf_printf(&id, "_default_%u", type->of);
    return keep(&id);
}

static struct str id_of(uint16_t index)
{
    static const char *const scalars[] = {"any",        "bool",     "int32",    "int64",
                                          "double",     "string",   "bytes",    "time",
                                          "micro_time", "duration", "quantity", "int_or_string"};
    const struct schema_type *type = &schema->types[index];
    struct buf id;
    if (ids[index].ptr)
        return ids[index];
    if (index < SCHEMA_SCALARS)
        return ids[index] = str_from(scalars[index]);
    if (type->form == SCHEMA_ENUM)
        return ids[index] = enum_id(type);
    if (type->form != SCHEMA_LIST && type->form != SCHEMA_MAP)
        die("an object inside a schema: expected a schema of its own", "OpenAPI");
    buf_init(&id, 4096);
    buf_add_c(&id, type->form == SCHEMA_MAP ? "map_" : type->v.keys ? "keyed_" : "list_");
    buf_add_str(&id, id_of(type->of));
    for (unsigned k = 0; type->form == SCHEMA_LIST && type->v.keys && type->v.keys[k]; k++) {
        buf_add_char(&id, '_');
        add_mangled(&id, schema_name_text(schema, type->v.keys[k]));
    }
    return ids[index] = keep(&id);
}

static void name_types(const struct schema_import *im)
{
    ids = arena_zalloc(&arena, schema->type_count, sizeof *ids);
    for (size_t i = 0; ids && i < im->named.cap; i++) {
        const struct strmap_slot *slot = &im->named.slots[i];
        if (!slot->key.ptr || slot->value < SCHEMA_SCALARS)
            continue;
        struct buf id;
        buf_init(&id, 4096);
        add_mangled(&id, short_name(slot->key));
        ids[slot->value] = keep(&id);
    }
    for (uint32_t i = 0; i < schema->type_count; i++)
        id_of((uint16_t)i);
}

/* --- Printing --- */

static unsigned column;

static void print_word(const char *word)
{
    unsigned len = (unsigned)strlen(word);
    if (column + 1 + len > WIDTH) {
        printf("\n ");
        column = 1;
    }
    printf(" %s", word);
    column += 1 + len;
}

static int order_fields(const void *left, const void *right)
{
    const struct schema_field *a = left, *b = right;
    return str_compare(schema_name_text(schema, a->name), schema_name_text(schema, b->name));
}

/* By text: that is the order of the numbers once names.def holds every name. */
static void print_object(const struct schema_type *type, struct str id)
{
    static struct schema_field fields[LIMIT_SCHEMA_FIELDS];
    memcpy(fields, type->v.fields, type->count * sizeof *fields);
    qsort(fields, type->count, sizeof *fields, order_fields);
    printf("OBJECT(%.*s, %u,", STR_ARG(id), type->required);
    column = 200; /* begin a line */
    for (unsigned i = 0; i < type->count; i++) {
        struct buf word;
        buf_init(&word, 4096);
        buf_add_c(&word, fields[i].flags & SCHEMA_REQUIRED ? "REQUIRED(" : "FIELD(");
        add_mangled(&word, schema_name_text(schema, fields[i].name));
        buf_printf(&word, ", %.*s)", STR_ARG(ids[fields[i].type]));
        buf_add_char(&word, '\0');
        print_word(word.ptr);
        buf_release(&word);
    }
    printf(")\n");
}

static void print_enum(const struct schema_type *type, struct str id)
{
    const char *value = type->v.values;
    printf("ENUM(%.*s, %u, %u, \"", STR_ARG(id), type->count, type->of);
    for (unsigned i = 0; i < type->count; i++, value += strlen(value) + 1) {
        if (strpbrk(value, "\"\\"))
            die("a quote or backslash in a value", value);
        printf("%s%s", i ? "\" \"\\0\" \"" : "", value);
    }
    printf("\")\n");
}

static void print_type(uint16_t index)
{
    const struct schema_type *type = &schema->types[index];
    struct str id = ids[index], of = ids[type->of];
    static const char *const others[] = {[SCHEMA_PROPS_OR_ARRAY] = "SCHEMA_PROPS_OR_ARRAY",
                                         [SCHEMA_PROPS_OR_BOOL] = "SCHEMA_PROPS_OR_BOOL",
                                         [SCHEMA_PROPS_OR_STRINGS] = "SCHEMA_PROPS_OR_STRINGS"};
    if (type->form == SCHEMA_OBJECT && type->count) {
        print_object(type, id);
    } else if (type->form == SCHEMA_OBJECT) {
        printf("EMPTY(%.*s)\n", STR_ARG(id));
    } else if (type->form == SCHEMA_ENUM) {
        print_enum(type, id);
    } else if (type->form == SCHEMA_LIST && type->v.keys) {
        printf("KEYED(%.*s, %.*s,", STR_ARG(id), STR_ARG(of));
        for (unsigned k = 0; type->v.keys[k]; k++)
            printf(" KEY(%.*s)", STR_ARG(schema_name_text(schema, type->v.keys[k])));
        printf(")\n");
    } else if (type->form == SCHEMA_LIST || type->form == SCHEMA_MAP) {
        printf("%s(%.*s, %.*s)\n", type->form == SCHEMA_LIST ? "LIST" : "MAP", STR_ARG(id),
               STR_ARG(of));
    } else {
        printf("OTHER(%.*s, %s, %.*s)\n", STR_ARG(id), others[type->form], STR_ARG(of));
    }
}

static int order_ids(const void *left, const void *right)
{
    const uint16_t *a = left, *b = right;
    return str_compare(ids[*a], ids[*b]);
}

static const char *const macros[] = {
    "KIND(id, type)", "OBJECT(id, required, ...)", "EMPTY(id)",   "ENUM(id, count, preset, text)",
    "LIST(id, of)",   "KEYED(id, of, ...)",        "MAP(id, of)", "OTHER(id, form, of)"};

static void print_macros(bool begin)
{
    for (size_t i = 0; i < sizeof macros / sizeof macros[0]; i++) {
        int name = (int)strcspn(macros[i], "(");
        if (begin)
            printf("#ifndef %.*s\n#define %s\n#endif\n", name, macros[i], macros[i]);
        else
            printf("#undef %.*s\n", name, macros[i]);
    }
}

static void print_schema(const char *version)
{
    static uint16_t order[LIMIT_SCHEMA_TYPES];
    size_t count = 0;
    printf("/* SPDX-License-Identifier: Apache-2.0\n"
           " * Generated by scripts/update-schema from an API server's OpenAPI. Do not edit.\n"
           " * Read several times by schema.c; macros that are not defined print nothing. */\n"
           "#define SCHEMA_VERSION \"%s\"\n",
           version);
    print_macros(true);
    for (uint32_t i = SCHEMA_SCALARS; i < schema->type_count; i++)
        order[count++] = (uint16_t)i;
    qsort(order, count, sizeof *order, order_ids);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !str_equal(ids[order[i - 1]], ids[order[i]]))
            print_type(order[i]);
    for (uint32_t i = 0; i < schema->kind_count; i++)
        printf("KIND(\"%s\", %.*s)\n", schema->kinds[i].id, STR_ARG(ids[schema->kinds[i].type]));
    print_macros(false);
}

static void print_names(void)
{
    static struct str texts[LIMIT_SCHEMA_NAMES];
    static bool seen[UINT16_MAX + 1];
    size_t count = 0;
    printf(
        "/* SPDX-License-Identifier: Apache-2.0\n * Generated by scripts/update-schema from an API "
        "server's OpenAPI: every field name of its schema. Do not edit. */\n");
    for (uint32_t i = 0; i < schema->type_count; i++) {
        const struct schema_type *type = &schema->types[i];
        for (unsigned f = 0; type->form == SCHEMA_OBJECT && f < type->count; f++) {
            uint16_t name = type->v.fields[f].name;
            if (!seen[name])
                texts[count++] = schema_name_text(schema, name);
            seen[name] = true;
        }
    }
    qsort(texts, count, sizeof *texts, str_order);
    for (size_t i = 0; i < count; i++) {
        struct buf id;
        buf_init(&id, 4096);
        add_mangled(&id, texts[i]);
        printf("NAME(%.*s, \"%.*s\")\n", STR_ARG(buf_str(&id)), STR_ARG(texts[i]));
        buf_release(&id);
    }
}

/* --- Input --- */

static struct str read_file(const char *path)
{
    struct buf text;
    char chunk[65536];
    FILE *in = fopen(path, "rb");
    if (!in)
        die(strerror(errno), path);
    buf_init(&text, LIMIT_FILE_BYTES);
    for (size_t n = 1; n > 0;) {
        n = fread(chunk, 1, sizeof chunk, in);
        buf_add(&text, chunk, n);
    }
    if (ferror(in) || text.failed)
        die("could not be read whole", path);
    fclose(in);
    return keep(&text);
}

static void import_file(struct schema_import *im, struct diag *diag, const char *path)
{
    struct json_reader reader;
    struct doc doc;
    json_reader_init(&reader);
    if (!json_read(&reader, read_file(path), &arena, &doc, diag) ||
        !schema_import_document(im, &doc)) {
        fprintf(stderr, "update_schema: %s: byte %u: %s\n", path, diag->begin, diag->text);
        exit(1);
    }
    json_reader_release(&reader);
}

int main(int argc, char **argv)
{
    struct diag diag = {0};
    struct schema_import im;
    struct schema made;
    if (argc < 5) {
        fprintf(stderr, "usage: update_schema VERSION SCHEMA_DEF NAMES_DEF FILE...\n");
        return 2;
    }
    arena_init(&arena, LIMIT_FILE_ARENA);
    schema_import_init(&im, NULL, &arena, &diag);
    for (int i = 4; i < argc; i++)
        import_file(&im, &diag, argv[i]);
    if (!schema_import_finish(&im, &made))
        die(diag.text, "import");
    schema = &made;
    name_types(&im);
    if (!freopen(argv[2], "w", stdout))
        die(strerror(errno), argv[2]);
    print_schema(argv[1]);
    if (!freopen(argv[3], "w", stdout))
        die(strerror(errno), argv[3]);
    print_names();
    if (fclose(stdout) != 0)
        die(strerror(errno), argv[3]);
    arena_release(&arena);
    return 0;
}
