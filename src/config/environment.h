/* SPDX-License-Identifier: Apache-2.0
 *
 * The environment: read here and nowhere else, so that what a program depends on can be listed.
 */
#ifndef CONFIG_ENVIRONMENT_H
#define CONFIG_ENVIRONMENT_H

/* The value of a variable, or NULL. */
const char *environment(const char *name);

#endif
