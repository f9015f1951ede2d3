/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of checks and their evaluation. A check's revisions are sorted by the minor they begin
 * at; the last that is not newer than the version asked for is the one that runs.
 */
#include "pss/pss.h"

#include "base/limits.h"
#include "pss/internal.h"

enum { MAX_REVISIONS = 5 };

/* What lets a whole pod pass. */
enum exemption {
    EXEMPT_NONE,
    EXEMPT_WINDOWS,        /* spec.os.name is windows: the fields mean nothing there */
    EXEMPT_USER_NAMESPACE, /* spec.hostUsers is false: root inside is nobody outside */
};

struct revision {
    uint32_t since;
    pss_check_fn *run;
    enum exemption exemption;
};

static const struct check {
    const char *reason;
    const char *reason_plural; /* where offenders have several values; NULL: the same */
    pss_format_fn *format;
    bool names_only;   /* the text names offenders and says nothing about them */
    pss_set overrides; /* baseline checks that this one takes the place of */
    struct revision revisions[MAX_REVISIONS];
} checks[PSS_CHECK_COUNT] = {
    [PSS_APPARMOR_PROFILE] = {"forbidden AppArmor profile", "forbidden AppArmor profiles",
                              pss_apparmor_profile_text,
                              .revisions = {{0, pss_apparmor_profile, EXEMPT_NONE}}},
    [PSS_CAPABILITIES_BASELINE] = {"non-default capabilities",
                                   .format = pss_capabilities_baseline_text,
                                   .revisions = {{0, pss_capabilities_baseline, EXEMPT_NONE}}},
    [PSS_HOST_NAMESPACES] = {"host namespaces", .format = pss_values_text, .names_only = true,
                             .revisions = {{0, pss_host_namespaces, EXEMPT_NONE}}},
    [PSS_HOST_PATH_VOLUMES] = {"hostPath volumes", .format = pss_host_path_volumes_text,
                               .names_only = true,
                               .revisions = {{0, pss_host_path_volumes, EXEMPT_NONE}}},
    [PSS_HOST_PORTS] = {"hostPort", .format = pss_host_ports_text,
                        .revisions = {{0, pss_host_ports, EXEMPT_NONE}}},
    [PSS_HOST_PROBES] = {"probe or lifecycle host", .format = pss_host_probes_text,
                         .revisions = {{34, pss_host_probes, EXEMPT_NONE}}},
    [PSS_PRIVILEGED_CONTAINER] = {"privileged", .format = pss_privileged_container_text,
                                  .revisions = {{0, pss_privileged_container, EXEMPT_NONE}}},
    [PSS_PROC_MOUNT] = {"procMount", .format = pss_proc_mount_text,
                        .revisions = {{0, pss_proc_mount, EXEMPT_NONE},
                                      {35, pss_proc_mount, EXEMPT_USER_NAMESPACE}}},
    [PSS_SELINUX_OPTIONS] = {"seLinuxOptions", .format = pss_selinux_options_text,
                             .revisions = {{0, pss_selinux_options, EXEMPT_NONE},
                                           {31, pss_selinux_options, EXEMPT_NONE}}},
    [PSS_SECCOMP_BASELINE] = {"seccompProfile", .format = pss_seccomp_text,
                              .revisions = {{0, pss_seccomp_annotations, EXEMPT_NONE},
                                            {19, pss_seccomp_baseline, EXEMPT_NONE}}},
    [PSS_SYSCTLS] = {"forbidden sysctls", .format = pss_values_text, .names_only = true,
                     .revisions = {{0, pss_sysctls, EXEMPT_NONE},
                                   {27, pss_sysctls, EXEMPT_NONE},
                                   {29, pss_sysctls, EXEMPT_NONE},
                                   {32, pss_sysctls, EXEMPT_NONE},
                                   {37, pss_sysctls, EXEMPT_NONE}}},
    [PSS_WINDOWS_HOST_PROCESS] = {"hostProcess", .format = pss_windows_host_process_text,
                                  .revisions = {{0, pss_windows_host_process, EXEMPT_NONE}}},
    [PSS_ALLOW_PRIVILEGE_ESCALATION] =
        {"allowPrivilegeEscalation != false", .format = pss_allow_privilege_escalation_text,
         .revisions = {{8, pss_allow_privilege_escalation, EXEMPT_NONE},
                       {25, pss_allow_privilege_escalation, EXEMPT_WINDOWS}}},
    [PSS_CAPABILITIES_RESTRICTED] = {"unrestricted capabilities",
                                     .format = pss_capabilities_restricted_text,
                                     .overrides = 1u << PSS_CAPABILITIES_BASELINE,
                                     .revisions = {{22, pss_capabilities_restricted, EXEMPT_NONE},
                                                   {25, pss_capabilities_restricted,
                                                    EXEMPT_WINDOWS}}},
    [PSS_PROC_MOUNT_RESTRICTED] = {"procMount", .format = pss_proc_mount_text,
                                   .overrides = 1u << PSS_PROC_MOUNT,
                                   .revisions = {{35, pss_proc_mount, EXEMPT_NONE}}},
    [PSS_RESTRICTED_VOLUMES] = {"restricted volume types", .format = pss_restricted_volumes_text,
                                .overrides = 1u << PSS_HOST_PATH_VOLUMES,
                                .revisions = {{0, pss_restricted_volumes, EXEMPT_NONE}}},
    [PSS_RUN_AS_NON_ROOT] = {"runAsNonRoot != true", .format = pss_run_as_non_root_text,
                             .revisions = {{0, pss_run_as_non_root, EXEMPT_NONE},
                                           {35, pss_run_as_non_root, EXEMPT_USER_NAMESPACE}}},
    [PSS_RUN_AS_USER] = {"runAsUser=0", .format = pss_run_as_user_text,
                         .revisions = {{23, pss_run_as_user, EXEMPT_NONE},
                                       {35, pss_run_as_user, EXEMPT_USER_NAMESPACE}}},
    [PSS_SECCOMP_RESTRICTED] = {"seccompProfile", .format = pss_seccomp_text,
                                .overrides = 1u << PSS_SECCOMP_BASELINE,
                                .revisions = {{19, pss_seccomp_restricted, EXEMPT_NONE},
                                              {25, pss_seccomp_restricted, EXEMPT_WINDOWS}}},
};

const char *pss_check_id(enum pss_check check)
{
    static const char *const ids[] = {
#define PSS_CHECK(suffix, id, level) [PSS_##suffix] = id,
        PSS_CHECKS(PSS_CHECK)
#undef PSS_CHECK
    };
    return ids[check];
}

enum pss_level pss_check_level(enum pss_check check)
{
    static const enum pss_level levels[] = {
#define PSS_CHECK(suffix, id, level) [PSS_##suffix] = (level),
        PSS_CHECKS(PSS_CHECK)
#undef PSS_CHECK
    };
    return levels[check];
}

pss_set pss_level_checks(enum pss_level level)
{
    pss_set set = 0;
    for (enum pss_check check = 0; check < PSS_CHECK_COUNT; check++)
        if (pss_check_level(check) <= level)
            set |= 1u << check;
    return set;
}

/* The revision that a version means; NULL before the first. */
static const struct revision *find_revision(enum pss_check check, uint32_t minor)
{
    const struct revision *found = NULL;
    for (uint32_t i = 0; i < MAX_REVISIONS; i++) {
        const struct revision *revision = &checks[check].revisions[i];
        if (revision->run && revision->since <= minor)
            found = revision;
    }
    return found;
}

static uint32_t effective(uint32_t minor)
{
    return minor < PSS_NEWEST ? minor : PSS_NEWEST;
}

bool pss_check_active(enum pss_check check, uint32_t minor)
{
    return find_revision(check, effective(minor)) != NULL;
}

static bool is_exempt(const struct pod *pod, enum exemption exemption)
{
    switch (exemption) {
    case EXEMPT_NONE:
        break;
    case EXEMPT_WINDOWS:
        return pod_is_windows(pod, false);
    case EXEMPT_USER_NAMESPACE:
        return doc_is_false(doc_get(pod->spec, N_hostUsers));
    }
    return false;
}

void pss_offend(struct pss_run *run, const struct doc_node *at, const struct container *container,
                struct str value, uint32_t part)
{
    struct pss_offender *offender = vec_push(&run->offenders, run->arena);
    if (!offender)
        return;
    offender->at = at;
    offender->value = value;
    offender->part = part;
    if (container)
        offender->container = *container;
}

void pss_offend_volume(struct pss_run *run, const struct doc_node *at, struct str volume,
                       struct str value)
{
    struct pss_offender *offender = vec_push(&run->offenders, run->arena);
    if (offender)
        *offender = (struct pss_offender){.at = at, .volume = volume, .value = value, .part = 1};
}

void pss_each_holder(struct pss_run *run, pss_judge_fn *judge)
{
    if (run->pod->spec)
        judge(run, run->pod->spec, NULL);
    pod_foreach_container (run->pod, c)
        judge(run, c.node, &c);
}

static const char *reason_of(enum pss_check check, const struct pss_offender *offenders,
                             uint32_t count)
{
    if (checks[check].reason_plural)
        for (uint32_t i = 1; i < count; i++)
            if (offenders[i].part != offenders[0].part ||
                !str_equal(offenders[i].value, offenders[0].value))
                return checks[check].reason_plural;
    return checks[check].reason;
}

struct str pss_detail(const struct pss_result *result, const struct pss_offender *offenders,
                      uint32_t count, struct arena *arena)
{
    struct buf out;
    buf_init(&out, LIMIT_PSS_TEXT_BYTES);
    checks[result->check].format(&(struct pss_text){&out, arena, offenders, count});
    if (out.failed)
        arena->failed = true;
    struct str detail = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return detail;
}

struct str pss_message(const struct pss_result *result, const struct pss_offender *offender,
                       struct arena *arena)
{
    struct str detail = pss_detail(result, offender, 1, arena);
    if (!detail.len)
        return str_from(result->reason);
    if (!checks[result->check].names_only)
        return detail;
    return arena_printf(arena, "%s: %.*s", result->reason, STR_ARG(detail));
}

static void judge(struct pss_results *results, enum pss_check check,
                  const struct revision *revision, const struct pod *pod, struct arena *arena)
{
    if (is_exempt(pod, revision->exemption))
        return;
    struct pss_run run = {.pod = pod, .arena = arena, .since = revision->since};
    revision->run(&run);
    if (run.offenders.count == 0)
        return;
    struct pss_result *result = &results->items[results->count++];
    *result = (struct pss_result){
        .check = check,
        .offenders = run.offenders.items,
        .offender_count = (uint32_t)run.offenders.count,
    };
    result->reason = reason_of(check, result->offenders, result->offender_count);
    result->detail = pss_detail(result, result->offenders, result->offender_count, arena);
}

pss_set pss_overrides(enum pss_check check)
{
    return checks[check].overrides;
}

void pss_evaluate_each(struct pss_results *results, pss_set set, uint32_t minor,
                       const struct pod *pod, struct arena *arena)
{
    results->count = 0;
    for (enum pss_check check = 0; check < PSS_CHECK_COUNT; check++) {
        const struct revision *revision =
            set & 1u << check ? find_revision(check, effective(minor)) : NULL;
        if (revision)
            judge(results, check, revision, pod, arena);
    }
}

void pss_evaluate(struct pss_results *results, pss_set set, uint32_t minor, const struct pod *pod,
                  struct arena *arena)
{
    pss_set overridden = 0;
    for (enum pss_check check = 0; check < PSS_CHECK_COUNT; check++)
        if (checks[check].overrides && set & 1u << check && find_revision(check, effective(minor)))
            overridden |= checks[check].overrides;
    pss_evaluate_each(results, set & ~overridden, minor, pod, arena);
}

static struct str joined(const struct pss_results *results, bool details, struct arena *arena)
{
    struct buf out;
    buf_init(&out, LIMIT_PSS_TEXT_BYTES);
    for (uint32_t i = 0; i < results->count; i++) {
        const struct pss_result *result = &results->items[i];
        if (i)
            buf_add_c(&out, ", ");
        buf_add_c(&out, result->reason);
        if (details && result->detail.len) {
            buf_add_c(&out, " (");
            buf_add_str(&out, result->detail);
            buf_add_char(&out, ')');
        }
    }
    if (out.failed)
        arena->failed = true;
    struct str text = arena_str(arena, buf_str(&out));
    buf_release(&out);
    return text;
}

struct str pss_reasons_text(const struct pss_results *results, struct arena *arena)
{
    return joined(results, false, arena);
}

struct str pss_details_text(const struct pss_results *results, struct arena *arena)
{
    return joined(results, true, arena);
}
