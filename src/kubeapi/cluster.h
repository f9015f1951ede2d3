/* SPDX-License-Identifier: Apache-2.0
 *
 * The cluster as the webhook's server sees it: a snapshot that is kept up to date, and a place to
 * send the few questions that the snapshot cannot answer. Behind it stands an API server (an
 * informer thread and a few fetchers, libcurl only there) or a folder of manifests (--state DIR).
 * Nothing here is called back on a thread of the server's but on its own, so `done` only passes a
 * message on.
 */
#ifndef KUBEAPI_CLUSTER_H
#define KUBEAPI_CLUSTER_H

#include "base/diag.h"
#include "doc/doc.h"
#include "kube/inventory.h"
#include "kubeapi/access.h"
#include "load/kept.h"

struct cluster;
struct folder;

enum cluster_log_event {
    CLUSTER_SYNCED,
    CLUSTER_WATCH_FAILED,
    CLUSTER_WATCH_BACK,
    CLUSTER_STATE_ERROR
};

struct cluster_options {
    const struct kubeapi_access *access; /* must outlive the cluster; NULL with state_dir */
    const char *state_dir;               /* --state DIR, or NULL */
    struct kept *kept;                   /* NULL, or where what is known outlives us */
    const char *user_agent;              /* must outlive the cluster */
    /* For the log; called on threads of the cluster's. text is terminated and may hold anything.
     * May be NULL. */
    void (*log)(void *context, enum cluster_log_event event, const char *text);
    void *context;
};

/* Starts its threads. NULL, with diag, when something is wrong from the start (a state folder that
 * cannot be read, and none is kept; no memory); an API server that does not answer yet is no error.
 */
struct cluster *cluster_start(const struct cluster_options *options, struct diag *diag);
/* Ends the threads and frees all; every request that is still open gets its `done` first, with an
 * error. */
void cluster_stop(struct cluster *cluster);

/* The present snapshot, to be dropped by the caller with inventory_drop; NULL before the first.
 * Cheap: any thread, any time. */
const struct inventory *cluster_inventory(struct cluster *cluster);

struct cluster_status {
    bool synced;        /* the first list has ended (stays true when the watch is lost) */
    bool watching;      /* a watch is open, or the folder is as it was read last */
    int64_t last_event; /* seconds since 1970 of the last word from the API server, or the last look
                           at a good folder; 0: none */
    uint64_t events, failures;
    uint32_t minor;  /* the API server's version v1.minor: the lowest seen; 0: not known */
    char error[160]; /* of the last failure; empty when all is well */
};
void cluster_status(struct cluster *cluster, struct cluster_status *status);

/* Keeps the present namespaces for the process after this one, should it crash: cluster_start takes
 * them up, and they count until the API server's own are there. To be called now and then by one
 * thread; cheap when nothing has changed. A folder is kept whenever it is read. */
void cluster_keep(struct cluster *cluster);

enum cluster_question {
    CLUSTER_NAMESPACE, /* GET of the namespace `name` */
    CLUSTER_PODS,      /* one page of the pods in the namespace `name`, from `token` on */
};

enum cluster_answer { CLUSTER_FOUND, CLUSTER_NOT_FOUND, CLUSTER_ERROR };

/* One question and its answer. The asker allocates it, sets the first part, and owns it again when
 * done is called, which happens exactly once, at the latest a moment after the deadline. */
struct cluster_request {
    enum cluster_question question;
    struct str name, token; /* stay valid until done */
    int64_t deadline;       /* CLOCK_MONOTONIC, nanoseconds */
    void (*done)(struct cluster_request *request);
    void *asker;

    enum cluster_answer answer;
    struct arena arena;           /* holds what follows; cluster_request_release frees it */
    struct doc doc;               /* FOUND: the Namespace (its metadata at least) or the PodList */
    struct str message;           /* ERROR: the API server's words, or empty … */
    char error[256];              /* … and ours then */
    struct folder *held;          /* of --state: what doc borrows from */
    struct cluster_request *next; /* the queue's */
};

void cluster_submit(struct cluster *cluster, struct cluster_request *request);
/* Frees what the answer holds, not the request. */
void cluster_request_release(struct cluster_request *request);

#endif
