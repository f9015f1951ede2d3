/* SPDX-License-Identifier: Apache-2.0
 *
 * From paths on the command line to files, one at a time and in an order that is always the same:
 * as the paths were given, and below a directory by the bytes of the whole path. Only the
 * directories on the way to the present file are held in memory.
 *
 * Below a directory: *.yaml *.yml *.json and Dockerfile names; .git node_modules vendor .terraform
 * .venv are never entered, links to directories are not followed, charts and kustomizations are
 * told apart. What a path on the command line names is always handed out.
 */
#ifndef LOAD_WALK_H
#define LOAD_WALK_H

#include "base/arena.h"
#include "base/limits.h"

#include <stdint.h>

enum walk_state {
    WALK_READ,   /* read it */
    WALK_SKIP,   /* no input; reason says why */
    WALK_FAILED, /* could not be looked at; reason says why */
};

enum walk_type { WALK_MANIFEST, WALK_DOCKERFILE, WALK_UNKNOWN };

struct walk_file {
    struct str path;     /* terminated, in the caller's arena; "-" for standard input */
    uint32_t index;      /* 0, 1, 2 … in the order handed out */
    enum walk_type type; /* by its name */
    enum walk_state state;
    struct str reason;
    bool named; /* on the command line, not found below a directory */
};

/* A directory that is about to be listed. */
struct walk_directory {
    struct str path;           /* as shown: "." or the prefix of its files without the slash */
    bool chart;                /* holds Chart.yaml */
    bool in_chart;             /* below the templates of a chart */
    const char *kustomization; /* the name of its kustomization file, or NULL */
};

/* All optional. */
struct walk_hooks {
    void *context;
    /* Between these two calls the directory's entries, and those below, are asked for. root: named
     * on the command line. */
    void (*enter)(void *context, const struct walk_directory *directory, bool root);
    void (*leave)(void *context);
    /* Whether to pass over an entry as if it were not there. */
    bool (*ignored)(void *context, struct str path, bool is_directory);
    /* A reason to skip a file, or empty. */
    struct str (*refused)(void *context, struct str path);
};

struct walk_frame;

struct walk {
    const char *const *paths;
    size_t count, next;
    struct walk_hooks hooks;
    struct walk_frame *frames[LIMIT_WALK_DEPTH];
    unsigned depth;
    char path[LIMIT_PATH_BYTES]; /* of the innermost directory, with a slash unless it is empty */
    size_t path_len;
    uint32_t index;
    bool no_memory;
};

/* paths must outlive the walk. */
void walk_init(struct walk *walk, const char *const *paths, size_t count,
               const struct walk_hooks *hooks);
void walk_release(struct walk *walk);
/* The next file; false when there is none, or walk->no_memory. Not for two threads at a time. */
bool walk_next(struct walk *walk, struct arena *arena, struct walk_file *file);

/* Whether the name is that of a kustomization file. */
bool walk_is_kustomization(struct str path);

#endif
