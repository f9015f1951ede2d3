/* SPDX-License-Identifier: Apache-2.0
 *
 * Text of unknown origin (a file name, a value) made harmless for a terminal: nothing in it can
 * move the cursor, colour, hide or reorder what stands around it.
 */
#ifndef BASE_PRINTABLE_H
#define BASE_PRINTABLE_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Prints nothing of its own but changes what stands near it: direction marks, zero widths, tags. */
bool printable_hidden(int32_t code_point);

/* What is to be shown of the first code point of a text. */
struct printable {
    struct str shown;   /* that code point, or its escape */
    size_t len;         /* bytes of the text it stands for */
    int32_t code_point; /* -1: an escape is shown, a column for each of its bytes */
    char escape[12];
};
/* s is not empty; piece->shown is good as long as *piece and s are. */
void printable_next(struct printable *piece, struct str s);

/* Appends s with control characters (C0, DEL, C1), line and paragraph separators, direction marks,
 * invisible format characters and stray bytes written as \n, \t, \r, \x1b or \u202e. The result is
 * UTF-8 on one line. */
void printable_add(struct buf *out, struct str s);

#endif
