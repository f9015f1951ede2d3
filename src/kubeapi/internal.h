/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of this folder share. One mutex guards the queue, the snapshot and the status;
 * nothing is done under it but moving pointers.
 */
#ifndef KUBEAPI_INTERNAL_H
#define KUBEAPI_INTERNAL_H

#include "kubeapi/cluster.h"
#include "kubeapi/http.h"
#include "kubeapi/watch.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    CLUSTER_FETCHERS = 3, /* questions are rare; a slow list of pods must not delay a namespace */
    CLUSTER_LINE_BYTES = 8 << 20,   /* one watch event */
    CLUSTER_PAGE_BYTES = 64 << 20,  /* one page of a list */
    CLUSTER_PAGE_ARENA = 256 << 20, /* its tree */
    CLUSTER_PODS_PAGE = 500,
};

struct cluster {
    struct cluster_options options;
    pthread_t threads[1 + CLUSTER_FETCHERS];
    unsigned thread_count;
    atomic_bool stop;
    pthread_mutex_t mutex;
    pthread_cond_t wake;                   /* CLOCK_MONOTONIC */
    struct cluster_request *first, **last; /* the queue */
    const struct inventory *inventory;     /* the present snapshot */
    struct cluster_status status;
    const struct inventory *handed_over; /* the snapshot that is kept, or could not be */
    struct folder *folder;               /* of --state: what the snapshot was made of */
    uint64_t state_seen, state_read; /* its signature at the last look, and when it was read last */
};

int64_t cluster_now_ns(void);

/* Makes snapshot the present one; folder is what it was made of, or NULL. Takes both over. */
void cluster_publish(struct cluster *c, const struct inventory *snapshot, struct folder *folder);
/* The present folder, to be dropped. */
struct folder *cluster_folder(struct cluster *c);
void cluster_log(struct cluster *c, enum cluster_log_event event, const char *text);
/* Sleeps until then (nanoseconds, monotonic) or until the cluster stops; false when it does. */
bool cluster_sleep(struct cluster *c, int64_t until_ns);
/* The next question, or NULL when the cluster stops. Waits. */
struct cluster_request *cluster_take(struct cluster *c);

/* Thread bodies; the argument is the cluster. */
void *cluster_run_informer(void *cluster);      /* informer.c: list and watch namespaces */
void *cluster_run_fetcher(void *cluster);       /* fetch.c: questions to the API server */
void *cluster_run_state(void *cluster);         /* state.c: re-reads the folder when it changes */
void *cluster_run_state_answers(void *cluster); /* state.c: questions answered from the folder */
/* handover.c: begins with what is kept, if anything is. */
void cluster_take_over(struct cluster *c);
/* The first read of the folder; false, with diag, when it cannot be read and none is kept. */
bool cluster_state_load(struct cluster *c, struct diag *diag);

#endif
