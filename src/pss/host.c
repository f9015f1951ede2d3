/* SPDX-License-Identifier: Apache-2.0
 *
 * What the pod takes from its node: namespaces, ports, probes that leave the pod, the host process
 * of Windows.
 */
#include "pss/internal.h"

void pss_host_namespaces(struct pss_run *run)
{
    const struct {
        name_t field;
        struct str text;
    } fields[] = {
        {N_hostNetwork, STR("hostNetwork=true")},
        {N_hostPID, STR("hostPID=true")},
        {N_hostIPC, STR("hostIPC=true")},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct doc_node *value = doc_get(run->pod->spec, fields[i].field);
        if (doc_is_true(value))
            pss_offend(run, value, NULL, fields[i].text, 1);
    }
}

/* The API server makes hostPort equal to containerPort where hostNetwork is true, in Pods and not
 * in templates, and not for ephemeral containers; a file has not been there yet. */
static bool takes_container_ports(const struct container *c)
{
    return c->pod->view == POD_AS_WRITTEN && !c->pod->is_template &&
           c->kind != CONTAINER_EPHEMERAL && doc_is_true(doc_get(c->pod->spec, N_hostNetwork));
}

static bool is_nonzero(const struct doc_node *n)
{
    return doc_is(n, DOC_INT) && n->v.i != 0;
}

static void judge_ports(struct pss_run *run, const struct container *c)
{
    doc_foreach_item (doc_get(c->node, N_ports), port) {
        const struct doc_node *number = doc_get(port, N_hostPort);
        if (!is_nonzero(number) && takes_container_ports(c))
            number = doc_get(port, N_containerPort);
        if (is_nonzero(number))
            pss_offend(run, number, c, arena_printf(run->arena, "%lld", (long long)number->v.i), 1);
    }
}

void pss_host_ports(struct pss_run *run)
{
    pod_foreach_container (run->pod, c)
        judge_ports(run, &c);
}

/* Ports are sorted as text, as upstream does: 443, 80. */
void pss_host_ports_text(const struct pss_text *text)
{
    struct pss_strings ports = pss_sorted_set(text, PSS_ANY_PART, pss_value_of);
    uint32_t containers = pss_add_containers(text, PSS_ANY_PART);
    pss_add_plural(text->out, containers, " uses ", " use ");
    pss_add_plural(text->out, ports.count, "hostPort ", "hostPorts ");
    pss_add_plain(text->out, &ports);
}

/* A handler may hold httpGet and tcpSocket; either may name a host. */
static void judge_handler(struct pss_run *run, const struct container *c,
                          const struct doc_node *handler)
{
    const name_t actions[] = {N_httpGet, N_tcpSocket};
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        const struct doc_node *host = doc_get(doc_get(handler, actions[i]), N_host);
        if (doc_str(host).len)
            pss_offend(run, host, c, doc_str(host), 1);
    }
}

void pss_host_probes(struct pss_run *run)
{
    pod_foreach_container (run->pod, c) {
        const struct doc_node *lifecycle = doc_get(c.node, N_lifecycle);
        judge_handler(run, &c, doc_get(c.node, N_livenessProbe));
        judge_handler(run, &c, doc_get(c.node, N_readinessProbe));
        judge_handler(run, &c, doc_get(c.node, N_startupProbe));
        judge_handler(run, &c, doc_get(lifecycle, N_postStart));
        judge_handler(run, &c, doc_get(lifecycle, N_preStop));
    }
}

/* The only check whose container names are sorted and distinct. */
void pss_host_probes_text(const struct pss_text *text)
{
    struct pss_strings names = pss_sorted_set(text, PSS_ANY_PART, pss_container_of);
    struct pss_strings hosts = pss_sorted_set(text, PSS_ANY_PART, pss_value_of);
    pss_add_plural(text->out, names.count, "container ", "containers ");
    pss_add_quoted(text->out, &names);
    pss_add_plural(text->out, names.count, " uses ", " use ");
    pss_add_plural(text->out, hosts.count, "probe or lifecycle host ", "probe or lifecycle hosts ");
    pss_add_quoted(text->out, &hosts);
}

static void judge_host_process(struct pss_run *run, const struct doc_node *holder,
                               const struct container *c)
{
    const struct doc_node *value =
        doc_get(doc_get(doc_get(holder, N_securityContext), N_windowsOptions), N_hostProcess);
    if (doc_is_true(value))
        pss_offend(run, value, c, STR_EMPTY, 1);
}

void pss_windows_host_process(struct pss_run *run)
{
    pss_each_holder(run, judge_host_process);
}

void pss_windows_host_process_text(const struct pss_text *text)
{
    pss_add_setters(text, PSS_ANY_PART);
    buf_add_c(text->out, " must not set securityContext.windowsOptions.hostProcess=true");
}
