/* SPDX-License-Identifier: Apache-2.0
 *
 * A streaming JSON writer: commas, nesting and escapes are its business, order and content are the
 * caller's. Text that is not UTF-8 (a file name) is written with U+FFFD for each stray byte, so the
 * output always parses.
 */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include "base/buf.h"
#include "base/str.h"

#include <stdint.h>

struct jsonw {
    struct buf *out;
    unsigned depth;
    unsigned indent; /* spaces a level; 0: all on one line */
    bool first;      /* nothing written yet at this level */
    bool after_key;
};

void jsonw_init(struct jsonw *w, struct buf *out, unsigned indent);
void jsonw_object(struct jsonw *w);
void jsonw_object_end(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_array_end(struct jsonw *w);
/* key is a C string. */
void jsonw_key(struct jsonw *w, const char *key);
void jsonw_key_str(struct jsonw *w, struct str key);
void jsonw_str(struct jsonw *w, struct str value);
void jsonw_c(struct jsonw *w, const char *value);
void jsonw_int(struct jsonw *w, int64_t value);
void jsonw_bool(struct jsonw *w, bool value);
void jsonw_null(struct jsonw *w);
/* Text that is JSON already. */
void jsonw_raw(struct jsonw *w, struct str json);
/* The string with quotes and escapes, without a writer. */
void jsonw_escape(struct buf *out, struct str s);

/* key and value in one call. */
void jsonw_key_c(struct jsonw *w, const char *key, const char *value);
void jsonw_key_value(struct jsonw *w, const char *key, struct str value);
void jsonw_key_int(struct jsonw *w, const char *key, int64_t value);
void jsonw_key_bool(struct jsonw *w, const char *key, bool value);

#endif
