/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/profile.h"

static const char *const level_names[] = {
    [PROFILE_BASELINE] = "baseline",
    [PROFILE_RESTRICTED] = "restricted",
    [PROFILE_HARDENED] = "hardened",
    [PROFILE_ALL] = "all",
};

const char *profile_level_name(enum profile_level level)
{
    return level_names[level];
}

bool profile_level_parse(struct str name, enum profile_level *level)
{
    for (int i = PROFILE_BASELINE; i <= PROFILE_ALL; i++) {
        if (str_is(name, level_names[i])) {
            *level = (enum profile_level)i;
            return true;
        }
    }
    return false;
}

/* Every rule off, with its own severity. */
static bool init_empty(struct profile *profile, const struct rule_set *rules, struct arena *arena)
{
    *profile = (struct profile){
        .rules = rules,
        .enabled = arena_zalloc(arena, rules->count + 1, sizeof *profile->enabled),
        .severity = arena_zalloc(arena, rules->count + 1, sizeof *profile->severity),
    };
    if (!profile->enabled || !profile->severity)
        return false;
    for (size_t i = 0; i < rules->count; i++)
        profile->severity[i] = rules->rules[i]->severity;
    return true;
}

bool profile_init(struct profile *profile, const struct rule_set *rules, enum profile_level level,
                  struct arena *arena)
{
    if (!init_empty(profile, rules, arena))
        return false;
    for (size_t i = 0; i < rules->count; i++)
        profile->enabled[i] = rules->rules[i]->profile <= level;
    return true;
}

bool profile_init_pss(struct profile *profile, const struct rule_set *rules, enum pss_level level,
                      struct arena *arena)
{
    if (!init_empty(profile, rules, arena))
        return false;
    profile->pss_only = true;
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = rules->rules[i];
        profile->enabled[i] = rule->kind == RULE_PSS && pss_check_level(rule->pss) <= level;
    }
    return true;
}

bool profile_switch(struct profile *profile, struct str name, bool on, struct diag *diag)
{
    size_t indexes[RULE_SET_MATCHES];
    size_t count = rule_set_resolve(profile->rules, name, indexes);
    if (!count) {
        const char *near = rule_set_nearest(profile->rules, name);
        return diag_set(diag, DIAG_VALUE, 0, 0, "unknown rule \"%.*s\"%s%s%s",
                        STR_ARG(str_take(name, LIMIT_DIAG_BYTES / 2)),
                        near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
    }
    for (size_t i = 0; i < count; i++)
        profile->enabled[indexes[i]] = on;
    return true;
}

void profile_engine(const struct profile *profile, uint32_t pss_minor, uint32_t kubernetes_minor,
                    enum pod_view view, struct engine *engine)
{
    *engine = (struct engine){
        .rules = profile->rules,
        .enabled = profile->enabled,
        .severity = profile->severity,
        .pss_minor = pss_minor,
        .kubernetes_minor = kubernetes_minor,
        .schema = &schema_builtin,
        .pss_only = profile->pss_only,
        .view = view,
    };
    for (int i = 0; i < PSS_CHECK_COUNT; i++)
        engine->pss_rule[i] = NO_RULE;
    for (int i = 0; i < FAULT_COUNT; i++)
        engine->fault_rule[i] = NO_RULE;
    for (size_t i = 0; i < profile->rules->count; i++) {
        const struct rule *rule = profile->rules->rules[i];
        if (!profile->enabled[i])
            continue;
        if (rule->kind == RULE_PSS) {
            engine->pss |= 1u << rule->pss;
            engine->pss_rule[rule->pss] = i;
        } else if (rule->kind == RULE_SCHEMA) {
            engine->fault_rule[rule->fault] = i;
        }
    }
}
