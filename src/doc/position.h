/* SPDX-License-Identifier: Apache-2.0
 *
 * Byte offsets to lines and columns, both from 1, columns in code points. A line ends at \n, \r\n
 * or a lone \r.
 */
#ifndef DOC_POSITION_H
#define DOC_POSITION_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

#include <stdint.h>

struct doc_position {
    uint32_t line, column;
};

/* Where each line starts, found once per source that has a finding. */
struct doc_lines {
    struct str text;
    const uint32_t *starts;
    uint32_t count; /* at least 1 */
    /* Code points before each stretch of DOC_STRETCH bytes: a line may be the whole file. */
    const uint32_t *points;
};

enum { DOC_STRETCH = 4096 };

/* False when the arena failed. */
bool doc_lines_init(struct doc_lines *lines, struct str text, struct arena *arena);
struct doc_position doc_position(const struct doc_lines *lines, uint32_t offset);
/* The text of line n (from 1) without its end; empty past the last. */
struct str doc_line(const struct doc_lines *lines, uint32_t n);
/* One position without an index, for errors. */
struct doc_position doc_position_in(struct str text, uint32_t offset);
/* Sets diag to a fault of a text, whose offsets become "PATH:LINE:COLUMN: " in front; of memory
 * that ran out only the path. Returns false, as diag_set does. */
bool doc_position_fault(struct diag *diag, struct str path, struct str text,
                        const struct diag *fault);

#endif
