/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/schema.h"

#include "kube/object.h"
#include "load/json.h"

#include <criterion/criterion.h>

static struct arena arena;
static struct buf found; /* a line a fault: "unknown-field PATH: MESSAGE" */

static void begin(void)
{
    arena_init(&arena, 64 << 20);
    buf_init(&found, 1 << 20);
}

static void finish(void)
{
    buf_release(&found);
    arena_release(&arena);
}

TestSuite(schema, .init = begin, .fini = finish);

static struct doc read_json(struct str text)
{
    struct json_reader reader;
    struct doc doc;
    struct diag diag = {0};
    json_reader_init(&reader);
    cr_assert(json_read(&reader, text, &arena, &doc, &diag), "%s in %.*s", diag.text,
              STR_ARG(text));
    json_reader_release(&reader);
    return doc;
}

static struct doc read_file(struct str text)
{
    struct json_reader reader;
    struct doc doc;
    struct diag diag = {0};
    size_t offset = 0;
    json_reader_init(&reader);
    cr_assert(json_read_value(&reader, text, &offset, text.len, &arena, &doc, &diag), "%s",
              diag.text);
    json_reader_release(&reader);
    return doc;
}

static bool note(void *context, const struct schema_report *r)
{
    static const char *const faults[] = {"unknown-field", "wrong-type", "missing-field",
                                         "invalid-value", "duplicate-item"};
    buf_printf(context, "%s%s %.*s: %.*s\n", faults[r->fault], r->newer ? "?" : "",
               STR_ARG(r->path), STR_ARG(r->message));
    return true;
}

/* What the walk says of an object. */
static const char *walk(const char *text)
{
    struct doc doc = read_file(str_from(text));
    struct object object;
    cr_assert(object_view(&object, &doc, doc.root));
    const struct schema_type *type = schema_find(&schema_builtin, object.api_version, object.kind);
    cr_assert_not_null(type);
    buf_clear(&found);
    cr_assert(schema_walk(&schema_builtin, type, doc.root, note, &found));
    buf_add_char(&found, '\0');
    return found.ptr;
}

#define POD(spec)         "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {" spec "}}"
#define CONTAINER(fields) POD("\"containers\": [{\"name\": \"a\", " fields "}]")

Test(schema, types_are_in_order)
{
    const struct schema *s = &schema_builtin;
    cr_assert_gt(s->type_count, 578);
    for (uint32_t t = 0; t < s->type_count; t++) {
        const struct schema_type *type = &s->types[t];
        unsigned required = 0;
        for (unsigned i = 0; type->form == SCHEMA_OBJECT && i < type->count; i++) {
            required += type->v.fields[i].flags & SCHEMA_REQUIRED;
            cr_assert_lt(type->v.fields[i].type, s->type_count);
            cr_assert(i == 0 || type->v.fields[i - 1].name < type->v.fields[i].name);
        }
        cr_assert(t >= SCHEMA_SCALARS || type->form == t);
        cr_assert_eq(required, type->required);
    }
    for (uint32_t k = 1; k < s->kind_count; k++)
        cr_assert_lt(strcmp(s->kinds[k - 1].id, s->kinds[k].id), 0);
}

Test(schema, kinds_are_found_by_version)
{
    cr_assert_not_null(schema_find(&schema_builtin, STR("v1"), STR("Pod")));
    cr_assert_not_null(schema_find(&schema_builtin, STR("apps/v1"), STR("Deployment")));
    cr_assert_null(schema_find(&schema_builtin, STR("apps/v1beta1"), STR("Deployment")));
    cr_assert_null(schema_find(&schema_builtin, STR("v1"), STR("Deployment")));
    cr_assert_null(schema_find(&schema_builtin, STR("v1"), STR("pod")));
    cr_assert_null(schema_find(&schema_builtin, STR(""), STR("")));
}

Test(schema, a_good_object_is_silent)
{
    cr_assert_str_eq(
        walk(CONTAINER("\"image\": \"x\", \"resources\": {\"limits\": {\"cpu\": 1.5}}, "
                       "\"command\": null, \"env\": []")),
        "");
    cr_assert_str_eq(walk(CONTAINER("\"securityContext\": {\"runAsUser\": 1000.0}")), "");
    cr_assert_str_eq(
        walk("{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"data\": {\"x.y\": "
             "\"1\"}, \"metadata\": {\"managedFields\": [{\"fieldsV1\": {\"f:x\": {}}}]}}"),
        "");
}

Test(schema, unknown_fields_are_explained)
{
    cr_assert_str_eq(walk(CONTAINER("\"securityContext\": {\"runAsNonroot\": true}")),
                     "unknown-field spec.containers[0].securityContext.runAsNonroot: unknown field "
                     "\"runAsNonroot\": did you mean \"runAsNonRoot\"?\n");
    cr_assert_str_eq(
        walk(CONTAINER("\"hostNetwork\": true")),
        "unknown-field spec.containers[0].hostNetwork: unknown field \"hostNetwork\": it "
        "belongs to spec\n");
    cr_assert_str_eq(walk(CONTAINER("\"runAsUser\": 1")),
                     "unknown-field spec.containers[0].runAsUser: unknown field \"runAsUser\": it "
                     "belongs to spec.containers[0].securityContext\n");
    cr_assert_str_eq(walk(CONTAINER("\"securityContext\": {\"fsGroup\": 1}")),
                     "unknown-field spec.containers[0].securityContext.fsGroup: unknown field "
                     "\"fsGroup\": it belongs to spec.securityContext\n");
    cr_assert_str_eq(walk("{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"spec\": "
                          "{\"selector\": {}, \"template\": {}, \"containers\": []}}"),
                     "unknown-field spec.containers: unknown field \"containers\": it belongs to "
                     "spec.template.spec\n");
    /* That some other volume type has such a field is no help. */
    cr_assert_str_eq(walk(POD("\"containers\": [], \"volumes\": [{\"name\": \"v\", "
                              "\"storageos\": {\"pool\": \"p\"}}]")),
                     "unknown-field? spec.volumes[0].storageos.pool: unknown field \"pool\": "
                     "Kubernetes up to v1.36 does not know it here\n");
    cr_assert_str_eq(walk(CONTAINER("\"frobnicate\": 1")),
                     "unknown-field? spec.containers[0].frobnicate: unknown field \"frobnicate\": "
                     "Kubernetes up to v1.36 does not know it here\n");
}

Test(schema, types_are_what_the_api_server_decodes)
{
    cr_assert_str_eq(walk(CONTAINER("\"securityContext\": {\"runAsNonRoot\": \"true\"}")),
                     "wrong-type spec.containers[0].securityContext.runAsNonRoot: expected true or "
                     "false, found the string \"true\"\n");
    cr_assert_str_eq(walk(CONTAINER("\"env\": [{\"name\": \"A\", \"value\": 12345}]")),
                     "wrong-type spec.containers[0].env[0].value: expected a string, found a whole "
                     "number; put it in quotes\n");
    cr_assert_str_eq(walk(POD("\"containers\": {}")),
                     "wrong-type spec.containers: expected a list, found a map\n");
    cr_assert_str_eq(walk(CONTAINER("\"resources\": {\"limits\": {\"cpu\": \"2 cores\"}}")),
                     "wrong-type spec.containers[0].resources.limits.cpu: expected a quantity such "
                     "as \"500m\" or \"1Gi\", found the string \"2 cores\"\n");
    cr_assert_str_eq(
        walk(CONTAINER("\"ports\": [{\"containerPort\": 2147483648}]")),
        "wrong-type spec.containers[0].ports[0].containerPort: expected a whole number "
        "of 32 bits, found 2147483648\n");
    cr_assert_str_eq(walk(CONTAINER("\"livenessProbe\": {\"httpGet\": {\"port\": true}}")),
                     "wrong-type spec.containers[0].livenessProbe.httpGet.port: expected a whole "
                     "number or a string, found true\n");
    cr_assert_str_eq(
        walk("{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"data\": {\"k\": \"hush!\"}}"),
        "wrong-type data.k: expected base64, found a string that is none\n");
}

Test(schema, what_is_missing_not_listed_or_twice)
{
    cr_assert_str_eq(walk(POD("\"hostIPC\": true")),
                     "missing-field spec.containers: required field \"containers\" is missing\n");
    cr_assert_str_eq(
        walk(CONTAINER("\"imagePullPolicy\": \"always\"")),
        "invalid-value spec.containers[0].imagePullPolicy: expected one of \"Always\", "
        "\"IfNotPresent\", \"Never\", found \"always\": did you mean \"Always\"?\n");
    cr_assert_str_eq(
        walk(POD("\"containers\": [{\"name\": \"a\"}, {\"name\": \"b\"}, {\"name\": \"a\"}]")),
        "duplicate-item spec.containers[2].name: name \"a\" stands twice in "
        "this list\n");
    cr_assert_str_eq(walk(CONTAINER("\"ports\": [{\"containerPort\": 1}, {\"containerPort\": 1, "
                                    "\"protocol\": \"UDP\"}, {\"containerPort\": 1, \"protocol\": "
                                    "\"TCP\"}]")),
                     "duplicate-item spec.containers[0].ports[2]: containerPort 1, protocol "
                     "\"TCP\" stands twice in this list\n");
    cr_assert_str_eq(walk(POD("\"containers\": [null]")),
                     "missing-field spec.containers[0].name: required field \"name\" is missing\n");
}

static bool decodes(const char *text, struct diag *diag)
{
    struct doc doc = read_json(str_from(text));
    *diag = (struct diag){0};
    return schema_decodes(doc.root, schema_find(&schema_builtin, STR("v1"), STR("Pod")), diag);
}

Test(schema, requests_are_decoded_as_go_does)
{
    struct diag diag;
    cr_assert(decodes(CONTAINER("\"frobnicate\": 1, \"imagePullPolicy\": \"x\""), &diag));
    cr_assert(decodes(POD("\"containers\": null"), &diag));
    cr_assert(decodes("{\"apiVersion\": null, \"spec\": {}}", &diag));
    cr_assert(decodes(POD("\"overhead\": {\"cpu\": \" 1m \", \"memory\": 1}"), &diag));
    cr_assert(!decodes(POD("\"overhead\": {\"cpu\": \"1\\u006d\"}"), &diag));
    cr_assert_str_eq(walk(POD("\"overhead\": {\"cpu\": \"1\\u006d\"}, \"containers\": []")), "");
    cr_assert(!decodes(CONTAINER("\"securityContext\": {\"runAsUser\": 1000.0}"), &diag));
    cr_assert_str_eq(diag.text, "spec.containers[0].securityContext.runAsUser: expected a whole "
                                "number, found a number");
    cr_assert(!decodes("{\"APIVERSION\": 1, \"spec\": {}}", &diag));
    cr_assert(!decodes("{\"status\": {\"conditions\": 1}}", &diag));
    cr_assert(!decodes("{\"metadata\": {\"creationTimestamp\": \"yesterday\"}}", &diag));
    cr_assert(!decodes("[]", &diag));
}

/* Each accepted and refused by Go itself: resource.ParseQuantity, time.Parse, time.ParseDuration.
 */
Test(schema, texts_are_read_as_go_reads_them)
{
    static const char *const quantities[] = {
        "Ti",  "0Pi", ".5Ei", "0",    "1",    "1.5", ".5",    "5.", "+1",  "-1", "+",
        "1e3", "1E3", "1E",   "1e+3", "1e-3", "1Ki", "1.5Gi", "1m", " 1 ", "1n", "1.G"};
    static const char *const no_quantities[] = {"Pi",  "-.Ei", "",     " ",    "one", "1 Gi",
                                                "1ki", "1KB",  "1e",   "1Kib", "1,5", "1.5.1",
                                                "1m3", "0x10", "1e3m", "--1"};
    for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++)
        cr_assert(schema_text_is(SCHEMA_QUANTITY, str_from(quantities[i])), "%s", quantities[i]);
    for (size_t i = 0; i < sizeof no_quantities / sizeof *no_quantities; i++)
        cr_assert(!schema_text_is(SCHEMA_QUANTITY, str_from(no_quantities[i])), "%s",
                  no_quantities[i]);
    static const char *const times[] = {"2024-02-29T23:59:59Z", "2024-01-01T1:00:00Z",
                                        "2024-01-01T01:00:00.123456789Z", "2024-01-01T01:00:00,5Z",
                                        "2024-01-01T01:00:00+24:60"};
    static const char *const no_times[] = {"",
                                           "2023-02-29T23:59:59Z",
                                           "2024-01-01",
                                           "2024-01-01T24:00:00Z",
                                           "2024-01-01 01:00:00Z",
                                           "2024-01-01T01:00:60Z",
                                           "2024-01-01T01:00:00",
                                           "2024-01-01T01:00:00.Z",
                                           "2024-01-01T01:00:00z"};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        cr_assert(schema_text_is(SCHEMA_TIME, str_from(times[i])), "%s", times[i]);
    for (size_t i = 0; i < sizeof no_times / sizeof *no_times; i++)
        cr_assert(!schema_text_is(SCHEMA_TIME, str_from(no_times[i])), "%s", no_times[i]);
    cr_assert(schema_text_is(SCHEMA_MICRO_TIME, STR("2024-01-01T01:00:00.123456Z")));
    cr_assert(!schema_text_is(SCHEMA_MICRO_TIME, STR("2024-01-01T01:00:00Z")));
    cr_assert(!schema_text_is(SCHEMA_MICRO_TIME, STR("2024-01-01T01:00:00.1234567Z")));
    cr_assert(schema_text_is(SCHEMA_DURATION, STR("1h30m")));
    cr_assert(schema_text_is(SCHEMA_DURATION, STR("-.5s")));
    cr_assert(schema_text_is(SCHEMA_DURATION, STR("0")));
    cr_assert(schema_text_is(SCHEMA_DURATION, STR("0000000000000000000001s")));
    cr_assert(schema_text_is(SCHEMA_DURATION, STR("2562047h47m16s")));
    cr_assert(!schema_text_is(SCHEMA_DURATION, STR("2562048h")));
    cr_assert(!schema_text_is(SCHEMA_DURATION, STR("5")));
    cr_assert(!schema_text_is(SCHEMA_DURATION, STR("1d")));
    cr_assert(!schema_text_is(SCHEMA_DURATION, STR("")));
    cr_assert(schema_text_is(SCHEMA_BYTES, STR("aGk=\n")));
    cr_assert(!schema_text_is(SCHEMA_BYTES, STR("aGk")));
    cr_assert(!schema_text_is(SCHEMA_BYTES, STR("aG=k")));
    cr_assert(!schema_text_is(SCHEMA_BYTES, STR("a===")));
}
