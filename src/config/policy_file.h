/* SPDX-License-Identifier: Apache-2.0
 *
 * A policy file (apiVersion rampart.dev/v1, kind Policy): which rules apply, at which severity,
 * starting from a built-in profile.
 */
#ifndef CONFIG_POLICY_FILE_H
#define CONFIG_POLICY_FILE_H

#include "policy/profile.h"

/* Reads the file into a profile in the arena. False: diag says what was expected and, where there
 * is a place, begins with PATH:LINE:COLUMN. What this version does not know is an error, never
 * passed over: a policy must not promise what is not done. */
bool policy_file_read(struct profile *profile, const char *path, const struct rule_set *rules,
                      struct arena *arena, struct diag *diag);

/* The same of a text; diag has the offsets. */
bool policy_file_parse(struct profile *profile, struct str text, const struct rule_set *rules,
                       struct arena *arena, struct diag *diag);

#endif
