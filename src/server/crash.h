/* SPDX-License-Identifier: Apache-2.0
 *
 * A body that crashes the worker must not crash every worker again and again. A dying worker leaves
 * the digest of what it was judging in memory that it shares with its supervisor; from then on such
 * a body is refused unread. Until something has crashed, this costs a request nothing.
 */
#ifndef SERVER_CRASH_H
#define SERVER_CRASH_H

#include "base/limits.h"
#include "base/str.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Shared by the supervisor and its workers. */
struct crash {
    _Atomic uint32_t restarts;
    atomic_bool served;     /* a worker got as far as that: what is on the command line can work */
    _Atomic uint32_t minor; /* the cluster's version, as it was known last; 0: it never was */
    _Atomic int64_t heard;  /* when the cluster last said anything, UNIX seconds; 0: it never did */
    _Atomic uint32_t crashed_count; /* written by the dying worker, emptied by the supervisor */
    uint64_t crashed[LIMIT_LOOPS];
    _Atomic uint32_t poison_count; /* ever; the newest LIMIT_POISON are kept */
    uint64_t poison[LIMIT_POISON];
};

/* Before the first worker. NULL without memory. */
struct crash *crash_new(void);

/* In a worker, before its threads. */
void crash_watch(struct crash *crash);
/* On a loop: this body is in its hands now; body must stay until crash_leave. */
void crash_enter(unsigned loop, struct str body);
void crash_leave(unsigned loop);
/* Whether a worker died of such a body. */
bool crash_is_poison(const struct crash *crash, struct str body);

/* In the supervisor, when a worker has died: what it left becomes poison. Returns how many digests
 * are in out. */
size_t crash_collect(struct crash *crash, uint64_t out[LIMIT_LOOPS]);

/* Of a body, less what differs each time the same object is sent again: the values of uid, name,
 * resourceVersion and times. May be called in a signal handler. */
uint64_t crash_digest(struct str body);

#endif
