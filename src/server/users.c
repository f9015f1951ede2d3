/* SPDX-License-Identifier: Apache-2.0 */
#include "server/users.h"

static uint64_t hash_name(struct str name)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * 1099511628211u;
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
