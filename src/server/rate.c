/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rate.h"

#include "server/users.h"

#include <pthread.h>
#include <stdlib.h>

struct rate {
    pthread_mutex_t lock;
    double per_ms, burst;
    struct users users; /* number: tokens left */
};

struct rate *rate_new(double per_second, double burst)
{
    struct rate *rate = calloc(1, sizeof *rate);
    if (!rate)
        return NULL;
    pthread_mutex_init(&rate->lock, NULL);
    rate->per_ms = per_second / 1000;
    rate->burst = burst < 1 ? 1 : burst;
    return rate;
}

void rate_free(struct rate *rate)
{
    if (!rate)
        return;
    pthread_mutex_destroy(&rate->lock);
    free(rate);
}

bool rate_take(struct rate *rate, struct str name, uint64_t now_ms)
{
    pthread_mutex_lock(&rate->lock);
    struct user *user = users_find(&rate->users, name);
    if (user->seen == 0)
        user->number = rate->burst;
    else if (now_ms > user->seen)
        user->number += (double)(now_ms - user->seen) * rate->per_ms;
    if (now_ms > user->seen)
        user->seen = now_ms;
    if (user->number > rate->burst)
        user->number = rate->burst;
    bool taken = user->number >= 1;
    if (taken)
        user->number -= 1;
    pthread_mutex_unlock(&rate->lock);
    return taken;
}
