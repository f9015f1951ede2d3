/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct rule rule_apparmor_profile = {
    .id = "apparmor-profile",
    .title = "AppArmor confinement is switched off",
    .remediation = "Set appArmorProfile.type to RuntimeDefault or Localhost, or leave it out.",
    .kind = RULE_PSS,
    .pss = PSS_APPARMOR_PROFILE,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_POD_SECURITY,
    .profile = PROFILE_BASELINE,
    .admission = ADMISSION_DENY,
    .os = OS_ANY,
    .kinds = WORKLOAD_KINDS,
    .aliases = ALIASES("kubesec:ApparmorUnconfined", "kyverno:restrict-apparmor-profiles"),
    .refs = REFS("PSS:baseline/appArmorProfile"),
};
