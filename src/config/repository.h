/* SPDX-License-Identifier: Apache-2.0
 *
 * The repository that a directory lies in: the nearest one above with a .git in it.
 */
#ifndef CONFIG_REPOSITORY_H
#define CONFIG_REPOSITORY_H

#include "base/arena.h"

/* directory is absolute and ends in a slash. The length of the repository's path with its slash, or
 * 0. */
size_t repository_root(struct str directory);
/* root: that repository's path with its slash; prefix: from there to the working directory,
 * "deploy/". Both are empty where there is none; prefix also where the two are one. */
void repository_here(struct arena *arena, struct str *root, struct str *prefix);

#endif
