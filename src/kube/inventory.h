/* SPDX-License-Identifier: Apache-2.0
 *
 * What the webhook knows of the cluster: an immutable snapshot, shared by counting. A change makes
 * a new snapshot that shares every unchanged record with the old one, so a watch event costs one
 * record and a copy of the pointers. Namespaces with their labels now; network policies later.
 *
 * Any thread may read, hold and drop a snapshot; one thread at a time edits.
 */
#ifndef KUBE_INVENTORY_H
#define KUBE_INVENTORY_H

#include "doc/doc.h"

struct inventory_label {
    struct str key, value;
};

/* One allocation with its strings; never changed once made. */
struct inventory_namespace {
    struct str name;
    const struct inventory_label *labels; /* sorted by key */
    uint32_t label_count;
    bool terminating; /* has a deletionTimestamp */
};

struct inventory;

/* One more owner; returns its argument. */
const struct inventory *inventory_hold(const struct inventory *inventory);
/* One owner less; the last one frees it. NULL is allowed. */
void inventory_drop(const struct inventory *inventory);

/* The namespace of that name, valid as long as the snapshot; NULL when absent or inventory is NULL.
 */
const struct inventory_namespace *inventory_namespace(const struct inventory *inventory,
                                                      struct str name);
size_t inventory_namespace_count(const struct inventory *inventory);
/* The i-th by name. */
const struct inventory_namespace *inventory_namespace_at(const struct inventory *inventory,
                                                         size_t i);
/* The value of a label; false when it is not there. */
bool inventory_label(const struct inventory_namespace *ns, struct str key, struct str *value);

/* A snapshot in the making. */
struct inventory_edit {
    const struct inventory_namespace **namespaces; /* sorted by name, each owned once */
    size_t count, cap;
    bool failed; /* memory ran out: sticky */
};

/* Starts from a snapshot (which stays as it is), or from nothing when base is NULL (a relist: what
 * is not put again is gone). */
void inventory_edit_init(struct inventory_edit *edit, const struct inventory *base);
/* Adds or replaces the namespace whose `metadata` this is; all is copied. A label that is null has
 * the value "", one of another type is left out (the API server sends neither). Ignored when
 * metadata holds no name. */
void inventory_edit_put(struct inventory_edit *edit, const struct doc_node *metadata);
void inventory_edit_remove(struct inventory_edit *edit, struct str name);
/* The new snapshot with one owner, or NULL when memory ran out (keep the old one and try again).
 * The edit is released either way. */
const struct inventory *inventory_edit_finish(struct inventory_edit *edit);
/* Gives up an edit. */
void inventory_edit_release(struct inventory_edit *edit);

#endif
