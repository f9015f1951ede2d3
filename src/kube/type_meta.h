/* SPDX-License-Identifier: Apache-2.0
 *
 * apiVersion and kind as Go's decoders find them, before they decode anything else.
 */
#ifndef KUBE_TYPE_META_H
#define KUBE_TYPE_META_H

#include "doc/doc.h"

struct type_meta {
    struct str api_version, kind; /* empty when absent or null */
};

/* The keys are looked for whatever their case, and the last one counts. False when map is no map or
 * one of the two is no string; *bad is then that value, or map. */
bool type_meta_find(struct type_meta *meta, const struct doc_node *map,
                    const struct doc_node **bad);

/* Group and version of "apps/v1", "v1", "" or "/"; false with two slashes. */
bool type_meta_split(struct str api_version, struct str *group, struct str *version);

#endif
