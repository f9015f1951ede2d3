/* SPDX-License-Identifier: Apache-2.0
 *
 * A pod in YAML, a check at a version, and the text of Kubernetes that comes of it.
 */
#ifndef TESTS_PSS_CASE_H
#define TESTS_PSS_CASE_H

#include "load/stream.h"
#include "pss/pss.h"

#include <criterion/criterion.h>

static struct arena arena;

static void begin(void)
{
    arena_init(&arena, 64 << 20);
}

static void finish(void)
{
    arena_release(&arena);
}

static bool take_root(void *context, const struct stream_item *item)
{
    cr_assert(item->doc, "%s", item->error->text);
    *(const struct doc_node **)context = item->doc->root;
    return true;
}

/* metadata and spec of a pod in YAML. */
static inline struct pod read_pod(const char *yaml, bool is_template, enum pod_view view)
{
    static const struct object nothing;
    const struct doc_node *root = NULL;
    struct source source = {STR("pod"), str_from(yaml)};
    struct pod pod;
    cr_assert(stream_read(&source, &arena, take_root, &root));
    cr_assert(root, "%s", yaml);
    pod_of_node(&pod, &nothing, root, is_template, view);
    return pod;
}

static inline void expect_text(struct str got, const char *wanted, const char *pod)
{
    cr_expect(str_is(got, wanted), "%s\n  got    %.*s\n  wanted %s", pod, STR_ARG(got), wanted);
}

struct pss_case {
    enum pss_check check;
    uint32_t minor;
    const char *pod;
    const char *text; /* reason (detail); empty where the pod passes */
};

static inline void run_cases(enum pod_view view, const struct pss_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pod pod = read_pod(cases[i].pod, false, view);
        struct pss_results results;
        pss_evaluate(&results, 1u << cases[i].check, cases[i].minor, &pod, &arena);
        expect_text(pss_details_text(&results, &arena), cases[i].text, cases[i].pod);
    }
    cr_assert_not(arena.failed);
}

#define RUN_AS(view, ...)                                                                          \
    do {                                                                                           \
        static const struct pss_case cases[] = {__VA_ARGS__};                                      \
        run_cases(view, cases, sizeof cases / sizeof cases[0]);                                    \
    } while (0)
#define RUN(...) RUN_AS(POD_AS_WRITTEN, __VA_ARGS__)

#endif
