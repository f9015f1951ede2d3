/* SPDX-License-Identifier: Apache-2.0
 *
 * The threads of an audit, for ThreadSanitizer: many small files, more threads than processors, and
 * the same findings each time.
 */
#include "cli/audit.h"

#include "policy/profile.h"
#include "rules/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES = 200, ROUNDS = 6 };

static const char manifest[] = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, name: q}\n"
                               "spec: {hostNetwork: true, containers: [{name: a, image: b}]}\n";

static void fail(const char *what)
{
    fprintf(stderr, "stress: %s\n", what);
    exit(1);
}

static void make_files(char *root)
{
    if (!mkdtemp(root) || chdir(root) != 0)
        fail("no temporary directory");
    for (int i = 0; i < FILES; i++) {
        char path[64];
        snprintf(path, sizeof path, "d%d", i % 5);
        mkdir(path, 0777);
        snprintf(path, sizeof path, "d%d/f%d.yaml", i % 5, i);
        FILE *out = fopen(path, "w");
        if (!out)
            fail("no file");
        fputs(i % 10 == 0 ? "a: b: c\n" : manifest, out);
        fclose(out);
    }
}

/* The fingerprints of a run, joined; the caller frees it. */
static char *run(const struct engine *engine, unsigned jobs)
{
    static const char *const paths[] = {"."};
    struct audit audit = {0};
    struct audit_inputs inputs = {.engine = engine, .type = WALK_UNKNOWN, .jobs = jobs};
    struct diag diag = {0};
    if (!ignore_init(&audit.ignore, NULL, 0, true, &diag) || !audit_run(&audit, &inputs, paths, 1))
        fail("the audit failed");
    const struct gathered *all = &audit.gathered[0];
    if (all->skipped_files.count != FILES / 10 || all->objects != FILES - FILES / 10)
        fail("files were lost");
    struct buf text;
    buf_init(&text, 16 << 20);
    for (size_t i = 0; i < all->findings.list.count; i++)
        buf_add_c(&text, all->findings.list.items[i].fingerprint);
    buf_add_char(&text, '\0');
    audit_release(&audit);
    return text.ptr;
}

int main(void)
{
    char root[] = "/tmp/rampart-stress-XXXXXX";
    struct arena arena;
    struct profile profile;
    struct engine engine;
    char command[64];
    make_files(root);
    arena_init(&arena, 1 << 20);
    if (!profile_init(&profile, &rules_all, PROFILE_ALL, &arena))
        fail("no profile");
    profile_engine(&profile, PSS_LATEST, PSS_LATEST, POD_AS_WRITTEN, &engine);
    char *first = run(&engine, 1);
    if (strlen(first) < FILES)
        fail("nothing was found");
    for (unsigned round = 0; round < ROUNDS; round++) {
        char *again = run(&engine, 2 + round);
        if (strcmp(first, again) != 0)
            fail("another number of threads gave other findings");
        free(again);
    }
    free(first);
    arena_release(&arena);
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command) == 0 ? 0 : 1;
}
