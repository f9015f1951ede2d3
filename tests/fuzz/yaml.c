/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a stream. What is read holds together:
 *
 *   - spans lie in the text; children lie in their parents and follow each other, but where an
 *     alias or a merge brought them; borrowed strings are what the span shows;
 *   - keys are unique in their map, and interned as the look-up says;
 *   - the ceilings hold on depth, values and aliases; no map or text is an infinite number;
 *   - errors have a text and a place in the document they are in;
 *   - documents come in the order of the text;
 *   - read again, and read with another document in front, it gives the same trees.
 */
#include "base/utf8.h"
#include "load/stream.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define DEMAND(condition) ((condition) ? (void)0 : demand_failed(#condition, __LINE__))

static void demand_failed(const char *what, int line)
{
    fprintf(stderr, "tests/fuzz/yaml.c:%d: not so: %s\n", line, what);
    abort();
}

enum { ITEMS = 64 };

/* What one reading gave. */
struct reading {
    struct str text;
    uint32_t shift; /* bytes in front of the text proper */
    uint32_t last;  /* where the latest document or error began */
    size_t count;
    struct item {
        const struct doc_node *root; /* NULL: an error */
        uint32_t begin;
        enum diag_code code;
        uint32_t duplicates;
    } items[ITEMS];
};

static bool in_text(struct str text, const char *p)
{
    return (uintptr_t)p - (uintptr_t)text.ptr < text.len;
}

static void check_string(struct str text, const struct doc_node *n)
{
    struct str s = doc_str(n);
    DEMAND(utf8_check(s) == s.len);
    if (!s.len || !in_text(text, s.ptr))
        return;
    size_t quote = (n->flags & DOC_QUOTED) != 0;
    DEMAND((size_t)(s.ptr - text.ptr) == n->begin + quote);
    DEMAND(n->end == n->begin + s.len + 2 * quote);
}

static void check_map_keys(const struct doc_node *n)
{
    if (n->len > ITEMS)
        return;
    for (uint32_t i = 0; i < n->len; i++) {
        const struct doc_entry *e = &n->v.entry[i];
        DEMAND(e->name == name_lookup(doc_key(e)) && !e->reserved);
        for (uint32_t j = 0; j < i; j++)
            DEMAND(!str_equal(doc_key(e), doc_key(&n->v.entry[j])));
    }
}

/* begin: nothing before it is the node's. Returns how many values there are. */
static uint32_t check_node(struct str text, const struct doc_node *n, uint32_t begin, uint32_t end,
                           unsigned depth)
{
    uint32_t count = 1;
    DEMAND(depth <= LIMIT_DOC_DEPTH && n->begin <= n->end && n->end <= text.len);
    bool alias = n->flags & DOC_ALIAS;
    DEMAND(alias || (begin <= n->begin && n->end <= end));
    DEMAND(n->kind != DOC_REAL || isfinite(n->v.r));
    if (n->kind == DOC_STR)
        check_string(text, n);
    begin = n->begin;
    doc_foreach_item (n, it) {
        count += check_node(text, it, begin, n->end, depth + 1);
        begin = it->flags & DOC_ALIAS ? begin : it->end;
    }
    doc_foreach_entry (n, e) {
        DEMAND(e->key_begin <= e->key_end && e->key_end <= text.len);
        DEMAND((e->value.flags & DOC_ALIAS) || e->key_end <= e->value.begin);
        count += check_node(text, &e->value, begin, n->end, depth + 1);
    }
    if (n->kind == DOC_MAP)
        check_map_keys(n);
    return count;
}

static void check_error(const struct stream_item *item, struct str text)
{
    const struct diag *e = item->error;
    DEMAND(e->code != DIAG_NONE && e->code != DIAG_MEMORY && e->text[0]);
    DEMAND(e->begin <= e->end && e->end <= text.len);
    DEMAND(!item->doc && utf8_check(str_from(e->text)) == strlen(e->text));
}

static bool visit(void *context, const struct stream_item *item)
{
    struct reading *r = context;
    uint32_t document = (uint32_t)(item->text.ptr - r->text.ptr);
    DEMAND(document <= r->text.len && document + item->text.len <= r->text.len);
    DEMAND(document >= r->last);
    r->last = document;
    struct item seen = {.begin = document - r->shift};
    if (item->error) {
        check_error(item, r->text);
        seen.code = item->error->code;
    } else {
        const struct doc *d = item->doc;
        DEMAND(d->root && d->root->kind != DOC_NULL && d->text.ptr == r->text.ptr);
        uint32_t count =
            check_node(r->text, d->root, document, document + (uint32_t)item->text.len, 0);
        DEMAND(count <= d->nodes + LIMIT_ALIAS_NODES);
        DEMAND(d->duplicate_count <= d->duplicate_total);
        seen.root = d->root;
        seen.duplicates = d->duplicate_total;
    }
    DEMAND(!item->not_json || item->not_json->text[0]);
    if (document >= r->shift && r->count < ITEMS)
        r->items[r->count++] = seen;
    return true;
}

static bool same_scalar(const struct doc_node *x, const struct doc_node *y)
{
    switch ((enum doc_kind)x->kind) {
    case DOC_BOOL:
        return x->v.b == y->v.b;
    case DOC_INT:
    case DOC_REAL:
        return x->v.i == y->v.i; /* a double by its bits */
    case DOC_STR:
        return str_equal(doc_str(x), doc_str(y));
    case DOC_NULL:
    case DOC_SEQ:
    case DOC_MAP:
        return true;
    }
    return false;
}

static bool same_tree(const struct doc_node *x, const struct doc_node *y, uint32_t shift)
{
    if (x->kind != y->kind || x->flags != y->flags || x->begin + shift != y->begin ||
        x->end + shift != y->end || !same_scalar(x, y))
        return false;
    bool same = x->kind < DOC_SEQ || x->len == y->len;
    for (uint32_t i = 0; x->kind >= DOC_SEQ && i < x->len && same; i++)
        same = x->kind == DOC_SEQ
                   ? same_tree(&x->v.item[i], &y->v.item[i], shift)
                   : str_equal(doc_key(&x->v.entry[i]), doc_key(&y->v.entry[i])) &&
                         same_tree(&x->v.entry[i].value, &y->v.entry[i].value, shift);
    return same;
}

static void read_stream(struct reading *r, struct str text, uint32_t shift, struct arena *arena)
{
    struct source source = {STR("fuzz"), text};
    *r = (struct reading){.text = text, .shift = shift};
    DEMAND(stream_read(&source, arena, visit, r) && !arena->failed);
}

static void compare(const struct reading *x, const struct reading *y)
{
    DEMAND(x->count == y->count);
    for (size_t i = 0; i < x->count; i++) {
        const struct item *a = &x->items[i], *b = &y->items[i];
        DEMAND(a->begin == b->begin && a->code == b->code && a->duplicates == b->duplicates);
        DEMAND(!a->root == !b->root && (!a->root || same_tree(a->root, b->root, y->shift)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char front[] = "kind: \xC3\xA9\n---\n";
    enum { SHIFT = sizeof front - 1 };
    static struct reading first, again, shifted;
    struct str text = {(const char *)data, size};
    struct arena arena;
    char *moved = malloc(size + SHIFT);
    if (!moved)
        return 0;
    arena_init(&arena, LIMIT_FILE_ARENA);
    read_stream(&first, text, 0, &arena);
    read_stream(&again, text, 0, &arena);
    compare(&first, &again);
    /* A byte order mark and UTF-16 count at the start of the file only. */
    bool mark = size >= 2 && (data[0] == 0xEF || data[0] >= 0xFE);
    if (!mark) {
        memcpy(moved, front, SHIFT);
        memcpy(moved + SHIFT, data, size);
        read_stream(&shifted, (struct str){moved, size + SHIFT}, SHIFT, &arena);
        compare(&first, &shifted);
    }
    arena_release(&arena);
    free(moved);
    return 0;
}
