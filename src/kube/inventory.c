/* SPDX-License-Identifier: Apache-2.0
 *
 * Snapshots that share their records. Counts are atomic because readers of different snapshots may
 * let go of the same record at once.
 */
#include "kube/inventory.h"

#include <stdatomic.h>
#include <stdlib.h>

struct record {
    struct inventory_namespace ns; /* first: the public view is the record */
    atomic_uint owners;
};

struct inventory {
    atomic_uint owners;
    size_t count;
    const struct inventory_namespace *namespaces[];
};

static struct record *record_of(const struct inventory_namespace *ns)
{
    /* Every inventory_namespace is the first member of a record made by record_new. */
    return (struct record *)(uintptr_t)ns;
}

static const struct inventory_namespace *record_hold(const struct inventory_namespace *ns)
{
    atomic_fetch_add_explicit(&record_of(ns)->owners, 1, memory_order_relaxed);
    return ns;
}

static void record_drop(const struct inventory_namespace *ns)
{
    if (atomic_fetch_sub_explicit(&record_of(ns)->owners, 1, memory_order_acq_rel) == 1)
        free(record_of(ns));
}

static bool is_label(const struct doc_entry *e)
{
    return e->value.kind == DOC_STR || e->value.kind == DOC_NULL;
}

/* Copies s to *at and moves it on. */
static struct str put_str(char **at, struct str s)
{
    struct str copy = {*at, s.len};
    memcpy(*at, s.ptr, s.len);
    *at += s.len;
    return copy;
}

static int compare_labels(const void *a, const void *b)
{
    return str_compare(((const struct inventory_label *)a)->key,
                       ((const struct inventory_label *)b)->key);
}

static void fill_record(struct record *r, struct str name, const struct doc_node *labels,
                        char *strings)
{
    struct inventory_label *label = (struct inventory_label *)(r + 1);
    r->ns.labels = label;
    r->ns.name = put_str(&strings, name);
    doc_foreach_entry (labels, e) {
        if (!is_label(e))
            continue;
        label->key = put_str(&strings, doc_key(e));
        label->value = put_str(&strings, doc_str(&e->value));
        label++;
    }
    r->ns.label_count = (uint32_t)(label - r->ns.labels);
    qsort((struct inventory_label *)(r + 1), r->ns.label_count, sizeof *label, compare_labels);
}

/* One block: the record, its labels, their strings. NULL when memory ran out. */
static const struct inventory_namespace *record_new(struct str name,
                                                    const struct doc_node *metadata)
{
    const struct doc_node *labels = doc_get(metadata, N_labels);
    size_t count = 0, bytes = name.len;
    doc_foreach_entry (labels, e) {
        if (is_label(e)) {
            count++;
            bytes += e->key_len + doc_str(&e->value).len;
        }
    }
    size_t head = sizeof(struct record) + count * sizeof(struct inventory_label);
    struct record *r = malloc(head + bytes);
    if (!r)
        return NULL;
    *r = (struct record){
        .ns.terminating = !doc_is_unset(doc_get(metadata, N_deletionTimestamp)),
        .owners = 1,
    };
    fill_record(r, name, labels, (char *)r + head);
    return &r->ns;
}

const struct inventory *inventory_hold(const struct inventory *inventory)
{
    atomic_fetch_add_explicit(&((struct inventory *)(uintptr_t)inventory)->owners, 1,
                              memory_order_relaxed);
    return inventory;
}

void inventory_drop(const struct inventory *inventory)
{
    struct inventory *own = (struct inventory *)(uintptr_t)inventory;
    if (!own || atomic_fetch_sub_explicit(&own->owners, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < own->count; i++)
        record_drop(own->namespaces[i]);
    free(own);
}

/* Index of the first namespace that is not before name. */
static size_t lower_bound(const struct inventory_namespace *const *list, size_t count,
                          struct str name)
{
    size_t low = 0;
    /* The API server lists by name, so in a relist the place is nearly always the end. */
    if (count && str_compare(list[count - 1]->name, name) < 0)
        return count;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (str_compare(list[middle]->name, name) < 0)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

const struct inventory_namespace *inventory_namespace(const struct inventory *inventory,
                                                      struct str name)
{
    if (!inventory)
        return NULL;
    size_t i = lower_bound(inventory->namespaces, inventory->count, name);
    bool found = i < inventory->count && str_equal(inventory->namespaces[i]->name, name);
    return found ? inventory->namespaces[i] : NULL;
}

size_t inventory_namespace_count(const struct inventory *inventory)
{
    return inventory ? inventory->count : 0;
}

const struct inventory_namespace *inventory_namespace_at(const struct inventory *inventory,
                                                         size_t i)
{
    return inventory->namespaces[i];
}

bool inventory_label(const struct inventory_namespace *ns, struct str key, struct str *value)
{
    for (uint32_t i = 0; i < ns->label_count; i++) {
        if (str_equal(ns->labels[i].key, key)) {
            *value = ns->labels[i].value;
            return true;
        }
    }
    return false;
}

static bool reserve(struct inventory_edit *edit, size_t count)
{
    if (count <= edit->cap)
        return true;
    size_t cap = edit->cap * 2 > count ? edit->cap * 2 : count;
    void *grown = realloc(edit->namespaces, cap * sizeof(struct inventory_namespace *));
    if (!grown) {
        edit->failed = true;
        return false;
    }
    edit->namespaces = grown;
    edit->cap = cap;
    return true;
}

void inventory_edit_init(struct inventory_edit *edit, const struct inventory *base)
{
    *edit = (struct inventory_edit){0};
    size_t count = inventory_namespace_count(base);
    if (!reserve(edit, count + 1))
        return;
    for (size_t i = 0; i < count; i++)
        edit->namespaces[i] = record_hold(base->namespaces[i]);
    edit->count = count;
}

void inventory_edit_put(struct inventory_edit *edit, const struct doc_node *metadata)
{
    struct str name = doc_str(doc_get(metadata, N_name));
    if (!name.len || edit->failed || !reserve(edit, edit->count + 1))
        return;
    const struct inventory_namespace *record = record_new(name, metadata);
    if (!record) {
        edit->failed = true;
        return;
    }
    const struct inventory_namespace **list = edit->namespaces;
    size_t i = lower_bound(list, edit->count, name);
    if (i < edit->count && str_equal(list[i]->name, name)) {
        record_drop(list[i]);
    } else {
        memmove(list + i + 1, list + i, (edit->count - i) * sizeof *list);
        edit->count++;
    }
    list[i] = record;
}

void inventory_edit_remove(struct inventory_edit *edit, struct str name)
{
    const struct inventory_namespace **list = edit->namespaces;
    size_t i = edit->failed ? 0 : lower_bound(list, edit->count, name);
    if (edit->failed || i == edit->count || !str_equal(list[i]->name, name))
        return;
    record_drop(list[i]);
    edit->count--;
    memmove(list + i, list + i + 1, (edit->count - i) * sizeof *list);
}

const struct inventory *inventory_edit_finish(struct inventory_edit *edit)
{
    size_t bytes = edit->count * sizeof(struct inventory_namespace *);
    struct inventory *made = edit->failed ? NULL : malloc(sizeof *made + bytes);
    if (made) {
        made->owners = 1;
        made->count = edit->count;
        memcpy(made->namespaces, edit->namespaces, bytes);
        edit->count = 0; /* the records are the snapshot's now */
    }
    inventory_edit_release(edit);
    return made;
}

void inventory_edit_release(struct inventory_edit *edit)
{
    for (size_t i = 0; i < edit->count; i++)
        record_drop(edit->namespaces[i]);
    free(edit->namespaces);
    *edit = (struct inventory_edit){0};
}
