/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_unknown_field = {
    .id = "unknown-field",
    .title = "Field does not exist",
    .remediation = "Write the field as the message says, or move it to where it belongs; a field "
                   "that only a newer Kubernetes has needs --schema.",
    .kind = RULE_SCHEMA,
    .fault = FAULT_UNKNOWN_FIELD,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_SCHEMA,
    .profile = PROFILE_BASELINE,
    .os = OS_ANY,
    .kinds = "any",
    .refs = REFS("CWE:1286"),
};
