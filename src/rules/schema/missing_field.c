/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_missing_field = {
    .id = "missing-field",
    .title = "Required field is missing",
    .remediation = "Add the field.",
    .kind = RULE_SCHEMA,
    .fault = FAULT_MISSING_FIELD,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_SCHEMA,
    .profile = PROFILE_BASELINE,
    .os = OS_ANY,
    .kinds = "any",
    .refs = REFS("CWE:1287"),
};
