/* SPDX-License-Identifier: Apache-2.0
 *
 * A token bucket for each user. The connection says nothing about who asks: it is always the API
 * server's.
 */
#ifndef SERVER_RATE_H
#define SERVER_RATE_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct rate;

/* per_second reviews a user, and as many more at once as `burst`. NULL without memory. */
struct rate *rate_new(double per_second, double burst);
void rate_free(struct rate *rate);
/* Any thread. Takes one token; false when there is none. Past LIMIT_USERS users, the one that
 * was seen longest ago among a few is forgotten, and starts with a full bucket. */
bool rate_take(struct rate *rate, struct str user, uint64_t now_ms);

#endif
