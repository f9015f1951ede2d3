/* SPDX-License-Identifier: Apache-2.0
 *
 * --state DIR: a folder of manifests stands in for a cluster. It is looked at twice a second, and
 * read when it has changed and is the same for two looks; the snapshot and all answers are of that
 * reading until a better one.
 */
#include "base/vec.h"
#include "kube/object.h"
#include "kubeapi/folder.h"
#include "kubeapi/internal.h"
#include "load/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LOOK_EVERY_MS = 500 };

/* --- The snapshot --- */

/* Takes folder over. */
static bool use_folder(struct cluster *c, struct folder *folder, struct diag *diag)
{
    const struct inventory *namespaces = folder ? folder_parse(folder, diag) : NULL;
    if (namespaces)
        cluster_publish(c, namespaces, folder);
    else
        folder_drop(folder);
    return namespaces != NULL;
}

static bool read_state(struct cluster *c, struct diag *diag)
{
    struct folder *folder = folder_read(c->options.state_dir, diag);
    if (!use_folder(c, folder, diag))
        return false;
    if (c->options.kept && !folder_keep(folder, c->options.kept)) {
        char text[200];
        snprintf(text, sizeof text,
                 "the state folder cannot be kept for a worker after a crash: %s",
                 source_error(errno).text);
        cluster_log(c, CLUSTER_STATE_ERROR, text);
    }
    return true;
}

/* error: of what was read just now, or empty; the time counts on while all is as it was read. */
static void set_status(struct cluster *c, bool good, const char *error)
{
    pthread_mutex_lock(&c->mutex);
    c->status.watching = good;
    if (good)
        c->status.last_event = (int64_t)time(NULL);
    if (error) {
        c->status.events++;
        c->status.failures += !good;
        snprintf(c->status.error, sizeof c->status.error, "%.150s", error);
    }
    pthread_mutex_unlock(&c->mutex);
}

static void report(struct cluster *c, const char *done, const struct diag *diag)
{
    char text[LIMIT_DIAG_BYTES + 64];
    bool good = diag->code == DIAG_NONE;
    snprintf(text, sizeof text, "state folder not reloaded, the one before stays: %s", diag->text);
    set_status(c, good, diag->text);
    cluster_log(c, good ? CLUSTER_SYNCED : CLUSTER_STATE_ERROR, good ? done : text);
}

bool cluster_state_load(struct cluster *c, struct diag *diag)
{
    /* Before it is read: what changes meanwhile is read again. */
    c->state_read = c->state_seen = folder_signature(c->options.state_dir);
    struct diag why = {0};
    if (!read_state(c, &why) &&
        !(c->options.kept && use_folder(c, folder_load(c->options.kept), &(struct diag){0})))
        return diag_set(diag, why.code, 0, 0, "%s", why.text);
    report(c, "the state folder was read", &why);
    return true;
}

void *cluster_run_state(void *cluster)
{
    struct cluster *c = cluster;
    while (cluster_sleep(c, cluster_now_ns() + (int64_t)LOOK_EVERY_MS * 1000000)) {
        uint64_t now = folder_signature(c->options.state_dir);
        bool settled = now == c->state_seen;
        c->state_seen = now;
        if (now == c->state_read) {
            if (c->status.watching) /* only this thread writes it */
                set_status(c, true, NULL);
        } else if (settled) {
            struct diag diag = {0};
            c->state_read = now;
            read_state(c, &diag);
            report(c, "state folder reloaded", &diag);
        }
    }
    return NULL;
}

/* --- Questions --- */

struct answer {
    struct cluster_request *request;
    VEC(struct doc_node) found;
};

static bool collect(void *context, const struct object *object)
{
    struct answer *a = context;
    struct str namespace = object->namespace.len ? object->namespace : STR("default");
    if (!str_equal(a->request->question == CLUSTER_PODS ? namespace : object->name,
                   a->request->name))
        return true;
    struct doc_node *node = vec_push(&a->found, &a->request->arena);
    if (node)
        *node = *object->node;
    return node != NULL;
}

/* {"items": [ … ]}: what the API server's list comes to. */
static const struct doc_node *make_list(struct answer *a)
{
    struct doc_node *root = arena_zalloc(&a->request->arena, 1, sizeof *root);
    struct doc_entry *entry = arena_zalloc(&a->request->arena, 1, sizeof *entry);
    if (!root || !entry)
        return NULL;
    struct str key = name_text(N_items);
    *entry = (struct doc_entry){.key = key.ptr, .key_len = (uint32_t)key.len, .name = N_items};
    entry->value = (struct doc_node){.kind = DOC_SEQ, .len = (uint32_t)a->found.count};
    entry->value.v.item = a->found.items;
    *root = (struct doc_node){.kind = DOC_MAP, .len = 1};
    root->v.entry = entry;
    return root;
}

/* Thousands of reviews for a namespace that is not there do not parse the folder thousands of
 * times. */
static bool is_absent(struct cluster *c, const struct cluster_request *r)
{
    const struct inventory *snapshot = cluster_inventory(c);
    bool absent = !inventory_namespace(snapshot, r->name);
    inventory_drop(snapshot);
    return absent;
}

static void answer(struct cluster *c, struct cluster_request *r)
{
    bool pods = r->question == CLUSTER_PODS;
    struct answer a = {.request = r};
    r->held = cluster_folder(c);
    r->answer = CLUSTER_NOT_FOUND;
    if (!pods && is_absent(c, r)) {
        ;
    } else if (!folder_find(r->held, pods ? "Pod" : "Namespace", &r->arena, collect, &a)) {
        r->answer = CLUSTER_ERROR;
    } else if (pods || a.found.count > 0) {
        /* Of two namespaces of one name the last counts, as in the snapshot. */
        r->doc.root = pods ? make_list(&a) : &a.found.items[a.found.count - 1];
        r->answer = r->doc.root ? CLUSTER_FOUND : CLUSTER_ERROR;
    }
    if (r->answer == CLUSTER_ERROR)
        snprintf(r->error, sizeof r->error, "out of memory");
    r->done(r);
}

void *cluster_run_state_answers(void *cluster)
{
    for (struct cluster_request *r = cluster_take(cluster); r; r = cluster_take(cluster))
        answer(cluster, r);
    return NULL;
}
