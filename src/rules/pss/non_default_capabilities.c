/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_non_default_capabilities = {
    .id = "non-default-capabilities",
    .title = "Container adds a capability beyond the default ones",
    .remediation = "Remove the capability from securityContext.capabilities.add; few programs need "
                   "one that the runtime does not give.",
    .kind = RULE_PSS,
    .pss = PSS_CAPABILITIES_BASELINE,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_BASELINE,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("kyverno:disallow-capabilities"),
    .refs = REFS("PSS:baseline/capabilities_baseline", "CIS:5.2.9", "CWE:250"),
};
