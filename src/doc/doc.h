/* SPDX-License-Identifier: Apache-2.0
 *
 * The positioned document tree: one type for YAML files, JSON files and AdmissionReviews. Immutable
 * once built; it lives in the arena it was built in and may borrow strings from the source text.
 * Strings are not terminated.
 *
 * Nodes hold no parent and no path: doc_path finds one from the root when a finding is made.
 */
#ifndef DOC_DOC_H
#define DOC_DOC_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "doc/name.h"

#include <stdbool.h>
#include <stdint.h>

enum doc_kind { DOC_NULL, DOC_BOOL, DOC_INT, DOC_REAL, DOC_STR, DOC_SEQ, DOC_MAP };

enum doc_flag {
    DOC_QUOTED = 1,    /* a JSON string, or a quoted or block scalar: a string whatever it spells */
    DOC_BLOCK = 2,     /* a block scalar, or a block-style collection */
    DOC_ALIAS = 4,     /* copied from an anchor, by alias or merge key; the span is the anchor's */
    DOC_TOO_LARGE = 8, /* a whole number beyond int64, kept as a double */
    DOC_OPAQUE = 16,   /* a map or list whose children were checked and not kept (fieldsV1) */
};

struct doc_entry;

struct doc_node {  /* 24 bytes */
    uint8_t kind;  /* enum doc_kind */
    uint8_t flags; /* enum doc_flag */
    uint16_t reserved;
    uint32_t begin,
        end;      /* bytes in the source; the end of a block collection is that of its last value */
    uint32_t len; /* bytes of a string, items of a sequence, entries of a map */
    union {
        bool b;
        int64_t i;
        double r;
        const char *s;
        const struct doc_node *item;
        const struct doc_entry *entry;
    } v;
};

struct doc_entry {
    struct doc_node value;
    const char *key;
    uint32_t key_len;
    uint32_t key_begin, key_end; /* with quotes; of a merged key: where it is written */
    name_t name;
    uint16_t reserved;
};

_Static_assert(sizeof(struct doc_node) == 24, "nodes are many: keep them small");
_Static_assert(sizeof(struct doc_entry) == 48, "entries are many: keep them small");

/* A key met again. The tree holds the last value; the finding duplicate-key names both places. */
struct doc_duplicate {
    struct str key;
    uint32_t first_begin, first_end, again_begin, again_end; /* spans of the two keys */
    const struct doc_node *value;                            /* the one that counts, for its path */
};

struct doc {
    struct str text; /* the whole source: positions count from its start */
    const struct doc_node *root;
    const struct doc_duplicate *duplicates;
    uint32_t duplicate_count; /* kept: at most LIMIT_DOC_DUPLICATES */
    uint32_t duplicate_total;
    uint32_t nodes;
    bool json; /* read as JSON */
};

/* A node, or where one would stand: nearest is the innermost node on the way to it, never NULL. */
struct doc_at {
    const struct doc_node *node;
    const struct doc_node *nearest;
};

/* The entry or value of a key; NULL where map is NULL, no map, or has no such key. The last of
 * duplicates counts. */
static inline const struct doc_entry *doc_entry(const struct doc_node *map, name_t name);
const struct doc_entry *doc_entry_str(const struct doc_node *map, struct str key);
static inline const struct doc_node *doc_get(const struct doc_node *map, name_t name);
const struct doc_node *doc_get_str(const struct doc_node *map, struct str key);

/* doc_at(pod, N_spec, N_securityContext): follows names from a node that is not NULL. An explicit
 * null counts as absent. */
#define doc_at(from, ...) doc_at_names((from), (const name_t[]){__VA_ARGS__, N_NONE})
struct doc_at doc_at_names(const struct doc_node *from, const name_t *names);

/* Value tests; all false for NULL and for another type. */
static inline bool doc_is(const struct doc_node *n, enum doc_kind kind)
{
    return n && n->kind == (uint8_t)kind;
}

static inline bool doc_is_true(const struct doc_node *n)
{
    return doc_is(n, DOC_BOOL) && n->v.b;
}

static inline bool doc_is_false(const struct doc_node *n)
{
    return doc_is(n, DOC_BOOL) && !n->v.b;
}

/* Absent or null: the API server treats them alike (reference: Go's decoder leaves the zero value).
 */
static inline bool doc_is_unset(const struct doc_node *n)
{
    return !n || n->kind == DOC_NULL;
}

/* The string's text; empty for NULL and for another type. */
static inline struct str doc_str(const struct doc_node *n)
{
    return doc_is(n, DOC_STR) ? (struct str){n->v.s, n->len} : STR_EMPTY;
}

static inline struct str doc_key(const struct doc_entry *e)
{
    return (struct str){e->key, e->key_len};
}

const struct doc_entry *doc_map_entry(const struct doc_node *map, name_t name); /* map is one */

static inline const struct doc_entry *doc_entry(const struct doc_node *map, name_t name)
{
    return doc_is(map, DOC_MAP) ? doc_map_entry(map, name) : NULL;
}

static inline const struct doc_node *doc_get(const struct doc_node *map, name_t name)
{
    const struct doc_entry *e = doc_entry(map, name);
    return e ? &e->value : NULL;
}

/* Iterate; nothing to do for NULL or another type. */
#define doc_foreach_item(seq, it)                                                                  \
    for (const struct doc_node *it = doc_is((seq), DOC_SEQ) ? (seq)->v.item : NULL,                \
                               *it##_end = it ? it + (seq)->len : NULL;                            \
         it != it##_end; it++)
#define doc_foreach_entry(map, it)                                                                 \
    for (const struct doc_entry *it = doc_is((map), DOC_MAP) ? (map)->v.entry : NULL,              \
                                *it##_end = it ? it + (map)->len : NULL;                           \
         it != it##_end; it++)

/* The way from a node to one below it: at each step the child of that index. */
struct doc_steps {
    struct {
        const struct doc_node *parent;
        uint32_t index;
    } step[LIMIT_DOC_DEPTH + 1];
    size_t count; /* 0: root itself */
};

/* False when target is not below root; the first way in document order where aliases make several.
 */
bool doc_find(struct doc_steps *steps, const struct doc_node *root, const struct doc_node *target);

/* Appends the path of target below root as the API server writes it: spec.containers[0].image, keys
 * as they are, whatever is in them. Nothing for root itself. False when target is not below root.
 */
bool doc_path(struct buf *out, const struct doc_node *root, const struct doc_node *target);

#endif
