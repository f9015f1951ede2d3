/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_run_as_non_root = {
    .id = "run-as-non-root",
    .title = "Container may run as root",
    .remediation = "Set securityContext.runAsNonRoot to true in the pod or in every container.",
    .kind = RULE_PSS,
    .pss = PSS_RUN_AS_NON_ROOT,
    .severity = SEVERITY_WARNING,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_RESTRICTED,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases =
        ALIASES("kube-linter:run-as-non-root", "polaris:runAsRootAllowed", "kubesec:RunAsNonRoot",
                "trivy:KSV-0012", "checkov:CKV_K8S_23", "kyverno:require-run-as-nonroot"),
    .refs = REFS("PSS:restricted/runAsNonRoot", "CIS:5.2.7", "NSA:non-root-containers", "CWE:250"),
};
