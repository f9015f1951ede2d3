/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields that only a container has: what it may become, and what it may see of /proc.
 */
#include "pss/internal.h"

void pss_privileged_container(struct pss_run *run)
{
    pod_foreach_container (run->pod, c) {
        const struct doc_node *value = doc_get(doc_get(c.node, N_securityContext), N_privileged);
        if (doc_is_true(value))
            pss_offend(run, value, &c, STR_EMPTY, 1);
    }
}

void pss_privileged_container_text(const struct pss_text *text)
{
    pss_add_containers(text, PSS_ANY_PART);
    buf_add_c(text->out, " must not set securityContext.privileged=true");
}

void pss_allow_privilege_escalation(struct pss_run *run)
{
    pod_foreach_container (run->pod, c) {
        struct doc_at at = doc_at(c.node, N_securityContext, N_allowPrivilegeEscalation);
        if (!doc_is_false(at.node))
            pss_offend(run, pss_place(at), &c, STR_EMPTY, 1);
    }
}

void pss_allow_privilege_escalation_text(const struct pss_text *text)
{
    pss_add_containers(text, PSS_ANY_PART);
    buf_add_c(text->out, " must set securityContext.allowPrivilegeEscalation=false");
}

/* An empty string is set, and not allowed. */
void pss_proc_mount(struct pss_run *run)
{
    pod_foreach_container (run->pod, c) {
        const struct doc_node *value = doc_get(doc_get(c.node, N_securityContext), N_procMount);
        if (doc_is(value, DOC_STR) && !str_is(doc_str(value), "Default"))
            pss_offend(run, value, &c, doc_str(value), 1);
    }
}

void pss_proc_mount_text(const struct pss_text *text)
{
    pss_add_containers(text, PSS_ANY_PART);
    buf_add_c(text->out, " must not set securityContext.procMount to ");
    pss_add_values(text, PSS_ANY_PART);
}
