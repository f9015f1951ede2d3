/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_not_json = {
    .id = "not-json",
    .title = "File named .json is not JSON",
    .remediation = "Write strict JSON, or name the file .yaml.",
    .kind = RULE_SCHEMA,
    .fault = FAULT_NOT_JSON,
    .severity = SEVERITY_INFO,
    .category = CATEGORY_SCHEMA,
    .profile = PROFILE_BASELINE,
    .os = OS_ANY,
    .kinds = "any",
};
