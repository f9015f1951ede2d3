/* SPDX-License-Identifier: Apache-2.0
 *
 * A number for each user, in memory that no flood of names can grow: a fixed table of small sets.
 * Not locked: the owner does that.
 */
#ifndef SERVER_USERS_H
#define SERVER_USERS_H

#include "base/limits.h"
#include "base/str.h"

#include <stdint.h>

enum { USERS_WAYS = 8, USERS_SETS = LIMIT_USERS / USERS_WAYS };

struct user {
    uint64_t name; /* hashed; 0: free */
    uint64_t seen; /* milliseconds, set by the owner; 0: new */
    double number; /* the owner's */
};

/* All zeros at first. */
struct users {
    struct user items[USERS_SETS][USERS_WAYS];
};

/* The user of that name. Where it is not known the free or longest unseen one of its set becomes
 * it, with all else zero. */
struct user *users_find(struct users *users, struct str name);

#endif
