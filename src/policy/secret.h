/* SPDX-License-Identifier: Apache-2.0
 *
 * What a code frame may not show: values that are secrets by the name they go under.
 */
#ifndef POLICY_SECRET_H
#define POLICY_SECRET_H

#include "doc/doc.h"

enum { SECRET_SPANS = 16 };

/* Pieces of the source. */
struct secret_spans {
    struct {
        uint32_t begin, end;
    } span[SECRET_SPANS];
    size_t count;
    bool more; /* than there is room for: show nothing */
};

/* Whether a name says that its value is a secret: DB_PASSWORD, api-key, TOKEN. */
bool secret_name(struct str name);
/* The secret values below root whose text stands in the bytes [from, to): `value` beside a `name`
 * that says so, as in a container's env, and what stands under such a key in `data`. */
void secret_find(struct secret_spans *spans, const struct doc_node *root, uint32_t from,
                 uint32_t to);

#endif
