/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_duplicate_item = {
    .id = "duplicate-item",
    .title = "Two items of a list have the same key",
    .remediation = "Keep the one that is meant; give the other a key of its own, or remove it.",
    .kind = RULE_SCHEMA,
    .fault = FAULT_DUPLICATE_ITEM,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_SCHEMA,
    .profile = PROFILE_BASELINE,
    .os = OS_ANY,
    .kinds = "any",
    .refs = REFS("CWE:694"),
};
