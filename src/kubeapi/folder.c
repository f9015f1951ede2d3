/* SPDX-License-Identifier: Apache-2.0 */
#include "kubeapi/folder.h"

#include "base/hash.h"
#include "base/vec.h"
#include "doc/position.h"
#include "kubeapi/internal.h"
#include "load/source.h"
#include "load/stream.h"
#include "load/walk.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct folder_file {
    struct source source;
    bool pods; /* holds one */
};

struct folder {
    atomic_uint owners;
    struct arena arena; /* of names and texts */
    VEC(struct folder_file) files;
};

static struct folder *folder_new(void)
{
    struct folder *folder = calloc(1, sizeof *folder);
    if (!folder)
        return NULL;
    atomic_init(&folder->owners, 1);
    /* Blocks have some slack, and there are the names. */
    arena_init(&folder->arena, 2u * LIMIT_STATE_BYTES);
    return folder;
}

struct folder *folder_hold(struct folder *folder)
{
    atomic_fetch_add_explicit(&folder->owners, 1, memory_order_relaxed);
    return folder;
}

void folder_drop(struct folder *folder)
{
    if (!folder || atomic_fetch_sub_explicit(&folder->owners, 1, memory_order_acq_rel) != 1)
        return;
    arena_release(&folder->arena);
    free(folder);
}

/* --- The files --- */

/* The kubelet keeps the versions of a mounted volume in ..TIME, and links their files from above.
 */
static bool is_version(void *context, struct str path, bool is_directory)
{
    (void)context;
    size_t slash = str_rfind(path, '/');
    return is_directory &&
           str_starts_with(slash < path.len ? str_skip(path, slash + 1) : path, STR(".."));
}

static const struct walk_hooks hooks = {.ignored = is_version};

static bool add_file(struct folder *folder, struct str path, size_t *sum, struct diag *diag)
{
    struct diag why = {0};
    struct folder_file *file = vec_push(&folder->files, &folder->arena);
    if (!file)
        return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    file->source.name = path;
    if (!source_read(path.ptr, &folder->arena, &file->source.text, &why))
        return diag_set(diag, why.code, 0, 0, "%.*s: %s", STR_ARG(path), why.text);
    *sum += file->source.text.len;
    return *sum <= LIMIT_STATE_BYTES ||
           diag_set(diag, DIAG_LIMIT, 0, 0,
                    "%.*s: the files before it and this one have more than %u bytes", STR_ARG(path),
                    LIMIT_STATE_BYTES);
}

static bool read_files(struct folder *folder, const char *dir, struct diag *diag)
{
    struct walk walk;
    struct walk_file file;
    size_t sum = 0;
    bool ok = true;
    walk_init(&walk, &dir, 1, &hooks);
    while (ok && walk_next(&walk, &folder->arena, &file)) {
        if (file.state == WALK_FAILED)
            ok = diag_set(diag, DIAG_IO, 0, 0, "%.*s: %.*s", STR_ARG(file.path),
                          STR_ARG(file.reason));
        else if (file.state == WALK_READ && file.type != WALK_DOCKERFILE)
            ok = add_file(folder, file.path, &sum, diag);
    }
    if (ok && (walk.no_memory || folder->arena.failed))
        ok = diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    walk_release(&walk);
    return ok;
}

struct folder *folder_read(const char *dir, struct diag *diag)
{
    struct folder *folder = folder_new();
    if (!folder) {
        diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
        return NULL;
    }
    if (read_files(folder, dir, diag))
        return folder;
    folder_drop(folder);
    return NULL;
}

bool folder_keep(const struct folder *folder, struct kept *kept)
{
    size_t count = folder->files.count;
    struct str *parts = calloc(2 * count + 1, sizeof *parts);
    if (!parts)
        return false;
    for (size_t i = 0; i < count; i++) {
        parts[2 * i] = folder->files.items[i].source.name;
        parts[2 * i + 1] = folder->files.items[i].source.text;
    }
    bool ok = kept_store(kept, parts, 2 * count);
    free(parts);
    return ok;
}

struct folder *folder_load(const struct kept *kept)
{
    struct folder *folder = folder_new();
    struct str *parts = NULL;
    size_t count = 0;
    bool ok = folder && kept_load(kept, &folder->arena, &parts, &count);
    for (size_t i = 0; ok && i + 1 < count; i += 2) {
        struct folder_file *file = vec_push(&folder->files, &folder->arena);
        ok = file != NULL;
        if (ok)
            file->source = (struct source){.name = parts[i], .text = parts[i + 1]};
    }
    if (ok)
        return folder;
    folder_drop(folder);
    return NULL;
}

uint64_t folder_signature(const char *dir)
{
    uint64_t hash = HASH_START;
    struct arena arena;
    struct walk walk;
    struct walk_file file;
    struct stat st;
    arena_init(&arena, LIMIT_STATE_BYTES);
    walk_init(&walk, &dir, 1, &hooks);
    while (walk_next(&walk, &arena, &file)) {
        hash = hash_bytes(hash, file.path.ptr, file.path.len + 1);
        if (stat(file.path.ptr, &st) != 0)
            continue;
        hash = hash_bytes(hash, &st.st_size, sizeof st.st_size);
        hash = hash_bytes(hash, &st.st_ino, sizeof st.st_ino);
        hash = hash_bytes(hash, &st.st_mtim, sizeof st.st_mtim);
        hash = hash_bytes(hash, &st.st_ctim, sizeof st.st_ctim);
    }
    walk_release(&walk);
    arena_release(&arena);
    return hash;
}

/* --- What is in them --- */

struct reading {
    struct folder_file *file; /* the present one; NULL when it is not to be changed */
    const struct source *source;
    const char *kind;
    object_visit_fn *visit;
    void *context;
    struct diag *diag;
};

static bool on_object(void *context, const struct object *object)
{
    struct reading *r = context;
    if (!str_is(object->api_version, "v1"))
        return true;
    if (r->file && str_is(object->kind, "Pod"))
        r->file->pods = true;
    return !str_is(object->kind, r->kind) || r->visit(r->context, object);
}

/* The first error, with its place in front: a state that is half read is not used. */
static bool fail(struct reading *r, uint32_t offset, const char *text)
{
    struct diag fault = {0};
    diag_set(&fault, DIAG_VALUE, offset, offset, "%s", text);
    return doc_position_fault(r->diag, r->source->name, r->source->text, &fault);
}

static bool on_item(void *context, const struct stream_item *item)
{
    struct reading *r = context;
    return item->error ? doc_position_fault(r->diag, r->source->name, r->source->text, item->error)
                       : object_foreach(item->doc, on_object, r);
}

struct putting {
    struct reading *reading;
    struct inventory_edit edit;
};

/* An API server would not have taken it, and a label that is no text would count as none. */
static bool check_namespace(struct reading *r, const struct object *object)
{
    const struct doc_node *labels = doc_get(object->metadata, N_labels);
    if (!object->name.len)
        return fail(r, object->node->begin, "expected a Namespace with metadata.name");
    if (!doc_is_unset(labels) && labels->kind != DOC_MAP)
        return fail(r, labels->begin, "expected labels to be a map");
    doc_foreach_entry (labels, e)
        if (!doc_is_unset(&e->value) && e->value.kind != DOC_STR)
            return fail(r, e->value.begin, "expected a label to be a string");
    return true;
}

static bool put_namespace(void *context, const struct object *object)
{
    struct putting *putting = context;
    if (!check_namespace(putting->reading, object))
        return false;
    inventory_edit_put(&putting->edit, object->metadata);
    return true;
}

const struct inventory *folder_parse(struct folder *folder, struct diag *diag)
{
    struct putting putting;
    struct reading r = {
        .kind = "Namespace", .visit = put_namespace, .context = &putting, .diag = diag};
    struct arena arena;
    bool ok = true;
    arena_init(&arena, CLUSTER_PAGE_ARENA);
    putting.reading = &r;
    inventory_edit_init(&putting.edit, NULL);
    for (size_t i = 0; ok && i < folder->files.count; i++) {
        arena_clear(&arena);
        r.file = &folder->files.items[i];
        r.source = &r.file->source;
        ok = stream_read(r.source, &arena, on_item, &r) ||
             diag_set(diag, DIAG_MEMORY, 0, 0, "%.*s: out of memory", STR_ARG(r.source->name));
    }
    arena_release(&arena);
    if (!ok) {
        inventory_edit_release(&putting.edit);
        return NULL;
    }
    const struct inventory *namespaces = inventory_edit_finish(&putting.edit);
    if (!namespaces)
        diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    return namespaces;
}

bool folder_find(const struct folder *folder, const char *kind, struct arena *arena,
                 object_visit_fn *visit, void *context)
{
    struct reading r = {.kind = kind, .visit = visit, .context = context};
    bool pods = strcmp(kind, "Pod") == 0;
    for (size_t i = 0; i < folder->files.count; i++) {
        const struct folder_file *file = &folder->files.items[i];
        r.source = &file->source;
        if ((file->pods || !pods) && !stream_read(r.source, arena, on_item, &r))
            return false;
    }
    return true;
}
