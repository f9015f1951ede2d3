/* SPDX-License-Identifier: Apache-2.0
 *
 * The reload thread.
 */
#include "server/reload.h"

#include "base/hash.h"
#include "base/limits.h"
#include "load/source.h"
#include "server/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

enum { READINGS = 8 }; /* at a start; who changes files more often than that has no settled state */

struct reload {
    struct reload_group *groups;
    size_t count;
    void (*tick)(void *context);
    void *context;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool woken, forced, stopping;
};

enum { UNREADABLE = 0 }; /* as a digest */

struct contents {
    struct arena arena;
    struct reload_contents read;
};

static bool contents_read(struct contents *contents, const struct reload_group *group,
                          struct diag *diag)
{
    *contents = (struct contents){.read = {.again = false}};
    arena_init(&contents->arena, LIMIT_FILE_ARENA);
    for (size_t i = 0; i < RELOAD_FILES; i++) {
        struct diag why = {0};
        contents->read.files[i] = STR_EMPTY;
        if (group->paths[i] &&
            !source_read(group->paths[i], &contents->arena, &contents->read.files[i], &why))
            return diag_set(diag, why.code, 0, 0, "%s: %s", group->paths[i], why.text);
    }
    return true;
}

/* There may be a key in it. */
static void contents_release(struct contents *contents)
{
    arena_wipe(&contents->arena);
    arena_release(&contents->arena);
}

static uint64_t contents_digest(const struct contents *contents)
{
    uint64_t hash = HASH_START;
    for (size_t i = 0; i < RELOAD_FILES; i++) {
        struct str s = contents->read.files[i];
        hash = hash_str(hash, s);
        hash = hash_bytes(hash, &s.len, sizeof s.len);
    }
    return hash;
}

static bool apply(const struct reload_group *group, const struct contents *contents,
                  struct diag *diag)
{
    if (!group->apply(group->context, &contents->read, diag))
        return false;
    if (group->kept && !kept_store(group->kept, contents->read.files, RELOAD_FILES))
        log_warning("%s: cannot be kept for a worker after a crash: %s", group->name,
                    source_error(errno).text);
    return true;
}

/* Reads until two readings agree: the kubelet may swap the files between one and the next, and a
 * worker that starts just then must not end on a key without its certificate. */
static bool contents_read_settled(struct contents *contents, const struct reload_group *group,
                                  struct diag *diag)
{
    uint64_t before = 0;
    for (unsigned i = 0;; i++) {
        *diag = (struct diag){0};
        bool ok = contents_read(contents, group, diag);
        uint64_t digest = ok ? contents_digest(contents) : UNREADABLE;
        if (i == READINGS - 1 || (i > 0 && digest == before))
            return ok;
        before = digest;
        contents_release(contents);
    }
}

static void report(struct reload_group *group, bool ok, const struct diag *diag)
{
    if (ok)
        log_info("%s reloaded", group->name);
    else
        log_error("%s not reloaded, the one before stays: %s", group->name, diag->text);
    if (group->done)
        group->done(group->context, ok, ok ? "" : diag->text);
}

bool reload_again(const struct reload_group *group, struct diag *diag)
{
    struct contents contents = {.read = {.again = true}};
    struct str *parts = NULL;
    size_t count = 0;
    arena_init(&contents.arena, LIMIT_FILE_ARENA);
    bool ok = (group->kept && kept_load(group->kept, &contents.arena, &parts, &count) &&
               count == RELOAD_FILES) ||
              diag_set(diag, DIAG_IO, 0, 0, "nothing is kept");
    for (size_t i = 0; ok && i < count; i++)
        contents.read.files[i] = parts[i];
    ok = ok && group->apply(group->context, &contents.read, diag);
    contents_release(&contents);
    return ok;
}

bool reload_now(struct reload_group *group, struct diag *diag)
{
    struct contents contents;
    bool ok = contents_read_settled(&contents, group, diag);
    /* Whether it is good or bad, it is not tried again until it changes. */
    group->applied = group->seen = ok ? contents_digest(&contents) : UNREADABLE;
    ok = ok && apply(group, &contents, diag);
    contents_release(&contents);
    if (ok || !reload_again(group, &(struct diag){0}))
        return ok;
    report(group, false, diag);
    *diag = (struct diag){0};
    return true;
}

static void look(struct reload_group *group, bool forced)
{
    struct diag diag = {0};
    struct contents contents;
    bool ok = contents_read(&contents, group, &diag);
    uint64_t digest = ok ? contents_digest(&contents) : UNREADABLE;
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
    while (!reload->woken && !reload->stopping && waited == 0)
        waited = pthread_cond_timedwait(&reload->changed, &reload->lock, &until);
}

static void *run(void *data)
{
    struct reload *reload = data;
    pthread_mutex_lock(&reload->lock);
    while (!reload->stopping) {
        wait_a_little(reload);
        bool forced = reload->forced;
        reload->woken = reload->forced = false;
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
    if (pthread_create(&reload->thread, NULL, run, reload) != 0) {
        free(reload);
        return NULL;
    }
    return reload;
}

static void wake(struct reload *reload, bool *why)
{
    pthread_mutex_lock(&reload->lock);
    reload->woken = *why = true;
    pthread_cond_signal(&reload->changed);
    pthread_mutex_unlock(&reload->lock);
}

void reload_wake(struct reload *reload)
{
    wake(reload, &reload->woken);
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
