/* SPDX-License-Identifier: Apache-2.0 */
#include "load/walk.h"

#include "base/buf.h"
#include "config/ignore.h"
#include "load/source.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "/tmp/rampart-walk-XXXXXX";
static struct arena arena;

/* Makes the file, and the directories on the way to it. */
static void put(const char *path, const char *text)
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s/%s", root, path);
    for (char *slash = strchr(whole + strlen(root) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(whole, 0777);
        *slash = '/';
    }
    FILE *out = fopen(whole, "wb");
    cr_assert_not_null(out, "%s", whole);
    fputs(text, out);
    fclose(out);
}

static void begin(void)
{
    cr_assert_not_null(mkdtemp(root));
    cr_assert_eq(chdir(root), 0);
    arena_init(&arena, LIMIT_FILE_ARENA);
}

static void finish(void)
{
    char command[64];
    arena_release(&arena);
    snprintf(command, sizeof command, "rm -rf %s", root);
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(system(command), 0);
}

TestSuite(walk, .init = begin, .fini = finish);

/* What a walk hands out, a line each: path, and the reason where it is not to be read. */
static struct str listing(const char *const *paths, size_t count, const struct walk_hooks *hooks)
{
    struct walk walk;
    struct walk_file file;
    struct buf out;
    buf_init(&out, 1 << 20);
    walk_init(&walk, paths, count, hooks);
    uint32_t index = 0;
    while (walk_next(&walk, &arena, &file)) {
        cr_assert_eq(file.index, index++);
        buf_printf(&out, "%s%s%s%s\n", file.path.ptr, file.named ? "!" : "",
                   file.state == WALK_READ ? "" : ": ", file.reason.ptr);
    }
    walk_release(&walk);
    struct str text = arena_str(&arena, buf_str(&out));
    buf_release(&out);
    return text;
}

static void expect(const char *path, const struct walk_hooks *hooks, const char *expected)
{
    struct str got = listing(&path, 1, hooks);
    cr_assert_str_eq(got.ptr, expected);
}

Test(walk, files_come_in_the_order_of_their_bytes)
{
    put("b.yaml", "");
    put("a/z.yml", "");
    put("a-b.yaml", ""); /* - sorts before / */
    put("a.json", "");
    put("a/b/c.yaml", "");
    put("notes.txt", "");
    put("Dockerfile", "");
    put("x/web.Dockerfile", "");
    expect(".", NULL,
           "Dockerfile\na-b.yaml\na.json\na/b/c.yaml\na/z.yml\nb.yaml\nx/web.Dockerfile\n");
    expect("a", NULL, "a/b/c.yaml\na/z.yml\n");
    expect("a/", NULL, "a/b/c.yaml\na/z.yml\n");
}

Test(walk, what_is_named_is_handed_out)
{
    static const char *const paths[] = {"notes.txt", "-", "nowhere.yaml", "a"};
    put("notes.txt", "");
    put("a/x.yaml", "");
    cr_assert_str_eq(listing(paths, 4, NULL).ptr, "notes.txt!\n-!\nnowhere.yaml!\na/x.yaml\n");
}

Test(walk, caches_are_never_entered)
{
    put(".git/a.yaml", "");
    put("node_modules/a.yaml", "");
    put("vendor/a.yaml", "");
    put(".terraform/a.yaml", "");
    put(".venv/a.yaml", "");
    put(".github/workflow.yaml", "");
    expect(".", NULL, ".github/workflow.yaml\n");
}

Test(walk, links_and_what_is_no_file)
{
    put("d/a.yaml", "");
    cr_assert_eq(symlink("..", "d/loop.yaml"), 0);
    cr_assert_eq(symlink("..", "d/loop"), 0);
    cr_assert_eq(symlink("a.yaml", "d/link.yaml"), 0);
    cr_assert_eq(symlink("self.yaml", "d/self.yaml"), 0);
    cr_assert_eq(mkfifo("d/pipe.yaml", 0666), 0);
    expect("d", NULL,
           "d/a.yaml\nd/link.yaml\nd/loop.yaml: link to a directory, not followed\n"
           "d/pipe.yaml: not a file\nd/self.yaml: link to nowhere, or in a circle\n");
}

Test(walk, depth_is_bounded)
{
    char path[400] = "";
    for (unsigned i = 0; i < LIMIT_WALK_DEPTH + 3; i++)
        snprintf(path + strlen(path), sizeof path - strlen(path), "d/");
    snprintf(path + strlen(path), sizeof path - strlen(path), "a.yaml");
    put(path, "");
    struct str got = listing((const char *const[]){"."}, 1, NULL);
    cr_assert(str_ends_with(got, STR("deeper than rampart follows directories\n")), "%s", got.ptr);
    cr_assert_eq(str_find(got, '\n'), got.len - 1);
}

Test(walk, charts_and_kustomizations_are_told_apart)
{
    put("c/Chart.yaml", "");
    put("c/values.yaml", "");
    put("c/templates/a.yaml", "");
    put("c/templates/sub/b.yaml", "");
    put("c/crds/c.yaml", "");
    put("k/kustomization.yaml", "");
    put("k/a.yaml", "");
    expect("c", NULL,
           "c/Chart.yaml: part of a Helm chart\nc/crds/c.yaml\n"
           "c/templates/a.yaml: template of a Helm chart, not rendered\n"
           "c/templates/sub/b.yaml: template of a Helm chart, not rendered\n"
           "c/values.yaml: part of a Helm chart\n");
    expect("c/templates/", NULL,
           "c/templates/a.yaml: template of a Helm chart, not rendered\n"
           "c/templates/sub/b.yaml: template of a Helm chart, not rendered\n");
    expect("k", NULL, "k/a.yaml\nk/kustomization.yaml: kustomization, not rendered\n");
}

static void ignoring(const char *path, const char *const *excludes, size_t count, bool files,
                     const char *expected)
{
    struct ignore ignore;
    struct diag diag = {0};
    struct walk_hooks hooks = {&ignore, ignore_enter, ignore_leave, ignore_ignored, NULL};
    cr_assert(ignore_init(&ignore, excludes, count, files, &diag), "%s", diag.text);
    expect(path, &hooks, expected);
    ignore_release(&ignore);
}

Test(walk, ignore_files_are_honoured_and_inner_ones_win)
{
    put(".gitignore", "*.json\n/out\n!keep.json\n# a comment\n\nb.yaml \n");
    put("a.json", "");
    put("keep.json", "");
    put("out/x.yaml", "");
    put("sub/out/x.yaml", "");
    put("sub/.rampartignore", "!b.yaml\nsecret.yaml\r\n");
    put("sub/b.yaml", "");
    put("sub/secret.yaml", "");
    put("b.yaml", "");
    ignoring(".", NULL, 0, true, "keep.json\nsub/b.yaml\nsub/out/x.yaml\n");
    ignoring(
        ".", NULL, 0, false,
        "a.json\nb.yaml\nkeep.json\nout/x.yaml\nsub/b.yaml\nsub/out/x.yaml\nsub/secret.yaml\n");
    ignoring("sub", NULL, 0, true, "sub/b.yaml\nsub/out/x.yaml\n");
}

Test(walk, ignore_files_above_count_as_far_as_the_repository)
{
    put(".gitignore", "above.yaml\n");
    put("repo/.git/HEAD", "");
    put("repo/.gitignore", "top.yaml\n/x/anchored.yaml\n");
    put("repo/x/top.yaml", "");
    put("repo/x/above.yaml", "");
    put("repo/x/anchored.yaml", "");
    put("repo/x/y/anchored.yaml", "");
    ignoring("repo/x", NULL, 0, true, "repo/x/above.yaml\nrepo/x/y/anchored.yaml\n");
}

Test(walk, exclude_wins_over_all)
{
    static const char *const excludes[] = {"tests/", "k8s/b.yaml", "*.json"};
    put("k8s/tests/a.yaml", "");
    put("k8s/b.yaml", "");
    put("k8s/c.yaml", "");
    put("k8s/d.json", "");
    put("k8s/.gitignore", "!d.json\n");
    ignoring("k8s", excludes, 3, true, "k8s/c.yaml\n");
}

static bool reads(const char *path, struct str *text, struct diag *diag)
{
    *diag = (struct diag){0};
    return source_read(path, &arena, text, diag);
}

Test(walk, sources_are_read_or_refused_with_a_reason)
{
    struct str text;
    struct diag diag;
    put("a.yaml", "kind: Pod\n");
    put("empty.yaml", "");
    put("locked.yaml", "x");
    cr_assert(reads("a.yaml", &text, &diag));
    cr_assert(str_is(text, "kind: Pod\n"));
    cr_assert(reads("empty.yaml", &text, &diag));
    cr_assert_eq(text.len, 0);
    cr_assert_not(reads("nowhere", &text, &diag));
    cr_assert_str_eq(diag.text, "cannot be read: no such file or directory");
    cr_assert_not(reads(".", &text, &diag));
    cr_assert_str_eq(diag.text, "cannot be read: is a directory");
    cr_assert_eq(mkfifo("pipe", 0666), 0);
    cr_assert_not(reads("pipe", &text, &diag));
    cr_assert_str_eq(diag.text, "is a named pipe that nobody writes to");
    cr_assert_not(reads("/dev/zero", &text, &diag));
    cr_assert_eq(diag.code, DIAG_LIMIT);
}

Test(walk, a_file_that_is_too_large_is_refused_by_its_size)
{
    struct str text;
    struct diag diag;
    put("big.yaml", "");
    cr_assert_eq(truncate("big.yaml", 200 << 20), 0);
    cr_assert_not(reads("big.yaml", &text, &diag));
    cr_assert_eq(diag.code, DIAG_LIMIT);
    cr_assert_str_eq(diag.text, "has 209715200 bytes, expected at most 67108864");
    cr_assert_lt(arena.size, (size_t)1 << 20);
}
