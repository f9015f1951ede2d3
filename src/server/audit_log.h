/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit log: one JSON object a line, written by one thread. Who adds a line never waits: when
 * the disk is slower than the decisions, lines are dropped and counted, and the gap shows in the
 * sequence numbers.
 */
#ifndef SERVER_AUDIT_LOG_H
#define SERVER_AUDIT_LOG_H

#include "base/diag.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct audit_log;

/* path: a file that is appended to, or NULL for standard output. NULL: diag says why. Unless
 * `required`, a file that cannot be opened is no reason: it is tried again with the next lines,
 * which are lost as long as that fails. */
struct audit_log *audit_log_open(const char *path, bool required, struct diag *diag);
/* Writes what waits, for some seconds at most, and ends the thread. */
void audit_log_close(struct audit_log *log);

/* Any thread. Adds {"event": event, "sequence": …, "time": …, fields}. fields are members of a JSON
 * object, without braces; empty is allowed. */
void audit_log_add(struct audit_log *log, const char *event, struct str fields);
/* Any thread. The file was moved away: what comes next goes to a new one. */
void audit_log_reopen(struct audit_log *log);
/* Any thread. Lines lost so far. */
uint64_t audit_log_dropped(struct audit_log *log);

#endif
