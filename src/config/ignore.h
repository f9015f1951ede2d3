/* SPDX-License-Identifier: Apache-2.0
 *
 * Which files a walk passes over: --exclude, .gitignore and .rampartignore, those of the
 * directories above the walk included as far as the repository's root.
 */
#ifndef CONFIG_IGNORE_H
#define CONFIG_IGNORE_H

#include "base/diag.h"
#include "base/limits.h"
#include "load/walk.h"

struct ignore_level;

struct ignore {
    struct ignore_level *excludes; /* --exclude */
    struct ignore_level *levels;   /* innermost first */
    bool files;                    /* whether ignore files are honoured */
    bool no_memory;                /* sticky: what it answered may be wrong */
    size_t shown;                  /* length of the walk's root in a shown path, with its slash */
    size_t root_len;
    char root[LIMIT_PATH_BYTES]; /* the walk's root, absolute, with a slash */
};

/* False with diag when a pattern is malformed; patterns are copied. */
bool ignore_init(struct ignore *ignore, const char *const *excludes, size_t count, bool files,
                 struct diag *diag);
void ignore_release(struct ignore *ignore);

/* For struct walk_hooks; context is the struct ignore. */
void ignore_enter(void *context, const struct walk_directory *directory, bool root);
void ignore_leave(void *context);
bool ignore_ignored(void *context, struct str path, bool is_directory);

#endif
