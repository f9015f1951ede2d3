/* SPDX-License-Identifier: Apache-2.0
 *
 * From a profile's name, switches and versions to an engine. What a profile holds is each rule's
 * own .profile; there is no other list.
 */
#ifndef POLICY_PROFILE_H
#define POLICY_PROFILE_H

#include "base/diag.h"
#include "policy/engine.h"

struct profile {
    const struct rule_set *rules;
    bool *enabled;           /* by rule index */
    enum severity *severity; /* by rule index */
    bool pss_only;
};

/* "baseline", "restricted", "hardened", "all". */
const char *profile_level_name(enum profile_level level);
/* False, and *level untouched, when it is no built-in profile's name. */
bool profile_level_parse(struct str name, enum profile_level *level);

/* A built-in profile; false when the arena failed. */
bool profile_init(struct profile *profile, const struct rule_set *rules, enum profile_level level,
                  struct arena *arena);
/* Only the Pod Security Standards of a level; false when the arena failed. */
bool profile_init_pss(struct profile *profile, const struct rule_set *rules, enum pss_level level,
                      struct arena *arena);
/* Switches the rules that name means (rule_set_resolve) on or off, in the order called. False with
 * a diag ("unknown rule …, did you mean …") when there is none. */
bool profile_switch(struct profile *profile, struct str name, bool on, struct diag *diag);
/* An engine that shares the profile's arrays. The minors are those of v1.N, or PSS_LATEST. */
void profile_engine(const struct profile *profile, uint32_t pss_minor, uint32_t kubernetes_minor,
                    enum pod_view view, struct engine *engine);

#endif
