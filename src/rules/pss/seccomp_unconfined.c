/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_seccomp_unconfined = {
    .id = "seccomp-unconfined",
    .title = "Seccomp filter is switched off",
    .remediation = "Set seccompProfile.type to RuntimeDefault or Localhost.",
    .kind = RULE_PSS,
    .pss = PSS_SECCOMP_BASELINE,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_BASELINE,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("kubesec:SeccompUnconfined", "trivy:KSV-0104", "kyverno:restrict-seccomp"),
    .refs = REFS("PSS:baseline/seccompProfile_baseline", "CIS:5.7.2"),
};
