/* SPDX-License-Identifier: Apache-2.0
 *
 * --state DIR: a folder of manifests stands in for a cluster. Namespaces make the snapshot;
 * questions read the folder afresh. It is re-read when a name, size, inode or time of change in it
 * differs, looked at twice a second.
 */
#include "base/vec.h"
#include "doc/position.h"
#include "kube/object.h"
#include "kubeapi/internal.h"
#include "load/source.h"
#include "load/stream.h"
#include "load/walk.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { LOOK_EVERY_MS = 500 };

/* --- Reading the folder --- */

struct reading {
    struct arena *arena;
    object_visit_fn *visit;
    void *context;
    struct source source;
    struct diag *diag;
    bool ok;
};

/* The first error, with its place in front: a state that is half read is not used. */
static bool on_item(void *context, const struct stream_item *item)
{
    struct reading *r = context;
    if (!item->error)
        return object_foreach(item->doc, r->visit, r->context);
    struct doc_position at = doc_position_in(r->source.text, item->error->begin);
    r->ok = false;
    return diag_set(r->diag, item->error->code, 0, 0, "%.*s:%u:%u: %s", STR_ARG(r->source.name),
                    at.line, at.column, item->error->text);
}

static bool read_file(struct reading *r, struct str path)
{
    struct diag diag = {0};
    r->source = (struct source){.name = path};
    r->ok = true;
    if (!source_read(path.ptr, r->arena, &r->source.text, &diag))
        return diag_set(r->diag, diag.code, 0, 0, "%.*s: %s", STR_ARG(path), diag.text);
    bool complete = stream_read(&r->source, r->arena, on_item, r);
    return (complete && r->ok) ||
           diag_set(r->diag, DIAG_MEMORY, 0, 0, "%.*s: out of memory", STR_ARG(path));
}

/* Every object of every manifest below the folder. */
static bool read_folder(const char *dir, struct arena *arena, object_visit_fn *visit, void *context,
                        struct diag *diag)
{
    struct reading r = {.arena = arena, .visit = visit, .context = context, .diag = diag};
    struct walk walk;
    struct walk_file file;
    bool ok = true;
    walk_init(&walk, &dir, 1, NULL);
    while (ok && walk_next(&walk, arena, &file)) {
        if (file.state == WALK_FAILED)
            ok = diag_set(diag, DIAG_IO, 0, 0, "%.*s: %.*s", STR_ARG(file.path),
                          STR_ARG(file.reason));
        else if (file.state == WALK_READ && file.type != WALK_DOCKERFILE)
            ok = read_file(&r, file.path);
    }
    if (ok && (walk.no_memory || arena->failed))
        ok = diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    walk_release(&walk);
    return ok;
}

/* --- The snapshot --- */

static bool is_core(const struct object *object, const char *kind)
{
    return str_is(object->kind, kind) && str_is(object->api_version, "v1");
}

static bool put_namespace(void *context, const struct object *object)
{
    if (is_core(object, "Namespace"))
        inventory_edit_put(context, object->metadata);
    return true;
}

static void mix(uint64_t *hash, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len; i++)
        *hash = (*hash ^ p[i]) * 0x100000001B3u;
}

/* A number that differs when a manifest came, went or changed. */
static uint64_t folder_signature(const char *dir)
{
    uint64_t hash = 0xCBF29CE484222325u;
    struct arena arena;
    struct walk walk;
    struct walk_file file;
    struct stat st;
    arena_init(&arena, CLUSTER_PAGE_ARENA);
    walk_init(&walk, &dir, 1, NULL);
    while (walk_next(&walk, &arena, &file)) {
        mix(&hash, file.path.ptr, file.path.len + 1);
        if (stat(file.path.ptr, &st) != 0)
            continue;
        mix(&hash, &st.st_size, sizeof st.st_size);
        mix(&hash, &st.st_ino, sizeof st.st_ino);
        mix(&hash, &st.st_mtim, sizeof st.st_mtim);
        mix(&hash, &st.st_ctim, sizeof st.st_ctim);
    }
    walk_release(&walk);
    arena_release(&arena);
    return hash;
}

bool cluster_state_load(struct cluster *c, struct diag *diag)
{
    struct arena arena;
    struct inventory_edit edit;
    const struct inventory *snapshot = NULL;
    arena_init(&arena, CLUSTER_PAGE_ARENA);
    inventory_edit_init(&edit, NULL);
    c->state_seen = folder_signature(
        c->options.state_dir); /* before reading: what changes meanwhile is read again */
    if (!read_folder(c->options.state_dir, &arena, put_namespace, &edit, diag)) {
        inventory_edit_release(&edit);
    } else {
        snapshot = inventory_edit_finish(&edit);
        if (snapshot) {
            cluster_publish(c, snapshot);
            atomic_store(&c->state_published, c->state_seen);
        } else {
            diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
        }
    }
    arena_release(&arena);
    return snapshot != NULL;
}

static void note_result(struct cluster *c, const struct diag *diag)
{
    pthread_mutex_lock(&c->mutex);
    c->status.watching = diag->code == DIAG_NONE;
    c->status.failures += diag->code != DIAG_NONE;
    c->status.events++;
    c->status.last_event = (int64_t)time(NULL);
    snprintf(c->status.error, sizeof c->status.error, "%.150s", diag->text);
    pthread_mutex_unlock(&c->mutex);
    if (diag->code == DIAG_NONE)
        cluster_log(c, CLUSTER_SYNCED, "the state folder was read");
    else
        cluster_log(c, CLUSTER_STATE_ERROR, diag->text);
}

void *cluster_run_state(void *cluster)
{
    struct cluster *c = cluster;
    note_result(c, &(struct diag){0});
    while (cluster_sleep(c, cluster_now_ns() + (int64_t)LOOK_EVERY_MS * 1000000)) {
        if (folder_signature(c->options.state_dir) == c->state_seen)
            continue;
        struct diag diag = {0};
        cluster_state_load(c, &diag);
        note_result(c, &diag);
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
    bool pods = a->request->question == CLUSTER_PODS;
    struct str namespace = object->namespace.len ? object->namespace : STR("default");
    if (pods ? !is_core(object, "Pod") || !str_equal(namespace, a->request->name)
             : !is_core(object, "Namespace") || !str_equal(object->name, a->request->name))
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

/* Who asks for a namespace did not find it in the snapshot. While the folder is as the snapshot has
 * it, that is the answer, and thousands of reviews for a namespace that is not there do not read
 * the folder thousands of times. */
static bool known_absent(struct cluster *c, const struct cluster_request *r)
{
    if (r->question != CLUSTER_NAMESPACE ||
        folder_signature(c->options.state_dir) != atomic_load(&c->state_published))
        return false;
    const struct inventory *snapshot = cluster_inventory(c);
    bool absent = snapshot && !inventory_namespace(snapshot, r->name);
    inventory_drop(snapshot);
    return absent;
}

static void answer(struct cluster *c, struct cluster_request *r)
{
    struct answer a = {.request = r};
    struct diag diag = {0};
    r->answer = CLUSTER_ERROR;
    if (known_absent(c, r)) {
        r->answer = CLUSTER_NOT_FOUND;
    } else if (!read_folder(c->options.state_dir, &r->arena, collect, &a, &diag)) {
        snprintf(r->error, sizeof r->error, "%.250s", diag.text);
    } else if (r->question == CLUSTER_NAMESPACE && !a.found.count) {
        r->answer = CLUSTER_NOT_FOUND;
    } else {
        r->doc.root = r->question == CLUSTER_NAMESPACE ? &a.found.items[0] : make_list(&a);
        r->answer = r->doc.root ? CLUSTER_FOUND : CLUSTER_ERROR;
    }
    r->done(r);
}

void *cluster_run_state_answers(void *cluster)
{
    for (struct cluster_request *r = cluster_take(cluster); r; r = cluster_take(cluster))
        answer(cluster, r);
    return NULL;
}
