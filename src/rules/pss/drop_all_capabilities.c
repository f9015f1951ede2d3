/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_drop_all_capabilities = {
    .id = "drop-all-capabilities",
    .title = "Container keeps capabilities, or adds more than NET_BIND_SERVICE",
    .remediation = "Set securityContext.capabilities.drop to [ALL] in every container, and add "
                   "nothing but NET_BIND_SERVICE.",
    .kind = RULE_PSS,
    .pss = PSS_CAPABILITIES_RESTRICTED,
    .severity = SEVERITY_WARNING,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_RESTRICTED,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("trivy:KSV-0106", "kyverno:disallow-capabilities-strict"),
    .refs = REFS("PSS:restricted/capabilities_restricted", "CIS:5.2.10", "CWE:250"),
};
