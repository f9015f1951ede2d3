/* SPDX-License-Identifier: Apache-2.0
 *
 * A state folder that is swapped as fast as it can be while questions are answered from it: an
 * answer is of one reading, and what it points to lives as long as the answer.
 */
#include "kubeapi/folder.h"
#include "kubeapi/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SWAPS = 1500, ASKERS = 3, VERSIONS = 3 };

static struct cluster *cluster;
static struct folder *readings[VERSIONS];
static atomic_bool over;
static atomic_uint answers, wrong;

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "stress: %s\n", what);
    exit(1);
}

/* Version n has n + 1 pods, and each says so. */
static void write_version(int n)
{
    FILE *f = fopen("state.yaml", "w");
    must(f, "no file");
    fprintf(f, "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
    for (int i = 0; i <= n; i++)
        fprintf(f, "---\napiVersion: v1\nkind: Pod\nmetadata: {name: of-%d, namespace: shop}\n",
                n + 1);
    must(fclose(f) == 0, "no file");
}

static void *swap(void *unused)
{
    struct diag diag = {0};
    for (int i = 0; i < SWAPS; i++) {
        struct folder *folder = readings[i % VERSIONS];
        const struct inventory *namespaces = folder_parse(folder, &diag);
        must(namespaces, diag.text);
        /* Parsed again, so it must not be the one that is in use. */
        cluster_publish(cluster, namespaces, folder_hold(folder));
        readings[i % VERSIONS] = folder_read(".", &diag);
        must(readings[i % VERSIONS], diag.text);
        folder_drop(folder);
        write_version((i + 1) % VERSIONS);
    }
    atomic_store(&over, true);
    return unused;
}

struct asker {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool done;
};

static void on_done(struct cluster_request *request)
{
    struct asker *asker = request->asker;
    pthread_mutex_lock(&asker->lock);
    asker->done = true;
    pthread_cond_signal(&asker->changed);
    pthread_mutex_unlock(&asker->lock);
}

static void look_at(const struct cluster_request *r)
{
    const struct doc_node *items = doc_get(r->doc.root, N_items);
    char expected[16];
    snprintf(expected, sizeof expected, "of-%u", items->len);
    for (uint32_t i = 0; i < items->len; i++)
        if (!str_is(doc_str(doc_at(&items->v.item[i], N_metadata, N_name).node), expected))
            atomic_fetch_add(&wrong, 1);
    atomic_fetch_add(&answers, 1);
}

static void *ask(void *unused)
{
    struct asker asker = {.done = false};
    pthread_mutex_init(&asker.lock, NULL);
    pthread_cond_init(&asker.changed, NULL);
    while (!atomic_load(&over)) {
        struct cluster_request r = {.question = CLUSTER_PODS,
                                    .name = STR("shop"),
                                    .deadline = INT64_MAX,
                                    .done = on_done,
                                    .asker = &asker};
        asker.done = false;
        cluster_submit(cluster, &r);
        pthread_mutex_lock(&asker.lock);
        while (!asker.done)
            pthread_cond_wait(&asker.changed, &asker.lock);
        pthread_mutex_unlock(&asker.lock);
        must(r.answer == CLUSTER_FOUND, r.error);
        look_at(&r);
        cluster_request_release(&r);
    }
    return unused;
}

int main(void)
{
    char root[] = "/tmp/rampart-stress-XXXXXX", command[64];
    struct diag diag = {0};
    pthread_t swapper, askers[ASKERS];
    must(mkdtemp(root) && chdir(root) == 0, "no temporary directory");
    for (int n = 0; n < VERSIONS; n++) {
        write_version(n);
        readings[n] = folder_read(".", &diag);
        must(readings[n], diag.text);
    }
    cluster = cluster_start(&(struct cluster_options){.state_dir = "."}, &diag);
    must(cluster, diag.text);
    must(pthread_create(&swapper, NULL, swap, NULL) == 0, "no thread");
    for (int i = 0; i < ASKERS; i++)
        must(pthread_create(&askers[i], NULL, ask, NULL) == 0, "no thread");
    pthread_join(swapper, NULL);
    for (int i = 0; i < ASKERS; i++)
        pthread_join(askers[i], NULL);
    cluster_stop(cluster);
    for (int n = 0; n < VERSIONS; n++)
        folder_drop(readings[n]);
    printf("%d swaps, %u answers, %u of two readings\n", SWAPS, answers, wrong);
    must(answers > 0 && wrong == 0, "an answer is of two readings");
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command) == 0 ? 0 : 1;
}
