/* SPDX-License-Identifier: Apache-2.0
 *
 * The reload thread.
 */
#include "server/reload.h"

#include "base/buf.h"
#include "base/limits.h"
#include "server/clock.h"
#include "server/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct reload {
    struct reload_group *groups;
    size_t count;
    void (*tick)(void *context);
    void *context;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool forced, stopping;
};

static bool read_all(int fd, size_t ceiling, struct buf *out)
{
    char chunk[16 << 10];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0;
        if (out->len + (size_t)n > ceiling) {
            errno = EFBIG;
            return false;
        }
        buf_add(out, chunk, (size_t)n);
    }
}

bool reload_read_file(const char *path, size_t ceiling, struct buf *out, struct diag *diag)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && read_all(fd, ceiling, out) && !out->failed;
    if (!ok)
        diag_set(diag, DIAG_IO, 0, 0, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok;
}

struct contents {
    struct buf files[RELOAD_FILES];
};

static bool contents_read(struct contents *contents, const struct reload_group *group,
                          struct diag *diag)
{
    bool ok = true;
    for (size_t i = 0; i < RELOAD_FILES; i++) {
        buf_init(&contents->files[i], group->ceiling + 1);
        if (ok && group->paths[i])
            ok = reload_read_file(group->paths[i], group->ceiling, &contents->files[i], diag);
    }
    return ok;
}

static void contents_release(struct contents *contents)
{
    for (size_t i = 0; i < RELOAD_FILES; i++)
        buf_release(&contents->files[i]);
}

static uint64_t contents_digest(const struct contents *contents)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a: notices change, proves nothing */
    for (size_t i = 0; i < RELOAD_FILES; i++) {
        struct str s = buf_str(&contents->files[i]);
        for (size_t at = 0; at < s.len; at++)
            hash = (hash ^ (unsigned char)s.ptr[at]) * 1099511628211u;
        hash = (hash ^ s.len) * 1099511628211u;
    }
    return hash;
}

static bool apply(struct reload_group *group, const struct contents *contents, struct diag *diag)
{
    struct str texts[RELOAD_FILES];
    for (size_t i = 0; i < RELOAD_FILES; i++)
        texts[i] = buf_str(&contents->files[i]);
    /* Whether it is good or bad, it is not tried again until it changes. */
    group->applied = group->seen = contents_digest(contents);
    return group->apply(group->context, texts, diag);
}

bool reload_now(struct reload_group *group, struct diag *diag)
{
    struct contents contents;
    bool ok = contents_read(&contents, group, diag) && apply(group, &contents, diag);
    contents_release(&contents);
    return ok;
}

static void report(struct reload_group *group, bool ok, const struct diag *diag)
{
    if (ok)
        log_info("%s reloaded", group->name);
    else
        log_error("%s not reloaded, the one before stays: %s", group->name, diag->text);
    if (group->done)
        group->done(group->context, ok);
}

static void look(struct reload_group *group, bool forced)
{
    struct diag diag = {0};
    struct contents contents;
    bool ok = contents_read(&contents, group, &diag);
    uint64_t digest = ok ? contents_digest(&contents) : 0; /* 0: unreadable */
    bool settled = digest == group->seen && digest != group->applied;
    group->seen = digest;
    if (forced || settled) {
        group->applied = digest;
        report(group, ok && apply(group, &contents, &diag), &diag);
    }
    contents_release(&contents);
}

static void wait_a_little(struct reload *reload)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LIMIT_RELOAD_MS / 1000;
    int waited = 0;
    while (!reload->forced && !reload->stopping && waited == 0)
        waited = pthread_cond_timedwait(&reload->changed, &reload->lock, &until);
}

static void *run(void *data)
{
    struct reload *reload = data;
    pthread_mutex_lock(&reload->lock);
    while (!reload->stopping) {
        wait_a_little(reload);
        bool forced = reload->forced;
        reload->forced = false;
        pthread_mutex_unlock(&reload->lock);
        for (size_t i = 0; i < reload->count; i++)
            look(&reload->groups[i], forced);
        if (reload->tick)
            reload->tick(reload->context);
        pthread_mutex_lock(&reload->lock);
    }
    pthread_mutex_unlock(&reload->lock);
    return NULL;
}

static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

struct reload *reload_start(struct reload_group *groups, size_t count, void (*tick)(void *context),
                            void *context)
{
    struct reload *reload = calloc(1, sizeof *reload);
    if (!reload)
        return NULL;
    reload->groups = groups;
    reload->count = count;
    reload->tick = tick;
    reload->context = context;
    pthread_mutex_init(&reload->lock, NULL);
    init_condition(&reload->changed);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(&reload->thread, NULL, run, reload) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!ok) {
        free(reload);
        return NULL;
    }
    return reload;
}

static void wake(struct reload *reload, bool *flag)
{
    pthread_mutex_lock(&reload->lock);
    *flag = true;
    pthread_cond_signal(&reload->changed);
    pthread_mutex_unlock(&reload->lock);
}

void reload_force(struct reload *reload)
{
    wake(reload, &reload->forced);
}

void reload_stop(struct reload *reload)
{
    if (!reload)
        return;
    wake(reload, &reload->stopping);
    pthread_join(reload->thread, NULL);
    pthread_mutex_destroy(&reload->lock);
    pthread_cond_destroy(&reload->changed);
    free(reload);
}
