/* SPDX-License-Identifier: Apache-2.0
 *
 * A stack of levels, one for each directory with patterns. Patterns of an inner directory win over
 * those of an outer one, later ones over earlier ones, and --exclude over all.
 */
#include "config/ignore.h"

#include "base/vec.h"
#include "config/glob.h"
#include "config/repository.h"
#include "load/source.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#define LEVEL_ARENA (4u << 20) /* of one directory's patterns */

struct ignore_level {
    struct ignore_level *outer;
    struct arena arena;
    VEC(struct glob) globs;
    size_t base; /* length of its directory in an absolute path, with the slash */
    bool root;   /* belongs to the walk's root or lies above it */
};

/* False with diag when it is malformed or memory ran out. */
static bool add_pattern(struct ignore_level *level, struct str pattern, struct diag *diag)
{
    struct glob glob;
    if (!glob_init(&glob, pattern, diag))
        return false;
    struct glob *slot = vec_push(&level->globs, &level->arena);
    if (slot) {
        *slot = glob;
        return true;
    }
    glob_release(&glob);
    return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
}

/* gitignore(5): trailing spaces count only with a backslash before them. */
static struct str pattern_of_line(struct str line)
{
    if (str_ends_with(line, STR("\r")))
        line.len--;
    while (line.len && line.ptr[line.len - 1] == ' ' &&
           !(line.len > 1 && line.ptr[line.len - 2] == '\\'))
        line.len--;
    return str_starts_with(line, STR("#")) ? STR_EMPTY : line;
}

/* False when memory ran out. */
static bool add_file(struct ignore_level *level, const char *path)
{
    struct str text;
    struct diag diag = {0};
    if (access(path, R_OK) != 0 || !source_read(path, &level->arena, &text, &diag))
        return diag.code != DIAG_MEMORY;
    while (text.len && diag.code != DIAG_MEMORY) {
        struct str line = str_take(text, str_find(text, '\n'));
        text = str_skip(text, line.len + 1);
        struct str pattern = pattern_of_line(line);
        diag = (struct diag){0}; /* git passes over what it cannot read, too */
        if (pattern.len && !str_is(pattern, "/") && !str_is(pattern, "!"))
            add_pattern(level, pattern, &diag);
    }
    return diag.code != DIAG_MEMORY;
}

static struct ignore_level *new_level(struct ignore_level *outer, size_t base)
{
    struct ignore_level *level = calloc(1, sizeof *level);
    if (level) {
        level->outer = outer;
        level->base = base;
        arena_init(&level->arena, LEVEL_ARENA);
    }
    return level;
}

static struct ignore_level *free_level(struct ignore_level *level)
{
    struct ignore_level *outer = level->outer;
    for (size_t i = 0; i < level->globs.count; i++)
        glob_release(&level->globs.items[i]);
    arena_release(&level->arena);
    free(level);
    return outer;
}

/* The level of a directory, whether or not it holds ignore files: leaving it pops one. */
static void push_directory(struct ignore *ignore, struct str directory)
{
    static const char *const names[] = {".gitignore", ".rampartignore"};
    struct ignore_level *level = new_level(ignore->levels, directory.len);
    if (!level) {
        ignore->no_memory = true;
        return;
    }
    for (size_t i = 0; ignore->files && i < sizeof names / sizeof names[0]; i++) {
        char path[LIMIT_PATH_BYTES + sizeof ".rampartignore"];
        snprintf(path, sizeof path, "%.*s%s", STR_ARG(directory), names[i]);
        ignore->no_memory |= !add_file(level, path);
    }
    ignore->levels = level;
}

static void enter_root(struct ignore *ignore, struct str shown)
{
    char name[LIMIT_PATH_BYTES], real[PATH_MAX];
    snprintf(name, sizeof name, "%.*s", STR_ARG(shown));
    const char *path = realpath(name, real) ? real : name;
    ignore->no_memory |= path == name && errno == ENOMEM;
    int len = snprintf(ignore->root, sizeof ignore->root, "%s%s", path,
                       strcmp(path, "/") == 0 ? "" : "/");
    ignore->root_len = len > 0 && (size_t)len < sizeof ignore->root ? (size_t)len : 0;
    ignore->shown = str_is(shown, ".") ? 0 : shown.len + !str_is(shown, "/");
    struct str whole = {ignore->root, ignore->root_len};
    size_t top = ignore->files ? repository_root(whole) : 0;
    for (size_t i = top; top && i < ignore->root_len; i++)
        if (ignore->root[i - 1] == '/')
            push_directory(ignore, str_take(whole, i));
    for (struct ignore_level *level = ignore->levels; level; level = level->outer)
        level->root = true;
}

/* A shown path as an absolute one, in out. */
static struct str absolute(const struct ignore *ignore, struct str path, char *out, size_t size)
{
    struct str below = str_skip(path, ignore->shown);
    int len = snprintf(out, size, "%s%.*s", ignore->root, STR_ARG(below));
    return len > 0 && (size_t)len < size ? (struct str){out, (size_t)len} : STR_EMPTY;
}

void ignore_enter(void *context, const struct walk_directory *directory, bool root)
{
    struct ignore *ignore = context;
    char path[2 * LIMIT_PATH_BYTES];
    if (root) {
        enter_root(ignore, directory->path);
        push_directory(ignore, (struct str){ignore->root, ignore->root_len});
        return;
    }
    struct str whole = absolute(ignore, directory->path, path, sizeof path - 1);
    path[whole.len] = '/';
    push_directory(ignore, (struct str){path, whole.len + 1});
}

void ignore_leave(void *context)
{
    struct ignore *ignore = context;
    ignore->levels = ignore->levels ? free_level(ignore->levels) : NULL;
    while (ignore->levels && ignore->levels->root) /* the root was left: what lies above it too */
        ignore->levels = free_level(ignore->levels);
}

enum answer { NOTHING, TAKE, IGNORE };

static enum answer ask_level(struct ignore *ignore, struct ignore_level *level, struct str path,
                             bool is_directory)
{
    for (size_t i = level->globs.count; i > 0; i--) {
        struct glob *glob = &level->globs.items[i - 1];
        if (glob_match(glob, path, is_directory))
            return glob->negated ? TAKE : IGNORE;
        ignore->no_memory |= glob->no_memory;
    }
    return NOTHING;
}

bool ignore_ignored(void *context, struct str path, bool is_directory)
{
    struct ignore *ignore = context;
    char buffer[2 * LIMIT_PATH_BYTES];
    struct str below = str_skip(path, ignore->shown);
    enum answer answer = ask_level(ignore, ignore->excludes, path, is_directory);
    if (answer == NOTHING)
        answer = ask_level(ignore, ignore->excludes, below, is_directory);
    struct str whole = absolute(ignore, path, buffer, sizeof buffer);
    for (struct ignore_level *l = ignore->levels; l && answer == NOTHING; l = l->outer)
        answer = ask_level(ignore, l, str_skip(whole, l->base), is_directory);
    return answer == IGNORE;
}

bool ignore_init(struct ignore *ignore, const char *const *excludes, size_t count, bool files,
                 struct diag *diag)
{
    *ignore = (struct ignore){.files = files, .excludes = new_level(NULL, 0)};
    if (!ignore->excludes)
        return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    for (size_t i = 0; i < count; i++) {
        struct diag fault = {0};
        if (!add_pattern(ignore->excludes, str_from(excludes[i]), &fault))
            return diag_set(diag, fault.code, 0, 0, "--exclude \"%s\": %s", excludes[i],
                            fault.text);
    }
    return true;
}

void ignore_release(struct ignore *ignore)
{
    while (ignore->levels)
        ignore->levels = free_level(ignore->levels);
    if (ignore->excludes)
        free_level(ignore->excludes);
    ignore->excludes = NULL;
}
