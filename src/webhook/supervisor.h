/* SPDX-License-Identifier: Apache-2.0
 *
 * Two processes: one that works and may crash, and one that does nothing but start it again. What
 * listens belongs to both, so that connections wait in the queue meanwhile.
 */
#ifndef WEBHOOK_SUPERVISOR_H
#define WEBHOOK_SUPERVISOR_H

#include "server/crash.h"

#include <stddef.h>

struct supervised {
    int (*work)(void *context, struct crash *crash); /* in the worker; its exit status */
    void *context;
    const int *listeners; /* closed here once the last worker drains */
    size_t listener_count;
};

/* Blocks the signals that supervise waits for: first of all, for the first process of a container
 * has no default action, and one that came too early would be lost. Every thread inherits this, and
 * blocks nothing else: a fault whose signal is blocked ends a process past its handler. */
void supervise_signals(void);
/* Runs until a worker ends as it was told to, or the first of them at its start, and passes
 * SIGTERM, SIGINT and SIGHUP on. A second SIGTERM is passed on as SIGINT: no more delay. Returns
 * the exit status, in the worker as well. */
int supervise(const struct supervised *supervised);

#endif
