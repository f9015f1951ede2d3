/* SPDX-License-Identifier: Apache-2.0
 *
 * Linux capabilities. Names are compared as they are written: upstream knows neither a CAP_ prefix
 * nor lower case, so whatever is spelt otherwise is forbidden.
 */
#include "pss/internal.h"

enum part { MISSING_DROP = 1, ADDING = 2 };

/* PSS baseline: "Adding additional capabilities beyond those listed below must be disallowed." */
static bool is_default_capability(struct str name)
{
    static const char *const defaults[] = {
        "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER",  "FSETID", "KILL",       "MKNOD",
        "NET_BIND_SERVICE", "SETFCAP", "SETGID",       "SETPCAP", "SETUID", "SYS_CHROOT",
    };
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
        if (str_is(name, defaults[i]))
            return true;
    return false;
}

/* PSS restricted: "Containers must drop ALL capabilities, and are only permitted to add back the
 * NET_BIND_SERVICE capability." */
static bool is_net_bind_service(struct str name)
{
    return str_is(name, "NET_BIND_SERVICE");
}

static void judge_added(struct pss_run *run, const struct container *c,
                        const struct doc_node *capabilities, bool (*allowed)(struct str name))
{
    doc_foreach_item (doc_get(capabilities, N_add), item)
        if (pss_is_text(item) && !allowed(doc_str(item)))
            pss_offend(run, item, c, doc_str(item), ADDING);
}

void pss_capabilities_baseline(struct pss_run *run)
{
    pod_foreach_container (run->pod, c)
        judge_added(run, &c, doc_get(doc_get(c.node, N_securityContext), N_capabilities),
                    is_default_capability);
}

void pss_capabilities_baseline_text(const struct pss_text *text)
{
    pss_add_containers(text, ADDING);
    buf_add_c(text->out, " must not include ");
    pss_add_values(text, ADDING);
    buf_add_c(text->out, " in securityContext.capabilities.add");
}

static bool drops_all(const struct doc_node *capabilities)
{
    doc_foreach_item (doc_get(capabilities, N_drop), item)
        if (str_is(doc_str(item), "ALL"))
            return true;
    return false;
}

void pss_capabilities_restricted(struct pss_run *run)
{
    pod_foreach_container (run->pod, c) {
        const struct doc_node *capabilities =
            doc_get(doc_get(c.node, N_securityContext), N_capabilities);
        if (!drops_all(capabilities))
            pss_offend(run, pss_place(doc_at(c.node, N_securityContext, N_capabilities, N_drop)),
                       &c, STR_EMPTY, MISSING_DROP);
        judge_added(run, &c, capabilities, is_net_bind_service);
    }
}

void pss_capabilities_restricted_text(const struct pss_text *text)
{
    bool missing = pss_has_part(text, MISSING_DROP);
    if (missing) {
        pss_add_containers(text, MISSING_DROP);
        buf_add_c(text->out, " must set securityContext.capabilities.drop=[\"ALL\"]");
    }
    if (pss_has_part(text, ADDING)) {
        buf_add_c(text->out, missing ? "; " : "");
        pss_capabilities_baseline_text(text);
    }
}
