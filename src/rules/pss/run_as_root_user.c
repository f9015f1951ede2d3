/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_run_as_root_user = {
    .id = "run-as-root-user",
    .title = "Container runs as user 0",
    .remediation =
        "Set securityContext.runAsUser to another number than 0, or leave it to the image.",
    .kind = RULE_PSS,
    .pss = PSS_RUN_AS_USER,
    .severity = SEVERITY_WARNING,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_RESTRICTED,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("trivy:KSV-0105", "kyverno:require-run-as-non-root-user"),
    .refs = REFS("PSS:restricted/runAsUser", "CIS:5.2.7", "NSA:non-root-containers", "CWE:250"),
};
