/* SPDX-License-Identifier: Apache-2.0
 *
 * A whole audit when memory runs out, at each allocation in turn, those of the C library and PCRE2
 * among them: it fails, or says of a file that it could not be judged, and is never clean where it
 * would have found something.
 */
#include "cli/audit.h"
#include "policy/profile.h"
#include "rules/rules.h"
#include "support/failmalloc.h"
#include "support/support.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char pod[] = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, name: q}\n"
                          "spec: {hostNetwork: true, containers: [{name: a, image: b}]}\n";

static const char definition[] =
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    "metadata: {name: shops.example.com}\n"
    "spec: {group: example.com, scope: Namespaced, names: {kind: Shop, plural: shops},\n"
    "  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema:\n"
    "    {type: object, properties: {size: {type: integer}}}}}]}\n";
static const char shop[] = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: s}\nsiez: 1\n";

static char root[] = "/tmp/rampart-allocation-XXXXXX";
static struct arena arena;
static struct profile profile;
static struct engine engine;

static void write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    cr_assert(out && fputs(text, out) >= 0 && fclose(out) == 0, "%s", path);
}

static void begin(void)
{
    cr_assert(mkdtemp(root) && chdir(root) == 0);
    cr_assert(mkdir(".git", 0777) == 0 && mkdir("sub", 0777) == 0 && mkdir("base", 0777) == 0);
    write_file(".gitignore", "*.yaml\n!keep*.yaml\n!patch.yaml\n!kustomization.yaml\n");
    write_file("sub/.rampartignore", "keep-not.yaml\n!left.yaml\n");
    write_file("keep.yaml", pod);
    write_file("left.yaml", pod);
    write_file("sub/left.yaml", pod);
    write_file("sub/keep-not.yaml", pod);
    write_file("base/kustomization.yaml", "patches: [{path: patch.yaml}]\n");
    write_file("base/patch.yaml", pod);
    write_file("base/keep-definition.yaml", definition);
    write_file("base/keep-shop.yaml", shop);
    write_file("base/keep.json", "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {}}");
    arena_init(&arena, 1 << 20);
    cr_assert(profile_init(&profile, &rules_all, PROFILE_ALL, &arena));
    profile_engine(&profile, PSS_LATEST, PSS_LATEST, POD_AS_WRITTEN, &engine);
}

static void end(void)
{
    char command[64];
    arena_release(&arena);
    snprintf(command, sizeof command, "rm -rf %s", root);
    cr_assert(chdir("/") == 0 && system(command) == 0);
}

TestSuite(allocation_audit, .init = begin, .fini = end);

#define NOT_JUDGED SIZE_MAX

/* One audit with the n-th allocation failing. Returns its findings, or NOT_JUDGED where it says
 * that it could not judge all. */
static size_t audit_with_failure(unsigned long n, bool onwards, bool *reached)
{
    static const char *const paths[] = {"."};
    long before = failmalloc_live();
    struct audit audit = {0}, custom = {0};
    struct audit_inputs inputs = {.engine = &engine, .type = WALK_UNKNOWN, .jobs = 1};
    struct diag diag = {0};
    failmalloc_arm(n, onwards);
    bool ok = ignore_init(&audit.ignore, NULL, 0, true, &diag) &&
              ignore_init(&custom.ignore, NULL, 0, true, &diag) &&
              audit_run(&audit, &inputs, paths, 1) && audit_run_custom(&custom, &audit, paths, 1);
    *reached = failmalloc_disarm();
    const struct gathered *all = ok ? &audit.gathered[0] : NULL;
    size_t findings = ok && !all->errors.count ? all->findings.list.count : NOT_JUDGED;
    if (ok && !*reached)
        cr_expect_eq(all->objects, 5);
    audit_release(&audit);
    audit_release(&custom);
    cr_expect_eq(failmalloc_live(), before, "allocation %lu: %ld blocks leaked", n,
                 failmalloc_live() - before);
    return findings;
}

Test(allocation_audit, each_allocation_may_fail)
{
    bool reached = false;
    size_t whole = audit_with_failure(0, false, &reached);
    cr_assert(whole > 3 && whole != NOT_JUDGED);
    for (int onwards = 0; onwards < 2; onwards++) {
        unsigned long n = 1;
        for (reached = true; reached; n++) {
            size_t findings = audit_with_failure(n, onwards, &reached);
            cr_expect(findings == NOT_JUDGED || findings == whole,
                      "allocation %lu%s: %zu of %zu findings", n,
                      onwards ? " and all after it" : "", findings, whole);
        }
        cr_expect_gt(n, 50, "allocations were counted");
    }
}

/* The whole command with the n-th allocation failing. Its status, and what it left in the file
 * report. */
static enum status run_command(const char *const *argv, unsigned long n, struct str *report,
                               bool *reached)
{
    long before = failmalloc_live();
    struct arena memory;
    struct options options;
    struct diag diag = {0};
    int argc = 0;
    while (argv[argc])
        argc++;
    arena_init(&memory, LIMIT_FILE_ARENA);
    failmalloc_arm(n, false);
    enum status status = options_parse(&options, PROGRAM_RAMPART, argc,
                                       (char *const *)(uintptr_t)argv, cli_words, &memory, &diag)
                             ? cli_audit(&options, &memory)
                             : STATUS_USAGE;
    *reached = failmalloc_disarm();
    arena_release(&memory);
    cr_expect_eq(failmalloc_live(), before, "allocation %lu: %ld blocks leaked", n,
                 failmalloc_live() - before);
    *report = access("report", F_OK) == 0 ? support_read_file("report") : (struct str){0};
    unlink("report");
    return status;
}

static void fail_each(const char *const *argv, enum status wanted)
{
    bool reached;
    unsigned long n = 1;
    struct str whole, report;
    cr_assert_eq(run_command(argv, 0, &whole, &reached), wanted);
    cr_assert_gt(whole.len, 100);
    for (reached = true; reached; n++) {
        enum status status = run_command(argv, n, &report, &reached);
        cr_expect(status == STATUS_USAGE || status == STATUS_INPUT ||
                      (status == wanted && str_equal(report, whole)),
                  "%s, allocation %lu: status %d, report\n%.*s", argv[2], n, (int)status,
                  STR_ARG(report));
        free((void *)(uintptr_t)report.ptr);
    }
    cr_expect_gt(n, 200, "allocations were counted");
    free((void *)(uintptr_t)whole.ptr);
}

Test(allocation_audit, each_allocation_of_the_command_may_fail)
{
    bool reached;
    struct str report;
    cr_assert(freopen("/dev/null", "w", stderr));
    write_file("policy", "apiVersion: rampart.dev/v1\nkind: Policy\nextends: hardened\n"
                         "rules: {host-namespaces: {severity: off}}\n");
    write_file("schema", definition);
    static const char *const first[] = {"rampart",
                                        "audit",
                                        "--profile=policy",
                                        "--schema=schema",
                                        "--exclude=left*",
                                        "--disable=host-ports",
                                        "--jobs=1",
                                        "--quiet",
                                        "--format=json=report",
                                        ".",
                                        NULL};
    static const char *const adopt[] = {
        "rampart", "audit", "--write-baseline=report", "--jobs=1", "--quiet", ".", NULL};
    static const char *const kept[] = {
        "rampart", "audit", "--write-baseline=baseline", "--jobs=1", "--quiet", ".", NULL};
    static const char *const known[] = {"rampart",  "audit",   "--baseline=baseline",
                                        "--jobs=1", "--quiet", "--format=json=report",
                                        ".",        NULL};
    fail_each(first, STATUS_FINDINGS);
    fail_each(adopt, STATUS_CLEAN);
    cr_assert_eq(run_command(kept, 0, &report, &reached), STATUS_CLEAN);
    fail_each(known, STATUS_CLEAN);
}
