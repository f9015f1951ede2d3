/* SPDX-License-Identifier: Apache-2.0
 *
 * What the checks share. A check reads a field of another type than the API's as unset: the schema
 * reports it, and the API server refuses it.
 */
#ifndef PSS_INTERNAL_H
#define PSS_INTERNAL_H

#include "base/buf.h"
#include "pss/pss.h"

/* One check on one pod. */
struct pss_run {
    const struct pod *pod;
    struct arena *arena;
    uint32_t since; /* minor at which the revision that runs begins */
    VEC(struct pss_offender) offenders;
};

/* Notes every offender of the pod. Whatever exempts the whole pod was asked before. */
typedef void pss_check_fn(struct pss_run *run);

/* container may be NULL: the pod itself, a volume, an annotation. */
void pss_offend(struct pss_run *run, const struct doc_node *at, const struct container *container,
                struct str value, uint32_t part);
void pss_offend_volume(struct pss_run *run, const struct doc_node *at, struct str volume,
                       struct str value);

/* Fields that the pod and its containers both have: judge is called with the map that holds
 * securityContext, the pod's spec first (container NULL), then each container. */
typedef void pss_judge_fn(struct pss_run *run, const struct doc_node *holder,
                          const struct container *container);
void pss_each_holder(struct pss_run *run, pss_judge_fn *judge);

/* key=%q(value), in the arena. */
struct str pss_annotation(struct arena *arena, const struct doc_entry *annotation);

/* Where an offender stands: the value, or the innermost node on the way to it. */
static inline const struct doc_node *pss_place(struct doc_at at)
{
    return at.node ? at.node : at.nearest;
}

/* An item of a list of strings. A null is the empty string there, as in Go; one of another type
 * counts as none. */
static inline bool pss_is_text(const struct doc_node *item)
{
    return item->kind == DOC_STR || item->kind == DOC_NULL;
}

/* A detail text in the making, of some offenders (at least one). */
struct pss_text {
    struct buf *out;
    struct arena *arena;
    const struct pss_offender *offenders;
    uint32_t count;
};

typedef void pss_format_fn(const struct pss_text *text);

/* Parts are bits, so that a text can be made of the offenders of several. */
#define PSS_ANY_PART UINT32_MAX

/* Distinct keys of the offenders of some parts, sorted bytewise; lives in the arena. */
struct pss_strings {
    struct str *items;
    uint32_t count;
};
typedef struct str pss_key_fn(const struct pss_offender *offender);
struct str pss_value_of(const struct pss_offender *offender);
struct str pss_container_of(const struct pss_offender *offender);
struct pss_strings pss_sorted_set(const struct pss_text *text, uint32_t parts, pss_key_fn *key);

/* Whether any offender belongs to one of the parts. */
bool pss_has_part(const struct pss_text *text, uint32_t parts);
/* `one` when count is 1, else `many`: upstream's plural, also of none. */
void pss_add_plural(struct buf *out, uint32_t count, const char *one, const char *many);
/* a, b */
void pss_add_plain(struct buf *out, const struct pss_strings *strings);
/* "a", "b": each item between quotes, nothing escaped (upstream's joinQuote). */
void pss_add_quoted_item(struct buf *out, uint32_t index, struct str item);
void pss_add_quoted(struct buf *out, const struct pss_strings *strings);
/* container "a"; containers "a", "b": in the order of offenders, each container once. Returns how
 * many. */
uint32_t pss_add_containers(const struct pss_text *text, uint32_t parts);
/* pod; container "a"; pod and containers "a", "b". */
void pss_add_setters(const struct pss_text *text, uint32_t parts);
/* pss_add_quoted of the values of some parts. */
void pss_add_values(const struct pss_text *text, uint32_t parts);

/* The checks, by upstream's ids; a few share a text. pss_values_text: the values in the order of
 * offenders, as they are. */
pss_check_fn pss_apparmor_profile, pss_capabilities_baseline, pss_host_namespaces,
    pss_host_path_volumes, pss_host_ports, pss_host_probes, pss_privileged_container,
    pss_proc_mount, pss_selinux_options, pss_seccomp_annotations, pss_seccomp_baseline, pss_sysctls,
    pss_windows_host_process, pss_allow_privilege_escalation, pss_capabilities_restricted,
    pss_restricted_volumes, pss_run_as_non_root, pss_run_as_user, pss_seccomp_restricted;

pss_format_fn pss_apparmor_profile_text, pss_capabilities_baseline_text, pss_host_path_volumes_text,
    pss_host_ports_text, pss_host_probes_text, pss_privileged_container_text, pss_proc_mount_text,
    pss_selinux_options_text, pss_seccomp_text, pss_windows_host_process_text,
    pss_allow_privilege_escalation_text, pss_capabilities_restricted_text,
    pss_restricted_volumes_text, pss_run_as_non_root_text, pss_run_as_user_text, pss_values_text;

#endif
