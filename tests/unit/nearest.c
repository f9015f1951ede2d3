/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"

#include <criterion/criterion.h>

Test(nearest, edits_are_counted)
{
    cr_assert_eq(nearest_distance(STR("kitten"), STR("sitting"), 9), 3);
    cr_assert_eq(nearest_distance(STR("fromat"), STR("format"), 9), 1);
    cr_assert_eq(nearest_distance(STR(""), STR("abc"), 9), 3);
    cr_assert_eq(nearest_distance(STR("abc"), STR("abc"), 9), 0);
    cr_assert_eq(nearest_distance(STR("abc"), STR("xyz"), 2), 2);
}

static struct str among(const char *word, const char *const *candidates)
{
    struct nearest n = nearest_to(str_from(word));
    for (; *candidates; candidates++)
        nearest_offer(&n, str_from(*candidates));
    return n.best;
}

Test(nearest, the_nearest_is_found_and_a_stranger_is_not)
{
    static const char *const words[] = {"--format", "--fail-on", "--profile", "runAsNonRoot", NULL};
    cr_assert(str_is(among("--formt", words), "--format"));
    cr_assert(str_is(among("runasnonroot", words), "runAsNonRoot"));
    cr_assert_null(among("--zzz", words).ptr);
    cr_assert_null(among("", words).ptr);
}
