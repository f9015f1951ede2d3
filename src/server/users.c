/* SPDX-License-Identifier: Apache-2.0 */
#include "server/users.h"

#include "base/hash.h"

static uint64_t hash_name(struct str name)
{
    uint64_t hash = hash_str(HASH_START, name);
    return hash ? hash : 1;
}

struct user *users_find(struct users *users, struct str name)
{
    uint64_t hash = hash_name(name);
    struct user *set = users->items[hash % USERS_SETS], *oldest = set;
    for (size_t i = 0; i < USERS_WAYS; i++) {
        if (set[i].name == hash)
            return &set[i];
        if (set[i].seen < oldest->seen)
            oldest = &set[i];
    }
    *oldest = (struct user){.name = hash};
    return oldest;
}
