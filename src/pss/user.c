/* SPDX-License-Identifier: Apache-2.0
 *
 * Who the processes run as.
 */
#include "pss/internal.h"

enum part { EXPLICIT = 1, IMPLICIT = 2 };

static const struct doc_node *non_root(const struct doc_node *holder)
{
    return doc_get(doc_get(holder, N_securityContext), N_runAsNonRoot);
}

static void judge_non_root(struct pss_run *run, const struct doc_node *holder,
                           const struct container *c)
{
    const struct doc_node *value = non_root(holder);
    if (doc_is_false(value))
        pss_offend(run, value, c, STR_EMPTY, EXPLICIT);
}

/* Containers that leave it unset take the pod's; upstream names them only where nobody says
 * false. */
void pss_run_as_non_root(struct pss_run *run)
{
    pss_each_holder(run, judge_non_root);
    if (run->offenders.count || doc_is_true(non_root(run->pod->spec)))
        return;
    pod_foreach_container (run->pod, c)
        if (!doc_is_true(non_root(c.node)))
            pss_offend(run, pss_place(doc_at(c.node, N_securityContext, N_runAsNonRoot)), &c,
                       STR_EMPTY, IMPLICIT);
}

void pss_run_as_non_root_text(const struct pss_text *text)
{
    if (pss_has_part(text, EXPLICIT)) {
        pss_add_setters(text, EXPLICIT);
        buf_add_c(text->out, " must not set securityContext.runAsNonRoot=false");
    } else {
        buf_add_c(text->out, "pod or ");
        pss_add_containers(text, IMPLICIT);
        buf_add_c(text->out, " must set securityContext.runAsNonRoot=true");
    }
}

static void judge_user(struct pss_run *run, const struct doc_node *holder,
                       const struct container *c)
{
    const struct doc_node *value = doc_get(doc_get(holder, N_securityContext), N_runAsUser);
    if (doc_is(value, DOC_INT) && value->v.i == 0)
        pss_offend(run, value, c, STR_EMPTY, 1);
}

void pss_run_as_user(struct pss_run *run)
{
    pss_each_holder(run, judge_user);
}

void pss_run_as_user_text(const struct pss_text *text)
{
    pss_add_setters(text, PSS_ANY_PART);
    buf_add_c(text->out, " must not set runAsUser=0");
}
