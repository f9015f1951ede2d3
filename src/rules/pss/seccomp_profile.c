/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_seccomp_profile = {
    .id = "seccomp-profile",
    .title = "Container has no seccomp filter",
    .remediation =
        "Set seccompProfile.type to RuntimeDefault or Localhost in the pod or in every container.",
    .kind = RULE_PSS,
    .pss = PSS_SECCOMP_RESTRICTED,
    .severity = SEVERITY_WARNING,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_RESTRICTED,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("kube-score:container-seccomp-profile", "trivy:KSV-0030",
                       "checkov:CKV_K8S_31", "kyverno:restrict-seccomp-strict"),
    .refs = REFS("PSS:restricted/seccompProfile_restricted", "CIS:5.7.2"),
};
