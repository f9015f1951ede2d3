/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON reader: one pass over the text, straight into the document builder. It takes what RFC
 * 8259 has and nothing else: UTF-8 is checked, lone surrogates, raw control characters and NUL
 * bytes are refused. Depth and number of values have the ceilings of limits.h. White space and one
 * BOM may stand around a value.
 *
 * Strings without escapes are borrowed: text and arena must live as long as the tree. A failed read
 * leaves nothing but the arena's memory behind, and the reader is ready for the next.
 */
#ifndef LOAD_JSON_H
#define LOAD_JSON_H

#include "doc/builder.h"

/* Keeps the builder's memory from one read to the next: a steady server mallocs rarely. */
struct json_reader {
    struct doc_builder builder;
    const char *base, *end; /* the text being read; offsets count from base */
    struct str string;      /* the last one that was more than a slice of plain ASCII */
    bool outline;           /* of a review: its objects are not kept */
    bool opaque;            /* within such a value of a request: bytes pass that are no UTF-8 */
};

void json_reader_init(struct json_reader *r);
void json_reader_release(struct json_reader *r);

/* Requests: text is one value and nothing else; a key that stands twice in a map is refused, and a
 * number beyond a double is infinite. False: diag (zeroed by the caller) says what was expected and
 * where; its code is DIAG_MEMORY when memory ran out. */
bool json_read(struct json_reader *r, struct str text, struct arena *arena, struct doc *doc,
               struct diag *diag);

/* The same of an AdmissionReview over a ceiling: request.object and request.oldObject are checked
 * for syntax and kept as empty containers with DOC_OPAQUE, so that who asks what is known still. */
bool json_read_outline(struct json_reader *r, struct str text, struct arena *arena, struct doc *doc,
                       struct diag *diag);

/* Files: one value of text[*offset, end), after white space; *offset becomes the byte after it.
 * Several values may follow each other: call until doc->root is NULL, which says that only white
 * space was left. Duplicate keys are noted in doc, and numbers are as kubectl sends them: 1.0 is 1.
 * Offsets in doc and diag count from the start of text. False as for json_read; *offset is then as
 * it was. */
bool json_read_value(struct json_reader *r, struct str text, size_t *offset, size_t end,
                     struct arena *arena, struct doc *doc, struct diag *diag);

#endif
