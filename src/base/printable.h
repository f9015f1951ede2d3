/* SPDX-License-Identifier: Apache-2.0
 *
 * Text of unknown origin (a file name, a value) made harmless for a terminal: nothing in it can
 * move the cursor, colour, hide or reorder what stands around it.
 */
#ifndef BASE_PRINTABLE_H
#define BASE_PRINTABLE_H

#include "base/buf.h"
#include "base/str.h"

/* Appends s with control characters (C0, DEL, C1), line and paragraph separators, direction marks,
 * invisible format characters and stray bytes written as \n, \t, \r, \x1b or \u202e. The result is
 * UTF-8 on one line. */
void printable_add(struct buf *out, struct str s);

#endif
