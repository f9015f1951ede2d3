/* SPDX-License-Identifier: Apache-2.0
 *
 * A decision when memory runs out, at each of its allocations in turn: no answer is the only other
 * answer. Reading the body, asking for the namespace and pages of pods are part of it.
 */
#include "config/pod_security.h"
#include "support/admission.h"
#include "support/failmalloc.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

#define NAMESPACE(name, level)                                                                     \
    "{\"metadata\":{\"name\":\"" name "\",\"labels\":{\"pod-security.kubernetes.io/enforce\":"     \
    "\"" level "\",\"pod-security.kubernetes.io/audit\":\"x\"}}}"
#define POD(name) "{\"metadata\":{\"name\":\"" name "\"},\"spec\":{\"hostPID\":true}}"
#define KIND(kind, resource)                                                                       \
    "\"kind\":{\"group\":\"\",\"version\":\"v1\",\"kind\":\"" kind "\"},\"resource\":{\"group\":"  \
    "\"\",\"version\":\"v1\",\"resource\":\"" resource "\"},\"name\":\"p\","

static const char cluster[] = "{\"namespaces\":[" NAMESPACE("known", "restricted") "," NAMESPACE(
    "asked", "baseline") "],\"pods\":{\"n\":[" POD("a") "," POD("b") "," POD("c") "]}}";

static const struct {
    const char *name, *body;
    bool allowed;
    bool loose; /* an explanation may be shorter, or a list count as failed; the verdict stands */
} rows[] = {
    {"denied",
     "{\"request\":{\"uid\":\"u\"," KIND("Pod",
                                         "pods") "\"namespace\":\"known\",\"operation\":"
                                                 "\"CREATE\",\"object\":{\"spec\":{\"hostPID\":"
                                                 "true,\"containers\":[{\"name\":\"c\\n\"}]}}}}",
     false, false},
    {"warned and asked for",
     "{\"request\":{\"uid\":\"u\"," KIND(
         "ReplicationController",
         "replicationcontrollers") "\"namespace\":\"asked\",\"operation\":\"CREATE\",\"object\":{"
                                   "\"spec\":{\"template\":{"
                                   "\"spec\":{\"hostPID\":true,\"containers\":[{\"name\":\"c\\n\"}]"
                                   "}}}}}}",
     true, false},
    {"of wrong type",
     "{\"request\":{\"uid\":\"u\"," KIND(
         "Pod", "pods") "\"namespace\":\"known\",\"operation\":"
                        "\"CREATE\",\"object\":{\"spec\":{\"hostPID\":\"true\"}}}}",
     false, true},
    {"in no namespace",
     "{\"request\":{\"uid\":\"u\"," KIND("Pod", "pods") "\"namespace\":\"absent\",\"operation\":"
                                                        "\"CREATE\"}}",
     false, false},
    {"over existing pods",
     "{\"request\":{\"uid\":\"u\"," KIND(
         "Namespace", "namespaces") "\"namespace\":\"n\","
                                    "\"operation\":\"UPDATE\",\"object\":{\"metadata\":{\"name\":"
                                    "\"n\",\"labels\":{"
                                    "\"pod-security.kubernetes.io/"
                                    "enforce\":\"baseline\"}}},\"oldObject\":{\"metadata\":{"
                                    "\"name\":\"n\"}}}}",
     true, true},
    {"labels refused",
     "{\"request\":{\"uid\":\"u\"," KIND(
         "Namespace",
         "namespaces") "\"namespace\":\"n\","
                       "\"operation\":\"CREATE\",\"object\":{\"metadata\":{\"name\":\"n\","
                       "\"labels\":{"
                       "\"pod-security.kubernetes.io/enforce\":\"x\",\"pod-security.kubernetes.io/"
                       "warn\":\"y\"}}}}}",
     false, false},
};

/* The answer without failures. */
static struct buf wanted;

static bool run_with_failure(struct admission_world *world, size_t row, unsigned long n,
                             bool onwards)
{
    const struct admission_config config = ADMISSION_CONFIG_DEFAULT;
    long before = failmalloc_live();
    struct admission_result result = {0};
    buf_init(&result.body, LIMIT_REQUEST_ARENA);
    failmalloc_arm(n, onwards);
    admission_run(world, &config, str_from(rows[row].body), -1, &result, NULL, NULL);
    bool reached = failmalloc_disarm();
    bool answered = result.status == 200 && !result.body.failed;
    cr_expect(answered || result.status == 500 || result.body.failed, "%s: %u", rows[row].name,
              result.status);
    cr_expect(reached || answered, "%s", rows[row].name);
    if (answered) {
        cr_expect_eq(result.record.allowed, rows[row].allowed, "%s, allocation %lu", rows[row].name,
                     n);
        cr_expect((rows[row].loose && reached) ||
                      str_equal(buf_str(&result.body), buf_str(&wanted)),
                  "%s, allocation %lu: %.*s", rows[row].name, n, STR_ARG(buf_str(&result.body)));
    }
    buf_release(&result.body);
    cr_expect_eq(failmalloc_live(), before, "%s, allocation %lu", rows[row].name, n);
    return reached;
}

static void fail_each(size_t row, bool onwards)
{
    struct admission_world world;
    struct admission_result result = {0};
    const struct admission_config config = ADMISSION_CONFIG_DEFAULT;
    admission_world_init(&world, str_from(cluster));
    buf_init(&result.body, LIMIT_REQUEST_ARENA);
    admission_run(&world, &config, str_from(rows[row].body), -1, &result, NULL, NULL);
    cr_assert_eq(result.status, 200, "%s: %u %.*s", rows[row].name, result.status,
                 STR_ARG(buf_str(&result.body)));
    cr_assert_eq(result.record.allowed, rows[row].allowed, "%s", rows[row].name);
    wanted = result.body;
    unsigned long n = 1;
    while (run_with_failure(&world, row, n, onwards))
        n++;
    cr_expect_gt(n, 2);
    buf_release(&result.body);
    admission_world_release(&world);
}

Test(allocation_admission, each_allocation_of_a_decision)
{
    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
        fail_each(row, false);
        fail_each(row, true);
    }
}

Test(allocation_admission, each_allocation_of_an_inventory)
{
    for (unsigned long n = 1;; n++) {
        long before = failmalloc_live();
        struct arena arena;
        struct json_reader reader;
        struct doc doc;
        struct diag diag = {0};
        struct inventory_edit edit;
        json_reader_init(&reader);
        arena_init(&arena, 1 << 20);
        cr_assert(json_read(&reader, str_from(cluster), &arena, &doc, &diag));
        failmalloc_arm(n, false);
        inventory_edit_init(&edit, NULL);
        doc_foreach_item (doc_get(doc.root, N_namespaces), ns)
            inventory_edit_put(&edit, doc_get(ns, N_metadata));
        const struct inventory *made = inventory_edit_finish(&edit);
        bool reached = failmalloc_disarm();
        cr_expect_eq(made == NULL, reached);
        cr_expect_eq(inventory_namespace_count(made), reached ? 0 : 2);
        inventory_drop(made);
        json_reader_release(&reader);
        arena_release(&arena);
        cr_expect_eq(failmalloc_live(), before);
        if (!reached)
            break;
    }
}

Test(allocation_admission, each_allocation_of_a_configuration)
{
    static const char *const texts[] = {
        "apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n"
        "defaults: {enforce: baseline}\nexemptions: {namespaces: [a], usernames: [b, c]}\n",
        "apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n"
        "exemptions: {namespaces: [A, a.b]}\n"};
    for (size_t i = 0; i < 2; i++) {
        for (unsigned long n = 1;; n++) {
            struct arena arena;
            struct pss_config config;
            struct pod_security_error error;
            arena_init(&arena, 1 << 20);
            failmalloc_arm(n, false);
            bool good = pod_security_read(str_from(texts[i]), &arena, &config, &error);
            bool reached = failmalloc_disarm();
            cr_expect(!good || i == 0, "%lu", n);
            cr_expect(!good || config.namespaces.count == 1, "%lu", n);
            cr_expect(reached || good == (i == 0), "%lu", n);
            arena_release(&arena);
            if (!reached)
                break;
        }
    }
}
