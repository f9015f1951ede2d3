/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_privilege_escalation = {
    .id = "privilege-escalation",
    .title = "Container may gain more privileges than it starts with",
    .remediation = "Set securityContext.allowPrivilegeEscalation to false in every container.",
    .kind = RULE_PSS,
    .pss = PSS_ALLOW_PRIVILEGE_ESCALATION,
    .severity = SEVERITY_WARNING,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_RESTRICTED,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases =
        ALIASES("polaris:privilegeEscalationAllowed", "trivy:KSV-0001", "checkov:CKV_K8S_20",
                "kyverno:disallow-privilege-escalation", "gatekeeper:allow-privilege-escalation"),
    .refs = REFS("PSS:restricted/allowPrivilegeEscalation", "CIS:5.2.6", "CWE:250"),
};
