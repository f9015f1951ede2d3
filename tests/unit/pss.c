/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of checks, versions, levels, whole texts, and what must never happen.
 */
#include "support/pss_case.h"

TestSuite(pss, .init = begin, .fini = finish);

static struct pss_results evaluate(const char *yaml, enum pss_level level, uint32_t minor)
{
    struct pod pod = read_pod(yaml, false, POD_AS_WRITTEN);
    struct pss_results results;
    pss_evaluate(&results, pss_level_checks(level), minor, &pod, &arena);
    return results;
}

Test(pss, whole_texts_join_reasons_and_details)
{
    static const char nginx[] = "spec: {containers: [{name: nginx}]}";
    struct pss_results results = evaluate(nginx, PSS_RESTRICTED, PSS_LATEST);
    expect_text(
        pss_details_text(&results, &arena),
        "allowPrivilegeEscalation != false (container \"nginx\" must set "
        "securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "
        "\"nginx\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true "
        "(pod or container \"nginx\" must set securityContext.runAsNonRoot=true), seccompProfile "
        "(pod or container \"nginx\" must set securityContext.seccompProfile.type to "
        "\"RuntimeDefault\" or \"Localhost\")",
        nginx);
    expect_text(pss_reasons_text(&results, &arena),
                "allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != "
                "true, seccompProfile",
                nginx);
    cr_expect_eq(evaluate(nginx, PSS_BASELINE, PSS_LATEST).count, 0);
    cr_expect_eq(evaluate(nginx, PSS_PRIVILEGED, PSS_LATEST).count, 0);
}

/* Breaks all that can be broken at once; every check that is active and not overridden fires. */
static const char worst[] =
    "metadata: {annotations: {seccomp.security.alpha.kubernetes.io/pod: unconfined}}\nspec: "
    "{hostNetwork: true, volumes: [{name: v, hostPath: {}}], securityContext: {runAsNonRoot: "
    "false, runAsUser: 0, sysctls: [{name: a, value: '1'}], seLinuxOptions: {user: u}, "
    "windowsOptions: {hostProcess: true}, seccompProfile: {type: Unconfined}, appArmorProfile: "
    "{}}, containers: [{name: a, ports: [{hostPort: 1}], livenessProbe: {httpGet: {host: h}}, "
    "securityContext: {privileged: true, procMount: Unmasked, capabilities: {add: [SYS_ADMIN]}}}]}";

static pss_set checks_that_fire(enum pss_level level, uint32_t minor)
{
    struct pss_results results = evaluate(worst, level, minor);
    pss_set set = 0;
    for (uint32_t i = 0; i < results.count; i++) {
        cr_expect(i == 0 || results.items[i - 1].check < results.items[i].check);
        cr_expect(results.items[i].detail.len > 0);
        set |= 1u << results.items[i].check;
    }
    return set;
}

#define BIT(suffix) (1u << PSS_##suffix)

/* Which checks a version has, as the tables of the reference list them. */
static pss_set expected_checks(enum pss_level level, uint32_t minor)
{
    pss_set set = pss_level_checks(PSS_BASELINE);
    if (minor < 34)
        set &= ~BIT(HOST_PROBES);
    if (level == PSS_BASELINE)
        return set;
    set = (set & ~BIT(HOST_PATH_VOLUMES)) | BIT(RESTRICTED_VOLUMES) | BIT(RUN_AS_NON_ROOT);
    if (minor >= 8)
        set |= BIT(ALLOW_PRIVILEGE_ESCALATION);
    if (minor >= 19)
        set = (set & ~BIT(SECCOMP_BASELINE)) | BIT(SECCOMP_RESTRICTED);
    if (minor >= 22)
        set = (set & ~BIT(CAPABILITIES_BASELINE)) | BIT(CAPABILITIES_RESTRICTED);
    if (minor >= 23)
        set |= BIT(RUN_AS_USER);
    if (minor >= 35)
        set = (set & ~BIT(PROC_MOUNT)) | BIT(PROC_MOUNT_RESTRICTED);
    return set;
}

Test(pss, each_version_has_its_checks_and_overrides)
{
    for (uint32_t minor = 0; minor <= PSS_NEWEST + 2; minor++)
        for (enum pss_level level = PSS_BASELINE; level <= PSS_RESTRICTED; level++)
            cr_expect_eq(checks_that_fire(level, minor), expected_checks(level, minor),
                         "level %d, minor %u", (int)level, minor);
    cr_expect_eq(checks_that_fire(PSS_PRIVILEGED, 37), 0);
}

Test(pss, a_set_without_the_overriding_check_keeps_the_overridden_one)
{
    struct pod pod = read_pod(worst, false, POD_AS_WRITTEN);
    struct pss_results results;
    pss_evaluate(&results, PSS_ALL_CHECKS & ~BIT(RESTRICTED_VOLUMES), 37, &pod, &arena);
    bool found = false;
    for (uint32_t i = 0; i < results.count; i++)
        found |= results.items[i].check == PSS_HOST_PATH_VOLUMES;
    cr_expect(found);
}

/* All that breaks an overridden check, in fields that both checks of a pair read. */
static const char crowd[] =
    "spec: {securityContext: {seccompProfile: {type: Unconfined}}, hostUsers: true, volumes: ["
    "{name: a, hostPath: {path: /}}, {name: b, nfs: {}}, {name: c, hostPath: {}}],"
    "initContainers: [{name: i, securityContext: {procMount: Unmasked, seccompProfile: {},"
    "  capabilities: {drop: [all], add: [SYS_ADMIN, CHOWN, SYS_ADMIN, NET_RAW]}}}],"
    "containers: [{name: x}, {name: y, securityContext: {seccompProfile: {type: Unconfined}}},"
    " {name: z, securityContext: {procMount: \"\", capabilities: {add: [NET_BIND_SERVICE, X]}}}],"
    "ephemeralContainers: [{name: e, securityContext: {seccompProfile: {type: x}, procMount: Y,"
    "  capabilities: {add: [cap_x]}}}]}";

static const struct pss_result *result_of(const struct pss_results *results, enum pss_check check)
{
    for (uint32_t i = 0; i < results->count; i++)
        if (results->items[i].check == check)
            return &results->items[i];
    return NULL;
}

/* Whether the offenders of one are among those of all, in the same order. */
static bool has_all(const struct pss_result *all, const struct pss_result *one)
{
    uint32_t met = 0;
    for (uint32_t i = 0; i < all->offender_count && met < one->offender_count; i++)
        met += all->offenders[i].at == one->offenders[met].at;
    return met == one->offender_count;
}

Test(pss, an_overriding_check_finds_all_that_the_overridden_one_does)
{
    static const enum pss_check pairs[][2] = {
        {PSS_CAPABILITIES_RESTRICTED, PSS_CAPABILITIES_BASELINE},
        {PSS_PROC_MOUNT_RESTRICTED, PSS_PROC_MOUNT},
        {PSS_RESTRICTED_VOLUMES, PSS_HOST_PATH_VOLUMES},
        {PSS_SECCOMP_RESTRICTED, PSS_SECCOMP_BASELINE}};
    struct pod pod = read_pod(crowd, false, POD_AS_WRITTEN);
    struct pss_results results;
    pss_evaluate_each(&results, PSS_ALL_CHECKS, PSS_LATEST, &pod, &arena);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct pss_result *all = result_of(&results, pairs[i][0]),
                                *one = result_of(&results, pairs[i][1]);
        cr_expect_eq(pss_overrides(pairs[i][0]), 1u << pairs[i][1]);
        cr_assert(all && one && one->offender_count > 1, "pair %zu", i);
        cr_expect(has_all(all, one), "%s", pss_check_id(pairs[i][0]));
    }
}

Test(pss, the_newest_version_is_the_last_that_changed_anything)
{
    static const char pods[] =
        "spec: {securityContext: {sysctls: [{name: net.ipv4.tcp_notsent_lowat, value: '1'}]}}";
    cr_expect_eq(evaluate(pods, PSS_BASELINE, PSS_NEWEST - 1).count, 1);
    cr_expect_eq(evaluate(pods, PSS_BASELINE, PSS_NEWEST).count, 0);
    cr_expect_eq(evaluate(pods, PSS_BASELINE, 999).count, 0);
    cr_expect_eq(evaluate(pods, PSS_BASELINE, PSS_LATEST).count, 0);
}

Test(pss, checks_are_sorted_by_level_and_id)
{
    for (enum pss_check check = 1; check < PSS_CHECK_COUNT; check++) {
        enum pss_check before = check - 1;
        cr_expect(pss_check_level(before) <= pss_check_level(check));
        if (pss_check_level(before) == pss_check_level(check))
            cr_expect_lt(strcmp(pss_check_id(before), pss_check_id(check)), 0);
        cr_expect(pss_check_active(check, PSS_LATEST));
    }
    cr_expect_not(pss_check_active(PSS_HOST_PROBES, 33));
    cr_expect(pss_check_active(PSS_HOST_PROBES, 34));
    cr_expect_eq(pss_level_checks(PSS_RESTRICTED), PSS_ALL_CHECKS);
}

Test(pss, levels_are_exact)
{
    static const char *const wrong[] = {"", "Restricted", "restricted ", "foo", "base"};
    enum pss_level level;
    for (enum pss_level l = PSS_PRIVILEGED; l <= PSS_RESTRICTED; l++) {
        cr_expect(pss_parse_level(str_from(pss_level_name(l)), &level));
        cr_expect_eq(level, l);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_expect_not(pss_parse_level(str_from(wrong[i]), &level), "%s", wrong[i]);
}

Test(pss, versions_are_exact)
{
    static const struct {
        const char *text;
        uint32_t minor;
    } right[] = {
        {"latest", PSS_LATEST},
        {"v1.0", 0},
        {"v1.1", 1},
        {"v1.20", 20},
        {"v1.10000", 10000},
        {"v1.4294967294", PSS_LATEST - 1},
        {"v1.4294967295", PSS_LATEST - 1},
        {"v1.9223372036854775807", PSS_LATEST - 1},
    };
    static const char *const wrong[] = {
        "",
        "foo",
        "v1",
        "1.1",
        "v2.0",
        "v1.",
        "v1.01",
        "v1.00",
        "v1.1.0",
        "v1.-1",
        "v1.+1",
        "v1.1 ",
        " v1.1",
        "v1.1\n",
        "Latest",
        "V1.1",
        "v1.0x10",
        "v1.1a",
        "v1.9223372036854775808",
        "v1.99999999999999999999",
    };
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        uint32_t minor = 7;
        cr_expect(pss_parse_version(str_from(right[i].text), &minor), "%s", right[i].text);
        cr_expect_eq(minor, right[i].minor, "%s", right[i].text);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint32_t minor = 7;
        cr_expect_not(pss_parse_version(str_from(wrong[i]), &minor), "%s", wrong[i]);
        cr_expect_eq(minor, 7);
    }
}

Test(pss, a_message_says_what_is_wrong_where_the_detail_only_names_it)
{
    static const struct {
        enum pss_check check;
        const char *message;
    } cases[] = {{PSS_HOST_NAMESPACES, "host namespaces: hostNetwork=true"},
                 {PSS_HOST_PATH_VOLUMES, "hostPath volumes: volume \"v\""},
                 {PSS_SYSCTLS, "forbidden sysctls: a"},
                 {PSS_HOST_PORTS, "container \"a\" uses hostPort 1"}};
    struct pss_results results = evaluate(worst, PSS_BASELINE, PSS_LATEST);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct pss_result *result = result_of(&results, cases[i].check);
        cr_assert(result);
        expect_text(pss_message(result, &result->offenders[0], &arena), cases[i].message, "worst");
    }
}

Test(pss, one_offender_makes_the_message_for_its_place)
{
    struct pss_results results =
        evaluate("spec: {containers: [{name: a, securityContext: {capabilities: {add: [B, A]}}}, "
                 "{name: b, securityContext: {capabilities: {drop: []}}}]}",
                 PSS_RESTRICTED, 22);
    static const char *const messages[] = {
        "container \"a\" must set securityContext.capabilities.drop=[\"ALL\"]",
        "container \"a\" must not include \"B\" in securityContext.capabilities.add",
        "container \"a\" must not include \"A\" in securityContext.capabilities.add",
        "container \"b\" must set securityContext.capabilities.drop=[\"ALL\"]",
    };
    const struct pss_result *result = &results.items[1];
    cr_assert_eq(result->check, PSS_CAPABILITIES_RESTRICTED);
    cr_assert_eq(result->offender_count, 4);
    for (uint32_t i = 0; i < 4; i++)
        expect_text(pss_detail(result, &result->offenders[i], 1, &arena), messages[i], "offender");
    cr_expect(str_is(doc_str(result->offenders[1].at), "B"));
    cr_expect_eq(result->offenders[0].at->kind, DOC_MAP, "the capabilities that lack drop");
    cr_expect_eq(result->offenders[3].at->kind, DOC_SEQ, "the drop that lacks ALL");
}

/* Fields of any other type crash nothing. Only sysctls without names make an empty detail, as they
 * do upstream. */
Test(pss, wrong_types_count_as_unset)
{
    static const char *const values[] = {
        "null", "true", "7",    "1.5",     "'text'",
        "[]",   "{}",   "[[]]", "{a: {}}", "[null,1,'x',{},[],true]"};
    static const char *const places[] = {
        "metadata: %s",
        "spec: %s",
        "metadata: {annotations: %s}",
        "metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/a: %s}}",
        "metadata: {annotations: {seccomp.security.alpha.kubernetes.io/pod: %s}}",
        "spec: {containers: %s}",
        "spec: {initContainers: %s}",
        "spec: {ephemeralContainers: %s}",
        "spec: {volumes: %s}",
        "spec: {securityContext: %s}",
        "spec: {os: %s}",
        "spec: {hostUsers: %s}",
        "spec: {hostNetwork: %s, containers: [{name: a, ports: [{containerPort: 7}]}]}",
        "spec: {securityContext: {sysctls: %s}}",
        "spec: {securityContext: {seLinuxOptions: %s}}",
        "spec: {securityContext: {windowsOptions: %s}}",
        "spec: {securityContext: {seccompProfile: %s}}",
        "spec: {securityContext: {appArmorProfile: %s}}",
        "spec: {securityContext: {runAsUser: %s}}",
        "spec: {containers: [{name: %s}]}",
        "spec: {containers: [{ports: %s}]}",
        "spec: {containers: [{ports: [{hostPort: %s}]}]}",
        "spec: {containers: [{lifecycle: %s}]}",
        "spec: {containers: [{livenessProbe: %s}]}",
        "spec: {containers: [{livenessProbe: {httpGet: %s}}]}",
        "spec: {containers: [{securityContext: %s}]}",
        "spec: {containers: [{securityContext: {capabilities: %s}}]}",
        "spec: {containers: [{securityContext: {capabilities: {add: %s}}}]}",
        "spec: {containers: [{securityContext: {capabilities: {drop: %s}}}]}",
    };
    for (size_t p = 0; p < sizeof places / sizeof places[0]; p++)
        for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
            const char *at = strstr(places[p], "%s");
            struct str pods = arena_printf(&arena, "%.*s%s%s", (int)(at - places[p]), places[p],
                                           values[v], at + 2);
            for (uint32_t minor = 0; minor <= PSS_NEWEST; minor++) {
                struct pss_results results = evaluate(pods.ptr, PSS_RESTRICTED, minor);
                for (uint32_t i = 0; i < results.count; i++)
                    cr_expect(results.items[i].detail.len > 0 ||
                                  results.items[i].check == PSS_SYSCTLS,
                              "%s", pods.ptr);
            }
        }
}

/* No wrong "clean": whichever allocation fails, the arena says so. */
Test(pss, an_arena_that_fails_never_means_allowed)
{
    struct pod pod = read_pod(worst, false, POD_AS_WRITTEN);
    struct pss_results complete, results;
    pss_evaluate(&complete, PSS_ALL_CHECKS, 37, &pod, &arena);
    for (size_t ceiling = 0; ceiling < 200000; ceiling += 500) {
        struct arena small;
        arena_init(&small, ceiling);
        pss_evaluate(&results, PSS_ALL_CHECKS, 37, &pod, &small);
        if (small.failed) {
            arena_release(&small);
            continue;
        }
        cr_expect_eq(results.count, complete.count);
        arena_release(&small);
        return;
    }
    cr_expect(false, "no ceiling was enough");
}
