/* SPDX-License-Identifier: Apache-2.0
 *
 * The promise of the project, on Kubernetes' own fixtures: a pod that is created gets the findings
 * that the auditor has for its file. They lie outside the tree (SHARED); without them this says so
 * and tests nothing.
 */
#include "admission/admission.h"
#include "load/stream.h"
#include "support/support.h"

#include <criterion/criterion.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROOM = 1024, FIXTURES = 1258 };

static struct arena arena;

static struct doc_entry entry(const char *key, struct doc_node value)
{
    struct str s = str_from(key);
    return (struct doc_entry){
        .value = value, .key = s.ptr, .key_len = (uint32_t)s.len, .name = name_lookup(s)};
}

static struct doc_node string(struct str s)
{
    return (struct doc_node){.kind = DOC_STR, .len = (uint32_t)s.len, .v.s = s.ptr};
}

static struct doc_node map(const struct doc_entry *entries, uint32_t count)
{
    struct doc_entry *copy = arena_zalloc(&arena, count, sizeof *copy);
    cr_assert(copy);
    if (count)
        memcpy(copy, entries, count * sizeof *copy);
    return (struct doc_node){.kind = DOC_MAP, .len = count, .v.entry = copy};
}

/* What the API server does before a webhook sees the pod (D1): a volume without a source is an
 * emptyDir. Nothing else of its defaults changes a fixture. */
static void apply_defaults(const struct doc_node *pod)
{
    doc_foreach_item (doc_at(pod, N_spec, N_volumes).node, volume) {
        if (volume->len > 1)
            continue;
        struct doc_entry two[] = {volume->v.entry[0], entry("emptyDir", map(NULL, 0))};
        *(struct doc_node *)(uintptr_t)volume = map(two, 2);
    }
}

static struct doc_node review_of(const struct doc_node *pod, struct str name)
{
    struct doc_entry kind[] = {entry("group", string(STR(""))), entry("version", string(STR("v1"))),
                               entry("kind", string(STR("Pod")))};
    struct doc_entry resource[] = {entry("group", string(STR(""))),
                                   entry("version", string(STR("v1"))),
                                   entry("resource", string(STR("pods")))};
    struct doc_entry request[] = {entry("uid", string(STR("u"))),
                                  entry("kind", map(kind, 3)),
                                  entry("resource", map(resource, 3)),
                                  entry("name", string(name)),
                                  entry("namespace", string(STR("n"))),
                                  entry("operation", string(STR("CREATE"))),
                                  entry("object", *pod)};
    struct doc_entry review[] = {entry("request", map(request, 7))};
    return map(review, 1);
}

/* The webhook's decision about a pod of a namespace that enforces the level at the version. */
static const struct admission_record *admit(const struct doc *doc, struct str name,
                                            struct str level, struct str version)
{
    const struct admission_config config = ADMISSION_CONFIG_DEFAULT;
    struct doc_entry labels[] = {
        entry("pod-security.kubernetes.io/enforce", string(level)),
        entry("pod-security.kubernetes.io/enforce-version", string(version))};
    struct doc_entry metadata[] = {entry("labels", map(labels, 2))};
    struct doc_node namespace = map(metadata, 1), root = review_of(doc->root, name);
    struct doc *review = arena_zalloc(&arena, 1, sizeof *review);
    struct doc_node *kept = arena_alloc(&arena, sizeof *kept);
    *kept = root;
    *review = (struct doc){.text = doc->text, .root = kept};
    struct admission *a = admission_begin(review, &config, &arena, ADMISSION_NO_DEADLINE);
    cr_assert(a && !admission_refusal(a));
    cr_assert_eq(admission_step(a, NULL, 0), ADMISSION_NEED_NAMESPACE);
    admission_supply_namespace(a, &namespace);
    cr_assert_eq(admission_step(a, NULL, 0), ADMISSION_DONE);
    return admission_record(a);
}

struct fixture {
    struct str level, version, file;
    bool good;
    unsigned pods;
};

/* The auditor's view first: it must not have been defaulted by us. */
static struct str audit(const struct fixture *f, const struct doc *doc)
{
    struct object object;
    struct pod pod;
    struct pss_results results = {.count = 0};
    enum pss_level level;
    uint32_t minor;
    cr_assert(pss_parse_level(f->level, &level) && pss_parse_version(f->version, &minor));
    cr_assert(object_view(&object, doc, doc->root) && pod_view(&pod, &object, POD_AS_WRITTEN));
    pss_evaluate(&results, pss_level_checks(level), minor, &pod, &arena);
    return results.count ? pss_details_text(&results, &arena) : STR_EMPTY;
}

static bool judge(void *context, const struct stream_item *item)
{
    struct fixture *f = context;
    cr_assert_null(item->error);
    struct str name = doc_str(doc_at(item->doc->root, N_metadata, N_name).node);
    struct str audited = audit(f, item->doc);
    apply_defaults(item->doc->root);
    const struct admission_record *r = admit(item->doc, name, f->level, f->version);
    struct str wanted =
        arena_printf(&arena, "pods \"%.*s\" is forbidden: violates PodSecurity \"%.*s:%.*s\": %.*s",
                     STR_ARG(name), STR_ARG(f->level), STR_ARG(f->version), STR_ARG(audited));
    cr_expect_eq(r->allowed, f->good, "%.*s", STR_ARG(f->file));
    cr_expect(str_equal(r->findings, audited), "%.*s\n  audit     %.*s\n  admission %.*s",
              STR_ARG(f->file), STR_ARG(audited), STR_ARG(r->findings));
    cr_expect(r->allowed || str_equal(r->message, wanted), "%.*s", STR_ARG(r->message));
    f->pods++;
    return true;
}

static unsigned judge_file(const char *path, struct fixture f)
{
    struct str text = support_read_file(path);
    struct source source = {str_from(path), text};
    f.file = str_from(path);
    cr_assert(stream_read(&source, &arena, judge, &f));
    cr_assert_not(arena.failed);
    arena_clear(&arena);
    free((char *)(uintptr_t)text.ptr);
    return f.pods;
}

static unsigned judge_folder(const char *root, const char *level, const char *version, bool good)
{
    char folder[ROOM], path[2 * ROOM];
    unsigned pods = 0;
    snprintf(folder, sizeof folder, "%s/%s/%s/%s", root, level, version, good ? "pass" : "fail");
    DIR *dir = opendir(folder);
    cr_assert(dir, "%s", folder);
    for (struct dirent *e; (e = readdir(dir));) {
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (e->d_name[0] != '.')
            pods += judge_file(
                path, (struct fixture){str_from(level), str_from(version), STR_EMPTY, good, 0});
    }
    closedir(dir);
    return pods;
}

static unsigned judge_level(const char *root, const char *level)
{
    char folder[ROOM];
    unsigned pods = 0;
    snprintf(folder, sizeof folder, "%s/%s", root, level);
    DIR *dir = opendir(folder);
    cr_assert(dir, "%s", folder);
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == 'v')
            pods += judge_folder(root, level, e->d_name, true) +
                    judge_folder(root, level, e->d_name, false);
    }
    closedir(dir);
    return pods;
}

Test(admission_fixtures, a_created_pod_gets_the_findings_of_its_file)
{
    char root[ROOM];
    if (!support_shared()) {
        fprintf(stderr, "SHARED is not set: the fixtures of Pod Security are absent\n");
        return;
    }
    snprintf(root, sizeof root, "%s/conformance/pss", support_shared());
    arena_init(&arena, 16 << 20);
    unsigned pods = judge_level(root, "baseline") + judge_level(root, "restricted");
    cr_expect_eq(pods, FIXTURES, "%u", pods);
    arena_release(&arena);
}
