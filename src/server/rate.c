/* SPDX-License-Identifier: Apache-2.0
 *
 * A fixed table of small sets, so that no flood of names costs memory or time.
 */
#include "server/rate.h"

#include "base/limits.h"

#include <pthread.h>
#include <stdlib.h>

enum { WAYS = 8, SETS = LIMIT_RATE_USERS / WAYS };

struct bucket {
    uint64_t user; /* hash of the name; 0: free */
    uint64_t seen; /* milliseconds */
    double tokens;
};

struct rate {
    pthread_mutex_t lock;
    double per_ms, burst;
    struct bucket buckets[SETS][WAYS];
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

static uint64_t hash_name(struct str user)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < user.len; i++)
        hash = (hash ^ (unsigned char)user.ptr[i]) * 1099511628211u;
    return hash ? hash : 1;
}

/* The user's bucket, or the free or longest unseen one of its set, made the user's. */
static struct bucket *find(struct rate *rate, uint64_t user, uint64_t now_ms)
{
    struct bucket *set = rate->buckets[user % SETS], *oldest = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].user == user)
            return &set[i];
        if (set[i].seen < oldest->seen)
            oldest = &set[i];
    }
    *oldest = (struct bucket){.user = user, .seen = now_ms, .tokens = rate->burst};
    return oldest;
}

bool rate_take(struct rate *rate, struct str user, uint64_t now_ms)
{
    pthread_mutex_lock(&rate->lock);
    struct bucket *bucket = find(rate, hash_name(user), now_ms);
    if (now_ms > bucket->seen) {
        bucket->tokens += (double)(now_ms - bucket->seen) * rate->per_ms;
        bucket->seen = now_ms;
    }
    if (bucket->tokens > rate->burst)
        bucket->tokens = rate->burst;
    bool taken = bucket->tokens >= 1;
    if (taken)
        bucket->tokens -= 1;
    pthread_mutex_unlock(&rate->lock);
    return taken;
}
