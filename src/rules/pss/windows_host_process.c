/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_windows_host_process = {
    .id = "windows-host-process",
    .title = "Windows container runs as a process of the host",
    .remediation = "Set windowsOptions.hostProcess to false or leave it out.",
    .kind = RULE_PSS,
    .pss = PSS_WINDOWS_HOST_PROCESS,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_BASELINE,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("polaris:hostProcess", "trivy:KSV-0103", "kyverno:disallow-host-process"),
    .refs = REFS("PSS:baseline/windowsHostProcess", "CIS:5.2.11", "CWE:250"),
};
