/* SPDX-License-Identifier: Apache-2.0
 *
 * The only error type of the core: what is wrong, and where. The first error of a unit of work
 * wins.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/limits.h"

#include <stdbool.h>
#include <stdint.h>

enum diag_code {
    DIAG_NONE,
    DIAG_SYNTAX,    /* not YAML, not JSON */
    DIAG_ENCODING,  /* not UTF-8, or a NUL byte */
    DIAG_LIMIT,     /* a ceiling of limits.h */
    DIAG_TYPE,      /* a value of another type than expected */
    DIAG_VALUE,     /* a value that is not among those expected */
    DIAG_DUPLICATE, /* a key twice where that is refused */
    DIAG_IO,        /* unreadable */
    DIAG_MEMORY,
};

struct diag {
    enum diag_code code;
    uint32_t begin, end;         /* bytes in the source that was read; 0, 0 where it has no place */
    char text[LIMIT_DIAG_BYTES]; /* says what was expected; no position, no source name, no full
                                    stop */
};

/* Empties it, its text by one byte: a local one need not be zeroed for that. */
static inline void diag_clear(struct diag *diag)
{
    diag->code = DIAG_NONE;
    diag->begin = diag->end = 0;
    diag->text[0] = '\0';
}

/* Sets it unless it is set. NULL is allowed and does nothing. Returns false, so that `return
 * diag_set(…)` reads well. */
bool diag_set(struct diag *diag, enum diag_code code, uint32_t begin, uint32_t end,
              const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
