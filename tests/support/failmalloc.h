/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes an allocation of the calling thread fail, in the project's code and in the libraries it
 * calls alike. tests/unit/allocation_*.c are linked with malloc, calloc, realloc and free of their
 * own, which count and hand on to the C library's, or to the sanitizer's.
 *
 *   for (unsigned long n = 1;; n++) {
 *       failmalloc_arm(n, false);
 *       bool ok = work();
 *       if (!failmalloc_disarm())
 *           break;               (the n-th allocation was not reached: ok must be true)
 *       cr_assert(!ok && failmalloc_live() == before);
 *   }
 */
#ifndef TESTS_SUPPORT_FAILMALLOC_H
#define TESTS_SUPPORT_FAILMALLOC_H

#include <stdbool.h>

/* The n-th allocation from now on (1: the next) gives NULL; onwards: so do all after it. */
void failmalloc_arm(unsigned long n, bool onwards);
/* Allocations succeed again. Whether one was made to fail. */
bool failmalloc_disarm(void);
/* Blocks that this thread has allocated, less those it has freed: equal before and after means that
 * nothing leaked. */
long failmalloc_live(void);

#endif
