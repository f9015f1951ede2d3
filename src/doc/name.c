/* SPDX-License-Identifier: Apache-2.0
 *
 * Look-up by an open-addressed table that the build makes (cmake/generate.c): names.def is the only
 * list.
 */
#include "doc/name.h"

#include "doc/name_hash.h"
/* Generated: static const name_t slots[NAME_SLOTS]; static const struct name_ends ends[N_COUNT]. */
#include "name_slots.h"

static const struct str texts[N_COUNT] = {
    [N_NONE] = STR_INIT(""),
#define NAME(identifier, text) [N_##identifier] = STR_INIT(text),
#include "doc/names.def"
#include "doc/names_extra.def"
#undef NAME
};

static inline bool same_ends(const struct name_ends *a, const struct name_ends *b)
{
    return a->head == b->head && a->tail == b->tail && a->len == b->len;
}

/* Of a text that its ends hold whole. */
static inline name_t lookup_ends(const struct name_ends *e)
{
    for (uint32_t slot = name_hash(e);; slot = (slot + 1) & (NAME_SLOTS - 1)) {
        name_t name = slots[slot];
        if (name == N_NONE || same_ends(&ends[name], e))
            return name;
    }
}

static name_t lookup_long(struct str text)
{
    const struct name_ends e = name_ends_long(text.ptr, text.len);
    for (uint32_t slot = name_hash(&e);; slot = (slot + 1) & (NAME_SLOTS - 1)) {
        name_t name = slots[slot];
        if (name == N_NONE || (same_ends(&ends[name], &e) &&
                               memcmp(text.ptr + 8, texts[name].ptr + 8, text.len - 16) == 0))
            return name;
    }
}

name_t name_lookup(struct str text)
{
    if (text.len > NAME_READABLE)
        return lookup_long(text);
    const struct name_ends e = name_ends(text.ptr, text.len);
    return lookup_ends(&e);
}

name_t name_lookup_padded(struct str text)
{
    if (text.len > NAME_READABLE)
        return lookup_long(text);
    const struct name_ends e = name_ends_padded(text.ptr, text.len);
    return lookup_ends(&e);
}

struct str name_text(name_t name)
{
    return texts[name < N_COUNT ? name : N_NONE];
}
