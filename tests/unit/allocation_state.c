/* SPDX-License-Identifier: Apache-2.0
 *
 * A --state folder when memory runs out, at each allocation in turn: it is read whole or not at
 * all, and what is found in it is all that is there.
 */
#include "kubeapi/folder.h"
#include "support/failmalloc.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/rampart-allocation-XXXXXX";
static struct kept *kept;

static void write_file(const char *name, const char *text)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *out = fopen(path, "w");
    cr_assert(out && fputs(text, out) >= 0 && fclose(out) == 0, "%s", path);
}

static void begin(void)
{
    cr_assert(mkdtemp(dir));
    write_file("a.yaml",
               "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {x: z}}\n---\n"
               "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: a}\n");
    write_file("b.json",
               "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": ["
               "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": "
               "\"b\"}}, {\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": "
               "{\"name\": \"q\"}}]}");
    kept = kept_new();
    cr_assert(kept);
}

static void end(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    cr_assert_eq(system(command), 0);
}

TestSuite(allocation_state, .init = begin, .fini = end);

static bool count_object(void *count, const struct object *object)
{
    (void)object;
    ++*(unsigned *)count;
    return true;
}

/* One reading with the n-th allocation failing; whether it was reached. */
static bool read_with_failure(unsigned long n, bool load)
{
    long before = failmalloc_live();
    struct diag diag = {0};
    struct arena arena;
    unsigned pods = 0;
    arena_init(&arena, 1 << 20);
    failmalloc_arm(n, false);
    struct folder *folder = load ? folder_load(kept) : folder_read(dir, &diag);
    const struct inventory *namespaces = folder ? folder_parse(folder, &diag) : NULL;
    bool found = namespaces && folder_find(folder, "Pod", &arena, count_object, &pods);
    bool stored = namespaces && !load && folder_keep(folder, kept);
    bool reached = failmalloc_disarm();
    cr_expect(reached || (found && stored == !load), "%lu: %s", n, diag.text);
    cr_expect(namespaces || load || diag.code != DIAG_NONE, "%lu: %s", n, diag.text);
    cr_expect(!namespaces || inventory_namespace_count(namespaces) == 2, "%lu", n);
    cr_expect(!found || pods == 2, "%lu: %u pods", n, pods);
    inventory_drop(namespaces);
    folder_drop(folder);
    arena_release(&arena);
    cr_expect_eq(failmalloc_live(), before, "%lu: blocks leaked", n);
    return reached;
}

Test(allocation_state, each_allocation_may_fail)
{
    for (int load = 0; load < 2; load++) {
        unsigned long n = 1;
        while (read_with_failure(n, load))
            n++;
        cr_expect_gt(n, 10, "allocations were counted");
    }
}
