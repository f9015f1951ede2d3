/* SPDX-License-Identifier: Apache-2.0
 *
 * Files as they are at a revision of the git repository around the working directory. git reads
 * them: one child for all files, without a shell, which may not use the network.
 */
#ifndef CONFIG_REVISION_H
#define CONFIG_REVISION_H

#include "base/arena.h"
#include "base/diag.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/types.h>

struct revision {
    pthread_mutex_t lock; /* of what follows: one question at a time */
    pid_t git;
    int requests;  /* a socket, git's standard input and output */
    FILE *answers; /* the same */
    bool failed;   /* git stopped answering */
    char commit[65];
    char *root; /* of the repository, without links, with a slash after it */
};

/* Starts git and finds the commit that name stands for. False: nothing to close; diag says what is
 * missing: git, the repository or the revision. */
bool revision_open(struct revision *revision, const char *name, struct diag *diag);
/* The file of this path (absolute or from the working directory) at the revision, in the arena.
 * False when there was no such file, or it is outside of the repository or larger than a file may
 * be. For any thread. */
bool revision_read(struct revision *revision, const char *path, struct arena *arena,
                   struct str *text);
/* False when git failed since it was opened, so that files may be missing; it has said why. */
bool revision_close(struct revision *revision);

#endif
