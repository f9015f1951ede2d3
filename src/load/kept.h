/* SPDX-License-Identifier: Apache-2.0
 *
 * The last good reading of some files, for the process that takes over after a crash. It is memory
 * without a name (memfd), so keys never touch a disk, and whoever executes another program does not
 * hand it on.
 */
#ifndef LOAD_KEPT_H
#define LOAD_KEPT_H

#include "base/arena.h"

struct kept;

/* Empty. Before fork(): what a child stores, the parent and its next child can load. It lives as
 * long as one of them. NULL: errno says why. */
struct kept *kept_new(void);
/* Replaces what was kept, which is overwritten with zeros; a process that dies within this call
 * leaves either all of the one or all of the other. One thread of one process at a time. False:
 * errno says why, and the one before is kept still. */
bool kept_store(struct kept *kept, const struct str *parts, size_t count);
/* The parts as they were stored, in the arena, not terminated. False: nothing is kept, or there is
 * no memory. */
bool kept_load(const struct kept *kept, struct arena *arena, struct str **parts, size_t *count);

#endif
