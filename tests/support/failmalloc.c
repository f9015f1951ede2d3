/* SPDX-License-Identifier: Apache-2.0
 *
 * The program's own malloc comes before the C library's for every shared library too, which
 * -Wl,--wrap does not reach.
 */
#include "support/failmalloc.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifdef SANITIZED
#define REAL(function) __interceptor_##function
#else
#define REAL(function) __libc_##function
#endif

void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t count, size_t size);
void *REAL(realloc)(void *p, size_t size);
void REAL(free)(void *p);

static _Thread_local unsigned long countdown; /* allocations up to the one that fails; 0: off */
static _Thread_local bool to_the_end, failed;
static _Thread_local long live;

void failmalloc_arm(unsigned long n, bool onwards)
{
    countdown = n;
    to_the_end = onwards;
    failed = false;
}

bool failmalloc_disarm(void)
{
    countdown = 0;
    return failed;
}

long failmalloc_live(void)
{
    return live;
}

static bool fails(void)
{
    if (!countdown || --countdown)
        return false;
    countdown = to_the_end; /* 1: the next fails too */
    failed = true;
    errno = ENOMEM;
    return true;
}

static void *count(void *p)
{
    live += p != NULL;
    return p;
}

void *malloc(size_t size)
{
    return fails() ? NULL : count(REAL(malloc)(size));
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : count(REAL(calloc)(n, size));
}

void *realloc(void *p, size_t size)
{
    if (fails())
        return NULL;
    void *grown = REAL(realloc)(p, size);
    if (!p)
        count(grown);
    else if (!size)
        live -= !grown; /* freed */
    return grown;
}

void free(void *p)
{
    live -= p != NULL;
    REAL(free)(p);
}

/* Address sanitizer's own does not come by malloc, and libyaml frees what it gives. */
char *strdup(const char *s)
{
    size_t size = strlen(s) + 1;
    char *copy = malloc(size);
    return copy ? memcpy(copy, s, size) : NULL;
}
