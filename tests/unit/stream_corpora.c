/* SPDX-License-Identifier: Apache-2.0
 *
 * Real manifests of the external test inputs: all are read, but those that kubectl refuses too.
 */
#include "doc/position.h"
#include "load/stream.h"
#include "support/support.h"

#include <criterion/criterion.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH = 4096 };

struct tally {
    const char *path;
    struct str text;
    unsigned files, objects, refused;
};

/* Templates, before a tool has rendered them; kubectl 1.36 refuses each. */
static const char *const refused[] = {
    "newrelic-infrastructure/newrelic-config-template.yaml",
    "newrelic/newrelic-config-template.yaml",
    "vitess/etcd-controller-template.yaml",
    "vitess/etcd-service-template.yaml",
    "vitess/vtgate-controller-template.yaml",
};

static bool is_refused(const char *path)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (str_ends_with(str_from(path), str_from(refused[i])))
            return true;
    return false;
}

static bool visit(void *context, const struct stream_item *item)
{
    struct tally *t = context;
    t->objects += item->doc != NULL;
    if (!item->error)
        return true;
    struct doc_position at = doc_position_in(t->text, item->error->begin);
    t->refused += is_refused(t->path);
    cr_expect(is_refused(t->path), "%s:%u:%u: %s", t->path, at.line, at.column, item->error->text);
    return true;
}

static void read_file(struct tally *t, const char *path)
{
    struct arena arena;
    t->text = support_read_file(path);
    t->path = path;
    t->files++;
    struct source source = {str_from(path), t->text};
    arena_init(&arena, LIMIT_FILE_ARENA);
    cr_expect(stream_read(&source, &arena, visit, t), "%s", path);
    arena_release(&arena);
    free((void *)(uintptr_t)t->text.ptr);
}

static void walk(struct tally *t, const char *path)
{
    DIR *dir = opendir(path);
    struct str p = str_from(path);
    if (!dir) {
        if (str_ends_with(p, STR(".yaml")) || str_ends_with(p, STR(".yml")) ||
            str_ends_with(p, STR(".json")))
            read_file(t, path);
        return;
    }
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        char child[PATH];
        snprintf(child, sizeof child, "%s/%s", path, e->d_name);
        if (e->d_name[0] != '.')
            walk(t, child);
    }
    closedir(dir);
}

Test(stream_corpora, real_manifests_are_read)
{
    char path[PATH];
    struct tally t = {0};
    if (!support_shared()) {
        printf("absent: corpora of the external test inputs\n");
        return;
    }
    snprintf(path, sizeof path, "%s/corpora", support_shared());
    walk(&t, path);
    printf("%u files, %u objects, %u errors that kubectl gives too\n", t.files, t.objects,
           t.refused);
    cr_expect_gt(t.files, 300);
    cr_expect_gt(t.objects, 500);
    cr_expect_eq(t.refused, sizeof refused / sizeof refused[0]);
}
