/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_removed_api = {
    .id = "removed-api",
    .title = "API version is no longer served",
    .remediation = "Use the API version that the message names; fields may have moved, so read the "
                   "migration guide.",
    .kind = RULE_SCHEMA,
    .fault = FAULT_REMOVED_API,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_SCHEMA,
    .profile = PROFILE_BASELINE,
    .os = OS_ANY,
    .kinds = "any",
    .aliases = ALIASES("kube-score:stable-version", "kube-linter:no-extensions-v1beta"),
    .refs = REFS("CWE:477"),
};
