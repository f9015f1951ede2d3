/* SPDX-License-Identifier: Apache-2.0
 *
 * One Kubernetes object: a view over a document, no copies.
 */
#ifndef KUBE_OBJECT_H
#define KUBE_OBJECT_H

#include "doc/doc.h"

struct object {
    const struct doc *doc;           /* spans count in doc->text */
    const struct doc_node *node;     /* the object's map; the root, or an item of a List */
    const struct doc_node *metadata; /* NULL when absent or no map */
    struct str api_version, kind;    /* empty when absent or no strings */
    struct str group, version;       /* of api_version; the core group is empty */
    struct str name, namespace;      /* empty when absent; generateName is not a name */
};

/* False when node is no map or lacks a string apiVersion or a string kind (both empty-checked);
 * *object is set as far as it goes. */
bool object_view(struct object *object, const struct doc *doc, const struct doc_node *node);
/* Whether it is a v1 List or another list kind ("PodList" …) with an `items` sequence: then the
 * items are the objects. */
bool object_is_list(const struct object *object);
/* False ends the visits. */
typedef bool object_visit_fn(void *context, const struct object *object);
/* Calls visit for the object, or for each item of a list (items of a typed list may lack apiVersion
 * and kind: they take the list's, less "List"), nested lists to LIMIT_DOC_DEPTH. Stops and returns
 * false when visit does. */
bool object_foreach(const struct doc *doc, object_visit_fn *visit, void *context);

#endif
