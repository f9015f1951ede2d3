/* SPDX-License-Identifier: Apache-2.0
 *
 * What the walk meets and rampart does not render: Helm charts and kustomizations. It is said on
 * standard error with the command that would render it, and a kustomization's patches are no
 * objects.
 */
#ifndef CLI_NOTES_H
#define CLI_NOTES_H

#include "base/vec.h"
#include "load/walk.h"

struct notes {
    struct arena arena; /* of the lines */
    VEC(struct str) charts;
    VEC(struct str) kustomizations;
    struct arena patches_arena; /* emptied when no kustomization is open */
    VEC(struct str) patches;    /* paths as the walk shows them */
    VEC(size_t) marks;          /* patches.count before each directory on the way */
    bool no_memory;             /* sticky: a patch may be taken for an object */
};

void notes_init(struct notes *notes);
void notes_release(struct notes *notes);
/* For struct walk_hooks; context is the struct notes. */
void notes_enter(struct notes *notes, const struct walk_directory *directory);
void notes_leave(struct notes *notes);
/* Why the file is no object of its own, or empty. */
struct str notes_refused(const struct notes *notes, struct str path);
/* The lines, to standard error. */
void notes_print(const struct notes *notes);

#endif
