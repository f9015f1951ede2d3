/* SPDX-License-Identifier: Apache-2.0
 *
 * The YAML reader: libyaml's events into the document builder, with exact byte spans and the types
 * that kubectl gives. It reads one document; load/stream.h splits a file into documents.
 *
 * Plain and quoted texts that stand in the source as they are are borrowed: text and arena must
 * live as long as the tree. The span of a block scalar is its text without the line of the `|`.
 */
#ifndef LOAD_YAML_H
#define LOAD_YAML_H

#include "doc/builder.h"

/* Keeps the builder's memory from one document to the next. */
struct yaml_reader {
    struct doc_builder builder;
    /* A bit for each open container: the innermost one's; which are maps; in which a key is due. */
    uint64_t open, maps, keys;
    struct str text;
    uint32_t base, end;    /* of the document in text */
    uint32_t value_end;    /* of the last value: where block collections end */
    uint32_t next_mark;    /* line end before the next byte order mark, or end */
    bool ascii;            /* the document is, so that characters are bytes */
    size_t chars;          /* libyaml counts characters: this many of them … */
    uint32_t chars_offset; /* … end here */
};

void yaml_reader_init(struct yaml_reader *r);
void yaml_reader_release(struct yaml_reader *r);

/* Reads the document text[begin, end); doc->root is NULL where it holds no value. Offsets in doc
 * and diag (zeroed by the caller) count from the start of text. *rest becomes the offset of what
 * stands after the document's end (`...`, or a second root), or end; kubectl does not read that.
 * False: diag says what was expected; its code is DIAG_MEMORY when memory ran out. */
bool yaml_read(struct yaml_reader *r, struct str text, uint32_t begin, uint32_t end,
               struct arena *arena, struct doc *doc, uint32_t *rest, struct diag *diag);

#endif
