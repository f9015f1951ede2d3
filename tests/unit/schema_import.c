/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/schema_import.h"

#include "load/json.h"

#include <criterion/criterion.h>

static struct arena arena;
static struct diag diag;

static void begin(void)
{
    arena_init(&arena, 256 << 20);
    diag = (struct diag){0};
}

static void finish(void)
{
    arena_release(&arena);
}

TestSuite(schema_import, .init = begin, .fini = finish);

static struct doc read_json(const char *text)
{
    struct json_reader reader;
    struct doc doc;
    struct diag fault = {0};
    json_reader_init(&reader);
    cr_assert(json_read(&reader, str_from(text), &arena, &doc, &fault), "%s", fault.text);
    json_reader_release(&reader);
    return doc;
}

static bool import(const char *text, struct schema *schema)
{
    struct schema_import im;
    struct doc doc = read_json(text);
    schema_import_init(&im, &schema_builtin, &arena, &diag);
    return schema_import_document(&im, &doc) && schema_import_finish(&im, schema);
}

/* --- What is made --- */

static bool note(void *context, const struct schema_report *r)
{
    static const char faults[] = "utmvd";
    buf_printf(context, "%c%s %.*s\n", faults[r->fault], r->newer ? "?" : "", STR_ARG(r->path));
    return true;
}

/* One letter and the path of each fault: unknown, type, missing, value, duplicate. */
static const char *walk(const struct schema *schema, const char *version, const char *kind,
                        const char *text)
{
    static struct buf found;
    struct doc doc = read_json(text);
    const struct schema_type *type = schema_find(schema, str_from(version), str_from(kind));
    cr_assert_not_null(type);
    buf_release(&found);
    buf_init(&found, 1 << 20);
    cr_assert(schema_walk(schema, type, doc.root, note, &found));
    buf_add_char(&found, '\0');
    return found.ptr;
}

#define CRD(spec)                                                                                  \
    "{\"apiVersion\": \"apiextensions.k8s.io/v1\", \"kind\": \"CustomResourceDefinition\", "       \
    "\"spec\": "                                                                                   \
    "{\"group\": \"example.com\", \"names\": {\"kind\": \"Foo\"}, " spec "}}"
#define V1(schema)                                                                                 \
    "\"versions\": [{\"name\": \"v1\", \"schema\": {\"openAPIV3Schema\": " schema "}}]"
#define FOO(spec) "{\"type\": \"object\", \"properties\": {\"spec\": " spec "}}"

Test(schema_import, a_definition_describes_its_kind)
{
    struct schema s;
    cr_assert(
        import(CRD(V1(FOO("{\"type\": \"object\", \"required\": [\"frob\", \"preset\"], "
                          "\"properties\": {\"frob\": {\"type\": \"integer\", \"nullable\": true}, "
                          "\"preset\": {\"type\": \"string\", \"default\": \"x\"}, "
                          "\"image\": {\"type\": \"string\", \"enum\": [\"a\", \"b\"]}, "
                          "\"port\": {\"x-kubernetes-int-or-string\": true}, "
                          "\"open\": {\"type\": \"object\", "
                          "\"x-kubernetes-preserve-unknown-fields\": true}, "
                          "\"closed\": {\"type\": \"object\"}, "
                          "\"pod\": {\"type\": \"object\", \"x-kubernetes-embedded-resource\": "
                          "true, \"x-kubernetes-preserve-unknown-fields\": true}}}"))),
               &s),
        "%s", diag.text);
    cr_assert_str_eq(walk(&s, "example.com/v1", "Foo",
                          "{\"apiVersion\": \"example.com/v1\", \"kind\": \"Foo\", \"metadata\": "
                          "{\"name\": \"x\"}, \"spec\": {\"frob\": null, \"image\": \"a\", "
                          "\"port\": \"http\", \"open\": {\"x\": [1]}, \"pod\": {\"metadata\": {}, "
                          "\"x\": 1}}}"),
                     "");
    cr_assert_str_eq(
        walk(&s, "example.com/v1", "Foo",
             "{\"metadata\": {\"nme\": 1}, \"spec\": {\"image\": \"c\", \"port\": true, "
             "\"closed\": {\"x\": 1}, \"pod\": {\"metadata\": 1}, \"frobs\": 1}}"),
        "u metadata.nme\nv spec.image\nt spec.port\nu spec.closed.x\n"
        "t spec.pod.metadata\nu spec.frobs\nm spec.frob\n");
    cr_assert_null(schema_find(&s, STR("example.com/v2"), STR("Foo")));
    cr_assert_not_null(schema_find(&s, STR("apps/v1"), STR("Deployment")));
}

Test(schema_import, openapi_describes_kinds_and_refers)
{
    struct schema s;
    cr_assert(
        import("{\"components\": {\"schemas\": {"
               "\"com.example.v1.Tree\": {\"type\": \"object\", \"properties\": {\"metadata\": "
               "{\"type\": \"object\"}, \"left\": {\"allOf\": [{\"$ref\": "
               "\"#/components/schemas/com.example.v1.Tree\"}]}, \"leaves\": {\"type\": "
               "\"array\", \"items\": {\"type\": \"string\"}}}, "
               "\"x-kubernetes-group-version-kind\": [{\"group\": \"example.com\", \"version\": "
               "\"v1\", \"kind\": \"Tree\"}]}}}}",
               &s),
        "%s", diag.text);
    cr_assert_str_eq(walk(&s, "example.com/v1", "Tree",
                          "{\"left\": {\"left\": {\"leaves\": [\"a\", 1], \"right\": {}}}}"),
                     "t left.left.leaves[1]\nu left.left.right\n");
}

/* A cluster newer than the build knows fields that the build does not. */
Test(schema_import, a_later_schema_replaces_a_kind)
{
    struct schema s;
    const char *config = "{\"data\": {}, \"frob\": 1}";
    cr_assert_str_eq(walk(&schema_builtin, "v1", "ConfigMap", config), "u? frob\n");
    cr_assert(import("{\"definitions\": {\"io.k8s.api.core.v1.ConfigMap\": {\"type\": \"object\", "
                     "\"properties\": {\"metadata\": {\"type\": \"object\"}, \"data\": {\"type\": "
                     "\"object\", \"additionalProperties\": {\"type\": \"string\"}}, \"frob\": "
                     "{\"type\": \"integer\"}}, \"x-kubernetes-group-version-kind\": [{\"group\": "
                     "\"\", \"version\": \"v1\", \"kind\": \"ConfigMap\"}]}}}",
                     &s));
    cr_assert_str_eq(walk(&s, "v1", "ConfigMap", config), "");
    cr_assert_str_eq(walk(&s, "v1", "ConfigMap", "{\"frobnicate\": 1, \"data\": {\"a\": 1}}"),
                     "u frobnicate\nt data.a\n");
}

/* A definition of Foo whose items have so many keys; an object of two items that differ in the last
 * one alone, or not at all. */
static const char *keyed_list(struct buf *text, unsigned count)
{
    buf_init(text, 1 << 20);
    buf_add_c(text, "{\"definitions\": {\"x.Foo\": {\"type\": \"object\", \"properties\": "
                    "{\"metadata\": {}, \"list\": {\"type\": \"array\", \"items\": {\"type\": "
                    "\"object\", \"properties\": {");
    for (unsigned i = 0; i < count; i++)
        buf_printf(text, "%s\"k%u\": {\"type\": \"string\"}", i ? ", " : "", i);
    buf_add_c(text, "}}, \"x-kubernetes-list-type\": \"map\", \"x-kubernetes-list-map-keys\": [");
    for (unsigned i = 0; i < count; i++)
        buf_printf(text, "%s\"k%u\"", i ? ", " : "", i);
    buf_add_c(text, "]}}, \"x-kubernetes-group-version-kind\": [{\"group\": \"example.com\", "
                    "\"version\": \"v1\", \"kind\": \"Foo\"}]}}}");
    buf_add_char(text, '\0');
    return text->ptr;
}

static const char *two_items(struct buf *text, unsigned count, bool equal)
{
    buf_init(text, 1 << 20);
    buf_add_c(text, "{\"list\": [");
    for (unsigned item = 0; item < 2; item++) {
        buf_add_c(text, item ? ", {" : "{");
        for (unsigned i = 0; i < count; i++)
            buf_printf(text, "%s\"k%u\": \"%u\"", i ? ", " : "", i,
                       i + 1 == count && !equal ? item : 7);
        buf_add_char(text, '}');
    }
    buf_add_c(text, "]}");
    buf_add_char(text, '\0');
    return text->ptr;
}

Test(schema_import, every_key_of_a_list_counts)
{
    for (unsigned count = 1; count <= LIMIT_SCHEMA_KEYS; count++) {
        struct schema s;
        struct buf definition, other, equal;
        cr_assert(import(keyed_list(&definition, count), &s), "%s", diag.text);
        cr_assert_str_eq(walk(&s, "example.com/v1", "Foo", two_items(&other, count, false)), "");
        cr_assert_str_eq(walk(&s, "example.com/v1", "Foo", two_items(&equal, count, true)),
                         count == 1 ? "d list[1].k0\n" : "d list[1]\n");
        buf_release(&definition);
        buf_release(&other);
        buf_release(&equal);
    }
}

/* --- What is refused, and where --- */

static void refused(const char *text, const char *at, const char *message)
{
    struct schema s;
    diag = (struct diag){0};
    cr_assert(!import(text, &s), "%s", text);
    cr_assert_str_eq(diag.text, message);
    cr_assert_eq(strncmp(text + diag.begin, at, strlen(at)), 0, "%s stands at %u", message,
                 diag.begin);
}

Test(schema_import, faults_have_a_place)
{
    refused("7", "7", "expected OpenAPI or a CustomResourceDefinition");
    refused(CRD("\"versions\": 7"), "{\"group\"", "expected spec.versions");
    refused(CRD("\"versions\": [{}]"), "{}]", "expected the name of a version");
    refused(CRD(V1("7")), "7}", "expected a schema: a map");
    refused(CRD(V1(FOO("7"))), "7}", "expected a schema: a map");
    refused(CRD(V1(FOO("{\"type\": \"strnig\"}"))), "\"strnig\"",
            "expected array, boolean, integer, number, object or string");
    refused(CRD(V1(FOO("{\"type\": \"array\", \"items\": []}"))), "[]", "expected a schema: a map");
    refused("{\"kind\": \"CustomResourceDefinition\", \"apiVersion\": \"apiextensions.k8s.io/v1\"}",
            "{", "expected spec.group and spec.names.kind");
    refused("{\"definitions\": {\"a.b\": {\"type\": \"object\", \"properties\": {\"x\": {\"$ref\": "
            "\"#/nowhere\"}}}}}",
            "\"#/nowhere\"", "expected the name of a schema, found \"#/nowhere\"");
    refused("{\"definitions\": {\"a.b\": {\"type\": \"array\", \"items\": {}, "
            "\"x-kubernetes-list-type\": \"map\", \"x-kubernetes-list-map-keys\": [7]}}}",
            "7]", "expected the name of a field");
}

Test(schema_import, too_many_keys_are_refused)
{
    struct buf text;
    struct schema s;
    cr_assert(!import(keyed_list(&text, LIMIT_SCHEMA_KEYS + 1), &s));
    cr_assert_str_eq(diag.text, "more than 16 keys of one list");
    buf_release(&text);
}

/* What is left out of an enum would be called no value of it. */
Test(schema_import, too_many_values_are_refused)
{
    struct buf text;
    struct schema s;
    buf_init(&text, 1 << 20);
    buf_add_c(&text, "{\"definitions\": {\"a.b\": {\"type\": \"string\", \"enum\": [\"a\"");
    for (unsigned i = 0; i < LIMIT_SCHEMA_VALUES; i++)
        buf_printf(&text, ", \"v%u\"", i);
    buf_add_c(&text, "]}}}");
    buf_add_char(&text, '\0');
    cr_assert(!import(text.ptr, &s));
    cr_assert_str_eq(diag.text, "more than 4096 values in one enum");
    buf_release(&text);
}

Test(schema_import, too_many_types_are_refused)
{
    struct buf text;
    struct schema s;
    buf_init(&text, 64 << 20);
    buf_add_c(&text, "{\"definitions\": {\"a.b\": {\"type\": \"object\", \"properties\": {");
    for (unsigned i = 0; i < 4000; i++) {
        buf_printf(&text, "%s\"p%u\": {\"type\": \"array\", \"items\": ", i ? "," : "", i);
        for (unsigned k = 0; k < 20; k++)
            buf_add_c(&text, "{\"type\": \"array\", \"items\": ");
        buf_add_c(&text, "{}");
        buf_add_fill(&text, '}', 21);
    }
    buf_add_c(&text, "}}}}");
    buf_add_char(&text, '\0');
    cr_assert(!import(text.ptr, &s));
    cr_assert_str_eq(diag.text, "more than 60000 types");
    buf_release(&text);
}

/* Memory may run out anywhere: the import fails, and never half succeeds. */
Test(schema_import, memory_may_run_out)
{
    struct doc doc =
        read_json(CRD(V1(FOO("{\"type\": \"object\", \"properties\": {\"frob\": {\"type\": "
                             "\"array\", \"items\": {\"type\": \"string\", \"enum\": "
                             "[\"a\"]}}}}"))));
    bool done = false;
    for (size_t ceiling = 1 << 12; !done; ceiling += 1 << 12) {
        struct arena small;
        struct schema_import im;
        struct schema s;
        struct diag fault = {0};
        arena_init(&small, ceiling);
        schema_import_init(&im, &schema_builtin, &small, &fault);
        done = schema_import_document(&im, &doc) && schema_import_finish(&im, &s);
        cr_assert(done || fault.code == DIAG_MEMORY);
        arena_release(&small);
    }
}
