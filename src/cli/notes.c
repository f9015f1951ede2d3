/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/notes.h"

#include "cli/cli.h"
#include "load/source.h"
#include "load/stream.h"

enum { LINES_SHOWN = 5 /* of a kind: the rest is counted */ };

#define NOTES_ARENA (64u << 20)

void notes_init(struct notes *notes)
{
    *notes = (struct notes){0};
    arena_init(&notes->arena, NOTES_ARENA);
    arena_init(&notes->patches_arena, NOTES_ARENA);
}

void notes_release(struct notes *notes)
{
    arena_release(&notes->arena);
    arena_release(&notes->patches_arena);
}

static void add_line(struct notes *notes, struct str directory, bool chart)
{
    struct str *line = chart ? vec_push(&notes->charts, &notes->arena)
                             : vec_push(&notes->kustomizations, &notes->arena);
    if (line)
        *line = arena_str(&notes->arena, directory);
    notes->no_memory |= notes->arena.failed;
}

/* directory/relative without "./" and "x/.."; what leaves the directory is not kept. */
static void add_patch(struct notes *notes, struct str directory, struct str relative)
{
    struct buf path;
    buf_init(&path, LIMIT_PATH_BYTES);
    if (!str_is(directory, "."))
        buf_printf(&path, "%.*s%s", STR_ARG(directory),
                   str_ends_with(directory, STR("/")) ? "" : "/");
    size_t base = path.len;
    while (relative.len) {
        struct str part = str_take(relative, str_find(relative, '/'));
        relative = str_skip(relative, part.len + 1);
        if (str_is(part, "..")) {
            struct str below = str_skip(buf_str(&path), base);
            struct str parent = str_take(below, below.len - (below.len > 0));
            size_t slash = str_rfind(parent, '/');
            path.len = base + (slash < parent.len ? slash + 1 : 0);
        } else if (part.len && !str_is(part, ".")) {
            buf_printf(&path, "%.*s%s", STR_ARG(part), relative.len ? "/" : "");
        }
    }
    struct str *slot = path.failed ? NULL : vec_push(&notes->patches, &notes->patches_arena);
    if (slot)
        *slot = arena_str(&notes->patches_arena, buf_str(&path));
    notes->no_memory |= path.no_memory || notes->patches_arena.failed;
    buf_release(&path);
}

struct kustomization {
    struct notes *notes;
    struct str directory;
};

/* patches: [{path}], patchesJson6902: [{path}], patchesStrategicMerge: [file or text] */
static bool visit_kustomization(void *context, const struct stream_item *item)
{
    static const char *const fields[] = {"patches", "patchesJson6902", "patchesStrategicMerge"};
    struct kustomization *k = context;
    if (!item->doc)
        return true;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        doc_foreach_item (doc_get_str(item->doc->root, str_from(fields[i])), patch) {
            struct str path = doc_str(patch->kind == DOC_STR ? patch : doc_get(patch, N_path));
            if (path.len && str_find(path, '\n') == path.len)
                add_patch(k->notes, k->directory, path);
        }
    }
    return true;
}

static void read_kustomization(struct notes *notes, const struct walk_directory *directory)
{
    struct arena arena;
    struct diag diag = {0};
    struct source source = {.name = STR_EMPTY};
    struct kustomization k = {notes, directory->path};
    arena_init(&arena, LIMIT_FILE_ARENA);
    struct str path =
        arena_printf(&arena, "%.*s/%s", STR_ARG(directory->path), directory->kustomization);
    if (path.len && source_read(path.ptr, &arena, &source.text, &diag))
        stream_read(&source, &arena, visit_kustomization, &k);
    notes->no_memory |= arena.failed || diag.code == DIAG_MEMORY;
    arena_release(&arena);
}

void notes_enter(struct notes *notes, const struct walk_directory *directory)
{
    size_t *mark = vec_push(&notes->marks, &notes->arena);
    if (mark)
        *mark = notes->patches.count;
    notes->no_memory |= notes->arena.failed;
    if (directory->chart && !directory->in_chart)
        add_line(notes, directory->path, true);
    if (directory->kustomization && !directory->in_chart) {
        add_line(notes, directory->path, false);
        read_kustomization(notes, directory);
    }
}

void notes_leave(struct notes *notes)
{
    if (notes->marks.count)
        notes->patches.count = notes->marks.items[--notes->marks.count];
    if (notes->patches.count == 0 && notes->patches.cap) {
        notes->patches.items = NULL;
        notes->patches.cap = 0;
        arena_clear(&notes->patches_arena);
    }
}

struct str notes_refused(const struct notes *notes, struct str path)
{
    for (size_t i = 0; i < notes->patches.count; i++)
        if (str_equal(notes->patches.items[i], path))
            return STR("patch of a kustomization");
    return STR_EMPTY;
}

/* The path as a word of a shell command that somebody may copy. */
static struct str shell_word(struct str path, struct arena *arena)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "._/-+,@%:";
    struct buf word;
    bool quote = false;
    buf_init(&word, 4 * LIMIT_PATH_BYTES);
    for (size_t i = 0; i < path.len; i++)
        quote |= !path.ptr[i] || !strchr(plain, path.ptr[i]);
    if (str_starts_with(path, STR("-")))
        buf_add_c(&word, "./");
    if (quote)
        buf_add_char(&word, '\'');
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] == '\'')
            buf_add_c(&word, "'\\''");
        else
            buf_add_char(&word, path.ptr[i]);
    }
    if (quote)
        buf_add_char(&word, '\'');
    struct str copy = arena_str(arena, buf_str(&word));
    buf_release(&word);
    return copy;
}

static void print_lines(const struct str *directories, size_t count, const char *what,
                        const char *command)
{
    struct arena arena;
    arena_init(&arena, NOTES_ARENA);
    for (size_t i = 0; i < count && i < LINES_SHOWN; i++)
        message("note: %.*s is a %s and was not rendered; %s %.*s | rampart audit -",
                STR_ARG(directories[i]), what, command,
                STR_ARG(shell_word(directories[i], &arena)));
    if (count > LINES_SHOWN)
        message("note: %zu more %ss were not rendered", count - LINES_SHOWN, what);
    arena_release(&arena);
}

void notes_print(const struct notes *notes)
{
    print_lines(notes->charts.items, notes->charts.count, "Helm chart", "helm template");
    print_lines(notes->kustomizations.items, notes->kustomizations.count, "kustomization",
                "kubectl kustomize");
}
