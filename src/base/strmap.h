/* SPDX-License-Identifier: Apache-2.0
 *
 * Strings to small numbers, in an arena. Keys are borrowed.
 */
#ifndef BASE_STRMAP_H
#define BASE_STRMAP_H

#include "base/arena.h"

#include <stdint.h>

struct strmap_slot {
    struct str key; /* ptr NULL: free */
    uint32_t value;
};

struct strmap {
    struct arena *arena;
    struct strmap_slot *slots;
    size_t count, cap; /* cap is 0 or a power of two */
};

void strmap_init(struct strmap *map, struct arena *arena);
/* The value of a key, or NULL; good until the next strmap_put. */
uint32_t *strmap_find(const struct strmap *map, struct str key);
/* The value of a key, made with `value` when there is none; NULL when the arena failed. */
uint32_t *strmap_put(struct strmap *map, struct str key, uint32_t value);

#endif
