/* SPDX-License-Identifier: Apache-2.0
 *
 * An arena: memory of one unit of work (a file, a request, a snapshot), freed at once. No object in
 * it is freed alone.
 *
 * Failure is sticky: when malloc fails or the ceiling is reached, `failed` is set, every further
 * allocation returns NULL, and the unit of work is given up where it ends. Who calls arena_alloc
 * directly checks for NULL; the helpers that return strings give an empty one instead.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    char *next, *end;           /* free space of the newest block */
    size_t size, ceiling;       /* bytes taken from malloc; how many may be */
    bool failed;
};

/* Takes no memory yet. */
void arena_init(struct arena *arena, size_t ceiling);
void arena_release(struct arena *arena);
/* Overwrites all that is in it with zeros, before it is released: it held a key. */
void arena_wipe(struct arena *arena);
/* Empties it for the next unit of work and keeps one block, so that a steady load calls malloc
 * rarely. */
void arena_clear(struct arena *arena);

void *arena_alloc_slow(struct arena *arena, size_t size);

/* size bytes, aligned for any type up to 8 bytes, not zeroed; NULL when failed. */
static inline void *arena_alloc(struct arena *arena, size_t size)
{
    size_t rounded = (size + 7) & ~(size_t)7;
    if (rounded < size || rounded > (size_t)(arena->end - arena->next))
        return arena_alloc_slow(arena, size);
    void *p = arena->next;
    arena->next += rounded;
    return p;
}

/* count * size zeroed bytes; NULL when failed or the product overflows. */
void *arena_zalloc(struct arena *arena, size_t count, size_t size);
/* A copy with a terminator after it; the empty string when failed. */
struct str arena_str(struct arena *arena, struct str s);
/* The formatted text, terminated; the empty string when failed. */
struct str arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
