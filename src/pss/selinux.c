/* SPDX-License-Identifier: Apache-2.0
 *
 * SELinux: only types made for containers, and neither user nor role.
 */
#include "pss/internal.h"

enum part { TYPE = 1, USER = 2, ROLE = 4 };

static bool is_allowed_type(struct str type, uint32_t since)
{
    static const struct {
        uint32_t since;
        const char *type;
    } types[] = {
        {0, "container_t"},
        {0, "container_init_t"},
        {0, "container_kvm_t"},
        {31, "container_engine_t"},
    };
    if (type.len == 0)
        return true;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i].since <= since && str_is(type, types[i].type))
            return true;
    return false;
}

static void judge_options(struct pss_run *run, const struct doc_node *holder,
                          const struct container *c)
{
    const struct doc_node *options = doc_get(doc_get(holder, N_securityContext), N_seLinuxOptions);
    const struct doc_node *type = doc_get(options, N_type), *user = doc_get(options, N_user),
                          *role = doc_get(options, N_role);
    if (!is_allowed_type(doc_str(type), run->since))
        pss_offend(run, type, c, doc_str(type), TYPE);
    if (doc_str(user).len)
        pss_offend(run, user, c, doc_str(user), USER);
    if (doc_str(role).len)
        pss_offend(run, role, c, doc_str(role), ROLE);
}

void pss_selinux_options(struct pss_run *run)
{
    pss_each_holder(run, judge_options);
}

void pss_selinux_options_text(const struct pss_text *text)
{
    struct pss_strings types = pss_sorted_set(text, TYPE, pss_value_of);
    const char *separator = "";
    pss_add_setters(text, PSS_ANY_PART);
    buf_add_c(text->out, " set forbidden securityContext.seLinuxOptions: ");
    if (types.count) {
        pss_add_plural(text->out, types.count, "type ", "types ");
        pss_add_quoted(text->out, &types);
        separator = "; ";
    }
    if (pss_has_part(text, USER)) {
        buf_printf(text->out, "%suser may not be set", separator);
        separator = "; ";
    }
    if (pss_has_part(text, ROLE))
        buf_printf(text->out, "%srole may not be set", separator);
}
