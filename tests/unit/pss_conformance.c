/* SPDX-License-Identifier: Apache-2.0
 *
 * Kubernetes' own fixtures: which checks fire, in which order, with which texts. They lie outside
 * the tree (SHARED); without them this says so and tests nothing.
 */
#include "load/stream.h"
#include "pss/pss.h"
#include "support/support.h"

#include <criterion/criterion.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 964, PASSES = 294, COLUMNS = 6, PATH_ROOM = 1024 };

static struct arena arena;

static void begin(void)
{
    arena_init(&arena, 16 << 20);
}

static void finish(void)
{
    arena_release(&arena);
}

TestSuite(pss_conformance, .init = begin, .fini = finish);

static const char *fixtures(void)
{
    static char path[PATH_ROOM];
    if (!support_shared()) {
        fprintf(stderr, "SHARED is not set: the fixtures of Pod Security are absent\n");
        return NULL;
    }
    snprintf(path, sizeof path, "%s/conformance/pss", support_shared());
    return path;
}

struct judged {
    enum pss_level level;
    uint32_t minor;
    struct pss_results results;
    unsigned pods;
};

static bool judge(void *context, const struct stream_item *item)
{
    struct judged *judged = context;
    struct object object;
    struct pod pod;
    cr_assert_null(item->error);
    cr_assert(object_view(&object, item->doc, item->doc->root));
    cr_assert(pod_view(&pod, &object, POD_AS_WRITTEN));
    pss_evaluate(&judged->results, pss_level_checks(judged->level), judged->minor, &pod, &arena);
    judged->pods++;
    return true;
}

/* The file in the arena. */
static struct str read_file(const char *path)
{
    struct str text = support_read_file(path), copy = arena_str(&arena, text);
    free((char *)(uintptr_t)text.ptr);
    return copy;
}

static void judge_file(const char *path, struct str level, struct str version,
                       struct judged *judged)
{
    struct source source = {str_from(path), read_file(path)};
    *judged = (struct judged){0};
    cr_assert(pss_parse_level(level, &judged->level));
    cr_assert(pss_parse_version(version, &judged->minor));
    cr_assert(stream_read(&source, &arena, judge, judged));
    cr_assert_eq(judged->pods, 1, "%s", path);
    cr_assert_not(arena.failed);
}

static struct str ids(const struct pss_results *results)
{
    struct buf out;
    buf_init(&out, PATH_ROOM);
    for (uint32_t i = 0; i < results->count; i++) {
        buf_add_c(&out, i ? "," : "");
        buf_add_c(&out, pss_check_id(results->items[i].check));
    }
    struct str text = arena_str(&arena, buf_str(&out));
    buf_release(&out);
    return text;
}

static void expect_text(const char *path, struct str got, struct str wanted)
{
    cr_expect(str_equal(got, wanted), "%s\n  got    %.*s\n  wanted %.*s", path, STR_ARG(got),
              STR_ARG(wanted));
}

/* level, version, fixture, ids, reasons, details. */
static void expect_row(const char *root, const struct str *columns)
{
    char path[PATH_ROOM];
    struct judged judged;
    snprintf(path, sizeof path, "%s/%.*s/%.*s/%.*s", root, STR_ARG(columns[0]), STR_ARG(columns[1]),
             STR_ARG(columns[2]));
    judge_file(path, columns[0], columns[1], &judged);
    expect_text(path, ids(&judged.results), columns[3]);
    expect_text(path, pss_reasons_text(&judged.results, &arena), columns[4]);
    expect_text(path, pss_details_text(&judged.results, &arena), columns[5]);
}

static struct str take_until(struct str *rest, char separator)
{
    struct str taken = str_take(*rest, str_find(*rest, separator));
    *rest = str_skip(*rest, taken.len + 1);
    return taken;
}

Test(pss_conformance, every_failing_fixture_fails_as_upstream_says)
{
    const char *root = fixtures();
    char path[PATH_ROOM];
    unsigned rows = 0;
    if (!root)
        return;
    snprintf(path, sizeof path, "%s/expectations.tsv", root);
    struct str text = support_read_file(path), rest = text;
    while (rest.len) {
        struct str line = take_until(&rest, '\n'), columns[COLUMNS];
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        for (unsigned i = 0; i < COLUMNS; i++)
            columns[i] = take_until(&line, '\t');
        expect_row(root, columns);
        arena_clear(&arena);
        rows++;
    }
    cr_expect_eq(rows, ROWS);
    free((char *)(uintptr_t)text.ptr);
}

/* Calls visit for each entry of a folder that is not hidden. */
static void each_entry(const char *folder, void (*visit)(const char *folder, const char *name))
{
    DIR *dir = opendir(folder);
    cr_assert(dir, "%s", folder);
    for (struct dirent *e = readdir(dir); e; e = readdir(dir))
        if (e->d_name[0] != '.')
            visit(folder, e->d_name);
    closedir(dir);
}

static unsigned passes;
static const char *passing_level, *passing_version;

static void expect_pass(const char *folder, const char *name)
{
    char path[PATH_ROOM];
    struct judged judged;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    judge_file(path, str_from(passing_level), str_from(passing_version), &judged);
    expect_text(path, pss_details_text(&judged.results, &arena), STR_EMPTY);
    arena_clear(&arena);
    passes++;
}

static void expect_version(const char *folder, const char *version)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%s/pass", folder, version);
    passing_version = version;
    each_entry(path, expect_pass);
}

Test(pss_conformance, every_passing_fixture_passes)
{
    const char *root = fixtures();
    char path[PATH_ROOM];
    if (!root)
        return;
    for (enum pss_level level = PSS_BASELINE; level <= PSS_RESTRICTED; level++) {
        passing_level = pss_level_name(level);
        snprintf(path, sizeof path, "%s/%s", root, passing_level);
        each_entry(path, expect_version);
    }
    cr_expect_eq(passes, PASSES);
}
