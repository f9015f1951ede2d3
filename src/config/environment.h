/* SPDX-License-Identifier: Apache-2.0
 *
 * The environment: looked at here and nowhere else, so that what a program depends on can be
 * listed. Programs that are started (git, a credential plugin) inherit it.
 */
#ifndef CONFIG_ENVIRONMENT_H
#define CONFIG_ENVIRONMENT_H

/* The value of a variable, or NULL. */
const char *environment(const char *name);

#endif
