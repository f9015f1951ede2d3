/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_proc_mount_restricted = {
    .id = "proc-mount-restricted",
    .title = "Container unmasks /proc, even in a user namespace",
    .remediation = "Remove securityContext.procMount, or set it to Default.",
    .kind = RULE_PSS,
    .pss = PSS_PROC_MOUNT_RESTRICTED,
    .severity = SEVERITY_WARNING,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_RESTRICTED,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("kube-linter:unsafe-proc-mount", "polaris:procMount", "trivy:KSV-0027",
                       "kyverno:disallow-proc-mount", "gatekeeper:proc-mount"),
    .refs = REFS("PSS:restricted/procMount_restricted"),
};
