/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects in a request as the decoder of Kubernetes' webhook sees them: which kind, known or not,
 * every known field of its type. Its verdict decides between 400 and a judgement, so it must agree
 * (pss.md 7.2); the wording is ours.
 */
#include "admission/internal.h"
#include "base/unset.h"
#include "kube/schema.h"
#include "kube/type_meta.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* The webhook's scheme registers the types of these group versions, which the schema lists but for
 * some that no API server stores, and the unversioned ones under any. An object of another group is
 * an error even if it exists. */
static const char *const registered_groups[] = {"", "admission.k8s.io", "apps", "batch"};
static const char *const in_every_group[] = {"WatchEvent",    "ListOptions",   "GetOptions",
                                             "DeleteOptions", "CreateOptions", "UpdateOptions",
                                             "PatchOptions"};
static const char *const in_core[] = {"List",
                                      "NodeProxyOptions",
                                      "PodAttachOptions",
                                      "PodExecOptions",
                                      "PodLogOptions",
                                      "PodPortForwardOptions",
                                      "PodProxyOptions",
                                      "RangeAllocation",
                                      "SerializedReference",
                                      "ServiceProxyOptions"};
static const char *const unversioned[] = {"Status", "APIVersions", "APIGroupList", "APIGroup",
                                          "APIResourceList"};

static bool is_among(struct str s, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(s, list[i]))
            return true;
    }
    return false;
}

static bool is_registered(const struct object *o, const struct schema_type *type)
{
    bool ours = str_equal(o->version, STR("v1")) &&
                is_among(o->group, registered_groups, COUNT_OF(registered_groups));
    if (ours && (type || object_is(o, "admission.k8s.io", "AdmissionReview")))
        return true;
    if (ours && (is_among(o->kind, in_every_group, COUNT_OF(in_every_group)) ||
                 (!o->group.len && is_among(o->kind, in_core, COUNT_OF(in_core)))))
        return true;
    return is_among(o->kind, unversioned, COUNT_OF(unversioned));
}

static void take_defaults(struct object *o, const struct admission_record *record)
{
    if (!o->kind.len)
        o->kind = record->kind.kind;
    if (!o->version.len && !o->group.len) {
        o->group = record->kind.group;
        o->version = record->kind.version;
    }
    if (!o->version.len && str_equal(o->group, record->kind.group))
        o->version = record->kind.version;
}

static struct str written(const struct doc_node *raw, const struct doc *doc)
{
    return raw->end <= doc->text.len ? str_skip(str_take(doc->text, raw->end), raw->begin)
                                     : STR_EMPTY;
}

/* Which kind it is; false: *error says why none. */
static bool find_kind(struct object *o, const struct schema_type **type,
                      const struct admission_record *record, struct arena *arena, struct str *error)
{
    struct type_meta meta;
    const struct doc_node *bad;
    if (!type_meta_find(&meta, o->node, &bad)) {
        *error =
            STR("couldn't get version/kind: expected an object with string apiVersion and kind");
        return false;
    }
    o->api_version = meta.api_version;
    o->kind = meta.kind;
    if (!type_meta_split(o->api_version, &o->group, &o->version)) {
        *error = TEXT(arena, STR("unexpected GroupVersion string: "), o->api_version);
        return false;
    }
    take_defaults(o, record);
    o->api_version = o->group.len ? TEXT(arena, o->group, STR("/"), o->version) : o->version;
    if (!o->kind.len || !o->version.len) {
        *error = TEXT(arena, STR("Object '"), o->kind.len ? STR("apiVersion") : STR("Kind"),
                      STR("' is missing in '"), written(o->node, o->doc), STR("'"));
        return false;
    }
    bool status = str_is(o->kind, "Status"); /* in any group and version */
    *type = schema_find(&schema_builtin, status ? STR("v1") : o->api_version, o->kind);
    if (!is_registered(o, *type)) {
        *error = TEXT(arena, STR("no kind "), text_quote(arena, o->kind),
                      STR(" is registered for version "), text_quote(arena, o->api_version));
        return false;
    }
    return true;
}

/* A List is like any other but for its items, which are taken as they are. */
static bool list_decodes(const struct doc_node *raw, struct diag *diag)
{
    const struct doc_node *items = doc_get(raw, N_items);
    if (!doc_is_unset(items) && items->kind != DOC_SEQ)
        return diag_set(diag, DIAG_TYPE, items->begin, items->end, "expected a list of items");
    const struct doc_node head = {.kind = DOC_MAP, .len = 1, .v.entry = doc_entry(raw, N_metadata)};
    return !head.v.entry ||
           schema_decodes(&head, schema_find(&schema_builtin, STR("v1"), STR("PodList")), diag);
}

enum decoded decode_object(struct object *object, const struct doc_node *raw,
                           const struct admission_record *record, const struct doc *doc,
                           struct arena *arena, struct str *error)
{
    const struct schema_type *type;
    struct diag diag UNSET;
    diag_clear(&diag);
    *object = (struct object){.doc = doc, .node = raw};
    if (doc_is_unset(raw))
        return DECODED_NOTHING;
    if (raw->flags & DOC_OPAQUE) {
        *error = arena_printf(
            arena,
            "expected an object of at most %u values, with at most %u MiB to judge it and %u MiB "
            "to answer",
            LIMIT_DOC_NODES, LIMIT_REQUEST_ARENA >> 20, LIMIT_RESPONSE_BYTES >> 20);
        return DECODED_ERROR;
    }
    if (!find_kind(object, &type, record, arena, error))
        return DECODED_ERROR;
    object->metadata = doc_get(raw, N_metadata);
    if (!doc_is(object->metadata, DOC_MAP))
        object->metadata = NULL;
    object->name = doc_str(doc_get(object->metadata, N_name));
    object->namespace = doc_str(doc_get(object->metadata, N_namespace));
    if (object_is(object, "", "List") ? list_decodes(raw, &diag) : schema_decodes(raw, type, &diag))
        return DECODED_OBJECT;
    *error = arena_str(arena, str_from(diag.text));
    return DECODED_ERROR;
}

bool object_is(const struct object *object, const char *group, const char *kind)
{
    return str_is(object->kind, kind) && str_is(object->group, group) &&
           str_is(object->version, "v1");
}

struct str object_written_gvk(const struct object *object, struct arena *arena)
{
    struct str group, version;
    if (str_is(object->kind, "WatchEvent"))
        return STR("/, Kind="); /* the one Go type that does not keep them */
    if (!type_meta_split(doc_str(doc_get(object->node, N_apiVersion)), &group, &version))
        group = version = STR_EMPTY;
    return TEXT(arena, group, STR("/"), version, STR(", Kind="),
                doc_str(doc_get(object->node, N_kind)));
}

/* Go's zero value of a template that is not there. */
static const struct doc_node empty_template = {.kind = DOC_MAP};

enum { PATH_NAMES = 5 };

/* Only these, and only in v1: custom resources with templates are rampart's own business. */
static const struct template_path {
    const char *group, *kind;
    name_t path[PATH_NAMES];
} template_paths[] = {
    {"", "Pod", {N_NONE}},
    {"", "PodTemplate", {N_template}},
    {"", "ReplicationController", {N_spec, N_template}},
    {"apps", "DaemonSet", {N_spec, N_template}},
    {"apps", "Deployment", {N_spec, N_template}},
    {"apps", "ReplicaSet", {N_spec, N_template}},
    {"apps", "StatefulSet", {N_spec, N_template}},
    {"batch", "CronJob", {N_spec, N_jobTemplate, N_spec, N_template}},
    {"batch", "Job", {N_spec, N_template}},
};

enum template_found object_pod(struct pod *pod, const struct object *object)
{
    for (size_t i = 0; i < COUNT_OF(template_paths); i++) {
        const struct template_path *t = &template_paths[i];
        if (!object_is(object, t->group, t->kind))
            continue;
        const struct doc_node *node = object->node;
        for (size_t k = 0; k < PATH_NAMES && t->path[k] != N_NONE; k++)
            node = doc_get(node, t->path[k]);
        if (doc_is_unset(node)) {
            if (str_is(object->kind, "ReplicationController"))
                return TEMPLATE_ABSENT; /* the only one that is a pointer in Go */
            node = &empty_template;
        }
        pod_of_node(pod, object, node, t->path[0] != N_NONE, POD_AS_ADMITTED);
        return TEMPLATE_FOUND;
    }
    return TEMPLATE_NONE;
}
