/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the builder share.
 */
#ifndef DOC_INTERNAL_H
#define DOC_INTERNAL_H

#include "doc/builder.h"

/* One bit of 64, the same for the same key. */
static inline uint64_t doc_builder_key_bit(const struct doc_entry *e)
{
    return (uint64_t)1 << ((e->name + e->key_len) & 63);
}

/* Removes the entries of an open map that a later one of the same key replaces, and notes those
 * that were written twice. False after an error. */
bool doc_builder_drop_duplicates(struct doc_builder *b, const struct doc_frame *f);

#endif
