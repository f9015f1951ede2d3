/* SPDX-License-Identifier: Apache-2.0 */
#include "server/refusals.h"

#include "server/users.h"

#include <pthread.h>
#include <stdlib.h>

struct refusals {
    pthread_mutex_t lock;
    struct users users; /* number: refusals without a pause between two of them */
};

struct refusals *refusals_new(void)
{
    struct refusals *refusals = calloc(1, sizeof *refusals);
    if (refusals)
        pthread_mutex_init(&refusals->lock, NULL);
    return refusals;
}

void refusals_free(struct refusals *refusals)
{
    if (!refusals)
        return;
    pthread_mutex_destroy(&refusals->lock);
    free(refusals);
}

/* now_ms may lie a little before what another thread saw. */
static bool paused(const struct user *user, uint64_t now_ms)
{
    return now_ms > user->seen && now_ms - user->seen >= REFUSALS_PAUSE_MS;
}

bool refusals_add(struct refusals *refusals, struct str name, uint64_t now_ms)
{
    pthread_mutex_lock(&refusals->lock);
    struct user *user = users_find(&refusals->users, name);
    if (paused(user, now_ms))
        user->number = 0;
    if (now_ms > user->seen)
        user->seen = now_ms;
    user->number += 1;
    bool reached = user->number == REFUSALS_THRESHOLD;
    pthread_mutex_unlock(&refusals->lock);
    return reached;
}

unsigned refusals_over(struct refusals *refusals, uint64_t now_ms)
{
    unsigned over = 0;
    pthread_mutex_lock(&refusals->lock);
    for (size_t i = 0; i < USERS_SETS; i++)
        for (size_t k = 0; k < USERS_WAYS; k++) {
            const struct user *user = &refusals->users.items[i][k];
            over += user->number >= REFUSALS_THRESHOLD && !paused(user, now_ms);
        }
    pthread_mutex_unlock(&refusals->lock);
    return over;
}
