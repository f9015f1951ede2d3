/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_invalid_value = {
    .id = "invalid-value",
    .title = "Value is not one of those that the field takes",
    .remediation = "Write one of the values that the message lists, in its spelling.",
    .kind = RULE_SCHEMA,
    .fault = FAULT_INVALID_VALUE,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_SCHEMA,
    .profile = PROFILE_BASELINE,
    .os = OS_ANY,
    .kinds = "any",
    .refs = REFS("CWE:1287"),
};
