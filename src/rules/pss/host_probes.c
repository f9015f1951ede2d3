/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_host_probes = {
    .id = "host-probes",
    .title = "Probe or lifecycle hook names a host",
    .remediation = "Remove host: probes and hooks reach the pod itself without it.",
    .kind = RULE_PSS,
    .pss = PSS_HOST_PROBES,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_BASELINE,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("gatekeeper:host-probes-lifecycle"),
    .refs = REFS("PSS:baseline/hostProbesAndHostLifecycle", "CWE:918"),
};
