/* SPDX-License-Identifier: Apache-2.0 */
#include "config/options.h"

#include "config/help.h"

#include <criterion/criterion.h>

#include <stdio.h>

static struct arena arena;
static struct diag diag;
static struct options options;

static const char *words(const char *set, size_t index)
{
    static const char *const formats[] = {"tty", "json", NULL};
    static const char *const rules[] = {"run-as-non-root", NULL};
    const char *const *list = strcmp(set, "formats") == 0 ? formats : rules;
    for (size_t i = 0; i <= index; i++)
        if (!list[i])
            return NULL;
    return list[index];
}

static void begin(void)
{
    arena_init(&arena, 1 << 20);
    diag = (struct diag){0};
}

static void finish(void)
{
    arena_release(&arena);
}

TestSuite(options, .init = begin, .fini = finish);

/* The words of a command line, which outlive the parsing as argv does. */
static bool parse(const char *line)
{
    static char text[512];
    static char *argv[32];
    int argc = 0;
    snprintf(text, sizeof text, "rampart %s", line);
    for (char *word = text; word && argc < 31; argc++) {
        char *space = strchr(word, ' ');
        if (space)
            *space++ = '\0';
        argv[argc] = word;
        word = space;
    }
    argv[argc] = NULL;
    return options_parse(&options, PROGRAM_RAMPART, argc, argv, words, &arena, &diag);
}

static void refused(bool parsed, const char *text)
{
    cr_assert_not(parsed);
    cr_assert_str_eq(diag.text, text);
}

Test(options, values_come_after_an_equals_sign_a_space_or_at_once)
{
    cr_assert(parse("audit --fail-on=error --format json=x -qj4 -o out a.yaml - -- --b.yaml"));
    cr_assert_eq(options.command, COMMAND_AUDIT);
    cr_assert_str_eq(options_text(&options, OPTION_FAIL_ON), "error");
    cr_assert_str_eq(options_text(&options, OPTION_FORMAT), "json=x");
    cr_assert_str_eq(options_text(&options, OPTION_OUTPUT), "out");
    cr_assert_eq(options_number(&options, OPTION_JOBS), 4);
    cr_assert(options_has(&options, OPTION_QUIET));
    cr_assert_eq(options.arguments.count, 3);
    cr_assert_str_eq(options.arguments.items[2], "--b.yaml");
}

Test(options, the_last_one_counts_and_lists_keep_all)
{
    cr_assert(parse("audit --color=never --color=always --disable=a --disable=b"));
    cr_assert_str_eq(options_text(&options, OPTION_COLOR), "always");
    cr_assert_eq(options.values[OPTION_DISABLE].given.count, 2);
    cr_assert_str_eq(options.values[OPTION_DISABLE].given.items[0], "a");
}

Test(options, defaults_are_those_of_the_table)
{
    cr_assert(parse("audit"));
    cr_assert_str_eq(options_text(&options, OPTION_FAIL_ON), "warning");
    cr_assert_str_eq(options_text(&options, OPTION_PROFILE), "hardened");
    cr_assert_null(options_text(&options, OPTION_OUTPUT));
    cr_assert_eq(options_number(&options, OPTION_JOBS), 0);
}

Test(options, misspelt_options)
{
    refused(parse("audit --formt"), "unknown option --formt, did you mean --format?");
}

Test(options, options_of_another_command)
{
    refused(parse("rules --statistics"),
            "unknown option --statistics: it belongs to 'rampart audit'");
}

Test(options, wrong_choices)
{
    refused(parse("audit --fail-on=eror"),
            "--fail-on is \"eror\", expected error, warning, info or never: did you mean error?");
}

Test(options, wrong_numbers)
{
    refused(parse("audit --jobs=4x"), "--jobs is \"4x\", expected a number from 1 to 256");
    diag = (struct diag){0};
    refused(parse("audit --jobs=18446744073709551617"),
            "--jobs is \"18446744073709551617\", expected a number from 1 to 256");
    diag = (struct diag){0};
    refused(parse("audit -j0"), "--jobs is \"0\", expected a number from 1 to 256");
}

/* The table writes numbers that limits.h holds. */
Test(options, numbers_are_those_of_the_ceilings)
{
    char range[32], number[32];
    snprintf(range, sizeof range, "1-%u", LIMIT_JOBS);
    cr_expect_str_eq(option_specs[OPTION_JOBS].values, range);
    snprintf(range, sizeof range, "1-%u", LIMIT_LOOPS);
    cr_expect_str_eq(option_specs[OPTION_THREADS].values, range);
    snprintf(number, sizeof number, "%u", LIMIT_CONNECTIONS);
    cr_expect_str_eq(option_specs[OPTION_CONNECTIONS].fallback, number);
}

Test(options, values_that_are_missing_or_too_many)
{
    refused(parse("audit --output"), "--output expects FILE after it");
    diag = (struct diag){0};
    refused(parse("audit --output="), "--output is empty, expected FILE");
    diag = (struct diag){0};
    refused(parse("audit --quiet=yes"), "--quiet takes no value, but \"yes\" was given");
    diag = (struct diag){0};
    refused(parse("rules a b"), "unexpected argument \"b\"");
}

Test(options, commands)
{
    refused(parse("aduit"), "unknown command \"aduit\", did you mean audit?");
    diag = (struct diag){0};
    refused(parse("pod.yaml"),
            "unknown command \"pod.yaml\"; 'rampart audit PATH' audits a file or directory");
    diag = (struct diag){0};
    cr_assert(parse("--version"));
    cr_assert(options_has(&options, OPTION_VERSION));
    cr_assert(parse("audit -h --nonsense"), "help wins over what follows");
    cr_assert(options_has(&options, OPTION_HELP));
}

Test(options, the_table_is_sound)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_spec *a = &option_specs[i];
        bool flag = option_kind(a) == OPTION_KIND_FLAG;
        cr_assert_neq(a->commands, 0, "--%s belongs to no command", a->name);
        cr_assert_eq(flag, !a->argument, "--%s", a->name);
        cr_assert(strlen(a->help) > 10 && a->help[strlen(a->help) - 1] != '.', "--%s", a->name);
        for (size_t k = 0; k < i; k++) {
            const struct option_spec *b = &option_specs[k];
            if (!(a->commands & b->commands))
                continue;
            cr_assert_str_neq(a->name, b->name);
            cr_assert(!a->letter || a->letter != b->letter, "-%c twice", a->letter);
        }
        struct str value;
        bool found = !a->fallback || option_kind(a) != OPTION_KIND_CHOICE;
        for (size_t v = 0; !found && option_value(a, words, v, &value); v++)
            found = str_is(value, a->fallback);
        cr_assert(found || (a->values && a->values[0] == '@'), "--%s has another default", a->name);
    }
}

/* Every option stands in what is printed of its command, whatever the width. */
Test(options, help_names_every_option)
{
    static const unsigned widths[] = {0, 40, 80, 1000};
    for (enum command c = 0; c < COMMAND_COUNT; c++) {
        for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
            struct buf out;
            buf_init(&out, 1 << 20);
            help_write(&out, c, words, widths[w], false);
            cr_assert_not(out.failed);
            for (size_t i = 0; i < OPTION_COUNT; i++) {
                struct str name = arena_printf(&arena, "--%s", option_specs[i].name);
                cr_assert(!option_of(&option_specs[i], c) ||
                          str_find_str(buf_str(&out), name) < out.len);
            }
            buf_release(&out);
        }
    }
}

Test(options, text_breaks_at_spaces)
{
    struct str rest;
    cr_assert(str_is(help_line(STR("one two three"), 7, &rest), "one two"));
    cr_assert(str_is(rest, "three"));
    cr_assert(str_is(help_line(STR("one two three"), 6, &rest), "one"));
    cr_assert(str_is(help_line(STR("unbreakable word"), 4, &rest), "unbreakable"));
    cr_assert(str_is(help_line(STR("fits"), 4, &rest), "fits"));
    cr_assert_eq(rest.len, 0);
}
