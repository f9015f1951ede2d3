/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents to a schema: OpenAPI, CustomResourceDefinitions.
 */
#include "kube/schema_import.h"

#include "kube/schema_import_type.h"

#include <stdlib.h>

/* --- OpenAPI --- */

/* Types whose Go decoder does something else than their description says. */
static enum schema_form special_form(struct str name)
{
    static const struct {
        const char *name;
        enum schema_form form;
    } special[] = {
        {"io.k8s.apimachinery.pkg.api.resource.Quantity", SCHEMA_QUANTITY},
        {"io.k8s.apimachinery.pkg.apis.meta.v1.Duration", SCHEMA_DURATION},
        {"io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1", SCHEMA_ANY},
        {"io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime", SCHEMA_MICRO_TIME},
        {"io.k8s.apimachinery.pkg.apis.meta.v1.Patch", SCHEMA_ANY},
        {"io.k8s.apimachinery.pkg.apis.meta.v1.Time", SCHEMA_TIME},
        {"io.k8s.apimachinery.pkg.runtime.RawExtension", SCHEMA_ANY},
        {"io.k8s.apimachinery.pkg.util.intstr.IntOrString", SCHEMA_INT_OR_STRING},
        {"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON", SCHEMA_ANY},
        {"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray",
         SCHEMA_PROPS_OR_ARRAY},
        {"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool",
         SCHEMA_PROPS_OR_BOOL},
        {"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray",
         SCHEMA_PROPS_OR_STRINGS},
        /* struct{}: an object without fields */
        {"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus",
         SCHEMA_OBJECT},
    };
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if (str_is(name, special[i].name))
            return special[i].form;
    return SCHEMA_SCALARS; /* none */
}

/* First pass: every schema gets a number, so that references can go forward. A name that an earlier
 * document described stays as it is: each file of a live server repeats the shared types. */
static bool number_schemas(struct schema_import *im, const struct doc_node *schemas)
{
    doc_foreach_entry (schemas, e) {
        enum schema_form form = special_form(doc_key(e));
        uint16_t type = (uint16_t)form;
        struct schema_type new = {.form = (uint8_t)(form == SCHEMA_SCALARS ? SCHEMA_ANY : form)};
        if (strmap_find(&im->named, doc_key(e)))
            continue;
        if (form >= SCHEMA_SCALARS && !schema_add_type(im, &e->value, new, &type))
            return false;
        struct str name = arena_str(im->arena, doc_key(e));
        if (!strmap_put(&im->named, name, type))
            return schema_import_no_memory(im);
    }
    return true;
}

static void import_schema_or(struct schema_import *im, struct str name, uint16_t type)
{
    struct str props = str_take(name, str_find_str(name, STR("Or")));
    const uint32_t *of = strmap_find(&im->named, props);
    im->types.items[type].of = (uint16_t)(of ? *of : SCHEMA_ANY);
    if (!of)
        im->types.items[type].form = SCHEMA_ANY;
}

/* What OpenAPI says and the API server does not hold to: it takes objects without these required
 * fields, and says nothing of these list-map keys twice. Each tried on 1.36 by tests/e2e/schema's
 * method. */
static const struct unheld {
    const char *type, *field;
    bool repeats; /* a list whose keys may stand twice; else a field that may be absent */
} unheld[] = {
    {"io.k8s.api.apps.v1.ControllerRevision", "revision", false},
    {"io.k8s.api.batch.v1.PodFailurePolicy", "rules", false},
    {"io.k8s.api.core.v1.ConfigMapNodeConfigSource", "kubeletConfigKey", false},
    {"io.k8s.api.core.v1.ConfigMapNodeConfigSource", "name", false},
    {"io.k8s.api.core.v1.ConfigMapNodeConfigSource", "namespace", false},
    {"io.k8s.api.core.v1.Event", "involvedObject", false},
    {"io.k8s.api.core.v1.HTTPHeader", "value", false},
    {"io.k8s.api.core.v1.ISCSIPersistentVolumeSource", "lun", false},
    {"io.k8s.api.core.v1.ISCSIVolumeSource", "lun", false},
    {"io.k8s.api.core.v1.LimitRangeSpec", "limits", false},
    {"io.k8s.api.core.v1.PreferredSchedulingTerm", "preference", false},
    {"io.k8s.api.core.v1.ScaleIOPersistentVolumeSource", "secretRef", false},
    {"io.k8s.api.core.v1.ScaleIOVolumeSource", "secretRef", false},
    {"io.k8s.api.core.v1.ServiceAccount", "secrets", true},
    {"io.k8s.api.core.v1.SleepAction", "seconds", false},
    {"io.k8s.api.core.v1.Sysctl", "value", false},
    {"io.k8s.api.discovery.v1.ForNode", "name", false},
    {"io.k8s.api.discovery.v1.ForZone", "name", false},
    {"io.k8s.api.resource.v1.Counter", "value", false},
    {"io.k8s.api.resource.v1.DeviceCapacity", "value", false},
    {"io.k8s.api.resource.v1.DeviceClass", "spec", false},
    {"io.k8s.api.resource.v1.ResourceClaim", "spec", false},
    {"io.k8s.api.resource.v1.ResourceClaimTemplate", "spec", false},
    {"io.k8s.api.resource.v1.ResourceClaimTemplateSpec", "spec", false},
    {"io.k8s.api.resource.v1.ResourcePool", "generation", false},
    {"io.k8s.api.storage.v1.CSIDriver", "spec", false},
    {"io.k8s.api.storage.v1.CSINode", "spec", false},
    {"io.k8s.api.storage.v1.CSINodeSpec", "drivers", false},
    {"io.k8s.api.storage.v1.TokenRequest", "audience", false},
    {"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion",
     "served", false},
    {"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion",
     "storage", false},
};

/* Of a type just imported into the arena: nobody else has seen them. */
static struct schema_field *own_fields(const struct schema_type *type)
{
    return (struct schema_field *)(uintptr_t)type->v.fields;
}

static void relax_field(struct schema_import *im, const struct unheld *u,
                        struct schema_field *field, struct schema_type *type)
{
    if (u->repeats)
        im->types.items[field->type].v.keys = NULL;
    else if (field->flags & SCHEMA_REQUIRED)
        type->required--;
    field->flags &= (uint16_t)~SCHEMA_REQUIRED;
}

static void relax(struct schema_import *im, struct str type_name, struct schema_type *type)
{
    struct schema_field *fields = own_fields(type);
    for (size_t i = 0; i < sizeof unheld / sizeof unheld[0]; i++) {
        if (!str_is(type_name, unheld[i].type))
            continue;
        name_t name = name_lookup(str_from(unheld[i].field));
        for (unsigned f = 0; f < type->count; f++)
            if (fields[f].name == name)
                relax_field(im, &unheld[i], &fields[f], type);
    }
}

static bool import_named(struct schema_import *im, const struct doc_entry *e, uint16_t index)
{
    enum schema_form form = special_form(doc_key(e));
    if (form >= SCHEMA_PROPS_OR_ARRAY)
        import_schema_or(im, doc_key(e), index);
    if (form != SCHEMA_SCALARS)
        return true;
    uint16_t type;
    struct schema_type new = {0};
    if (doc_is(doc_get(&e->value, N_properties), DOC_MAP)) {
        if (!schema_import_object(im, &e->value, false, &new))
            return false;
        relax(im, doc_key(e), &new);
    } else if (schema_import_type(im, &e->value, &type)) {
        new = im->types.items[type];
    } else {
        return false;
    }
    im->types.items[index] = new;
    return true;
}

static bool add_kind(struct schema_import *im, struct str group, struct str version,
                     struct str kind, uint16_t type)
{
    struct schema_kind *new = vec_push(&im->kinds, im->arena);
    if (!new)
        return schema_import_no_memory(im);
    new->id = arena_printf(im->arena, "%.*s %.*s%s%.*s", STR_ARG(kind), STR_ARG(group),
                           group.len ? "/" : "", STR_ARG(version))
                  .ptr;
    new->type = type;
    return !im->arena->failed || schema_import_no_memory(im);
}

/* Options and events of every group carry one name for all: they are no objects. */
static bool is_object(const struct schema_import *im, uint16_t index)
{
    const struct schema_type *type = &im->types.items[index];
    bool metadata = false;
    for (unsigned i = 0; type->form == SCHEMA_OBJECT && i < type->count; i++)
        metadata |= type->v.fields[i].name == N_metadata;
    return metadata;
}

static bool import_kinds(struct schema_import *im, const struct doc_node *schema, uint16_t type)
{
    if (!is_object(im, type))
        return true;
    doc_foreach_item (doc_get(schema, N_x_kubernetes_group_version_kind), it)
        if (!add_kind(im, doc_str(doc_get(it, N_group)), doc_str(doc_get(it, N_version)),
                      doc_str(doc_get(it, N_kind)), type))
            return false;
    return true;
}

static bool import_openapi(struct schema_import *im, const struct doc_node *schemas)
{
    size_t before = im->types.count;
    if (!number_schemas(im, schemas))
        return false;
    doc_foreach_entry (schemas, e) {
        const uint32_t *found = strmap_find(&im->named, doc_key(e));
        uint16_t type = (uint16_t)(found ? *found : 0);
        if (type < before)
            continue;
        if (!import_named(im, e, type) || !import_kinds(im, &e->value, type))
            return false;
    }
    return true;
}

/* --- CustomResourceDefinitions --- */

static const struct doc_node *version_schema(const struct doc_node *spec,
                                             const struct doc_node *version)
{
    const struct doc_node *own = doc_at(version, N_schema, N_openAPIV3Schema).node;
    return own ? own : doc_at(spec, N_validation, N_openAPIV3Schema).node; /* v1beta1 */
}

/* With a status subresource the API server drops what a client writes there, unread. */
static void ignore_status(const struct doc_node *spec, const struct doc_node *version,
                          struct schema_type *type)
{
    struct schema_field *fields = own_fields(type);
    if (!doc_get(doc_get(version, N_subresources), N_status) &&
        !doc_get(doc_get(spec, N_subresources), N_status))
        return;
    for (unsigned i = 0; i < type->count; i++)
        if (fields[i].name == N_status)
            fields[i].type = SCHEMA_ANY;
}

static bool import_version(struct schema_import *im, const struct doc_node *spec,
                           const struct doc_node *version, struct str name)
{
    const struct doc_node *schema = version_schema(spec, version);
    struct str kind = doc_str(doc_at(spec, N_names, N_kind).node);
    struct schema_type new;
    uint16_t type;
    if (!schema)
        return true; /* v1beta1 without one: nothing is known of the kind */
    if (!doc_is(schema, DOC_MAP))
        return schema_import_fail(im, schema, "expected a schema: a map");
    if (!schema_import_object(im, schema, true, &new))
        return false;
    ignore_status(spec, version, &new);
    return schema_add_type(im, schema, new, &type) &&
           add_kind(im, doc_str(doc_get(spec, N_group)), name, kind, type);
}

static bool import_definition(struct schema_import *im, const struct doc_node *root)
{
    const struct doc_node *spec = doc_get(root, N_spec), *versions = doc_get(spec, N_versions);
    struct str version = doc_str(doc_get(spec, N_version)); /* v1beta1 */
    if (!doc_str(doc_get(spec, N_group)).len ||
        !doc_str(doc_at(root, N_spec, N_names, N_kind).node).len)
        return schema_import_fail(im, spec ? spec : root,
                                  "expected spec.group and spec.names.kind");
    if (!doc_is(versions, DOC_SEQ) && !version.len)
        return schema_import_fail(im, spec, "expected spec.versions");
    im->custom = true;
    im->open = doc_is_true(doc_get(spec, N_preserveUnknownFields));
    bool ok = doc_is(versions, DOC_SEQ) || import_version(im, spec, NULL, version);
    doc_foreach_item (versions, it) {
        struct str name = doc_str(doc_get(it, N_name));
        ok = ok && (name.len || schema_import_fail(im, it, "expected the name of a version")) &&
             import_version(im, spec, it, name);
    }
    im->custom = im->open = false;
    return ok;
}

/* --- Documents --- */

static bool is_definition(const struct doc_node *root)
{
    return str_is(doc_str(doc_get(root, N_kind)), "CustomResourceDefinition") &&
           str_starts_with(doc_str(doc_get(root, N_apiVersion)), STR("apiextensions.k8s.io/"));
}

static const struct doc_node *openapi_schemas(const struct doc_node *root)
{
    const struct doc_node *v3 =
        doc_is(root, DOC_MAP) ? doc_at(root, N_components, N_schemas).node : NULL;
    const struct doc_node *v2 = doc_get(root, N_definitions);
    if (doc_is(v3, DOC_MAP) || doc_is(v2, DOC_MAP))
        return doc_is(v3, DOC_MAP) ? v3 : v2;
    /* The bare map: its first entry is named as Go packages are. */
    bool bare = doc_is(root, DOC_MAP) && root->len &&
                str_find(doc_key(&root->v.entry[0]), '.') < root->v.entry[0].key_len &&
                doc_is(&root->v.entry[0].value, DOC_MAP);
    return bare ? root : NULL;
}

bool schema_import_knows(const struct doc_node *root)
{
    return is_definition(root) || openapi_schemas(root);
}

bool schema_import_document(struct schema_import *im, const struct doc *doc)
{
    static const struct doc_node nothing = {.kind = DOC_NULL};
    const struct doc_node *root = doc->root ? doc->root : &nothing;
    const struct doc_node *schemas = openapi_schemas(root);
    if (schemas)
        return import_openapi(im, schemas);
    if (is_definition(root))
        return import_definition(im, root);
    const struct doc_node *items = doc_get(root, N_items);
    if (!doc_is(items, DOC_SEQ))
        return schema_import_fail(im, root, "expected OpenAPI or a CustomResourceDefinition");
    bool ok = true;
    doc_foreach_item (items, it)
        ok = ok && (!is_definition(it) || import_definition(im, it));
    return ok;
}

/* --- Beginning and end --- */

void schema_import_init(struct schema_import *im, const struct schema *base, struct arena *arena,
                        struct diag *diag)
{
    *im = (struct schema_import){.arena = arena, .diag = diag, .base = base};
    strmap_init(&im->named, arena);
    strmap_init(&im->names, arena);
    uint32_t count = base ? base->type_count : SCHEMA_SCALARS;
    for (uint32_t i = 0; i < count; i++) {
        struct schema_type *type = vec_push(&im->types, arena);
        if (type)
            *type = base ? base->types[i] : (struct schema_type){.form = (uint8_t)i};
    }
    const struct schema_type *any = base ? schema_find(base, STR("v1"), STR("ConfigMap")) : NULL;
    for (unsigned i = 0; any && i < any->count; i++)
        if (any->v.fields[i].name == N_metadata)
            im->metadata = any->v.fields[i].type;
}

static int order_names(const void *left, const void *right)
{
    const struct schema_name *a = left, *b = right;
    return str_compare(a->text, b->text);
}

static bool finish_names(struct schema_import *im, struct schema *out)
{
    struct schema_name *names = arena_zalloc(im->arena, im->names.count, sizeof *names);
    struct str *texts = arena_zalloc(im->arena, im->names.count, sizeof *texts);
    if (!names || !texts)
        return false;
    size_t count = 0;
    for (size_t i = 0; i < im->names.cap; i++) {
        const struct strmap_slot *slot = &im->names.slots[i];
        if (!slot->key.ptr)
            continue;
        names[count++] = (struct schema_name){slot->key, (uint16_t)slot->value};
        texts[slot->value - N_COUNT] = slot->key;
    }
    qsort(names, count, sizeof *names, order_names);
    out->names = names;
    out->texts = texts;
    out->name_count = (uint32_t)count;
    return true;
}

static int order_kinds(const void *left, const void *right)
{
    const struct schema_kind *a = left, *b = right;
    int order = strcmp(a->id, b->id);
    return order ? order : (a->type < b->type) - (a->type > b->type); /* the newest first */
}

static bool finish_kinds(struct schema_import *im, struct schema *out)
{
    uint32_t base = im->base ? im->base->kind_count : 0, count = 0;
    struct schema_kind *kinds = arena_zalloc(im->arena, base + im->kinds.count, sizeof *kinds);
    if (!kinds)
        return false;
    for (uint32_t i = 0; i < base; i++)
        kinds[i] = im->base->kinds[i];
    for (size_t i = 0; i < im->kinds.count; i++)
        kinds[base + i] = im->kinds.items[i];
    qsort(kinds, base + im->kinds.count, sizeof *kinds, order_kinds);
    for (size_t i = 0; i < base + im->kinds.count; i++)
        if (!count || strcmp(kinds[count - 1].id, kinds[i].id) != 0)
            kinds[count++] = kinds[i];
    out->kinds = kinds;
    out->kind_count = count;
    return true;
}

bool schema_import_finish(struct schema_import *im, struct schema *out)
{
    *out = (struct schema){.types = im->types.items,
                           .type_count = (uint32_t)im->types.count,
                           .version = im->base ? im->base->version : NULL};
    return (finish_names(im, out) && finish_kinds(im, out) && !im->arena->failed) ||
           schema_import_no_memory(im);
}
