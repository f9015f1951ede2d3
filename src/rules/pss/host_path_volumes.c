/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_host_path_volumes = {
    .id = "host-path-volumes",
    .title = "Pod mounts a directory of its node",
    .remediation =
        "Use a persistentVolumeClaim, emptyDir, configMap or secret instead of hostPath.",
    .kind = RULE_PSS,
    .pss = PSS_HOST_PATH_VOLUMES,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_BASELINE,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("polaris:hostPathSet", "trivy:KSV-0023", "kyverno:disallow-host-path",
                       "gatekeeper:host-filesystem"),
    .refs = REFS("PSS:baseline/hostPathVolumes", "CIS:5.2.12"),
};
