/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/object.h"

#include "base/limits.h"

static void split_api_version(struct object *o)
{
    size_t slash = str_find(o->api_version, '/');
    bool core = slash == o->api_version.len;
    o->group = core ? STR_EMPTY : str_take(o->api_version, slash);
    o->version = core ? o->api_version : str_skip(o->api_version, slash + 1);
}

bool object_view(struct object *object, const struct doc *doc, const struct doc_node *node)
{
    *object = (struct object){.doc = doc, .node = node};
    object->api_version = doc_str(doc_get(node, N_apiVersion));
    object->kind = doc_str(doc_get(node, N_kind));
    split_api_version(object);
    const struct doc_node *metadata = doc_get(node, N_metadata);
    if (doc_is(metadata, DOC_MAP)) {
        object->metadata = metadata;
        object->name = doc_str(doc_get(metadata, N_name));
        object->namespace = doc_str(doc_get(metadata, N_namespace));
    }
    return object->api_version.len && object->kind.len;
}

bool object_is_list(const struct object *object)
{
    return str_ends_with(object->kind, STR("List")) &&
           doc_is(doc_get(object->node, N_items), DOC_SEQ);
}

/* An item of a typed list may leave out what the list says: PodList of v1 holds Pods of v1. */
static void item_view(struct object *item, const struct object *list, const struct doc_node *node)
{
    if (object_view(item, list->doc, node) || !doc_is(node, DOC_MAP) ||
        list->kind.len == strlen("List"))
        return;
    if (!item->api_version.len) {
        item->api_version = list->api_version;
        split_api_version(item);
    }
    if (!item->kind.len)
        item->kind = str_take(list->kind, list->kind.len - strlen("List"));
}

static bool visit_object(const struct object *object, unsigned depth, object_visit_fn *visit,
                         void *context)
{
    if (!object_is_list(object) || depth == LIMIT_DOC_DEPTH)
        return visit(context, object);
    doc_foreach_item (doc_get(object->node, N_items), node) {
        struct object item;
        item_view(&item, object, node);
        if (!visit_object(&item, depth + 1, visit, context))
            return false;
    }
    return true;
}

bool object_foreach(const struct doc *doc, object_visit_fn *visit, void *context)
{
    struct object object;
    if (!doc->root)
        return true;
    object_view(&object, doc, doc->root);
    return visit_object(&object, 0, visit, context);
}
