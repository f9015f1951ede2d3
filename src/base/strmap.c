/* SPDX-License-Identifier: Apache-2.0
 *
 * Open addressing, at most half full. Keys come from files that a hostile hand may have written: a
 * probe is bounded by the ceilings on names and types, not by the hash.
 */
#include "base/strmap.h"

#include "base/hash.h"

enum { FIRST_SLOTS = 64 };

void strmap_init(struct strmap *map, struct arena *arena)
{
    *map = (struct strmap){.arena = arena};
}

/* The slot that holds the key or would. */
static struct strmap_slot *slot_of(const struct strmap *map, struct str key)
{
    uint64_t hash = hash_str(HASH_START, key);
    size_t i = (hash ^ hash >> 32) & (map->cap - 1);
    while (map->slots[i].key.ptr && !str_equal(map->slots[i].key, key))
        i = (i + 1) & (map->cap - 1);
    return &map->slots[i];
}

uint32_t *strmap_find(const struct strmap *map, struct str key)
{
    struct strmap_slot *slot = map->cap ? slot_of(map, key) : NULL;
    return slot && slot->key.ptr ? &slot->value : NULL;
}

static bool grow(struct strmap *map)
{
    struct strmap grown = *map;
    grown.cap = map->cap ? map->cap * 2 : FIRST_SLOTS;
    grown.slots = arena_zalloc(map->arena, grown.cap, sizeof *grown.slots);
    if (!grown.slots)
        return false;
    for (size_t i = 0; i < map->cap; i++)
        if (map->slots[i].key.ptr)
            *slot_of(&grown, map->slots[i].key) = map->slots[i];
    *map = grown;
    return true;
}

uint32_t *strmap_put(struct strmap *map, struct str key, uint32_t value)
{
    if (2 * (map->count + 1) > map->cap && !grow(map))
        return NULL;
    struct strmap_slot *slot = slot_of(map, key);
    if (!slot->key.ptr) {
        *slot = (struct strmap_slot){key, value};
        map->count++;
    }
    return &slot->value;
}
