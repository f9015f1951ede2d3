/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules by id, by the ids of their likes elsewhere, and by what a user nearly wrote.
 */
#include "base/nearest.h"
#include "policy/rule.h"

static const char *const category_names[CATEGORY_COUNT] = {
    [CATEGORY_POD_SECURITY] = "pod-security",
    [CATEGORY_SCHEMA] = "schema",
    [CATEGORY_WORKLOAD] = "workload",
    [CATEGORY_NETWORK] = "network",
    [CATEGORY_IMAGE] = "image",
    [CATEGORY_SECRET] = "secret",
    [CATEGORY_RBAC] = "rbac",
    [CATEGORY_META] = "meta",
};

const char *category_name(enum rule_category category)
{
    return category_names[category];
}

size_t rule_set_index(const struct rule_set *set, struct str id)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(str_from(set->rules[middle]->id), id);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return set->count;
}

const struct rule *rule_set_of_check(const struct rule_set *set, enum pss_check check)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->rules[i]->kind == RULE_PSS && set->rules[i]->pss == check)
            return set->rules[i];
    return NULL;
}

/* DL3008 of hadolint:DL3008. */
static struct str bare_id(struct str alias)
{
    return str_skip(alias, str_find(alias, ':') + 1);
}

static bool has_alias(const struct rule *rule, struct str alias)
{
    for (const char *const *a = rule->aliases; a && *a; a++) {
        struct str known = str_from(*a);
        if (str_equal_nocase(known, alias) || str_equal_nocase(bare_id(known), alias))
            return true;
    }
    return false;
}

size_t rule_set_find_alias(const struct rule_set *set, struct str alias,
                           size_t indexes[RULE_SET_MATCHES])
{
    size_t found = 0;
    for (size_t i = 0; alias.len && i < set->count && found < RULE_SET_MATCHES; i++)
        if (has_alias(set->rules[i], alias))
            indexes[found++] = i;
    return found;
}

size_t rule_set_resolve(const struct rule_set *set, struct str name,
                        size_t indexes[RULE_SET_MATCHES])
{
    indexes[0] = rule_set_index(set, name);
    return indexes[0] < set->count ? 1 : rule_set_find_alias(set, name, indexes);
}

const char *rule_set_nearest(const struct rule_set *set, struct str id)
{
    struct nearest nearest = nearest_to(id);
    for (size_t i = 0; i < set->count; i++)
        nearest_offer(&nearest, str_from(set->rules[i]->id));
    for (size_t i = 0; i < set->count; i++) {
        for (const char *const *a = set->rules[i]->aliases; a && *a; a++) {
            nearest_offer(&nearest, str_from(*a));
            nearest_offer(&nearest, bare_id(str_from(*a)));
        }
    }
    return nearest.best.ptr; /* terminated: ids, aliases and the ends of these are C strings */
}
