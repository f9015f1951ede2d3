/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that change under a running server. They are read by path and compared by content, so the
 * kubelet's symlink swap, a rename and a write in place are all the same to it.
 */
#ifndef SERVER_RELOAD_H
#define SERVER_RELOAD_H

#include "base/diag.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RELOAD_FILES = 4 };

/* Files that only make sense together, as a certificate and its key. */
struct reload_group {
    const char *paths[RELOAD_FILES]; /* NULL: none, and its content is empty */
    const char *name;                /* for the log: "certificate" */
    void *context;
    /* On the reload thread, or whoever calls reload_now. False: the state before stays. */
    bool (*apply)(void *context, const struct str contents[RELOAD_FILES], struct diag *diag);
    /* NULL, or told how it went. */
    void (*done)(void *context, bool ok);

    uint64_t seen, applied; /* digests */
};

/* Reads and applies a group at once: at the start. One version of all files, if that lasts longer
 * than reading them twice. diag is empty before. */
bool reload_now(struct reload_group *group, struct diag *diag);

struct reload;
/* Looks at the groups every LIMIT_RELOAD_MS, and applies one when its files have changed and are
 * the same for two looks: a pair is not taken half written. tick, unless NULL, is called at each
 * look. NULL: no thread could be started. */
struct reload *reload_start(struct reload_group *groups, size_t count, void (*tick)(void *context),
                            void *context);
/* Any thread. All groups are read and applied now, changed or not (SIGHUP). */
void reload_force(struct reload *reload);
void reload_stop(struct reload *reload);

#endif
