/* SPDX-License-Identifier: Apache-2.0
 *
 * The Pod Security Standards exactly as Kubernetes evaluates them: 19 checks, every revision from
 * v1.0, both levels, the upstream reason and detail texts. Nothing here knows of rules, profiles or
 * settings of ours.
 *
 * A check collects offenders (who sets what); one function per check turns any subset of them into
 * its detail text. All offenders together give the upstream detail, a single one the message of a
 * finding at that place.
 */
#ifndef PSS_PSS_H
#define PSS_PSS_H

#include "base/vec.h"
#include "kube/pod.h"

enum pss_level { PSS_PRIVILEGED, PSS_BASELINE, PSS_RESTRICTED };

/* minor is N of v1.N, or PSS_LATEST, which is newer than all. */
#define PSS_LATEST UINT32_MAX
/* The newest minor with a revision of its own: what `latest` means. */
#define PSS_NEWEST 37u

/* In the order of upstream messages: baseline by id, then restricted by id. PSS_CHECK(enum suffix,
 * upstream id, level) */
#define PSS_CHECKS(PSS_CHECK)                                                                      \
    PSS_CHECK(APPARMOR_PROFILE, "appArmorProfile", PSS_BASELINE)                                   \
    PSS_CHECK(CAPABILITIES_BASELINE, "capabilities_baseline", PSS_BASELINE)                        \
    PSS_CHECK(HOST_NAMESPACES, "hostNamespaces", PSS_BASELINE)                                     \
    PSS_CHECK(HOST_PATH_VOLUMES, "hostPathVolumes", PSS_BASELINE)                                  \
    PSS_CHECK(HOST_PORTS, "hostPorts", PSS_BASELINE)                                               \
    PSS_CHECK(HOST_PROBES, "hostProbesAndHostLifecycle", PSS_BASELINE)                             \
    PSS_CHECK(PRIVILEGED_CONTAINER, "privileged", PSS_BASELINE)                                    \
    PSS_CHECK(PROC_MOUNT, "procMount", PSS_BASELINE)                                               \
    PSS_CHECK(SELINUX_OPTIONS, "seLinuxOptions", PSS_BASELINE)                                     \
    PSS_CHECK(SECCOMP_BASELINE, "seccompProfile_baseline", PSS_BASELINE)                           \
    PSS_CHECK(SYSCTLS, "sysctls", PSS_BASELINE)                                                    \
    PSS_CHECK(WINDOWS_HOST_PROCESS, "windowsHostProcess", PSS_BASELINE)                            \
    PSS_CHECK(ALLOW_PRIVILEGE_ESCALATION, "allowPrivilegeEscalation", PSS_RESTRICTED)              \
    PSS_CHECK(CAPABILITIES_RESTRICTED, "capabilities_restricted", PSS_RESTRICTED)                  \
    PSS_CHECK(PROC_MOUNT_RESTRICTED, "procMount_restricted", PSS_RESTRICTED)                       \
    PSS_CHECK(RESTRICTED_VOLUMES, "restrictedVolumes", PSS_RESTRICTED)                             \
    PSS_CHECK(RUN_AS_NON_ROOT, "runAsNonRoot", PSS_RESTRICTED)                                     \
    PSS_CHECK(RUN_AS_USER, "runAsUser", PSS_RESTRICTED)                                            \
    PSS_CHECK(SECCOMP_RESTRICTED, "seccompProfile_restricted", PSS_RESTRICTED)

enum pss_check {
#define PSS_CHECK(suffix, id, level) PSS_##suffix,
    PSS_CHECKS(PSS_CHECK)
#undef PSS_CHECK
        PSS_CHECK_COUNT
};

/* A set of checks: bit (1u << enum pss_check). */
typedef uint32_t pss_set;
#define PSS_ALL_CHECKS ((1u << PSS_CHECK_COUNT) - 1)

/* level, version text as a label has them; false when it is neither (*level, *minor untouched). A
 * number too large for uint32_t becomes the largest below PSS_LATEST: messages print the text. */
bool pss_parse_level(struct str text, enum pss_level *level);
bool pss_parse_version(struct str text, uint32_t *minor);
const char *pss_level_name(enum pss_level level);
const char *pss_check_id(enum pss_check check);
enum pss_level pss_check_level(enum pss_check check);
/* Whether the check has a revision at the minor (overrides not counted); minors above PSS_NEWEST
 * are PSS_NEWEST. */
bool pss_check_active(enum pss_check check, uint32_t minor);
/* What a level holds, before versions and overrides: nothing, the baseline checks, or all of them.
 */
pss_set pss_level_checks(enum pss_level level);
/* The baseline checks that a restricted one takes the place of: it finds all that they find, in the
 * same order, and more. */
pss_set pss_overrides(enum pss_check check);

/* Who breaks a check: the pod, a container, a volume, an annotation, a sysctl. */
struct pss_offender {
    const struct doc_node *at;  /* the offending value; where something is missing, the innermost
                                   node on the way to it. Never NULL */
    struct container container; /* .node is NULL where no container is meant */
    struct str volume;          /* its name, where one is meant */
    struct str value;           /* what is forbidden, or how it is named: the check's own */
    uint32_t part;              /* which part of the check's text it belongs to: the check's own */
};

struct pss_result {
    enum pss_check check;
    const char *reason; /* upstream's, constant */
    struct str detail;  /* upstream's, of all offenders */
    const struct pss_offender *offenders;
    uint32_t offender_count; /* at least 1 */
};

struct pss_results {
    struct pss_result items[PSS_CHECK_COUNT]; /* in message order */
    uint32_t count;                           /* 0: allowed */
};

/* Evaluates the checks of the set that are active at the minor, less the baseline ones that an
 * active restricted check of the set overrides. Texts and offenders live in the arena; when it
 * fails the caller sees arena->failed, never a wrong "allowed". */
void pss_evaluate(struct pss_results *results, pss_set set, uint32_t minor, const struct pod *pod,
                  struct arena *arena);
/* Without overriding: each check for itself, as rules of different severities want it. */
void pss_evaluate_each(struct pss_results *results, pss_set set, uint32_t minor,
                       const struct pod *pod, struct arena *arena);
/* The detail text of some of a result's offenders (at least one; empty only of sysctls without a
 * name, as upstream). */
struct str pss_detail(const struct pss_result *result, const struct pss_offender *offenders,
                      uint32_t count, struct arena *arena);
/* What there is to say at the place of one offender: its detail, behind the reason where the detail
 * is nothing but names. */
struct str pss_message(const struct pss_result *result, const struct pss_offender *offender,
                       struct arena *arena);
/* Reasons joined by ", ", and "reason (detail)" joined by ", ": the two texts of upstream's
 * messages. */
struct str pss_reasons_text(const struct pss_results *results, struct arena *arena);
struct str pss_details_text(const struct pss_results *results, struct arena *arena);

#endif
