/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the files of `rampart audit`: the threads, what each gathers, and what they share.
 */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include "cli/cli.h"
#include "cli/notes.h"
#include "config/ignore.h"
#include "config/revision.h"
#include "load/walk.h"
#include "policy/engine.h"
#include "report/report.h"

#include <pthread.h>
#include <time.h>

/* How inputs are taken; constant while threads run. */
struct audit_inputs {
    const struct engine *engine; /* NULL: read and report errors, judge nothing (--context) */
    struct revision *revision;   /* read files as they are there; NULL: as they are now */
    struct str standard;         /* instead of reading standard input; ptr NULL: read it */
    enum walk_type type;         /* of standard input and odd names; WALK_UNKNOWN: look */
    const uint32_t *only;        /* indexes of the files to judge, rising; NULL: all */
    size_t only_count;
    bool strict;
    bool progress;
    unsigned jobs;
};

struct skipped_file {
    struct report_skipped skipped;
    uint32_t file_index;
    bool named; /* on the command line: worth a word */
};

/* A file with CustomResourceDefinitions. */
struct definition_file {
    struct str path; /* terminated */
    uint32_t file_index;
};

/* What a thread found, in its own memory. */
struct gathered {
    struct arena arena; /* outlives the files: findings, errors, skipped files */
    struct findings findings;
    VEC(struct report_error) errors;
    VEC(struct skipped_file) skipped_files;
    VEC(struct definition_file) definitions;
    VEC(uint32_t)
    undescribed;          /* indexes of the files with objects of kinds that the schema lacks */
    struct strmap groups; /* of those and of the definitions: see struct engine_run */
    struct str standard;  /* standard input, where it must be read again for its custom resources */
    size_t files, objects, skipped;
};

struct audit {
    const struct audit_inputs *inputs;
    pthread_mutex_t lock; /* of walk, and through its hooks of ignore and notes */
    struct walk walk;
    struct ignore ignore;
    struct notes notes;
    struct gathered *gathered; /* one a thread; after audit_run all is in the first */
    size_t gathered_count;
    struct timespec started, shown; /* of progress; the first thread's */
};

/* The reason of a file that parses only when it is rendered. */
extern const struct str audit_template_reason;

/* Judges one file. scratch and trees are empty and are emptied by the caller. */
void judge_file(const struct audit_inputs *inputs, struct gathered *gathered, struct arena *scratch,
                struct arena *trees, const struct walk_file *file);

/* Walks paths with inputs->jobs threads and merges what they gathered into audit->gathered[0], in
 * file order. audit->ignore is made by the caller. False when memory ran out. */
bool audit_run(struct audit *audit, const struct audit_inputs *inputs, const char *const *paths,
               size_t count);
/* Holds the custom resources of an audit that has run to the CustomResourceDefinitions it met, by a
 * second run over their files, and adds its findings and new errors to the audit's. custom->ignore
 * is made by the caller, who releases custom after audit. False when memory ran out. */
bool audit_run_custom(struct audit *custom, struct audit *audit, const char *const *paths,
                      size_t count);
/* Leaves no error that another run over the same paths has too. */
void audit_forget_errors(struct audit *audit, const struct audit *other);
/* Adds copies of the errors of another run, after its own. False when memory ran out. */
bool audit_add_errors(struct audit *audit, const struct audit *other);
void audit_release(struct audit *audit);

#endif
