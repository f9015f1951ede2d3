/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_duplicate_key = {
    .id = "duplicate-key",
    .title = "Key is set twice in one map",
    .remediation = "Keep the value that is meant and remove the other.",
    .kind = RULE_SCHEMA,
    .fault = FAULT_DUPLICATE_KEY,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_SCHEMA,
    .profile = PROFILE_BASELINE,
    .os = OS_ANY,
    .kinds = "any",
    .refs = REFS("CWE:694"),
};
