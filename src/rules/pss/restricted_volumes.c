/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_restricted_volumes = {
    .id = "restricted-volumes",
    .title = "Pod mounts a volume of a type that is not allowed",
    .remediation = "Use configMap, csi, downwardAPI, emptyDir, ephemeral, image, "
                   "persistentVolumeClaim, projected or secret.",
    .kind = RULE_PSS,
    .pss = PSS_RESTRICTED_VOLUMES,
    .severity = SEVERITY_WARNING,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_RESTRICTED,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("trivy:KSV-0028", "kyverno:restrict-volume-types"),
    .refs = REFS("PSS:restricted/restrictedVolumes"),
};
