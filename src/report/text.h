/* SPDX-License-Identifier: Apache-2.0
 *
 * Text of others on a terminal or in a file that people read: names and values are the input's and
 * may be hostile.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "base/printable.h"

/* The first code point of s (not empty) as it is to be shown. */
struct text_piece {
    struct printable as;
    unsigned width; /* columns of a terminal */
};
void text_next(struct text_piece *piece, struct str s);

/* Appends s as printable_add does; returns the columns it takes. */
size_t text_add(struct buf *out, struct str s);
/* Columns that text_add would take. */
size_t text_columns(struct str s);

/* s with `&`, `<`, `>` and quotes escaped for XML text or an attribute's value, the rest as
 * printable_add. */
void text_add_xml(struct buf *out, struct str s);

#endif
