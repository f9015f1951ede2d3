/* SPDX-License-Identifier: Apache-2.0
 *
 * Kernel settings that are the pod's own. Names are compared as written: with slashes they are
 * others.
 */
#include "pss/internal.h"

static bool is_safe(struct str name, uint32_t since)
{
    static const struct {
        uint32_t since;
        const char *name;
    } safe[] = {
        {0, "kernel.shm_rmid_forced"},
        {0, "net.ipv4.ip_local_port_range"},
        {0, "net.ipv4.tcp_syncookies"},
        {0, "net.ipv4.ping_group_range"},
        {0, "net.ipv4.ip_unprivileged_port_start"},
        {27, "net.ipv4.ip_local_reserved_ports"},
        {29, "net.ipv4.tcp_keepalive_time"},
        {29, "net.ipv4.tcp_fin_timeout"},
        {29, "net.ipv4.tcp_keepalive_intvl"},
        {29, "net.ipv4.tcp_keepalive_probes"},
        {32, "net.ipv4.tcp_rmem"},
        {32, "net.ipv4.tcp_wmem"},
        {37, "net.ipv4.tcp_slow_start_after_idle"},
        {37, "net.ipv4.tcp_notsent_lowat"},
    };
    for (size_t i = 0; i < sizeof safe / sizeof safe[0]; i++)
        if (safe[i].since <= since && str_is(name, safe[i].name))
            return true;
    return false;
}

void pss_sysctls(struct pss_run *run)
{
    const struct doc_node *list = doc_get(doc_get(run->pod->spec, N_securityContext), N_sysctls);
    doc_foreach_item (list, item) {
        struct str name = doc_str(doc_get(item, N_name));
        if (!is_safe(name, run->since))
            pss_offend(run, pss_place(doc_at(item, N_name)), NULL, name, 1);
    }
}
