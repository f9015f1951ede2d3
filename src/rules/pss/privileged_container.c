/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_privileged_container = {
    .id = "privileged-container",
    .title = "Container is privileged",
    .remediation = "Set securityContext.privileged to false or leave it out; add the one "
                   "capability that is needed.",
    .kind = RULE_PSS,
    .pss = PSS_PRIVILEGED_CONTAINER,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_BASELINE,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases =
        ALIASES("kube-linter:privileged-container", "polaris:runAsPrivileged",
                "kube-score:container-security-context-privileged", "kubesec:Privileged",
                "trivy:KSV-0017", "checkov:CKV_K8S_16", "kyverno:disallow-privileged-containers",
                "gatekeeper:privileged-containers"),
    .refs = REFS("PSS:baseline/privileged", "CIS:5.2.2", "CWE:250"),
};
