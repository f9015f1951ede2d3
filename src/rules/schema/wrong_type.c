/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_wrong_type = {
    .id = "wrong-type",
    .title = "Value has another type than the API server reads",
    .remediation = "Write the value in the type that the message expects; a string that looks like "
                   "a number or a boolean needs quotes.",
    .kind = RULE_SCHEMA,
    .fault = FAULT_WRONG_TYPE,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_SCHEMA,
    .profile = PROFILE_BASELINE,
    .os = OS_ANY,
    .kinds = "any",
    .refs = REFS("CWE:1287"),
};
