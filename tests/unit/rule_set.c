/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/profile.h"

#include <criterion/criterion.h>

static const struct rule cpu = {.id = "cpu-limit",
                                .kind = RULE_POD,
                                .profile = PROFILE_HARDENED,
                                .aliases = ALIASES("trivy:KSV-0011", "checkov:CKV_K8S_11")};
static const struct rule memory = {.id = "memory-limit",
                                   .kind = RULE_POD,
                                   .severity = SEVERITY_WARNING,
                                   .profile = PROFILE_ALL,
                                   .aliases = ALIASES("trivy:KSV-0018", "polaris:limits")};
static const struct rule requests = {.id = "requests",
                                     .kind = RULE_POD,
                                     .profile = PROFILE_ALL,
                                     .aliases = ALIASES("kube-linter:unset-cpu", "polaris:limits")};
static const struct rule root = {.id = "run-as-non-root",
                                 .kind = RULE_PSS,
                                 .pss = PSS_RUN_AS_NON_ROOT,
                                 .profile = PROFILE_RESTRICTED};
static const struct rule ports = {
    .id = "z-host-ports", .kind = RULE_PSS, .pss = PSS_HOST_PORTS, .profile = PROFILE_BASELINE};
static const struct rule *const list[] = {&cpu, &memory, &requests, &root, &ports};
static const struct rule_set set = {list, NULL, 5};

static struct arena arena;

static void begin(void)
{
    arena_init(&arena, 1 << 20);
}

static void end(void)
{
    arena_release(&arena);
}

TestSuite(rule_set, .init = begin, .fini = end);

Test(rule_set, every_rule_is_found_by_its_id_and_no_other_word_is)
{
    for (size_t i = 0; i < set.count; i++)
        cr_assert_eq(rule_set_index(&set, str_from(list[i]->id)), i);
    const char *const others[] = {"", "a", "cpu", "cpu-limit-", "memory-limiz", "zz"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_assert_eq(rule_set_index(&set, str_from(others[i])), set.count, "%s", others[i]);
}

Test(rule_set, a_check_has_the_rule_that_names_it)
{
    cr_assert_eq(rule_set_of_check(&set, PSS_RUN_AS_NON_ROOT), &root);
    cr_assert_eq(rule_set_of_check(&set, PSS_HOST_PORTS), &ports);
    /* The first check is 0, as .pss of every rule that has none. */
    cr_assert_null(rule_set_of_check(&set, PSS_APPARMOR_PROFILE));
}

Test(rule_set, an_alias_is_found_whole_bare_and_in_any_case)
{
    const char *const names[] = {"trivy:KSV-0011", "KSV-0011", "ksv-0011", "CKV_K8S_11"};
    size_t indexes[RULE_SET_MATCHES];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_assert_eq(rule_set_find_alias(&set, str_from(names[i]), indexes), 1, "%s", names[i]);
        cr_assert_eq(indexes[0], 0);
    }
    cr_assert_eq(rule_set_find_alias(&set, STR(""), indexes), 0);
    cr_assert_eq(rule_set_find_alias(&set, STR("trivy"), indexes), 0);
    cr_assert_eq(rule_set_find_alias(&set, STR("cpu-limit"), indexes), 0);
}

Test(rule_set, an_alias_of_several_rules_gives_them_all)
{
    size_t indexes[RULE_SET_MATCHES];
    cr_assert_eq(rule_set_resolve(&set, STR("limits"), indexes), 2);
    cr_assert(indexes[0] == 1 && indexes[1] == 2);
    cr_assert_eq(rule_set_resolve(&set, STR("requests"), indexes), 1);
    cr_assert_eq(indexes[0], 2);
}

Test(rule_set, the_nearest_name_is_offered_and_no_far_one)
{
    cr_assert_str_eq(rule_set_nearest(&set, STR("cpu-limits")), "cpu-limit");
    cr_assert_str_eq(rule_set_nearest(&set, STR("CKV_K8S_1")), "CKV_K8S_11");
    cr_assert_null(rule_set_nearest(&set, STR("something-else")));
    cr_assert_null(rule_set_nearest(&set, STR("")));
}

static struct profile profile_of(enum profile_level level)
{
    struct profile p;
    cr_assert(profile_init(&p, &set, level, &arena));
    return p;
}

Test(rule_set, a_profile_holds_what_lesser_ones_hold)
{
    const size_t expected[] = {1, 2, 3, 5};
    for (int level = PROFILE_BASELINE; level <= PROFILE_ALL; level++) {
        struct profile p = profile_of((enum profile_level)level);
        size_t held = 0;
        for (size_t i = 0; i < set.count; i++)
            held += p.enabled[i];
        cr_assert_eq(held, expected[level], "level %d: %zu", level, held);
        enum profile_level parsed;
        const char *name = profile_level_name((enum profile_level)level);
        cr_assert(profile_level_parse(str_from(name), &parsed) && (int)parsed == level);
    }
    enum profile_level untouched = PROFILE_HARDENED;
    cr_assert_not(profile_level_parse(STR("Baseline"), &untouched));
    cr_assert_eq(untouched, PROFILE_HARDENED);
}

Test(rule_set, pss_is_nothing_but_the_standards)
{
    struct profile p;
    struct engine engine;
    cr_assert(profile_init_pss(&p, &set, PSS_BASELINE, &arena));
    profile_engine(&p, 30, 36, POD_AS_WRITTEN, &engine);
    cr_assert(engine.pss_only);
    cr_assert_eq(engine.pss, 1u << PSS_HOST_PORTS);
    cr_assert_eq(engine.pss_rule[PSS_HOST_PORTS], 4);
    cr_assert_eq(engine.pss_rule[PSS_RUN_AS_NON_ROOT], NO_RULE);
    cr_assert(profile_init_pss(&p, &set, PSS_RESTRICTED, &arena));
    profile_engine(&p, 30, 36, POD_AS_WRITTEN, &engine);
    cr_assert_eq(engine.pss, 1u << PSS_HOST_PORTS | 1u << PSS_RUN_AS_NON_ROOT);
    cr_assert_not(engine.enabled[0] || engine.enabled[1] || engine.enabled[2]);
}

Test(rule_set, switching_takes_exactly_the_rules_of_an_alias)
{
    struct profile p = profile_of(PROFILE_ALL);
    struct diag diag = {0};
    cr_assert(profile_switch(&p, STR("polaris:limits"), false, &diag));
    cr_assert(p.enabled[0] && !p.enabled[1] && !p.enabled[2] && p.enabled[3]);
    cr_assert(profile_switch(&p, STR("memory-limit"), true, &diag));
    cr_assert(p.enabled[1] && !p.enabled[2]);
    cr_assert_not(profile_switch(&p, STR("memory-limt"), true, &diag));
    cr_assert_str_eq(diag.text, "unknown rule \"memory-limt\", did you mean memory-limit?");
}

Test(rule_set, no_memory_is_no_profile)
{
    struct profile p;
    struct arena none;
    arena_init(&none, 0);
    cr_assert_not(profile_init(&p, &set, PROFILE_ALL, &none));
    cr_assert_not(profile_init_pss(&p, &set, PSS_BASELINE, &none));
}
