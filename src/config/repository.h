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
/* From the repository's root to the working directory: "deploy/", or empty where they are one or
 * there is no repository. */
struct str repository_prefix(struct arena *arena);

#endif
