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

static struct cluster *start(struct diag *diag)
{
    struct cluster_options options = {.state_dir = dir};
    return cluster_start(&options, diag);
}

static void begin(void)
{
    struct diag diag = {0};
    cr_assert(mkdtemp(dir));
    write_file("a.yaml", namespaces);
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

Test(state, a_change_is_seen_and_a_broken_file_keeps_the_old_state)
{
    write_file("b.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: new}\n");
    for (int i = 0; i < 50 && !has("new"); i++)
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    cr_assert(has("new"));
    write_file("b.yaml", "apiVersion: v1\nkind: [\n");
    struct cluster_status status = {0};
    for (int i = 0; i < 50 && !status.error[0]; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
        cluster_status(cluster, &status);
    }
    cr_assert(str_find_str(str_from(status.error), STR("b.yaml:")) < strlen(status.error), "%s",
              status.error);
    cr_assert(has("new"));
    cr_assert(status.synced);
}

Test(state, a_broken_folder_stops_the_start_with_a_place)
{
    struct diag diag = {0};
    write_file("b.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: [\n");
    cr_assert(!start(&diag));
    cr_assert(str_find_str(str_from(diag.text), STR("b.yaml:")) < strlen(diag.text), "%s",
              diag.text);
}
