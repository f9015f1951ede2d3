/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that change under a running server. They are read by path and compared by content, so the
 * kubelet's symlink swap, a rename and a write in place are all the same to it.
 */
#ifndef SERVER_RELOAD_H
#define SERVER_RELOAD_H

#include "base/diag.h"
#include "base/str.h"
#include "load/kept.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RELOAD_FILES = 4 };

struct reload_contents {
    struct str files[RELOAD_FILES];
    bool again; /* they were good once: what only time makes bad does not count */
};

/* Files that only make sense together, as a certificate and its key. */
struct reload_group {
    const char *paths[RELOAD_FILES]; /* NULL: none, and its content is empty */
    const char *name;                /* for the log: "certificate" */
    void *context;
    /* On the reload thread, or whoever calls reload_now. False: the state before stays. */
    bool (*apply)(void *context, const struct reload_contents *contents, struct diag *diag);
    /* NULL, or told how it went; why: empty when it went well. */
    void (*done)(void *context, bool ok, const char *why);
    struct kept *kept; /* NULL, or where the last good contents outlive this process */

    uint64_t seen, applied; /* digests */
};

/* Reads and applies a group at once: at the start. One version of all files, if that lasts longer
 * than reading them twice. Where they are bad and a process before this one kept good ones, those
 * are applied, and it is reported like a reload that failed. diag is empty before, and after
 * success. */
bool reload_now(struct reload_group *group, struct diag *diag);
/* Applies what was good last once more: what it depends on has changed. False: nothing is kept. */
bool reload_again(const struct reload_group *group, struct diag *diag);

struct reload;
/* Looks at the groups every LIMIT_RELOAD_MS, and applies one when its files have changed and are
 * the same for two looks: a pair is not taken half written. tick, unless NULL, is called at each
 * look. NULL: no thread could be started. */
struct reload *reload_start(struct reload_group *groups, size_t count, void (*tick)(void *context),
                            void *context);
/* Any thread. The next look is now. */
void reload_wake(struct reload *reload);
/* Any thread. All groups are read and applied now, changed or not (SIGHUP). */
void reload_force(struct reload *reload);
void reload_stop(struct reload *reload);

#endif
