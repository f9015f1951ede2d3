/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading the tree. Maps are scanned, not hashed: the median map has 2 keys, 99 of 100 have at
 * most 5.
 */
#include "doc/doc.h"

#include "base/limits.h"

const struct doc_entry *doc_entry(const struct doc_node *map, name_t name)
{
    doc_foreach_entry (map, e)
        if (e->name == name)
            return e;
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

struct step {
    const struct doc_node *parent;
    uint32_t index;
};

static const struct doc_node *child_at(const struct step *step)
{
    const struct doc_node *p = step->parent;
    if (step->index >= p->len)
        return NULL;
    return p->kind == DOC_MAP ? &p->v.entry[step->index].value : &p->v.item[step->index];
}

static bool has_children(const struct doc_node *n)
{
    return (n->kind == DOC_MAP || n->kind == DOC_SEQ) && !(n->flags & DOC_OPAQUE) && n->len;
}

static void write_path(struct buf *out, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct doc_node *p = steps[i].parent;
        if (p->kind == DOC_SEQ) {
            buf_add_char(out, '[');
            buf_add_uint(out, steps[i].index);
            buf_add_char(out, ']');
            continue;
        }
        if (i)
            buf_add_char(out, '.');
        buf_add_str(out, doc_key(&p->v.entry[steps[i].index]));
    }
}

bool doc_path(struct buf *out, const struct doc_node *root, const struct doc_node *target)
{
    struct step steps[LIMIT_DOC_DEPTH + 1];
    size_t depth = 0;
    if (root == target)
        return true;
    if (!has_children(root))
        return false;
    steps[depth++] = (struct step){root, 0};
    while (depth) {
        const struct doc_node *child = child_at(&steps[depth - 1]);
        if (child == target) {
            write_path(out, steps, depth);
            return true;
        }
        if (!child) {
            if (--depth)
                steps[depth - 1].index++;
        } else if (has_children(child) && depth < LIMIT_DOC_DEPTH) {
            steps[depth++] = (struct step){child, 0};
        } else {
            steps[depth - 1].index++;
        }
    }
    return false;
}
