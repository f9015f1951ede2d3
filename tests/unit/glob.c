/* SPDX-License-Identifier: Apache-2.0
 *
 * Patterns against what gitignore(5) says of them; each row was checked with git
 * check-ignore (which for b/a/c also counts that b/a is ignored).
 */
#include "config/glob.h"

#include <criterion/criterion.h>

static bool matches(const char *pattern, const char *path, bool is_directory)
{
    struct glob glob;
    struct diag diag = {0};
    cr_assert(glob_init(&glob, str_from(pattern), &diag), "%s: %s", pattern, diag.text);
    bool match = glob_match(&glob, str_from(path), is_directory);
    glob_release(&glob);
    return match;
}

Test(glob, patterns_match_as_git_has_them)
{
    static const struct {
        const char *pattern, *path;
        bool is_directory, match;
    } rows[] = {
        {"*.yaml", "a.yaml", false, true},
        {"*.yaml", "b/c/a.yaml", false, true},
        {"*.yaml", "a.yml", false, false},
        {"a.yaml", "aXyaml", false, false},
        {"/a.yaml", "a.yaml", false, true},
        {"/a.yaml", "b/a.yaml", false, false},
        {"b/a.yaml", "b/a.yaml", false, true},
        {"b/a.yaml", "c/b/a.yaml", false, false},
        {"b/*", "b/a", false, true},
        {"b/*", "b/a/c", false, false},
        {"build/", "build", true, true},
        {"build/", "build", false, false},
        {"build/", "x/build", true, true},
        {"**/a", "a", false, true},
        {"**/a", "x/y/a", false, true},
        {"x/**", "x/y/z", false, true},
        {"x/**", "x", true, false},
        {"x/**/z", "x/z", false, true},
        {"x/**/z", "x/a/b/z", false, true},
        {"x/**/z", "xz", false, false},
        {"a**b", "axxb", false, true},
        {"a**b", "ax/xb", false, false},
        {"a?c", "abc", false, true},
        {"a?c", "a/c", false, false},
        {"[a-c].yaml", "b.yaml", false, true},
        {"[!a-c].yaml", "b.yaml", false, false},
        {"[!a-c].yaml", "d.yaml", false, true},
        {"[^a]x", "bx", false, true},
        {"[]]x", "]x", false, true},
        {"[[:digit:]]x", "7x", false, true},
        {"x[!y]z", "x/z", false, false},
        {"\\!a", "!a", false, true},
        {"\\#a", "#a", false, true},
        {"a\\*", "a*", false, true},
        {"a\\*", "ab", false, false},
        {"a+(b)|$^.{}", "a+(b)|$^.{}", false, true},
        {"\xC3\xBC*", "\xC3\xBC.yaml", false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_assert_eq(matches(rows[i].pattern, rows[i].path, rows[i].is_directory), rows[i].match,
                     "%s against %s", rows[i].pattern, rows[i].path);
}

Test(glob, negation_is_told_and_not_matched)
{
    struct glob glob;
    struct diag diag = {0};
    cr_assert(glob_init(&glob, STR("!keep.yaml"), &diag));
    cr_assert(glob.negated);
    cr_assert(glob_match(&glob, STR("keep.yaml"), false));
    glob_release(&glob);
}

Test(glob, an_open_bracket_is_refused)
{
    struct glob glob;
    struct diag diag = {0};
    cr_assert_not(glob_init(&glob, STR("a[b"), &diag));
    cr_assert_neq(diag.code, DIAG_NONE);
}

/* Backtracking over many stars must end; that it does not match then is documented. */
Test(glob, a_hostile_pattern_ends, .timeout = 5)
{
    char path[201];
    memset(path, 'a', 200);
    path[200] = '\0';
    cr_assert_not(matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", path, false));
}
