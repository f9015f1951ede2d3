/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_unsafe_sysctls = {
    .id = "unsafe-sysctls",
    .title = "Pod sets a sysctl that is not safe",
    .remediation = "Remove the sysctl; only those that are the pod's own are safe.",
    .kind = RULE_PSS,
    .pss = PSS_SYSCTLS,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_BASELINE,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("kube-linter:unsafe-sysctls", "trivy:KSV-0026", "kyverno:restrict-sysctls"),
    .refs = REFS("PSS:baseline/sysctls"),
};
