/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading the tree. Maps are scanned, not hashed: the median map has 2 keys, 99 of 100 have at
 * most 5.
 */
#include "doc/doc.h"

#include "base/limits.h"

const struct doc_entry *doc_map_entry(const struct doc_node *map, name_t name)
{
    for (uint32_t i = 0; i < map->len; i++)
        if (map->v.entry[i].name == name)
            return &map->v.entry[i];
    return NULL;
}

const struct doc_entry *doc_entry_str(const struct doc_node *map, struct str key)
{
    doc_foreach_entry (map, e)
        if (str_equal(doc_key(e), key))
            return e;
    return NULL;
}

const struct doc_node *doc_get_str(const struct doc_node *map, struct str key)
{
    const struct doc_entry *e = doc_entry_str(map, key);
    return e ? &e->value : NULL;
}

struct doc_at doc_at_names(const struct doc_node *from, const name_t *names)
{
    struct doc_at at = {.node = from, .nearest = from};
    for (; *names != N_NONE; names++) {
        const struct doc_node *next = doc_get(at.node, *names);
        if (doc_is_unset(next))
            return (struct doc_at){.node = NULL, .nearest = at.nearest};
        at.node = at.nearest = next;
    }
    return at;
}

static const struct doc_node *child_at(const struct doc_node *parent, uint32_t index)
{
    if (index >= parent->len)
        return NULL;
    return parent->kind == DOC_MAP ? &parent->v.entry[index].value : &parent->v.item[index];
}

static bool has_children(const struct doc_node *n)
{
    return (n->kind == DOC_MAP || n->kind == DOC_SEQ) && !(n->flags & DOC_OPAQUE) && n->len;
}

/* Depth first. With prune, only into nodes whose span holds that of target: what an alias copied
 * keeps the anchor's span, so a search without must follow. */
static bool search(struct doc_steps *s, const struct doc_node *root, const struct doc_node *target,
                   bool prune)
{
    s->count = 0;
    if (!has_children(root))
        return false;
    s->step[s->count].parent = root;
    s->step[s->count++].index = 0;
    while (s->count) {
        uint32_t *index = &s->step[s->count - 1].index;
        const struct doc_node *child = child_at(s->step[s->count - 1].parent, *index);
        if (child == target)
            return true;
        bool enter = child && has_children(child) && s->count < LIMIT_DOC_DEPTH &&
                     (!prune || (child->begin <= target->begin && target->begin <= child->end));
        if (enter) {
            s->step[s->count].parent = child;
            s->step[s->count++].index = 0;
        } else if (child) {
            ++*index;
        } else if (--s->count) {
            s->step[s->count - 1].index++;
        }
    }
    return false;
}

bool doc_find(struct doc_steps *steps, const struct doc_node *root, const struct doc_node *target)
{
    steps->count = 0;
    return root == target || search(steps, root, target, true) ||
           search(steps, root, target, false);
}

bool doc_path(struct buf *out, const struct doc_node *root, const struct doc_node *target)
{
    struct doc_steps steps;
    if (!doc_find(&steps, root, target))
        return false;
    for (size_t i = 0; i < steps.count; i++) {
        const struct doc_node *p = steps.step[i].parent;
        if (p->kind == DOC_SEQ) {
            buf_add_char(out, '[');
            buf_add_uint(out, steps.step[i].index);
            buf_add_char(out, ']');
            continue;
        }
        if (i)
            buf_add_char(out, '.');
        buf_add_str(out, doc_key(&p->v.entry[steps.step[i].index]));
    }
    return true;
}
