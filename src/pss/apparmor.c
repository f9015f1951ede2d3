/* SPDX-License-Identifier: Apache-2.0
 *
 * AppArmor profiles, in the fields and in the annotations that came before them.
 */
#include "pss/internal.h"

enum part { FIELD = 1, ANNOTATION = 2 };

/* PSS baseline: "undefined/nil, RuntimeDefault, Localhost". A profile without a type is not
 * undefined. */
static void judge_field(struct pss_run *run, const struct doc_node *holder,
                        const struct container *c)
{
    const struct doc_node *profile = doc_get(doc_get(holder, N_securityContext), N_appArmorProfile);
    struct str type = doc_str(doc_get(profile, N_type));
    if (doc_is(profile, DOC_MAP) && !str_is(type, "RuntimeDefault") && !str_is(type, "Localhost"))
        pss_offend(run, pss_place(doc_at(profile, N_type)), c, type, FIELD);
}

static bool is_allowed_value(struct str value)
{
    return value.len == 0 || str_is(value, "runtime/default") ||
           str_starts_with(value, STR("localhost/"));
}

void pss_apparmor_profile(struct pss_run *run)
{
    pss_each_holder(run, judge_field);
    doc_foreach_entry (doc_get(run->pod->metadata, N_annotations), e)
        if (str_starts_with(doc_key(e), STR("container.apparmor.security.beta.kubernetes.io/")) &&
            !is_allowed_value(doc_str(&e->value)))
            pss_offend(run, &e->value, NULL, pss_annotation(run->arena, e), ANNOTATION);
}

void pss_apparmor_profile_text(const struct pss_text *text)
{
    struct pss_strings types = pss_sorted_set(text, FIELD, pss_value_of);
    struct pss_strings annotations = pss_sorted_set(text, ANNOTATION, pss_value_of);
    pss_add_setters(text, FIELD);
    if (types.count && annotations.count)
        buf_add_c(text->out, " and ");
    if (annotations.count)
        pss_add_plural(text->out, annotations.count, "annotation", "annotations");
    buf_add_c(text->out, " must not set AppArmor profile type to ");
    pss_add_quoted(text->out, &types);
    if (types.count && annotations.count)
        buf_add_c(text->out, ", ");
    pss_add_quoted(text->out, &annotations);
}
