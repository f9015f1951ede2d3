/* SPDX-License-Identifier: Apache-2.0
 *
 * The registry: every rule of src/rules, made by the build from the folder (cmake/Generate.cmake).
 */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "policy/rule.h"

extern const struct rule_set rules_all;

#endif
