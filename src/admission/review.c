/* SPDX-License-Identifier: Apache-2.0
 *
 * The envelope: admission.k8s.io/v1 AdmissionReview. Its schema is in no API server's OpenAPI, so
 * the types of its fields stand here. Unknown fields are skipped; a wrong type in a known one is a
 * body that upstream cannot decode.
 */
#include "admission/internal.h"
#include "kube/schema.h"

const char admission_undecodable[] = "unable to decode the request";

enum form {
    FORM_STRING,
    FORM_BOOL,
    FORM_BYTES,
    FORM_STRINGS,
    FORM_STRINGS_MAP,
    FORM_STRING_MAP,
    FORM_STATUS,
    FORM_MAP,
};

struct field {
    name_t name;
    enum form form;
    const struct field *fields; /* FORM_MAP */
};

static const struct field group_version_kind[] = {
    {N_group, FORM_STRING, NULL},
    {N_version, FORM_STRING, NULL},
    {N_kind, FORM_STRING, NULL},
    {N_NONE, FORM_STRING, NULL},
};

static const struct field group_version_resource[] = {
    {N_group, FORM_STRING, NULL},
    {N_version, FORM_STRING, NULL},
    {N_resource, FORM_STRING, NULL},
    {N_NONE, FORM_STRING, NULL},
};

static const struct field user_info[] = {
    {N_username, FORM_STRING, NULL},   {N_uid, FORM_STRING, NULL},  {N_groups, FORM_STRINGS, NULL},
    {N_extra, FORM_STRINGS_MAP, NULL}, {N_NONE, FORM_STRING, NULL},
};

static const struct field request_fields[] = {
    {N_uid, FORM_STRING, NULL},
    {N_kind, FORM_MAP, group_version_kind},
    {N_resource, FORM_MAP, group_version_resource},
    {N_subResource, FORM_STRING, NULL},
    {N_requestKind, FORM_MAP, group_version_kind},
    {N_requestResource, FORM_MAP, group_version_resource},
    {N_requestSubResource, FORM_STRING, NULL},
    {N_name, FORM_STRING, NULL},
    {N_namespace, FORM_STRING, NULL},
    {N_operation, FORM_STRING, NULL},
    {N_userInfo, FORM_MAP, user_info},
    {N_dryRun, FORM_BOOL, NULL},
    {N_NONE, FORM_STRING, NULL},
};

/* Nobody sends one in a request; it is typed all the same. */
static const struct field response_fields[] = {
    {N_uid, FORM_STRING, NULL},       {N_allowed, FORM_BOOL, NULL},
    {N_status, FORM_STATUS, NULL},    {N_patch, FORM_BYTES, NULL},
    {N_patchType, FORM_STRING, NULL}, {N_auditAnnotations, FORM_STRING_MAP, NULL},
    {N_warnings, FORM_STRINGS, NULL}, {N_NONE, FORM_STRING, NULL},
};

static const struct field review_fields[] = {
    {N_kind, FORM_STRING, NULL},           {N_apiVersion, FORM_STRING, NULL},
    {N_request, FORM_MAP, request_fields}, {N_response, FORM_MAP, response_fields},
    {N_NONE, FORM_STRING, NULL},
};

static bool is_or_null(const struct doc_node *n, enum doc_kind kind)
{
    return doc_is_unset(n) || n->kind == (uint8_t)kind;
}

static bool are_strings(const struct doc_node *list)
{
    if (!is_or_null(list, DOC_SEQ))
        return false;
    doc_foreach_item (list, item) {
        if (!is_or_null(item, DOC_STR))
            return false;
    }
    return true;
}

static bool is_map_of(const struct doc_node *map, bool of_lists)
{
    if (!is_or_null(map, DOC_MAP))
        return false;
    doc_foreach_entry (map, e) {
        if (of_lists ? !are_strings(&e->value) : !is_or_null(&e->value, DOC_STR))
            return false;
    }
    return true;
}

static bool has_form(const struct doc_node *n, const struct field *field)
{
    switch (field->form) {
    case FORM_STRING:
        return is_or_null(n, DOC_STR);
    case FORM_BOOL:
        return is_or_null(n, DOC_BOOL);
    case FORM_BYTES:
        return doc_is_unset(n) || schema_decodes(n, &schema_builtin.types[SCHEMA_BYTES], NULL);
    case FORM_STRINGS:
        return are_strings(n);
    case FORM_STRINGS_MAP:
        return is_map_of(n, true);
    case FORM_STRING_MAP:
        return is_map_of(n, false);
    case FORM_STATUS:
        return doc_is_unset(n) ||
               schema_decodes(n, schema_find(&schema_builtin, STR("v1"), STR("Status")), NULL);
    case FORM_MAP:
        break;
    }
    return is_or_null(n, DOC_MAP);
}

/* Depth is that of the tables above. */
static bool check_types(const struct doc_node *map, const struct field *fields)
{
    for (const struct field *f = fields; f->name != N_NONE; f++) {
        const struct doc_node *n = doc_get(map, f->name);
        if (!has_form(n, f) || (f->form == FORM_MAP && !check_types(n, f->fields)))
            return false;
    }
    return true;
}

static struct str text(const struct doc_node *map, name_t name)
{
    return doc_str(doc_get(map, name));
}

static enum request_kind request_kind(const struct admission_record *r)
{
    if (!r->resource.group.len && str_is(r->resource.resource, "pods"))
        return REQUEST_POD;
    if (!r->resource.group.len && str_is(r->resource.resource, "namespaces"))
        return REQUEST_NAMESPACE;
    return REQUEST_TEMPLATE;
}

static void read_request(struct admission *a, const struct doc_node *request)
{
    static const char *const resources[] = {[REQUEST_POD] = "pod",
                                            [REQUEST_NAMESPACE] = "namespace",
                                            [REQUEST_TEMPLATE] = "controller"};
    const struct doc_node *kind = doc_get(request, N_kind);
    const struct doc_node *resource = doc_get(request, N_resource);
    const struct doc_node *user = doc_get(request, N_userInfo);
    a->object = doc_get(request, N_object);
    a->old_object = doc_get(request, N_oldObject);
    a->record = (struct admission_record){
        .uid = text(request, N_uid),
        .username = text(user, N_username),
        .groups = doc_get(user, N_groups),
        .operation = text(request, N_operation),
        .namespace = text(request, N_namespace),
        .name = text(request, N_name),
        .kind = {text(kind, N_group), text(kind, N_version), text(kind, N_kind)},
        .resource = {text(resource, N_group), text(resource, N_version),
                     text(resource, N_resource)},
        /* What the user sent, not what matchPolicy made of it (pss.md 6 item 12). */
        .subresource = text(request, N_requestSubResource),
        .dry_run = doc_is_true(doc_get(request, N_dryRun)),
        .allowed = true,
    };
    a->record.metric_operation = text_lower(a->arena, a->record.operation);
    a->kind = request_kind(&a->record);
    a->record.metric_resource = resources[a->kind];
}

/* A review of another kind is named in upstream's words when it says what it is. */
static bool check_kind(struct admission *a, const struct doc_node *root)
{
    struct admission_record as_review = {
        .kind = {STR("admission.k8s.io"), STR("v1"), STR("AdmissionReview")}};
    struct object object;
    struct str error;
    if (decode_object(&object, root, &as_review, a->doc, a->arena, &error) != DECODED_OBJECT)
        return false;
    if (object_is(&object, "admission.k8s.io", "AdmissionReview"))
        return true;
    struct str text = TEXT(a->arena, STR("unexpected AdmissionReview kind: "), object.group,
                           STR("/"), object.version, STR(", Kind="), object.kind, STR("\0"));
    a->refusal = a->arena->failed ? admission_undecodable : text.ptr;
    return false;
}

bool review_read(struct admission *a)
{
    const struct doc_node *root = a->doc->root;
    a->refusal = admission_undecodable;
    if (!doc_is(root, DOC_MAP) || !check_kind(a, root) || !check_types(root, review_fields))
        return false;
    const struct doc_node *request = doc_get(root, N_request);
    if (!doc_is(request, DOC_MAP)) {
        a->refusal = "the AdmissionReview has no request";
        return false;
    }
    a->refusal = NULL;
    read_request(a, request);
    return true;
}
