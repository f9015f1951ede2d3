/* SPDX-License-Identifier: Apache-2.0
 *
 * A folder of manifests as a cluster: its snapshot, its answers, and its changes.
 */
#include "kubeapi/cluster.h"

#include <criterion/criterion.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char dir[] = "/tmp/rampart-state-XXXXXX";
static struct cluster *cluster;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;
static bool done;

static void write_file(const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *out = fopen(path, "w");
    cr_assert(out);
    fputs(text, out);
    fclose(out);
}

static const char namespaces[] =
    "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels: {a: b}\n---\n"
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\n---\n"
    "apiVersion: v1\nkind: Pod\nmetadata: {name: q}\n";

static struct kept *kept;

static struct cluster *start(struct diag *diag)
{
    struct cluster_options options = {.state_dir = dir, .kept = kept};
    return cluster_start(&options, diag);
}

static void begin(void)
{
    struct diag diag = {0};
    cr_assert(mkdtemp(dir));
    write_file("a.yaml", namespaces);
    kept = kept_new();
    cluster = start(&diag);
    cr_assert(cluster, "%s", diag.text);
}

static void finish(void)
{
    char command[100];
    cluster_stop(cluster);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    cr_assert_eq(system(command), 0);
}

TestSuite(state, .init = begin, .fini = finish, .timeout = 20);

static void on_done(struct cluster_request *request)
{
    (void)request;
    pthread_mutex_lock(&mutex);
    done = true;
    pthread_cond_signal(&answered);
    pthread_mutex_unlock(&mutex);
}

static void ask(struct cluster_request *r, enum cluster_question question, const char *name)
{
    *r = (struct cluster_request){
        .question = question, .name = str_from(name), .deadline = INT64_MAX, .done = on_done};
    done = false;
    cluster_submit(cluster, r);
    pthread_mutex_lock(&mutex);
    while (!done)
        pthread_cond_wait(&answered, &mutex);
    pthread_mutex_unlock(&mutex);
}

static bool has(const char *name)
{
    const struct inventory *snapshot = cluster_inventory(cluster);
    bool found = inventory_namespace(snapshot, str_from(name)) != NULL;
    inventory_drop(snapshot);
    return found;
}

Test(state, namespaces_make_the_snapshot)
{
    cr_assert(has("shop"));
    cr_assert(!has("p"));
}

Test(state, questions_are_answered_from_the_folder)
{
    struct cluster_request r;
    ask(&r, CLUSTER_PODS, "shop");
    cr_assert_eq(r.answer, CLUSTER_FOUND);
    const struct doc_node *items = doc_get(r.doc.root, N_items);
    cr_assert_eq(items->len, 1);
    cr_assert(str_is(doc_str(doc_at(items->v.item, N_metadata, N_name).node), "p"));
    cluster_request_release(&r);
    ask(&r, CLUSTER_PODS, "default");
    cr_assert_eq(doc_get(r.doc.root, N_items)->len, 1);
    cluster_request_release(&r);
    ask(&r, CLUSTER_NAMESPACE, "shop");
    cr_assert_eq(r.answer, CLUSTER_FOUND);
    cluster_request_release(&r);
    ask(&r, CLUSTER_NAMESPACE, "none");
    cr_assert_eq(r.answer, CLUSTER_NOT_FOUND);
    cluster_request_release(&r);
}

static uint32_t pods_in(const char *namespace)
{
    struct cluster_request r;
    ask(&r, CLUSTER_PODS, namespace);
    cr_assert_eq(r.answer, CLUSTER_FOUND, "%s", r.error);
    uint32_t count = doc_get(r.doc.root, N_items)->len;
    cluster_request_release(&r);
    return count;
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static void expect_error(const char *text)
{
    struct cluster_status status = {0};
    for (int i = 0; i < 50 && !status.error[0]; i++) {
        pause_ms(100);
        cluster_status(cluster, &status);
    }
    cr_assert(str_find_str(str_from(status.error), str_from(text)) < strlen(status.error), "%s",
              status.error);
    cr_assert(status.synced && !status.watching);
}

/* Two seconds are promised, and as much again given to a busy machine. */
Test(state, a_change_is_seen_soon)
{
    write_file("b.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: new}\n---\n"
                         "apiVersion: v1\nkind: Pod\nmetadata: {name: r, namespace: shop}\n");
    for (int i = 0; i < 40 && !has("new"); i++)
        pause_ms(100);
    cr_assert(has("new"));
    cr_assert_eq(pods_in("shop"), 2);
}

Test(state, a_broken_file_keeps_the_old_state)
{
    write_file("b.yaml", "apiVersion: v1\nkind: [\n");
    expect_error("/b.yaml:2:8: ");
    cr_assert(has("shop"));
    cr_assert_eq(pods_in("shop"), 1);
    write_file("b.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: mended}\n");
    for (int i = 0; i < 40 && !has("mended"); i++)
        pause_ms(100);
    struct cluster_status status;
    cluster_status(cluster, &status);
    cr_assert(has("mended") && status.watching && !status.error[0]);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* No part may be seen while the rest is being written. */
Test(state, a_folder_is_read_when_it_has_settled)
{
    enum { SETTLED_MS = 400 }; /* a little less than the time between two looks */
    char text[2000] = "";
    int64_t before = now_ms();
    for (int i = 0; i < 15; i++) {
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len,
                 "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: n%d}\n", i);
        write_file("b.yaml", text);
        if (now_ms() - before >= SETTLED_MS)
            cr_skip_test("the machine stood still, and so did the folder");
        before = now_ms();
        cr_assert(!has("n0"), "seen after %d of 15", i);
        pause_ms(100);
    }
    for (int i = 0; i < 40 && !has("n14"); i++)
        pause_ms(100);
    cr_assert(has("n0") && has("n14"));
}

static unsigned long long bytes_read(void)
{
    unsigned long long count = 0;
    FILE *in = fopen("/proc/self/io", "r");
    cr_assert(in && fscanf(in, "rchar: %llu", &count) == 1);
    fclose(in);
    return count;
}

Test(state, questions_do_not_read_the_folder)
{
    enum { ASKED = 100, LARGE = 1 << 20 };
    char *large = malloc(LARGE);
    memset(large, '#', LARGE);
    large[LARGE - 1] = '\0';
    write_file("large.yaml", large);
    write_file("b.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: new}\n");
    free(large);
    for (int i = 0; i < 40 && !has("new"); i++)
        pause_ms(100);
    cr_assert(has("new"));
    unsigned long long before = bytes_read();
    struct cluster_request r;
    for (int i = 0; i < ASKED; i++) {
        cr_assert_eq(pods_in("shop"), 1);
        ask(&r, CLUSTER_NAMESPACE, i % 2 ? "none" : "new");
        cr_assert_eq(r.answer, i % 2 ? CLUSTER_NOT_FOUND : CLUSTER_FOUND);
        cluster_request_release(&r);
    }
    cr_assert(bytes_read() - before < LARGE, "%llu bytes", bytes_read() - before);
}

static void link_to(const char *target, const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    cr_assert_eq(symlink(target, path), 0);
}

/* A mounted ConfigMap: what is linked from above must not count a second time. */
Test(state, the_versions_of_a_mounted_volume_are_not_files_of_their_own)
{
    char path[200];
    snprintf(path, sizeof path, "%s/..2026_11_22", dir);
    cr_assert_eq(mkdir(path, 0777), 0);
    write_file("..2026_11_22/b.yaml",
               "apiVersion: v1\nkind: Namespace\nmetadata: {name: new}\n---\n"
               "apiVersion: v1\nkind: Pod\nmetadata: {name: r, namespace: shop}\n");
    link_to("..2026_11_22", "..data");
    link_to("..data/b.yaml", "b.yaml");
    for (int i = 0; i < 40 && !has("new"); i++)
        pause_ms(100);
    cr_assert(has("new"));
    cr_assert_eq(pods_in("shop"), 2);
}

Test(state, a_folder_that_is_too_large_is_refused)
{
    enum { HALF = (int)LIMIT_STATE_BYTES / 2 + 1 };
    static const char *const names[] = {"y.json", "z.json"};
    for (int i = 0; i < 2; i++) {
        char path[200];
        write_file(names[i], "{}");
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        cr_assert_eq(truncate(path, HALF), 0);
    }
    expect_error("z.json: the files before it and this one have more than");
    cr_assert_eq(pods_in("shop"), 1);
}

Test(state, a_new_process_goes_on_with_what_was_good_last)
{
    struct diag diag = {0};
    write_file("b.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: new}\n");
    for (int i = 0; i < 40 && !has("new"); i++)
        pause_ms(100);
    cluster_stop(cluster);
    write_file("a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: [\n");
    cluster = start(&diag);
    cr_assert(cluster, "%s", diag.text);
    expect_error("/a.yaml:3:12: ");
    cr_assert(has("shop") && has("new"));
    cr_assert_eq(pods_in("shop"), 1);
    write_file("a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: mended}\n");
    for (int i = 0; i < 40 && !has("mended"); i++)
        pause_ms(100);
    cr_assert(has("mended") && !has("shop"));
}

Test(state, a_broken_folder_stops_the_start_with_a_place)
{
    struct diag diag = {0};
    kept = NULL;
    write_file("b.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: [\n");
    cr_assert(!start(&diag));
    cr_assert(str_find_str(str_from(diag.text), STR("b.yaml:")) < strlen(diag.text), "%s",
              diag.text);
}

Test(state, a_label_that_is_no_text_is_not_overlooked)
{
    static const struct {
        const char *metadata, *text;
    } bad[] = {
        {"{name: x, labels: {pod-security.kubernetes.io/enforce: 5}}",
         "b.yaml:3:66: expected a label to be a string"},
        {"{name: x, labels: [a]}", "b.yaml:3:29: expected labels to be a map"},
        {"{labels: {a: b}}", "b.yaml:1:1: expected a Namespace with metadata.name"},
    };
    kept = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct diag diag = {0};
        char text[200];
        snprintf(text, sizeof text, "apiVersion: v1\nkind: Namespace\nmetadata: %s\n",
                 bad[i].metadata);
        write_file("b.yaml", text);
        cr_assert(!start(&diag), "%s", text);
        cr_assert(str_find_str(str_from(diag.text), str_from(bad[i].text)) < strlen(diag.text),
                  "%s", diag.text);
    }
}
