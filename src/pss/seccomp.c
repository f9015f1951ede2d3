/* SPDX-License-Identifier: Apache-2.0
 *
 * Seccomp profiles: annotations until v1.18, fields since v1.19.
 */
#include "pss/internal.h"

enum part { PROFILE = 1, MISSING = 2, ANNOTATION = 4 };

/* Unlike AppArmor's, an empty value is forbidden; so is a null, which Go reads as one. */
static bool is_forbidden_value(const struct doc_node *value)
{
    struct str text = doc_str(value);
    return pss_is_text(value) && !str_is(text, "runtime/default") &&
           !str_is(text, "docker/default") && !str_starts_with(text, STR("localhost/"));
}

/* Sorted, for a hostile pod may have a hundred thousand containers and as many annotations. */
static struct pss_strings container_names(const struct pss_run *run)
{
    struct pss_strings names = {NULL, 0};
    uint32_t count = 0;
    pod_foreach_container (run->pod, counted)
        count++;
    names.items = arena_zalloc(run->arena, count, sizeof *names.items);
    if (!names.items)
        return names;
    pod_foreach_container (run->pod, c)
        names.items[names.count++] = c.name;
    qsort(names.items, names.count, sizeof *names.items, str_order);
    return names;
}

/* Annotations for containers that the pod has not are ignored. */
void pss_seccomp_annotations(struct pss_run *run)
{
    const struct str prefix = STR("container.seccomp.security.alpha.kubernetes.io/");
    struct pss_strings names = {NULL, 0};
    doc_foreach_entry (doc_get(run->pod->metadata, N_annotations), e) {
        struct str key = doc_key(e);
        bool for_container = str_starts_with(key, prefix);
        if (!(for_container || str_is(key, "seccomp.security.alpha.kubernetes.io/pod")) ||
            !is_forbidden_value(&e->value))
            continue;
        if (for_container && !names.items)
            names = container_names(run);
        struct str name = str_skip(key, prefix.len);
        if (!for_container ||
            (names.count && bsearch(&name, names.items, names.count, sizeof name, str_order)))
            pss_offend(run, &e->value, NULL, pss_annotation(run->arena, e), ANNOTATION);
    }
}

static bool is_good(const struct doc_node *profile)
{
    struct str type = doc_str(doc_get(profile, N_type));
    return str_is(type, "RuntimeDefault") || str_is(type, "Localhost");
}

static const struct doc_node *profile_of(const struct doc_node *holder)
{
    const struct doc_node *profile = doc_get(doc_get(holder, N_securityContext), N_seccompProfile);
    return doc_is(profile, DOC_MAP) ? profile : NULL;
}

/* PSS: "must not be explicitly set to Unconfined"; a profile without a type is refused as well. */
static void judge_profile(struct pss_run *run, const struct doc_node *holder,
                          const struct container *c)
{
    const struct doc_node *profile = profile_of(holder);
    if (profile && !is_good(profile))
        pss_offend(run, pss_place(doc_at(profile, N_type)), c, doc_str(doc_get(profile, N_type)),
                   PROFILE);
}

void pss_seccomp_baseline(struct pss_run *run)
{
    pss_each_holder(run, judge_profile);
}

/* A profile must be set as well: by the pod, or by each container. Upstream names those that lack
 * one only where none is set to a forbidden one. */
void pss_seccomp_restricted(struct pss_run *run)
{
    pss_each_holder(run, judge_profile);
    if (run->offenders.count || profile_of(run->pod->spec))
        return;
    pod_foreach_container (run->pod, c)
        if (!profile_of(c.node))
            pss_offend(run, pss_place(doc_at(c.node, N_securityContext, N_seccompProfile)), &c,
                       STR_EMPTY, MISSING);
}

static void add_annotations(const struct pss_text *text)
{
    struct pss_strings annotations = pss_sorted_set(text, ANNOTATION, pss_value_of);
    buf_add_c(text->out, "forbidden ");
    pss_add_plural(text->out, annotations.count, "annotation ", "annotations ");
    pss_add_plain(text->out, &annotations);
}

void pss_seccomp_text(const struct pss_text *text)
{
    if (pss_has_part(text, ANNOTATION)) {
        add_annotations(text);
    } else if (pss_has_part(text, PROFILE)) {
        pss_add_setters(text, PROFILE);
        buf_add_c(text->out, " must not set securityContext.seccompProfile.type to ");
        pss_add_values(text, PROFILE);
    } else {
        buf_add_c(text->out, "pod or ");
        pss_add_containers(text, MISSING);
        buf_add_c(text->out, " must set securityContext.seccompProfile.type to \"RuntimeDefault\" "
                             "or \"Localhost\"");
    }
}
