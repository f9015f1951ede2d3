/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing array in an arena. Growing copies, and leaves the old items to the arena, so the cost
 * is at most that of the items once more.
 *
 *   VEC(struct thing) things = {0};
 *   struct thing *t = vec_push(&things, arena);
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"

#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count, cap;                                                                         \
    }

/* A pointer to a new, zeroed last item, or NULL when the arena failed (the items so far stay). */
#define vec_push(vec, arena)                                                                       \
    ((vec)->count < (vec)->cap ||                                                                  \
             vec_grow(&(vec)->items, sizeof *(vec)->items, (vec)->count, &(vec)->cap, (arena))     \
         ? memset(&(vec)->items[(vec)->count++], 0, sizeof *(vec)->items)                          \
         : NULL)

/* Copies the items of another vector of the same type behind; false, with all as it was, when the
 * arena failed. */
#define vec_append(vec, from, arena)                                                               \
    (sizeof((vec)->items == (from)->items) &&                                                      \
     vec_extend(&(vec)->items, sizeof *(vec)->items, &(vec)->count, &(vec)->cap, (from)->items,    \
                (from)->count, (arena)))

/* Replaces the pointer at items_field by a larger copy; false, with all as it was, when the arena
 * failed. */
bool vec_grow(void *items_field, size_t item_size, size_t count, size_t *cap, struct arena *arena);
/* What vec_append is made of. */
bool vec_extend(void *items_field, size_t item_size, size_t *count, size_t *cap, const void *items,
                size_t more, struct arena *arena);

#endif
