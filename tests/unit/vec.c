/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"

#include <criterion/criterion.h>

struct ints {
    VEC(int) v;
};

static struct arena arena;

static void begin(void)
{
    arena_init(&arena, 1 << 20);
}

static void finish(void)
{
    arena_release(&arena);
}

TestSuite(vec, .init = begin, .fini = finish);

static void fill(struct ints *list, int from, int to)
{
    for (int i = from; i < to; i++) {
        int *item = vec_push(&list->v, &arena);
        cr_assert(item && *item == 0);
        *item = i;
    }
}

static void expect_count(const struct ints *list, int count)
{
    cr_assert_eq(list->v.count, (size_t)count);
    for (int i = 0; i < count; i++)
        cr_assert_eq(list->v.items[i], i);
}

Test(vec, grows_and_keeps_its_items)
{
    struct ints list = {0};
    fill(&list, 0, 1000);
    expect_count(&list, 1000);
}

Test(vec, appends_another_behind_its_own)
{
    struct ints list = {0}, more = {0}, none = {0};
    fill(&list, 0, 5);
    fill(&more, 5, 300);
    cr_assert(vec_append(&list.v, &more.v, &arena));
    expect_count(&list, 300);
    cr_assert(vec_append(&list.v, &none.v, &arena));
    expect_count(&list, 300);
    cr_assert(vec_append(&none.v, &list.v, &arena));
    expect_count(&none, 300);
}

Test(vec, stays_as_it_was_when_the_arena_is_full)
{
    struct ints list = {0}, more = {0};
    fill(&list, 0, 5);
    more.v.items = list.v.items;
    more.v.count = 1u << 20;
    cr_assert_not(vec_append(&list.v, &more.v, &arena));
    expect_count(&list, 5);
    cr_assert(arena.failed);
}
