/* SPDX-License-Identifier: Apache-2.0
 *
 * The one sink of both readers. It does once, for every source: ceilings on depth and nodes,
 * duplicate keys, interned names, anchors, aliases and merge keys. A reader calls it in document
 * order:
 *
 *   value      := doc_build_scalar | map | seq | doc_build_alias
 *   map        := doc_build_map (doc_build_key value)* doc_build_end
 *   seq        := doc_build_seq value* doc_build_end
 *
 * Every call returns false once anything failed (b->diag says what, b->arena->failed where memory
 * ran out); a reader stops then. Containers are gathered on a stack and copied to the arena when
 * they end, so a finished container is one contiguous array.
 */
#ifndef DOC_BUILDER_H
#define DOC_BUILDER_H

#include "base/diag.h"
#include "base/limits.h"
#include "base/vec.h"
#include "doc/doc.h"

/* What doc_entry.reserved says of an entry on the stack; in the tree it is 0. */
enum { DOC_ENTRY_MERGE = 1, DOC_ENTRY_MERGED = 2, DOC_ENTRY_DROPPED = 4 };

enum doc_duplicates {
    DOC_DUPLICATES_KEEP_LAST, /* files: recorded, the last value counts */
    DOC_DUPLICATES_REFUSE,    /* requests: an error */
};

struct doc_frame { /* an open container */
    uint32_t begin;
    uint32_t first;      /* of its entries on the stack */
    uint32_t anchor;     /* 1 + index in anchors, or 0 */
    uint8_t kind, flags; /* as in a node */
    bool merges;         /* holds a merge key */
};

struct doc_anchor {
    struct str name;
    struct doc_node node;
    bool open; /* not finished: an alias to it would be a loop */
};

struct doc_builder {
    struct arena *arena; /* where the tree goes */
    struct diag *diag;
    enum doc_duplicates duplicates;
    struct doc_entry *stack; /* pending children; those of a sequence use only .value */
    uint32_t stack_count, stack_cap;
    struct doc_frame frames[LIMIT_DOC_DEPTH];
    uint32_t depth;
    uint32_t nodes, nodes_base; /* built so far; where the present item of a List began */
    uint32_t alias_nodes;
    VEC(struct doc_anchor) anchors;
    uint32_t *anchor_slots; /* by name, once there are many */
    uint32_t anchor_slot_count;
    VEC(struct doc_duplicate) found;
    uint32_t found_total;
    uint32_t next_anchor; /* 1 + index of the anchor that the next value defines */
    struct doc_node root;
    bool has_root;
    bool yaml; /* merge keys have a meaning */
};

/* diag must outlive the builder. The stack is the builder's own memory: doc_builder_release it. */
void doc_builder_init(struct doc_builder *b, struct arena *arena, struct diag *diag,
                      enum doc_duplicates duplicates, bool yaml);
/* Makes it ready for the next document, with the stack's memory kept unless it is much. */
void doc_builder_clear(struct doc_builder *b);
void doc_builder_release(struct doc_builder *b);

/* Notes that memory ran out, here or in the reader; false. */
bool doc_builder_no_memory(struct doc_builder *b);

/* flags: of enum doc_flag. */
bool doc_build_map(struct doc_builder *b, uint32_t begin, unsigned flags);
bool doc_build_seq(struct doc_builder *b, uint32_t begin, unsigned flags);
/* end: the byte after the container; for DOC_BLOCK ones the end of the last value is taken instead.
 */
bool doc_build_end(struct doc_builder *b, uint32_t end);
/* key must live as long as the arena. merge: an unquoted YAML `<<`. */
static inline bool doc_build_key(struct doc_builder *b, struct str key, name_t name, uint32_t begin,
                                 uint32_t end, bool merge);
bool doc_build_scalar(struct doc_builder *b, const struct doc_node *scalar);
/* The same for a reader without anchors and in a hurry: where the next value goes. The caller fills
 * it in, all members but `reserved`, before its next call here. NULL as false above. */
static inline struct doc_node *doc_build_value(struct doc_builder *b, uint32_t begin);
/* The next value gets this anchor. name must live as long as the arena. */
bool doc_build_anchor(struct doc_builder *b, struct str name);
/* The key just before or after this call has the anchor; scalar is its value as a value. */
bool doc_build_key_anchor(struct doc_builder *b, struct str name, const struct doc_node *scalar);
bool doc_build_alias(struct doc_builder *b, struct str name, uint32_t begin, uint32_t end);
/* What an alias stands for, to use it as a key; NULL: there is none (b->diag is set). */
const struct doc_node *doc_build_anchored(struct doc_builder *b, struct str name, uint32_t begin,
                                          uint32_t end);

/* The finished document; b->has_root tells whether there was a value. False when memory ran out. */
bool doc_build_finish(struct doc_builder *b, struct str text, struct doc *doc);

/* --- The inner loop of a request, here so that the reader's compiler sees it. --- */

bool doc_builder_grow(struct doc_builder *b);
bool doc_builder_refuse_nodes(struct doc_builder *b, uint32_t begin);

/* The next entry of the stack; NULL when memory ran out. */
static inline struct doc_entry *doc_builder_push(struct doc_builder *b)
{
    if (b->stack_count == b->stack_cap && !doc_builder_grow(b))
        return NULL;
    return &b->stack[b->stack_count++];
}

static inline bool doc_builder_count(struct doc_builder *b, uint32_t begin)
{
    return ++b->nodes - b->nodes_base <= LIMIT_DOC_NODES || doc_builder_refuse_nodes(b, begin);
}

/* The value of the key that was built last: doc_build_key made its entry. */
static inline struct doc_node *doc_builder_keyed(struct doc_builder *b)
{
    return &b->stack[b->stack_count - 1].value;
}

/* Where a finished value belongs: on the stack for its container, or as the root. */
static inline struct doc_node *doc_builder_slot(struct doc_builder *b)
{
    if (!b->depth) {
        b->has_root = true;
        return &b->root;
    }
    if (b->frames[b->depth - 1].kind == DOC_MAP)
        return doc_builder_keyed(b);
    struct doc_entry *item = doc_builder_push(b);
    return item ? &item->value : NULL;
}

static inline struct doc_node *doc_build_value(struct doc_builder *b, uint32_t begin)
{
    return doc_builder_count(b, begin) ? doc_builder_slot(b) : NULL;
}

static inline bool doc_build_key(struct doc_builder *b, struct str key, name_t name, uint32_t begin,
                                 uint32_t end, bool merge)
{
    struct doc_entry *e = doc_builder_push(b);
    if (!e)
        return false;
    e->key = key.ptr;
    e->key_len = (uint32_t)key.len;
    e->key_begin = begin;
    e->key_end = end;
    e->name = name;
    e->reserved = merge && b->yaml ? DOC_ENTRY_MERGE : 0;
    if (e->reserved)
        b->frames[b->depth - 1].merges = true;
    return true;
}

#endif
