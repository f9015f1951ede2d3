/* SPDX-License-Identifier: Apache-2.0
 *
 * Users that are refused again and again: a controller in a loop, or somebody who tries. Metrics
 * say how many there are, only the log says who.
 */
#ifndef SERVER_REFUSALS_H
#define SERVER_REFUSALS_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* A user is over the threshold at so many refusals, and counted anew once it was not refused for
 * the pause. One ReplicaSet whose pods are refused is tried 17 times before its controller waits
 * that long, so it takes several, or a loop without a backoff. */
enum { REFUSALS_THRESHOLD = 50, REFUSALS_PAUSE_MS = 10 * 60 * 1000 };

struct refusals;

/* NULL without memory. */
struct refusals *refusals_new(void);
void refusals_free(struct refusals *refusals);
/* Any thread. Counts a refusal at now_ms, by clock_ms; true when it is the one that puts the user
 * over the threshold. Past LIMIT_USERS users, the one refused longest ago among a few is forgotten.
 */
bool refusals_add(struct refusals *refusals, struct str user, uint64_t now_ms);
/* Any thread. How many users are over the threshold. */
unsigned refusals_over(struct refusals *refusals, uint64_t now_ms);

#endif
