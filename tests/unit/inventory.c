/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/inventory.h"

#include <criterion/criterion.h>

#include <stdio.h>

static struct arena arena;

static void begin(void)
{
    arena_init(&arena, 1 << 20);
}

static void finish(void)
{
    arena_release(&arena);
}

TestSuite(inventory, .init = begin, .fini = finish);

static struct doc_entry entry(const char *key, struct doc_node value)
{
    return (struct doc_entry){
        .value = value,
        .key = key,
        .key_len = (uint32_t)strlen(key),
        .name = name_lookup(str_from(key)),
    };
}

static struct doc_node string(const char *s)
{
    return (struct doc_node){.kind = DOC_STR, .len = (uint32_t)strlen(s), .v.s = s};
}

static struct doc_node map(const struct doc_entry *entries, uint32_t count)
{
    struct doc_entry *copy = arena_zalloc(&arena, count, sizeof *copy);
    memcpy(copy, entries, count * sizeof *copy);
    return (struct doc_node){.kind = DOC_MAP, .len = count, .v.entry = copy};
}

static struct doc_node *metadata(const char *name, const char *label, const char *value)
{
    struct doc_entry labels[] = {entry("zone", string("z")),
                                 entry(label, value ? string(value) : (struct doc_node){0}),
                                 entry("number", (struct doc_node){.kind = DOC_INT, .v.i = 1})};
    struct doc_entry all[] = {entry("name", string(name)), entry("labels", map(labels, 3))};
    struct doc_node *node = arena_alloc(&arena, sizeof *node);
    *node = map(all, 2);
    return node;
}

static const struct inventory *with(const struct inventory *base, const char *name,
                                    const char *value)
{
    struct inventory_edit edit;
    inventory_edit_init(&edit, base);
    inventory_edit_put(&edit, metadata(name, "level", value));
    const struct inventory *made = inventory_edit_finish(&edit);
    cr_assert(made);
    return made;
}

static bool says(const struct inventory *inventory, const char *name, const char *value)
{
    const struct inventory_namespace *ns = inventory_namespace(inventory, str_from(name));
    struct str found;
    return ns && inventory_label(ns, STR("level"), &found) && str_is(found, value);
}

Test(inventory, a_snapshot_stays_as_it_is)
{
    const struct inventory *one = with(NULL, "b", "old");
    const struct inventory *two = with(one, "a", "x");
    const struct inventory *three = with(two, "b", "new");
    cr_assert(says(one, "b", "old"));
    cr_assert_null(inventory_namespace(one, STR("a")));
    cr_assert(says(two, "a", "x") && says(two, "b", "old"));
    inventory_drop(one);
    inventory_drop(two);
    cr_assert(says(three, "a", "x") && says(three, "b", "new"));
    cr_assert_eq(inventory_namespace_count(three), 2);
    cr_assert(str_is(inventory_namespace_at(three, 0)->name, "a"));
    inventory_drop(inventory_hold(three));
    inventory_drop(three);
}

Test(inventory, a_relist_forgets_what_it_does_not_hold)
{
    const struct inventory *old = with(NULL, "gone", "x");
    const struct inventory *new = with(NULL, "here", "y");
    cr_assert_null(inventory_namespace(new, STR("gone")));
    inventory_drop(old);
    inventory_drop(new);
}

Test(inventory, a_null_label_is_empty_and_other_types_are_left_out)
{
    const struct inventory *i = with(NULL, "n", NULL);
    cr_assert(says(i, "n", ""));
    cr_assert_eq(inventory_namespace(i, STR("n"))->label_count, 2);
    inventory_drop(i);
}

Test(inventory, names_are_found_in_any_order_of_arrival)
{
    struct inventory_edit edit;
    inventory_edit_init(&edit, NULL);
    char name[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "n%d", i * 7919 % 1000);
        inventory_edit_put(&edit, metadata(name, "level", name));
    }
    inventory_edit_remove(&edit, STR("n500"));
    inventory_edit_remove(&edit, STR("absent"));
    inventory_edit_put(&edit, NULL);
    const struct inventory *made = inventory_edit_finish(&edit);
    cr_assert_eq(inventory_namespace_count(made), 999);
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "n%d", i);
        cr_assert_eq(says(made, name, name), i != 500);
    }
    inventory_drop(made);
}

Test(inventory, an_edit_can_be_given_up)
{
    const struct inventory *base = with(NULL, "n", "x");
    struct inventory_edit edit;
    inventory_edit_init(&edit, base);
    inventory_edit_put(&edit, metadata("m", "level", "y"));
    inventory_edit_release(&edit);
    cr_assert(says(base, "n", "x"));
    inventory_drop(base);
}
