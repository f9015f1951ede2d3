/* SPDX-License-Identifier: Apache-2.0 */
#include "load/walk.h"

#include "base/vec.h"
#include "load/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk_entry {
    const char *name; /* a directory's ends in a slash, so that whole paths sort by their bytes */
    enum walk_state state;
    const char *reason;
};

struct walk_frame {
    struct arena arena; /* of the names */
    VEC(struct walk_entry) entries;
    size_t next;
    size_t path_len; /* of walk->path before this directory was entered */
    struct walk_directory directory;
};

#define FRAME_ARENA (256u << 20) /* a directory of a million files */

static struct str last_part(struct str path)
{
    size_t slash = str_rfind(path, '/');
    return slash < path.len ? str_skip(path, slash + 1) : path;
}

/* By the last part of a path. */
static enum walk_type type_of(struct str path)
{
    struct str name = last_part(path);
    if (str_ends_with(name, STR(".yaml")) || str_ends_with(name, STR(".yml")) ||
        str_ends_with(name, STR(".json")))
        return WALK_MANIFEST;
    if (str_is(name, "Dockerfile") || str_is(name, "Containerfile") ||
        str_starts_with(name, STR("Dockerfile.")) || str_ends_with(name, STR(".Dockerfile")))
        return WALK_DOCKERFILE;
    return WALK_UNKNOWN;
}

bool walk_is_kustomization(struct str path)
{
    struct str name = last_part(path);
    return str_is(name, "kustomization.yaml") || str_is(name, "kustomization.yml") ||
           str_is(name, "Kustomization");
}

/* Caches and copies of other people's manifests. */
static bool never_entered(const char *name)
{
    static const char *const names[] = {".git", "node_modules", "vendor", ".terraform", ".venv"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Files of a chart beside its templates: no manifests, though they look like it. */
static bool chart_file(const char *name)
{
    struct str s = str_from(name);
    return str_is(s, "Chart.yaml") || str_starts_with(s, STR("values")) || str_is(s, "Chart.lock");
}

static int compare_entries(const void *a, const void *b)
{
    const struct walk_entry *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static bool add_entry(struct walk_frame *frame, const char *name, bool is_directory,
                      enum walk_state state, const char *reason)
{
    struct walk_entry *entry = vec_push(&frame->entries, &frame->arena);
    if (!entry)
        return false;
    *entry = (struct walk_entry){
        .name = is_directory ? arena_printf(&frame->arena, "%s/", name).ptr
                             : arena_str(&frame->arena, str_from(name)).ptr,
        .state = state,
        .reason = reason,
    };
    return !frame->arena.failed;
}

/* Its type, which most file systems tell with the name. */
static int look(int dir, const struct dirent *entry, struct stat *st)
{
    if (entry->d_type != DT_REG && entry->d_type != DT_DIR)
        return fstatat(dir, entry->d_name, st, AT_SYMLINK_NOFOLLOW);
    st->st_mode = entry->d_type == DT_REG ? S_IFREG : S_IFDIR;
    return 0;
}

static bool list_entry(struct walk_frame *frame, int dir, const struct dirent *entry)
{
    const char *name = entry->d_name;
    struct stat st;
    bool manifest = type_of(str_from(name)) != WALK_UNKNOWN;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    if (strcmp(name, "Chart.yaml") == 0)
        frame->directory.chart = true;
    if (walk_is_kustomization(str_from(name)))
        frame->directory.kustomization = arena_str(&frame->arena, str_from(name)).ptr;
    if (look(dir, entry, &st) != 0)
        return !manifest ||
               add_entry(frame, name, false, WALK_FAILED,
                         arena_printf(&frame->arena, "%s", source_error(errno).text).ptr);
    if (S_ISDIR(st.st_mode))
        return never_entered(name) || add_entry(frame, name, true, WALK_READ, NULL);
    if (!manifest && !walk_is_kustomization(str_from(name)))
        return true;
    bool link = S_ISLNK(st.st_mode);
    if (link && fstatat(dir, name, &st, 0) != 0)
        return add_entry(frame, name, false, WALK_FAILED, "link to nowhere, or in a circle");
    if (S_ISREG(st.st_mode))
        return add_entry(frame, name, false, WALK_READ, NULL);
    return add_entry(frame, name, false, WALK_SKIP,
                     S_ISDIR(st.st_mode) ? "link to a directory, not followed" : "not a file");
}

/* Reads the directory at walk->path; 0 or errno. */
static int list_directory(struct walk *walk, struct walk_frame *frame)
{
    DIR *dir = opendir(walk->path_len ? walk->path : ".");
    if (!dir)
        return errno;
    int status = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry) {
            status = errno;
            break;
        }
        if (!list_entry(frame, dirfd(dir), entry)) {
            status = ENOMEM;
            break;
        }
    }
    closedir(dir);
    if (frame->entries.count)
        qsort(frame->entries.items, frame->entries.count, sizeof *frame->entries.items,
              compare_entries);
    return status;
}

static void leave(struct walk *walk)
{
    struct walk_frame *frame = walk->frames[--walk->depth];
    walk->path_len = frame->path_len;
    walk->path[walk->path_len] = '\0';
    if (walk->hooks.leave)
        walk->hooks.leave(walk->hooks.context);
    arena_release(&frame->arena);
    free(frame);
}

/* The path of the innermost directory without its slash. */
static struct str directory_path(const struct walk *walk)
{
    struct str path = {walk->path, walk->path_len};
    if (path.len == 0)
        return STR(".");
    return path.len > 1 && path.ptr[path.len - 1] == '/' ? str_take(path, path.len - 1) : path;
}

/* A chart's templates may be named without the chart. */
static bool is_chart_templates(struct str path)
{
    char chart[LIMIT_PATH_BYTES];
    int n = snprintf(chart, sizeof chart, "%.*s/../Chart.yaml", STR_ARG(path));
    return str_is(last_part(path), "templates") && n > 0 && (size_t)n < sizeof chart &&
           access(chart, F_OK) == 0;
}

/* Enters walk->path, whose first path_len bytes are the parent's; NULL or why not. */
static const char *enter(struct walk *walk, size_t path_len, struct arena *arena)
{
    if (walk->depth == LIMIT_WALK_DEPTH)
        return "deeper than rampart follows directories";
    struct walk_frame *frame = calloc(1, sizeof *frame);
    if (!frame) {
        walk->no_memory = true;
        return "out of memory";
    }
    arena_init(&frame->arena, FRAME_ARENA);
    frame->path_len = path_len;
    int status = list_directory(walk, frame);
    if (status != 0) {
        walk->no_memory |= status == ENOMEM;
        arena_release(&frame->arena);
        free(frame);
        return arena_printf(arena, "%s", source_error(status).text).ptr;
    }
    const struct walk_frame *parent = walk->depth ? walk->frames[walk->depth - 1] : NULL;
    frame->directory.path = directory_path(walk);
    bool templates = str_is(last_part(frame->directory.path), "templates");
    frame->directory.in_chart =
        parent ? parent->directory.in_chart || (parent->directory.chart && templates)
               : is_chart_templates(frame->directory.path);
    walk->frames[walk->depth++] = frame;
    if (walk->hooks.enter)
        walk->hooks.enter(walk->hooks.context, &frame->directory, walk->depth == 1);
    return NULL;
}

static void hand_out(struct walk *walk, struct arena *arena, struct walk_file *file,
                     struct str path, bool named)
{
    *file = (struct walk_file){
        .path = arena_str(arena, path),
        .index = walk->index++,
        .type = type_of(path),
        .named = named,
        .reason = STR_EMPTY,
    };
    if (arena->failed)
        walk->no_memory = true;
}

static void set_reason(struct walk_file *file, enum walk_state state, struct str reason)
{
    file->state = state;
    file->reason = reason;
}

/* Appends to walk->path; false when that is too long. */
static bool append_path(struct walk *walk, struct str part)
{
    if (walk->path_len + part.len + 1 >= sizeof walk->path)
        return false;
    memcpy(walk->path + walk->path_len, part.ptr, part.len);
    walk->path_len += part.len;
    walk->path[walk->path_len] = '\0';
    return true;
}

static void cut_path(struct walk *walk, size_t len)
{
    walk->path_len = len;
    walk->path[len] = '\0';
}

/* Why a file of this directory is no input of its own; empty: it may be one. */
static struct str refusal(const struct walk *walk, const struct walk_frame *frame, const char *name,
                          struct str path)
{
    if (frame->directory.in_chart)
        return STR("template of a Helm chart, not rendered");
    if (frame->directory.chart && chart_file(name))
        return STR("part of a Helm chart");
    if (walk_is_kustomization(str_from(name)))
        return STR("kustomization, not rendered");
    return walk->hooks.refused ? walk->hooks.refused(walk->hooks.context, path) : STR_EMPTY;
}

/* One entry of the innermost directory; false when it gives no file. */
static bool take_entry(struct walk *walk, struct arena *arena, struct walk_file *file)
{
    struct walk_frame *frame = walk->frames[walk->depth - 1];
    const struct walk_entry *entry = &frame->entries.items[frame->next++];
    size_t parent_len = walk->path_len;
    struct str name = str_from(entry->name);
    bool is_directory = str_ends_with(name, STR("/"));
    if (!append_path(walk, name)) {
        hand_out(walk, arena, file, directory_path(walk), false);
        set_reason(file, WALK_FAILED, STR("holds a path that is too long"));
        return true;
    }
    struct str path = {walk->path, walk->path_len - is_directory};
    if (walk->hooks.ignored && walk->hooks.ignored(walk->hooks.context, path, is_directory)) {
        cut_path(walk, parent_len);
        return false;
    }
    const char *failure = is_directory ? enter(walk, parent_len, arena) : entry->reason;
    if (is_directory && !failure)
        return false;
    hand_out(walk, arena, file, path, false);
    struct str reason = failure ? str_from(failure) : refusal(walk, frame, entry->name, path);
    if (is_directory)
        set_reason(file, WALK_FAILED, reason);
    else if (failure)
        set_reason(file, entry->state, arena_str(arena, reason));
    else
        set_reason(file, reason.len ? WALK_SKIP : WALK_READ, arena_str(arena, reason));
    cut_path(walk, parent_len);
    return true;
}

/* One path of the command line; false when it gives no file at once. */
static bool take_path(struct walk *walk, struct arena *arena, struct walk_file *file)
{
    const char *path = walk->paths[walk->next++];
    struct str s = str_from(path);
    struct stat st;
    bool is_directory = strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    const char *failure = NULL;
    if (is_directory) {
        bool here = str_is(s, ".") || str_is(s, "./");
        cut_path(walk, 0);
        bool fits = here || (append_path(walk, s) &&
                             (str_ends_with(s, STR("/")) || append_path(walk, STR("/"))));
        failure = fits ? enter(walk, 0, arena) : "path is too long";
        if (!failure)
            return false;
        cut_path(walk, 0);
    }
    hand_out(walk, arena, file, s, true);
    if (failure)
        set_reason(file, WALK_FAILED, str_from(failure));
    return true;
}

void walk_init(struct walk *walk, const char *const *paths, size_t count,
               const struct walk_hooks *hooks)
{
    *walk = (struct walk){.paths = paths, .count = count};
    if (hooks)
        walk->hooks = *hooks;
}

void walk_release(struct walk *walk)
{
    while (walk->depth)
        leave(walk);
}

bool walk_next(struct walk *walk, struct arena *arena, struct walk_file *file)
{
    while (!walk->no_memory) {
        if (walk->depth == 0) {
            if (walk->next == walk->count)
                return false;
            if (take_path(walk, arena, file))
                return true;
        } else if (walk->frames[walk->depth - 1]->next ==
                   walk->frames[walk->depth - 1]->entries.count) {
            leave(walk);
        } else if (take_entry(walk, arena, file)) {
            return true;
        }
    }
    return false;
}
