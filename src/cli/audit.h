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
    enum walk_type type;         /* of standard input and odd names; WALK_UNKNOWN: look */
    bool strict;
    bool progress;
    unsigned jobs;
};

struct skipped_file {
    struct report_skipped skipped;
    uint32_t file_index;
    bool named; /* on the command line: worth a word */
};

/* What a thread found, in its own memory. */
struct gathered {
    struct arena arena; /* outlives the files: findings, errors, skipped files */
    struct findings findings;
    VEC(struct report_error) errors;
    VEC(struct skipped_file) skipped_files;
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

/* Judges one file. scratch is empty and is emptied by the caller. */
void judge_file(const struct audit_inputs *inputs, struct gathered *gathered, struct arena *scratch,
                const struct walk_file *file);

/* Walks paths with inputs->jobs threads and merges what they gathered into audit->gathered[0], in
 * file order. audit->ignore is made by the caller. False when memory ran out. */
bool audit_run(struct audit *audit, const struct audit_inputs *inputs, const char *const *paths,
               size_t count);
/* Adds copies of the errors of another run, after its own. False when memory ran out. */
bool audit_add_errors(struct audit *audit, const struct audit *other);
void audit_release(struct audit *audit);

#endif
