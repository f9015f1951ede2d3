/* SPDX-License-Identifier: Apache-2.0
 *
 * From labels to the policy of a namespace: levels that cannot be read fail closed for enforce and
 * open for audit and warn, and warn follows enforce where nobody said otherwise.
 *
 * The labels under rampart.dev/ will be read beside these, never through them: Pod Security's own
 * verdict must not depend on ours.
 */
#include "admission/internal.h"

#define PREFIX "pod-security.kubernetes.io/"

static const struct str label_keys[LABEL_COUNT] = {
    STR_INIT(PREFIX "enforce"), STR_INIT(PREFIX "enforce-version"),
    STR_INIT(PREFIX "audit"),   STR_INIT(PREFIX "audit-version"),
    STR_INIT(PREFIX "warn"),    STR_INIT(PREFIX "warn-version"),
};

enum { LEVEL_LABEL, VERSION_LABEL };

static unsigned label_of(enum pss_mode mode, unsigned which)
{
    return 2 * (unsigned)mode + which;
}

void namespace_labels_of_record(struct namespace_labels *labels,
                                const struct inventory_namespace *ns)
{
    labels->any = ns->label_count > 0;
    for (unsigned i = 0; i < LABEL_COUNT; i++)
        labels->items[i].present = inventory_label(ns, label_keys[i], &labels->items[i].value);
}

void namespace_labels_of_metadata(struct namespace_labels *labels, const struct doc_node *metadata)
{
    const struct doc_node *map = doc_get(metadata, N_labels);
    labels->any = doc_is(map, DOC_MAP) && map->len > 0;
    for (unsigned i = 0; i < LABEL_COUNT; i++) {
        const struct doc_node *value = doc_get_str(map, label_keys[i]);
        labels->items[i].present = value != NULL;
        labels->items[i].value = doc_str(value); /* null: "" (pss.md 7.1 item 5) */
    }
}

static void add_error(struct namespace_policy *out, unsigned label, struct str value,
                      struct str expected, struct arena *arena)
{
    out->errors[out->error_count++] = (struct label_error){
        .field = TEXT(arena, STR("metadata.labels["), label_keys[label], STR("]")),
        .message =
            TEXT(arena, STR("Invalid value: "), text_quote(arena, value), STR(": "), expected),
    };
}

/* Whether the label was there and a level. */
static bool read_level(struct namespace_policy *out, const struct namespace_labels *labels,
                       enum pss_mode mode, struct arena *arena)
{
    unsigned label = label_of(mode, LEVEL_LABEL);
    struct pss_level_version *lv = &out->policy.mode[mode];
    if (!labels->items[label].present)
        return false;
    struct str value = labels->items[label].value;
    if (pss_parse_level(value, &lv->level))
        return true;
    lv->level = mode == PSS_ENFORCE ? PSS_RESTRICTED : PSS_PRIVILEGED;
    add_error(out, label, value, STR("must be one of privileged, baseline, restricted"), arena);
    return false;
}

static void read_version(struct namespace_policy *out, const struct namespace_labels *labels,
                         enum pss_mode mode, struct arena *arena)
{
    unsigned label = label_of(mode, VERSION_LABEL);
    struct pss_level_version *lv = &out->policy.mode[mode];
    if (!labels->items[label].present)
        return;
    struct str value = labels->items[label].value;
    if (pss_parse_version(value, &lv->minor)) {
        lv->version = arena_str(arena, value);
        return;
    }
    lv->minor = PSS_LATEST;
    lv->version = PSS_LATEST_VERSION;
    add_error(out, label, value, STR("must be \"latest\" or \"v1.x\""), arena);
}

void namespace_policy(struct namespace_policy *out, const struct namespace_labels *labels,
                      const struct pss_policy *defaults, struct arena *arena)
{
    out->policy = *defaults;
    out->error_count = 0;
    if (!labels->any)
        return;
    bool has_enforce = read_level(out, labels, PSS_ENFORCE, arena);
    read_version(out, labels, PSS_ENFORCE, arena);
    read_level(out, labels, PSS_AUDIT, arena);
    read_version(out, labels, PSS_AUDIT, arena);
    read_level(out, labels, PSS_WARN, arena);
    read_version(out, labels, PSS_WARN, arena);
    const struct pss_level_version *enforce = &out->policy.mode[PSS_ENFORCE];
    struct pss_level_version *warn = &out->policy.mode[PSS_WARN];
    bool has_warn = labels->items[label_of(PSS_WARN, LEVEL_LABEL)].present;
    if (has_warn || !has_enforce || enforce->level <= warn->level)
        return;
    struct pss_level_version own = *warn;
    *warn = *enforce;
    if (labels->items[label_of(PSS_WARN, VERSION_LABEL)].present) {
        warn->minor = own.minor;
        warn->version = own.version;
    }
}

bool namespace_policy_same_errors(const struct namespace_policy *a,
                                  const struct namespace_policy *b)
{
    if (a->error_count != b->error_count)
        return false;
    for (uint32_t i = 0; i < a->error_count; i++) {
        if (!str_equal(a->errors[i].field, b->errors[i].field) ||
            !str_equal(a->errors[i].message, b->errors[i].message))
            return false;
    }
    return true;
}

struct str namespace_policy_errors(const struct namespace_policy *policy, struct arena *arena)
{
    struct str texts[LABEL_COUNT];
    for (uint32_t i = 0; i < policy->error_count; i++)
        texts[i] = TEXT(arena, policy->errors[i].field, STR(": "), policy->errors[i].message);
    return text_aggregate(arena, texts, policy->error_count);
}

bool level_version_equal(const struct pss_level_version *a, const struct pss_level_version *b)
{
    return a->level == b->level && str_equal(a->version, b->version);
}

struct str level_version_text(const struct pss_level_version *lv, struct arena *arena)
{
    return TEXT(arena, str_from(pss_level_name(lv->level)), STR(":"), lv->version);
}

bool policy_is_privileged(const struct pss_policy *policy)
{
    for (unsigned mode = 0; mode < PSS_MODE_COUNT; mode++) {
        if (policy->mode[mode].level != PSS_PRIVILEGED)
            return false;
    }
    return true;
}

/* Versions of privileged differ in nothing. */
static bool policy_is_equivalent(const struct pss_policy *a, const struct pss_policy *b)
{
    for (unsigned mode = 0; mode < PSS_MODE_COUNT; mode++) {
        const struct pss_level_version *x = &a->mode[mode], *y = &b->mode[mode];
        bool privileged = x->level == PSS_PRIVILEGED && y->level == PSS_PRIVILEGED;
        if (!privileged && !level_version_equal(x, y))
            return false;
    }
    return true;
}

struct str namespace_exempt_warning(struct str name, const struct namespace_policy *policy,
                                    const struct namespace_labels *labels,
                                    const struct pss_policy *defaults, struct arena *arena)
{
    if (policy_is_privileged(&policy->policy) || policy_is_equivalent(&policy->policy, defaults))
        return STR_EMPTY;
    struct str list = STR_EMPTY;
    for (unsigned mode = 0; mode < PSS_MODE_COUNT; mode++) {
        const struct pss_level_version *lv = &policy->policy.mode[mode];
        if (lv->level == PSS_PRIVILEGED || (!labels->items[label_of(mode, LEVEL_LABEL)].present &&
                                            !labels->items[label_of(mode, VERSION_LABEL)].present))
            continue;
        list = TEXT(arena, list, list.len ? STR(", ") : STR_EMPTY,
                    str_from(admission_mode_name(mode)), STR("="), level_version_text(lv, arena));
    }
    return TEXT(arena, STR("namespace "), text_quote(arena, name),
                STR(" is exempt from Pod Security, and the policy ("), list,
                STR(") will be ignored"));
}
