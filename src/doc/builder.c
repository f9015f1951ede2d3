/* SPDX-License-Identifier: Apache-2.0
 *
 * Pending children of all open containers lie on one stack; doc_build_end moves the innermost one's
 * to the arena.
 */
#include "doc/builder.h"

#include "base/hash.h"
#include "doc/internal.h"

#include <stdlib.h>

enum {
    FIRST_STACK = 256,
    SCAN_ANCHORS = 16, /* more are found by a table, for as many aliases may ask */
};

void doc_builder_init(struct doc_builder *b, struct arena *arena, struct diag *diag,
                      enum doc_duplicates duplicates, bool yaml)
{
    memset(b, 0, offsetof(struct doc_builder, frames));
    b->arena = arena;
    b->diag = diag;
    b->duplicates = duplicates;
    b->yaml = yaml;
    doc_builder_clear(b);
}

void doc_builder_release(struct doc_builder *b)
{
    free(b->stack);
    b->stack = NULL;
    b->stack_cap = 0;
}

void doc_builder_clear(struct doc_builder *b)
{
    if (b->stack_cap > LIMIT_DOC_KEPT)
        doc_builder_release(b);
    b->stack_count = 0;
    b->depth = 0;
    b->nodes = b->nodes_base = b->alias_nodes = 0;
    memset(&b->anchors, 0, sizeof b->anchors);
    b->anchor_slots = NULL;
    b->anchor_slot_count = 0;
    memset(&b->found, 0, sizeof b->found);
    b->found_total = 0;
    b->next_anchor = 0;
    b->has_root = false;
}

bool doc_builder_no_memory(struct doc_builder *b)
{
    b->arena->failed = true;
    return diag_set(b->diag, DIAG_MEMORY, 0, 0, "out of memory");
}

static bool refuse_pending(struct doc_builder *b)
{
    uint32_t begin = b->frames[b->depth - 1].begin;
    return diag_set(b->diag, DIAG_LIMIT, begin, begin,
                    "more than %u values in a list and what is around it", LIMIT_DOC_PENDING);
}

bool doc_builder_grow(struct doc_builder *b)
{
    uint32_t cap = b->stack_cap ? b->stack_cap * 2 : FIRST_STACK;
    if (cap > LIMIT_DOC_PENDING)
        return refuse_pending(b);
    struct doc_entry *grown = realloc(b->stack, cap * sizeof *grown);
    if (!grown)
        return doc_builder_no_memory(b);
    b->stack = grown;
    b->stack_cap = cap;
    return true;
}

bool doc_builder_refuse_nodes(struct doc_builder *b, uint32_t begin)
{
    return diag_set(b->diag, DIAG_LIMIT, begin, begin, "more than %u values in one object",
                    LIMIT_DOC_NODES);
}

static __attribute__((noinline)) void close_anchor(struct doc_builder *b, uint32_t anchor,
                                                   const struct doc_node *value)
{
    struct doc_anchor *a = &b->anchors.items[anchor - 1];
    a->node = *value;
    a->open = false;
}

bool doc_build_scalar(struct doc_builder *b, const struct doc_node *scalar)
{
    struct doc_node *slot = doc_build_value(b, scalar->begin);
    if (!slot)
        return false;
    *slot = *scalar;
    if (b->next_anchor)
        close_anchor(b, b->next_anchor, scalar);
    b->next_anchor = 0;
    return true;
}

/* An item of the root's `items` list has a budget of its own: a List of many objects is no attack.
 */
static bool begins_item(const struct doc_builder *b)
{
    return b->depth == 2 && b->frames[1].kind == DOC_SEQ && b->frames[0].kind == DOC_MAP &&
           b->stack[b->frames[1].first - 1].name == N_items;
}

static __attribute__((noinline)) bool refuse_depth(struct doc_builder *b, uint32_t begin)
{
    return diag_set(b->diag, DIAG_LIMIT, begin, begin, "more than %u levels of nesting",
                    LIMIT_DOC_DEPTH);
}

static bool build_begin(struct doc_builder *b, enum doc_kind kind, uint32_t begin, unsigned flags)
{
    if (b->depth == LIMIT_DOC_DEPTH)
        return refuse_depth(b, begin);
    if (begins_item(b))
        b->nodes_base = b->nodes;
    if (!doc_builder_count(b, begin))
        return false;
    b->frames[b->depth++] = (struct doc_frame){
        .begin = begin,
        .first = b->stack_count,
        .anchor = b->next_anchor,
        .kind = (uint8_t)kind,
        .flags = (uint8_t)flags,
    };
    b->next_anchor = 0;
    return true;
}

bool doc_build_map(struct doc_builder *b, uint32_t begin, unsigned flags)
{
    return build_begin(b, DOC_MAP, begin, flags);
}

bool doc_build_seq(struct doc_builder *b, uint32_t begin, unsigned flags)
{
    return build_begin(b, DOC_SEQ, begin, flags);
}

/* --- Aliases and merge keys: copies, so that each place has nodes, and so a path, of its own. ---
 */

static bool copy_node(struct doc_builder *b, const struct doc_node *from, struct doc_node *to,
                      unsigned depth);

static bool copy_children(struct doc_builder *b, const struct doc_node *from, struct doc_node *to,
                          unsigned depth)
{
    bool map = from->kind == DOC_MAP;
    size_t size = map ? sizeof(struct doc_entry) : sizeof(struct doc_node);
    void *children = arena_alloc(b->arena, from->len * size);
    if (!children)
        return doc_builder_no_memory(b);
    struct doc_entry *entries = children;
    struct doc_node *items = children;
    for (uint32_t i = 0; i < from->len; i++) {
        if (map)
            entries[i] = from->v.entry[i];
        if (!copy_node(b, map ? &from->v.entry[i].value : &from->v.item[i],
                       map ? &entries[i].value : &items[i], depth + 1))
            return false;
    }
    if (map)
        to->v.entry = entries;
    else
        to->v.item = items;
    return true;
}

static bool copy_node(struct doc_builder *b, const struct doc_node *from, struct doc_node *to,
                      unsigned depth)
{
    if (++b->alias_nodes > LIMIT_ALIAS_NODES)
        return diag_set(b->diag, DIAG_LIMIT, from->begin, from->end,
                        "aliases expand to more than %u values", LIMIT_ALIAS_NODES);
    if (depth > LIMIT_DOC_DEPTH)
        return diag_set(b->diag, DIAG_LIMIT, from->begin, from->end,
                        "more than %u levels of nesting", LIMIT_DOC_DEPTH);
    *to = *from;
    to->flags |= DOC_ALIAS;
    b->nodes++;
    return from->kind < DOC_SEQ || !from->len || copy_children(b, from, to, depth);
}

/* Where the table holds a name, or would: 1 + index of the latest anchor of that name. Seeded by an
 * address, so that no file can be made to collide everywhere. */
static uint32_t *anchor_slot(const struct doc_builder *b, struct str name)
{
    uint64_t hash = hash_str((uintptr_t)b->arena, name);
    uint32_t at = (uint32_t)(hash ^ hash >> 32);
    for (;; at++) {
        uint32_t *slot = &b->anchor_slots[at & (b->anchor_slot_count - 1)];
        if (!*slot || str_equal(b->anchors.items[*slot - 1].name, name))
            return slot;
    }
}

/* Keeps the table at most half full. */
static bool index_anchor(struct doc_builder *b)
{
    uint32_t count = (uint32_t)b->anchors.count;
    if (count <= SCAN_ANCHORS)
        return true;
    uint32_t first = count;
    if (count > b->anchor_slot_count / 2) {
        uint32_t slots = b->anchor_slot_count ? b->anchor_slot_count * 4 : SCAN_ANCHORS * 8;
        b->anchor_slots = arena_zalloc(b->arena, slots, sizeof *b->anchor_slots);
        if (!b->anchor_slots)
            return doc_builder_no_memory(b);
        b->anchor_slot_count = slots;
        first = 1;
    }
    for (uint32_t i = first; i <= count; i++)
        *anchor_slot(b, b->anchors.items[i - 1].name) = i;
    return true;
}

static struct doc_anchor *add_anchor(struct doc_builder *b, struct str name)
{
    struct doc_anchor *a = vec_push(&b->anchors, b->arena);
    if (!a) {
        doc_builder_no_memory(b);
        return NULL;
    }
    a->name = name;
    a->open = true;
    return index_anchor(b) ? a : NULL;
}

bool doc_build_anchor(struct doc_builder *b, struct str name)
{
    bool ok = add_anchor(b, name) != NULL;
    b->next_anchor = (uint32_t)b->anchors.count;
    return ok;
}

bool doc_build_key_anchor(struct doc_builder *b, struct str name, const struct doc_node *scalar)
{
    struct doc_anchor *a = add_anchor(b, name);
    if (!a)
        return false;
    a->node = *scalar;
    a->open = false;
    return true;
}

/* The latest anchor of that name: YAML lets a later one replace an earlier. */
static const struct doc_anchor *look_up_anchor(const struct doc_builder *b, struct str name)
{
    if (b->anchors.count > SCAN_ANCHORS) {
        uint32_t found = *anchor_slot(b, name);
        return found ? &b->anchors.items[found - 1] : NULL;
    }
    for (size_t i = b->anchors.count; i > 0; i--)
        if (str_equal(b->anchors.items[i - 1].name, name))
            return &b->anchors.items[i - 1];
    return NULL;
}

const struct doc_node *doc_build_anchored(struct doc_builder *b, struct str name, uint32_t begin,
                                          uint32_t end)
{
    const struct doc_anchor *a = look_up_anchor(b, name);
    int len = (int)(name.len < 200 ? name.len : 200);
    if (a && !a->open)
        return &a->node;
    if (a)
        diag_set(b->diag, DIAG_SYNTAX, begin, end, "alias \"*%.*s\" contains itself", len,
                 name.ptr);
    else
        diag_set(b->diag, DIAG_SYNTAX, begin, end, "alias \"*%.*s\" has no anchor before it", len,
                 name.ptr);
    return NULL;
}

bool doc_build_alias(struct doc_builder *b, struct str name, uint32_t begin, uint32_t end)
{
    const struct doc_node *from = doc_build_anchored(b, name, begin, end);
    struct doc_node copy;
    if (!from || !copy_node(b, from, &copy, b->depth))
        return false;
    struct doc_node *slot = doc_builder_slot(b);
    if (slot)
        *slot = copy;
    return slot;
}

static bool merge_map(struct doc_builder *b, const struct doc_node *map)
{
    doc_foreach_entry (map, e) {
        struct doc_entry *to = doc_builder_push(b);
        if (!to)
            return false;
        *to = *e;
        to->value.flags |= DOC_ALIAS;
        to->reserved = DOC_ENTRY_MERGED;
    }
    return true;
}

static bool merge_refused(struct doc_builder *b, const struct doc_entry *key)
{
    return diag_set(b->diag, DIAG_TYPE, key->key_begin, key->key_end,
                    "expected a map or a list of maps for the merge key");
}

/* Of a list the first map wins, so it comes last. An alias to a list is refused, as kubectl does.
 */
static bool merge_value(struct doc_builder *b, const struct doc_entry *key)
{
    const struct doc_node *value = &key->value;
    if (value->kind == DOC_MAP)
        return merge_map(b, value);
    if (value->kind != DOC_SEQ || (value->flags & DOC_ALIAS))
        return merge_refused(b, key);
    for (uint32_t i = value->len; i-- > 0;) {
        if (value->v.item[i].kind != DOC_MAP)
            return merge_refused(b, key);
        if (!merge_map(b, &value->v.item[i]))
            return false;
    }
    return true;
}

/* Puts what `<<` entries merge in their place. kubectl's YAML reader works in document order: a
 * merged key replaces one written before it, and loses to one written after it. */
static __attribute__((noinline)) bool apply_merges(struct doc_builder *b, uint32_t first)
{
    uint32_t written = b->stack_count;
    for (uint32_t i = first; i < written; i++) {
        struct doc_entry e = b->stack[i];
        if (e.reserved & DOC_ENTRY_MERGE) {
            if (!merge_value(b, &e))
                return false;
            continue;
        }
        struct doc_entry *to = doc_builder_push(b);
        if (!to)
            return false;
        *to = e;
    }
    uint32_t count = b->stack_count - written;
    memmove(b->stack + first, b->stack + written, count * sizeof *b->stack);
    b->stack_count = first + count;
    return true;
}

/* --- The end of a container --- */

/* Points the duplicates from number `found` on, which are of this map, at the values that count. */
static void point_duplicates(struct doc_builder *b, size_t found, const struct doc_entry *entries,
                             uint32_t count)
{
    const struct doc_node map = {.kind = DOC_MAP, .len = count, .v.entry = entries};
    for (size_t i = found; i < b->found.count; i++)
        b->found.items[i].value = doc_get_str(&map, b->found.items[i].key);
}

static struct doc_entry *copy_entries(struct doc_entry *to, const struct doc_builder *b,
                                      const struct doc_frame *f)
{
    const struct doc_entry *end = b->stack + b->stack_count;
    for (const struct doc_entry *from = b->stack + f->first; from < end; from++)
        *to++ = *from;
    return to;
}

/* The rare map that merges another or may hold a key twice; `to` has room for its entries. */
static __attribute__((noinline)) const struct doc_entry *
store_doubtful(struct doc_builder *b, const struct doc_frame *f, struct doc_entry *to)
{
    size_t found = b->found.count;
    if (!doc_builder_drop_duplicates(b, f))
        return NULL;
    const struct doc_entry *end = copy_entries(to, b, f);
    point_duplicates(b, found, to, (uint32_t)(end - to));
    return to;
}

/* Each returns the copy in the arena of the container's children (at least one); NULL after an
 * error. */
static const struct doc_entry *store_map(struct doc_builder *b, const struct doc_frame *f)
{
    uint32_t count = b->stack_count - f->first;
    const struct doc_entry *from = b->stack + f->first;
    struct doc_entry *to = arena_alloc(b->arena, count * sizeof *to);
    if (!to) {
        doc_builder_no_memory(b);
        return NULL;
    }
    uint64_t seen = 0, again = f->merges; /* bits of the keys before: few maps need a closer look */
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t bit = doc_builder_key_bit(&from[i]);
        again |= seen & bit;
        seen |= bit;
        to[i] = from[i];
    }
    return again ? store_doubtful(b, f, to) : to;
}

static const struct doc_node *store_seq(struct doc_builder *b, const struct doc_frame *f)
{
    uint32_t count = b->stack_count - f->first;
    struct doc_node *to = arena_alloc(b->arena, count * sizeof *to);
    if (!to)
        doc_builder_no_memory(b);
    for (uint32_t i = 0; to && i < count; i++)
        to[i] = b->stack[f->first + i].value;
    return to;
}

/* A block container ends where its last value does. */
static uint32_t block_end(const struct doc_builder *b, const struct doc_frame *f, uint32_t end)
{
    if (b->stack_count == f->first)
        return end;
    const struct doc_node *last = &b->stack[b->stack_count - 1].value;
    return last->flags & DOC_ALIAS ? end : last->end;
}

/* Pops the innermost container; its value is `children`, of the kind that the frame says, or empty.
 */
static bool pop(struct doc_builder *b, const struct doc_frame *f, const void *children,
                uint32_t end)
{
    uint32_t len = b->stack_count - f->first;
    b->stack_count = f->first;
    b->depth--;
    struct doc_node *slot = doc_builder_slot(b);
    if (!slot)
        return false;
    /* Member by member: a load of more than was stored at once waits for the store. */
    slot->kind = f->kind;
    slot->flags = f->flags;
    slot->begin = f->begin;
    slot->end = end;
    slot->len = len;
    if (f->kind == DOC_MAP)
        slot->v.entry = children;
    else
        slot->v.item = children;
    if (f->anchor)
        close_anchor(b, f->anchor, slot);
    return true;
}

bool doc_build_end(struct doc_builder *b, uint32_t end)
{
    const struct doc_frame *f = &b->frames[b->depth - 1];
    if (f->flags & DOC_BLOCK)
        end = block_end(b, f, end);
    if (f->merges && !apply_merges(b, f->first))
        return false;
    if (b->stack_count == f->first)
        return pop(b, f, NULL, end);
    const void *children = f->kind == DOC_MAP ? (const void *)store_map(b, f) : store_seq(b, f);
    return children && pop(b, f, children, end);
}

bool doc_build_finish(struct doc_builder *b, struct str text, struct doc *doc)
{
    *doc = (struct doc){.text = text, .nodes = b->nodes, .json = !b->yaml};
    if (b->has_root) {
        struct doc_node *root = arena_alloc(b->arena, sizeof *root);
        if (!root)
            return doc_builder_no_memory(b);
        *root = b->root;
        doc->root = root;
    }
    doc->duplicates = b->found.items;
    doc->duplicate_count = (uint32_t)b->found.count;
    doc->duplicate_total = b->found_total;
    return !b->arena->failed || doc_builder_no_memory(b);
}
