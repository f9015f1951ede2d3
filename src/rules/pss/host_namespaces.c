/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_host_namespaces = {
    .id = "host-namespaces",
    .title = "Pod shares a namespace of its node",
    .remediation = "Remove hostNetwork, hostPID and hostIPC; publish ports through a Service.",
    .kind = RULE_PSS,
    .pss = PSS_HOST_NAMESPACES,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_BASELINE,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("kyverno:disallow-host-namespaces"),
    .refs = REFS("PSS:baseline/hostNamespaces", "CIS:5.2.3", "CIS:5.2.4", "CIS:5.2.5"),
};
