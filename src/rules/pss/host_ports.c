/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_host_ports = {
    .id = "host-ports",
    .title = "Container takes a port of its node",
    .remediation = "Remove hostPort and publish the port through a Service.",
    .kind = RULE_PSS,
    .pss = PSS_HOST_PORTS,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_BASELINE,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("polaris:hostPortSet", "trivy:KSV-0024", "checkov:CKV_K8S_26",
                       "kyverno:disallow-host-ports"),
    .refs = REFS("PSS:baseline/hostPorts", "CIS:5.2.13"),
};
