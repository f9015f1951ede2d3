/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of a manifest file into documents, as kubectl 1.36 reads a stream: split at lines that
 * begin with `---` before anything else; what begins with `{` is JSON, several values in one
 * document are several objects, and what is not JSON is YAML. Pure text in, documents out.
 *
 * One broken document does not keep the others from being read. Where kubectl stops at a fault, or
 * overlooks what follows, the rest is still read or reported: an auditor skips nothing in silence.
 */
#ifndef LOAD_STREAM_H
#define LOAD_STREAM_H

#include "base/diag.h"
#include "doc/doc.h"

/* A file's name, as findings show it, and its bytes. */
struct source {
    struct str name, text;
};

/* One thing read: an object or an error. All of it lives until the visit returns, but doc's tree,
 * which lives as long as the arena and the source's text. */
struct stream_item {
    const struct doc *doc;       /* NULL for an error; else doc->root is not NULL */
    const struct diag *error;    /* NULL for an object */
    const struct diag *not_json; /* begins as JSON but is read as YAML: what JSON lacks; or NULL */
    struct str text;             /* of the document it stands in, without the line `---` */
};

/* False: stop reading. */
typedef bool stream_visit_fn(void *context, const struct stream_item *item);

/* Calls visit for each object and each error, in the order of the text; documents without a value
 * (empty, only comments, null) are left out, as kubectl does. False: visit wanted no more, or
 * memory ran out (arena->failed). */
bool stream_read(const struct source *source, struct arena *arena, stream_visit_fn *visit,
                 void *context);

#endif
