/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys that stand twice in a map: the last one counts, and stands where it was written.
 */
#include "doc/internal.h"
#include "doc/name_hash.h"

#include <stdlib.h>

enum {
    SCAN_KEYS = 32, /* larger maps are sorted: 200 000 keys scanned pairwise cost seconds */
};

/* Whether the key was no UTF-8 once: protobuf lets such keys into an API server, which writes
 * U+FFFD for each bad byte, so that keys that differed look alike. No field has such a name. */
static bool is_mended(struct str key)
{
    return str_find_str(key, STR("\xEF\xBF\xBD")) < key.len;
}

static bool note_duplicate(struct doc_builder *b, const struct doc_entry *first,
                           const struct doc_entry *again)
{
    if (b->duplicates == DOC_DUPLICATES_REFUSE && !is_mended(doc_key(again)))
        return diag_set(b->diag, DIAG_DUPLICATE, again->key_begin, again->key_end,
                        "key \"%.*s\" stands twice in one map",
                        (int)(again->key_len < 200 ? again->key_len : 200), again->key);
    b->found_total++;
    if (b->duplicates == DOC_DUPLICATES_REFUSE || b->found.count >= LIMIT_DOC_DUPLICATES)
        return true;
    struct doc_duplicate *d = vec_push(&b->found, b->arena);
    if (!d)
        return doc_builder_no_memory(b);
    *d = (struct doc_duplicate){doc_key(again),   first->key_begin, first->key_end,
                                again->key_begin, again->key_end,   NULL};
    return true;
}

static bool same_key(const struct doc_entry *x, const struct doc_entry *y)
{
    return x->name == y->name && (x->name != N_NONE || str_equal(doc_key(x), doc_key(y)));
}

/* An entry in the order that brings equal keys together, in document order. The number in front
 * spares most comparisons of text; whoever makes it equal for many keys gains nothing but those. */
struct ranked {
    uint64_t rank;
    struct doc_entry *entry;
};

static int order_ranked(const void *left, const void *right)
{
    const struct ranked *x = left, *y = right;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    int order = str_compare(doc_key(x->entry), doc_key(y->entry));
    return order ? order : (x->entry > y->entry) - (x->entry < y->entry);
}

static struct ranked *rank_entries(struct doc_entry *entries, uint32_t count)
{
    struct ranked *ranked = malloc(count * sizeof *ranked);
    if (!ranked)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        const struct name_ends ends = name_ends(entries[i].key, entries[i].key_len);
        ranked[i] = (struct ranked){name_mix(&ends), &entries[i]};
    }
    qsort(ranked, count, sizeof *ranked, order_ranked);
    return ranked;
}

/* Marks all but the last of equal keys. Only a key that was written twice is a duplicate: one that
 * came by a merge just loses or wins. */
static bool mark_sorted(struct doc_builder *b, struct doc_entry *entries, uint32_t count)
{
    struct ranked *sorted = rank_entries(entries, count);
    if (!sorted)
        return doc_builder_no_memory(b);
    bool ok = true;
    const struct doc_entry *written = NULL; /* the last such of the present key */
    for (uint32_t i = 0; i < count && ok; i++) {
        struct doc_entry *e = sorted[i].entry;
        if (i && sorted[i - 1].rank == sorted[i].rank && same_key(sorted[i - 1].entry, e))
            sorted[i - 1].entry->reserved |= DOC_ENTRY_DROPPED;
        else
            written = NULL;
        if (e->reserved & DOC_ENTRY_MERGED)
            continue;
        ok = !written || note_duplicate(b, written, e);
        written = e;
    }
    free(sorted);
    return ok;
}

/* Marks the one of the first `count` entries that has the key of the next, unless there is none. */
static bool mark_earlier(struct doc_builder *b, struct doc_entry *entries, uint32_t count)
{
    const struct doc_entry *e = &entries[count];
    for (uint32_t i = count; i-- > 0;) {
        if (!same_key(&entries[i], e))
            continue;
        entries[i].reserved |= DOC_ENTRY_DROPPED;
        if (e->reserved & DOC_ENTRY_MERGED)
            break;
        if (!(entries[i].reserved & DOC_ENTRY_MERGED))
            return note_duplicate(b, &entries[i], e);
    }
    return true;
}

static bool mark_scanned(struct doc_builder *b, struct doc_entry *entries, uint32_t count)
{
    uint64_t seen = 0; /* bits of the keys before: few are compared with any */
    for (uint32_t i = 0; i < count; i++) {
        uint64_t bit = doc_builder_key_bit(&entries[i]);
        if (seen & bit && !mark_earlier(b, entries, i))
            return false;
        seen |= bit;
    }
    return true;
}

bool doc_builder_drop_duplicates(struct doc_builder *b, const struct doc_frame *f)
{
    struct doc_entry *entries = b->stack + f->first;
    uint32_t before = b->found_total, count = b->stack_count - f->first, kept = 0;
    if (count > SCAN_KEYS ? !mark_sorted(b, entries, count) : !mark_scanned(b, entries, count))
        return false;
    if (!f->merges && b->found_total == before)
        return true;
    for (uint32_t i = 0; i < count; i++) {
        if (entries[i].reserved & DOC_ENTRY_DROPPED)
            continue;
        if (kept != i)
            entries[kept] = entries[i];
        entries[kept++].reserved = 0;
    }
    b->stack_count = f->first + kept;
    return true;
}
