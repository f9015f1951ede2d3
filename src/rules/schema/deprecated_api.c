/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_deprecated_api = {
    .id = "deprecated-api",
    .title = "API version will not be served for long",
    .remediation = "Use the API version that the message names, before the cluster is upgraded.",
    .kind = RULE_SCHEMA,
    .fault = FAULT_DEPRECATED_API,
    .severity = SEVERITY_WARNING,
    .category = CATEGORY_SCHEMA,
    .profile = PROFILE_BASELINE,
    .os = OS_ANY,
    .kinds = "any",
    .aliases = ALIASES("trivy:KSV-0107"),
    .refs = REFS("CWE:477"),
};
