/* SPDX-License-Identifier: Apache-2.0
 *
 * Look-up by an open-addressed table that the build makes (cmake/generate.c): names.def is the only
 * list.
 */
#include "doc/name.h"

#include "doc/name_hash.h"
#include "name_slots.h" /* generated: static const name_t name_slots[NAME_SLOTS] */

static const struct str texts[N_COUNT] = {
    [N_NONE] = {"", 0},
#define NAME(identifier, text) [N_##identifier] = {text, sizeof text - 1},
#include "doc/names.def"
#include "doc/names_extra.def"
#undef NAME
};

name_t name_lookup(struct str text)
{
    if (!text.len)
        return N_NONE;
    for (uint32_t slot = name_hash(text.ptr, text.len);; slot = (slot + 1) & (NAME_SLOTS - 1)) {
        name_t name = name_slots[slot];
        if (name == N_NONE || str_equal(texts[name], text))
            return name;
    }
}

struct str name_text(name_t name)
{
    return texts[name < N_COUNT ? name : N_NONE];
}
