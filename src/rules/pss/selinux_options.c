/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_selinux_options = {
    .id = "selinux-options",
    .title = "SELinux type, user or role is not a container's",
    .remediation = "Set seLinuxOptions.type to container_t, container_init_t, container_kvm_t or "
                   "container_engine_t, and neither user nor role.",
    .kind = RULE_PSS,
    .pss = PSS_SELINUX_OPTIONS,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_BASELINE,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("trivy:KSV-0025", "kyverno:disallow-selinux"),
    .refs = REFS("PSS:baseline/seLinuxOptions"),
};
