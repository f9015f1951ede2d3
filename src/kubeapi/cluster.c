/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads, queue and snapshot; what the threads do is in informer.c, fetch.c and state.c.
 */
#include "kubeapi/folder.h"
#include "kubeapi/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const int64_t second = 1000000000;

int64_t cluster_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * second + now.tv_nsec;
}

static bool init_sync(struct cluster *c)
{
    pthread_condattr_t monotonic;
    if (pthread_condattr_init(&monotonic) != 0)
        return false;
    bool ok = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 &&
              pthread_cond_init(&c->wake, &monotonic) == 0;
    pthread_condattr_destroy(&monotonic);
    return ok && pthread_mutex_init(&c->mutex, NULL) == 0;
}

static bool start_threads(struct cluster *c)
{
    bool state = c->options.state_dir != NULL;
    for (unsigned i = 0; i < 1 + CLUSTER_FETCHERS; i++) {
        void *(*body)(void *) = state ? (i ? cluster_run_state_answers : cluster_run_state)
                                      : (i ? cluster_run_fetcher : cluster_run_informer);
        if (pthread_create(&c->threads[i], NULL, body, c) != 0)
            return false;
        c->thread_count++;
    }
    return true;
}

struct cluster *cluster_start(const struct cluster_options *options, struct diag *diag)
{
    struct cluster *c = calloc(1, sizeof *c);
    if (!c || !init_sync(c)) {
        free(c);
        diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
        return NULL;
    }
    c->options = *options;
    c->last = &c->first;
    if (!options->state_dir)
        cluster_take_over(c);
    if ((options->state_dir && !cluster_state_load(c, diag)) || !start_threads(c)) {
        diag_set(diag, DIAG_MEMORY, 0, 0, "cannot start a thread");
        cluster_stop(c);
        return NULL;
    }
    return c;
}

static void finish_with_error(struct cluster_request *r, const char *text)
{
    r->answer = CLUSTER_ERROR;
    snprintf(r->error, sizeof r->error, "%s", text);
    r->done(r);
}

void cluster_stop(struct cluster *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->mutex);
    atomic_store(&c->stop, true);
    pthread_cond_broadcast(&c->wake);
    pthread_mutex_unlock(&c->mutex);
    for (unsigned i = 0; i < c->thread_count; i++)
        pthread_join(c->threads[i], NULL);
    for (struct cluster_request *r = c->first; r;) {
        struct cluster_request *next = r->next;
        finish_with_error(r, "shutting down");
        r = next;
    }
    inventory_drop(c->inventory);
    inventory_drop(c->handed_over);
    folder_drop(c->folder);
    pthread_mutex_destroy(&c->mutex);
    pthread_cond_destroy(&c->wake);
    free(c);
}

const struct inventory *cluster_inventory(struct cluster *c)
{
    pthread_mutex_lock(&c->mutex);
    const struct inventory *held = c->inventory ? inventory_hold(c->inventory) : NULL;
    pthread_mutex_unlock(&c->mutex);
    return held;
}

struct folder *cluster_folder(struct cluster *c)
{
    pthread_mutex_lock(&c->mutex);
    struct folder *held = folder_hold(c->folder);
    pthread_mutex_unlock(&c->mutex);
    return held;
}

void cluster_publish(struct cluster *c, const struct inventory *snapshot, struct folder *folder)
{
    pthread_mutex_lock(&c->mutex);
    const struct inventory *old = c->inventory;
    struct folder *old_folder = c->folder;
    c->inventory = snapshot;
    c->folder = folder;
    c->status.synced = true;
    pthread_mutex_unlock(&c->mutex);
    inventory_drop(old);
    folder_drop(old_folder);
}

void cluster_status(struct cluster *c, struct cluster_status *status)
{
    pthread_mutex_lock(&c->mutex);
    *status = c->status;
    pthread_mutex_unlock(&c->mutex);
}

void cluster_log(struct cluster *c, enum cluster_log_event event, const char *text)
{
    if (c->options.log)
        c->options.log(c->options.context, event, text);
}

bool cluster_sleep(struct cluster *c, int64_t until_ns)
{
    struct timespec until = {.tv_sec = until_ns / second, .tv_nsec = until_ns % second};
    pthread_mutex_lock(&c->mutex);
    while (!atomic_load(&c->stop) && cluster_now_ns() < until_ns)
        pthread_cond_timedwait(&c->wake, &c->mutex, &until);
    pthread_mutex_unlock(&c->mutex);
    return !atomic_load(&c->stop);
}

void cluster_submit(struct cluster *c, struct cluster_request *request)
{
    request->next = NULL;
    request->held = NULL;
    arena_init(&request->arena, CLUSTER_PAGE_ARENA);
    pthread_mutex_lock(&c->mutex);
    bool stopping = atomic_load(&c->stop);
    if (!stopping) {
        *c->last = request;
        c->last = &request->next;
        pthread_cond_broadcast(&c->wake);
    }
    pthread_mutex_unlock(&c->mutex);
    if (stopping)
        finish_with_error(request, "shutting down");
}

struct cluster_request *cluster_take(struct cluster *c)
{
    pthread_mutex_lock(&c->mutex);
    while (!atomic_load(&c->stop) && !c->first)
        pthread_cond_wait(&c->wake, &c->mutex);
    struct cluster_request *r = atomic_load(&c->stop) ? NULL : c->first;
    if (r) {
        c->first = r->next;
        if (!c->first)
            c->last = &c->first;
    }
    pthread_mutex_unlock(&c->mutex);
    return r;
}

void cluster_request_release(struct cluster_request *request)
{
    arena_release(&request->arena);
    folder_drop(request->held);
    request->held = NULL;
}
