/* SPDX-License-Identifier: Apache-2.0
 *
 * The decision as its caller sees it: begin, step, supply, answer.
 */
#include "admission/internal.h"

struct admission *admission_begin(const struct doc *review, const struct admission_config *config,
                                  struct arena *arena, int64_t deadline)
{
    struct admission *a = arena_zalloc(arena, 1, sizeof *a);
    if (!a)
        return NULL;
    a->config = config;
    a->arena = arena;
    a->doc = review;
    a->deadline = deadline;
    review_read(a);
    return arena->failed ? NULL : a;
}

const char *admission_refusal(const struct admission *a)
{
    return a->refusal;
}

struct str name_fault(struct str name, struct arena *arena)
{
    struct str fault = STR_EMPTY;
    if (!name.len)
        return STR("resource name may not be empty");
    if (str_is(name, ".") || str_is(name, ".."))
        fault = TEXT(arena, STR("may not be '"), name, STR("'"));
    if (str_find(name, '/') < name.len)
        fault = STR("may not contain '/'");
    if (str_find(name, '%') < name.len)
        fault = TEXT(arena, fault, fault.len ? STR(" ") : STR_EMPTY, STR("may not contain '%'"));
    if (!fault.len)
        return STR_EMPTY;
    return TEXT(arena, STR("invalid resource name "), text_quote(arena, name), STR(": ["), fault,
                STR("]"));
}

static void take_policy(struct admission *a, const struct namespace_labels *labels)
{
    namespace_policy(&a->policy, labels, &a->config->pod_security.defaults, a->arena);
    a->phase = PHASE_NAMESPACE_HERE;
}

bool lookup_namespace(struct admission *a, const struct inventory *inventory)
{
    struct namespace_labels labels;
    const struct inventory_namespace *ns = inventory_namespace(inventory, a->record.namespace);
    if (ns) {
        namespace_labels_of_record(&labels, ns);
        take_policy(a, &labels);
        return true;
    }
    a->namespace_error = name_fault(a->record.namespace, a->arena);
    a->phase = a->namespace_error.len ? PHASE_NAMESPACE_HERE : PHASE_NAMESPACE;
    return a->namespace_error.len > 0;
}

static void set_decision(struct admission *a)
{
    struct admission_record *r = &a->record;
    if (a->failed)
        r->decision = DECISION_ERROR;
    else if (!r->allowed)
        r->decision = DECISION_DENY;
    else if (a->answer.warnings.count || a->answer.exempt.len || a->answer.audit_violations.len ||
             r->error.len)
        r->decision = DECISION_NOTICE;
    else
        r->decision = DECISION_ALLOW;
}

static enum admission_state step(struct admission *a, const struct inventory *inventory,
                                 int64_t now)
{
    if (a->phase == PHASE_DONE)
        return ADMISSION_DONE;
    switch (a->kind) {
    case REQUEST_POD:
        return pods_step(a, inventory);
    case REQUEST_NAMESPACE:
        return namespaces_step(a, now);
    case REQUEST_TEMPLATE:
        break;
    }
    return templates_step(a, inventory);
}

enum admission_state admission_step(struct admission *a, const struct inventory *inventory,
                                    int64_t now)
{
    enum admission_state state = step(a, inventory, now);
    if (state == ADMISSION_DONE) {
        a->phase = PHASE_DONE;
        set_decision(a);
    }
    return state;
}

struct admission_need admission_need(const struct admission *a)
{
    if (a->phase == PHASE_LIST)
        return (struct admission_need){a->existing.namespace, a->existing.token,
                                       a->existing.deadline};
    return (struct admission_need){a->record.namespace, STR_EMPTY, a->deadline};
}

void admission_supply_namespace(struct admission *a, const struct doc_node *metadata)
{
    struct namespace_labels labels;
    namespace_labels_of_metadata(&labels, metadata);
    take_policy(a, &labels);
}

void admission_supply_not_found(struct admission *a)
{
    admission_supply_error(a, TEXT(a->arena, STR("namespaces "),
                                   text_quote(a->arena, a->record.namespace), STR(" not found")));
}

void admission_supply_pods(struct admission *a, const struct doc_node *list, struct arena *scratch)
{
    existing_page(a, list, scratch);
}

void admission_supply_error(struct admission *a, struct str text)
{
    if (a->phase == PHASE_LIST) {
        existing_failed(a);
        return;
    }
    a->namespace_error = text.len ? arena_str(a->arena, text) : STR("no answer");
    a->phase = PHASE_NAMESPACE_HERE;
}

void admission_deny(struct admission *a, unsigned code, const char *reason, struct str message)
{
    answer_deny(a, code, reason, arena_str(a->arena, message));
    a->phase = PHASE_DONE;
    a->record.decision = DECISION_DENY;
}

const char *admission_decision_name(enum admission_decision decision)
{
    static const char *const names[] = {
        [DECISION_ALLOW] = "allow",
        [DECISION_NOTICE] = "notice",
        [DECISION_DENY] = "deny",
        [DECISION_ERROR] = "error",
    };
    return names[decision];
}

const struct admission_record *admission_record(const struct admission *a)
{
    return &a->record;
}
