/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks double in size up to a limit, so that a small file costs one malloc and a large one few.
 */
#include "base/arena.h"

#include "base/limits.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct arena_block {
    struct arena_block *older;
    size_t size; /* with this header */
};

void arena_init(struct arena *arena, size_t ceiling)
{
    *arena = (struct arena){.ceiling = ceiling};
}

void arena_release(struct arena *arena)
{
    struct arena_block *b = arena->blocks;
    while (b) {
        struct arena_block *older = b->older;
        free(b);
        b = older;
    }
    arena_init(arena, arena->ceiling);
}

void arena_wipe(struct arena *arena)
{
    for (struct arena_block *b = arena->blocks; b; b = b->older) {
        memset(b + 1, 0, b->size - sizeof *b);
        __asm__ volatile("" : : "r"(b) : "memory"); /* else it is optimised away before free() */
    }
}

static void use_block(struct arena *arena, struct arena_block *b)
{
    arena->blocks = b;
    arena->next = (char *)b + sizeof *b;
    arena->end = (char *)b + b->size;
}

void arena_clear(struct arena *arena)
{
    struct arena_block *b = arena->blocks;
    if (!b || b->size > LIMIT_ARENA_BLOCK_MAX) {
        arena_release(arena);
        return;
    }
    struct arena rest = {.blocks = b->older};
    arena_release(&rest);
    b->older = NULL;
    arena->size = b->size;
    arena->failed = false;
    use_block(arena, b);
}

static size_t block_size(const struct arena *arena, size_t need)
{
    size_t size = arena->blocks ? arena->blocks->size * 2 : LIMIT_ARENA_BLOCK_MIN;
    if (size > LIMIT_ARENA_BLOCK_MAX)
        size = LIMIT_ARENA_BLOCK_MAX;
    return size < need ? need : size;
}

void *arena_alloc_slow(struct arena *arena, size_t size)
{
    struct arena_block *b = NULL;
    if (!arena->failed && size <= SIZE_MAX / 2) {
        size_t total = block_size(arena, ((size + 7) & ~(size_t)7) + sizeof *b);
        if (total <= arena->ceiling - arena->size)
            b = malloc(total);
        if (b) {
            *b = (struct arena_block){arena->blocks, total};
            arena->size += total;
            use_block(arena, b);
            return arena_alloc(arena, size);
        }
    }
    arena->failed = true;
    arena->end = arena->next; /* so that every later call comes here and fails too */
    return NULL;
}

void *arena_zalloc(struct arena *arena, size_t count, size_t size)
{
    void *p = size && count > SIZE_MAX / 2 / size ? arena_alloc_slow(arena, SIZE_MAX)
                                                  : arena_alloc(arena, count * size);
    return p ? memset(p, 0, count * size) : NULL;
}

struct str arena_str(struct arena *arena, struct str s)
{
    char *p = arena_alloc(arena, s.len + 1);
    if (!p)
        return STR_EMPTY;
    if (s.len)
        memcpy(p, s.ptr, s.len);
    p[s.len] = '\0';
    return (struct str){p, s.len};
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = len < 0 ? NULL : arena_alloc(arena, (size_t)len + 1);
    if (p)
        vsnprintf(p, (size_t)len + 1, format, again);
    va_end(again);
    return p ? (struct str){p, (size_t)len} : STR_EMPTY;
}
