/* SPDX-License-Identifier: Apache-2.0
 *
 * Interned field names. Every field name of Kubernetes' schema (names.def, generated) and of ours
 * (names_extra.def) is a number, so that rules compare numbers and a misspelt field does not
 * compile: N_securityContext.
 */
#ifndef DOC_NAME_H
#define DOC_NAME_H

#include "base/str.h"

#include <stdint.h>

typedef uint16_t name_t;

enum name {
    N_NONE, /* a key that is in neither list */
#define NAME(identifier, text) N_##identifier,
#include "doc/names.def"
#include "doc/names_extra.def"
#undef NAME
    N_COUNT
};

/* The number of a name, N_NONE for an unknown one. */
name_t name_lookup(struct str text);
/* The same, faster, where NAME_READABLE bytes may be read at text.ptr however short it is. */
enum { NAME_READABLE = 16 };
name_t name_lookup_padded(struct str text);
/* Its text, terminated; empty for N_NONE. */
struct str name_text(name_t name);

#endif
