/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_proc_mount = {
    .id = "proc-mount",
    .title = "Container unmasks /proc",
    .remediation = "Remove securityContext.procMount, or set it to Default.",
    .kind = RULE_PSS,
    .pss = PSS_PROC_MOUNT,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_BASELINE,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("kube-linter:unsafe-proc-mount", "polaris:procMount", "trivy:KSV-0027",
                       "kyverno:disallow-proc-mount", "gatekeeper:proc-mount"),
    .refs = REFS("PSS:baseline/procMount"),
};
