/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"

enum { FIRST_ITEMS = 8 };

bool vec_grow(void *items_field, size_t item_size, size_t count, size_t *cap, struct arena *arena)
{
    size_t want = *cap ? *cap * 2 : FIRST_ITEMS;
    void *items, *grown = arena_alloc(arena, want * item_size);
    if (!grown)
        return false;
    memcpy(&items, items_field, sizeof items); /* the field's own pointer type is the caller's */
    if (count)
        memcpy(grown, items, count * item_size);
    memcpy(items_field, &grown, sizeof grown);
    *cap = want;
    return true;
}

bool vec_extend(void *items_field, size_t item_size, size_t *count, size_t *cap, const void *items,
                size_t more, struct arena *arena)
{
    while (*cap - *count < more)
        if (!vec_grow(items_field, item_size, *count, cap, arena))
            return false;
    void *own;
    memcpy(&own, items_field, sizeof own);
    if (more)
        memcpy((char *)own + *count * item_size, items, more * item_size);
    *count += more;
    return true;
}
