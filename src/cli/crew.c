/* SPDX-License-Identifier: Apache-2.0
 *
 * The threads of an audit. They share the walk, under a lock, and nothing else; what each gathers
 * is put in file order at the end, so the report never depends on how many there are.
 */
#include "cli/audit.h"

#include <unistd.h>

#define GATHERED_ARENA ((size_t)16 << 30) /* the findings' own ceilings are reached long before */

enum {
    PROGRESS_AFTER = 500, /* milliseconds: a short run shows nothing */
    PROGRESS_EVERY = 100,
    MILLION = 1000000,
    BATCH = 8,        /* files a thread takes at a time … */
    BATCH_AFTER = 64, /* … one more for each so many that were handed out */
    PATHS_ARENA = 2 * BATCH * LIMIT_PATH_BYTES + LIMIT_ARENA_BLOCK_MIN
};

struct crew_member {
    struct audit *audit;
    struct gathered *gathered;
    pthread_t thread;
    bool first;
};

static long elapsed(const struct timespec *from, const struct timespec *to)
{
    return (to->tv_sec - from->tv_sec) * 1000 + (to->tv_nsec - from->tv_nsec) / MILLION;
}

static void show_progress(struct audit *audit, const struct gathered *gathered, uint32_t files)
{
    struct timespec now;
    if (!audit->inputs->progress || clock_gettime(CLOCK_MONOTONIC, &now) != 0 ||
        elapsed(&audit->started, &now) < PROGRESS_AFTER ||
        elapsed(&audit->shown, &now) < PROGRESS_EVERY)
        return;
    char line[80];
    bool several = audit->gathered_count > 1;
    int len = several ? snprintf(line, sizeof line, "\r\x1b[K%u files", files)
                      : snprintf(line, sizeof line, "\r\x1b[K%u files, %zu findings", files,
                                 gathered->findings.list.count);
    ssize_t written = write(STDERR_FILENO, line, len > 0 ? (size_t)len : 0);
    (void)written;
    audit->shown = now;
}

static void hide_progress(const struct audit *audit)
{
    static const char clear[] = "\r\x1b[K";
    if (audit->shown.tv_sec == audit->started.tv_sec &&
        audit->shown.tv_nsec == audit->started.tv_nsec)
        return;
    ssize_t written = write(STDERR_FILENO, clear, sizeof clear - 1);
    (void)written;
}

/* The next files, several at a time once there are many: a lock taken for each would be waited for.
 * Their paths live in the arena. */
static size_t next_files(struct audit *audit, struct arena *paths, struct walk_file *files)
{
    size_t count = 0;
    /* There is an audit, for there is at least one job.
     * NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
    pthread_mutex_lock(&audit->lock);
    size_t wanted = 1 + audit->walk.index / BATCH_AFTER;
    while (count < wanted && count < BATCH && walk_next(&audit->walk, paths, &files[count]))
        count++;
    pthread_mutex_unlock(&audit->lock);
    return count;
}

static int compare_indexes(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static bool is_wanted(const struct audit_inputs *inputs, uint32_t index)
{
    return !inputs->only ||
           bsearch(&index, inputs->only, inputs->only_count, sizeof index, compare_indexes);
}

static void *work(void *context)
{
    struct crew_member *member = context;
    struct audit *audit = member->audit;
    struct arena scratch, trees, paths;
    struct walk_file files[BATCH];
    size_t count;
    arena_init(&scratch, LIMIT_FILE_ARENA);
    arena_init(&trees, LIMIT_FILE_ARENA);
    arena_init(&paths, PATHS_ARENA);
    while ((count = next_files(audit, &paths, files)) > 0) {
        for (size_t i = 0; i < count; i++) {
            if (!is_wanted(audit->inputs, files[i].index))
                continue;
            judge_file(audit->inputs, member->gathered, &scratch, &trees, &files[i]);
            arena_clear(&scratch);
            arena_clear(&trees);
        }
        arena_clear(&paths);
        if (member->first)
            show_progress(audit, member->gathered, files[count - 1].index);
    }
    arena_release(&scratch);
    arena_release(&trees);
    arena_release(&paths);
    return NULL;
}

static void enter(void *context, const struct walk_directory *directory, bool root)
{
    struct audit *audit = context;
    ignore_enter(&audit->ignore, directory, root);
    notes_enter(&audit->notes, directory);
}

static void leave(void *context)
{
    struct audit *audit = context;
    ignore_leave(&audit->ignore);
    notes_leave(&audit->notes);
}

static bool ignored(void *context, struct str path, bool is_directory)
{
    struct audit *audit = context;
    return ignore_ignored(&audit->ignore, path, is_directory);
}

static struct str refused(void *context, struct str path)
{
    const struct audit *audit = context;
    return notes_refused(&audit->notes, path);
}

static int compare_errors(const void *a, const void *b)
{
    const struct report_error *x = a, *y = b;
    if (x->file_index != y->file_index)
        return x->file_index < y->file_index ? -1 : 1;
    if (x->position.line != y->position.line)
        return x->position.line < y->position.line ? -1 : 1;
    if (x->position.column != y->position.column)
        return x->position.column < y->position.column ? -1 : 1;
    return str_compare(x->message, y->message);
}

static int compare_skipped(const void *a, const void *b)
{
    const struct skipped_file *x = a, *y = b;
    return (x->file_index > y->file_index) - (x->file_index < y->file_index);
}

static bool append(struct gathered *to, const struct gathered *from)
{
    if (!vec_append(&to->errors, &from->errors, &to->arena) ||
        !vec_append(&to->skipped_files, &from->skipped_files, &to->arena) ||
        !vec_append(&to->definitions, &from->definitions, &to->arena) ||
        !vec_append(&to->undescribed, &from->undescribed, &to->arena))
        return false;
    for (size_t i = 0; i < from->groups.cap; i++) {
        const struct strmap_slot *slot = &from->groups.slots[i];
        uint32_t *bits = slot->key.ptr ? strmap_put(&to->groups, slot->key, 0) : NULL;
        if (bits)
            *bits |= slot->value;
    }
    if (from->standard.ptr)
        to->standard = from->standard;
    to->files += from->files;
    to->objects += from->objects;
    to->skipped += from->skipped;
    return findings_append(&to->findings, &from->findings);
}

/* All into the first, in file order. */
static bool merge(struct audit *audit)
{
    struct gathered *all = &audit->gathered[0];
    bool ok = !all->arena.failed;
    for (size_t i = 1; i < audit->gathered_count; i++)
        ok = ok && !audit->gathered[i].arena.failed && append(all, &audit->gathered[i]);
    if (all->errors.count)
        qsort(all->errors.items, all->errors.count, sizeof *all->errors.items, compare_errors);
    if (all->skipped_files.count)
        qsort(all->skipped_files.items, all->skipped_files.count, sizeof *all->skipped_files.items,
              compare_skipped);
    if (all->undescribed.count)
        qsort(all->undescribed.items, all->undescribed.count, sizeof *all->undescribed.items,
              compare_indexes);
    ok = ok && !audit->walk.no_memory && !audit->ignore.no_memory && !audit->notes.no_memory;
    return ok && !all->arena.failed && findings_finish(&all->findings);
}

static bool start(struct audit *audit, struct crew_member *crew)
{
    unsigned jobs = audit->inputs->jobs;
    for (unsigned i = 0; i < jobs; i++) {
        struct gathered *gathered = &audit->gathered[i];
        arena_init(&gathered->arena, GATHERED_ARENA);
        findings_init(&gathered->findings, &gathered->arena);
        strmap_init(&gathered->groups, &gathered->arena);
        crew[i] = (struct crew_member){.audit = audit, .gathered = gathered, .first = i == 0};
    }
    audit->gathered_count = 1;
    while (audit->gathered_count < jobs && pthread_create(&crew[audit->gathered_count].thread, NULL,
                                                          work, &crew[audit->gathered_count]) == 0)
        audit->gathered_count++; /* fewer threads than asked for are enough */
    return true;
}

bool audit_run(struct audit *audit, const struct audit_inputs *inputs, const char *const *paths,
               size_t count)
{
    struct walk_hooks hooks = {audit, enter, leave, ignored, refused};
    struct crew_member *crew = calloc(inputs->jobs, sizeof *crew);
    audit->inputs = inputs;
    audit->gathered = calloc(inputs->jobs, sizeof *audit->gathered);
    notes_init(&audit->notes);
    walk_init(&audit->walk, paths, count, &hooks);
    bool ok = crew && audit->gathered && pthread_mutex_init(&audit->lock, NULL) == 0;
    if (ok) {
        clock_gettime(CLOCK_MONOTONIC, &audit->started);
        audit->shown = audit->started;
        start(audit, crew);
        work(&crew[0]);
        for (size_t i = 1; i < audit->gathered_count; i++)
            pthread_join(crew[i].thread, NULL);
        hide_progress(audit);
        ok = merge(audit);
        pthread_mutex_destroy(&audit->lock);
    }
    free(crew);
    return ok;
}

void audit_forget_errors(struct audit *audit, const struct audit *other)
{
    struct gathered *from = &audit->gathered[0];
    const struct gathered *known = &other->gathered[0];
    size_t left = 0;
    if (!known->errors.count)
        return;
    for (size_t i = 0; i < from->errors.count; i++)
        if (!bsearch(&from->errors.items[i], known->errors.items, known->errors.count,
                     sizeof *known->errors.items, compare_errors))
            from->errors.items[left++] = from->errors.items[i];
    from->errors.count = left;
}

bool audit_add_errors(struct audit *audit, const struct audit *other)
{
    struct gathered *to = &audit->gathered[0];
    const struct gathered *from = &other->gathered[0];
    for (size_t i = 0; i < from->errors.count; i++) {
        struct report_error *error = vec_push(&to->errors, &to->arena);
        if (!error)
            return false;
        *error = from->errors.items[i];
        error->file = arena_str(&to->arena, error->file);
        error->message = arena_str(&to->arena, error->message);
        error->file_index += audit->walk.index;
    }
    return !to->arena.failed;
}

void audit_release(struct audit *audit)
{
    for (size_t i = 0; i < audit->gathered_count; i++)
        arena_release(&audit->gathered[i].arena);
    free(audit->gathered);
    walk_release(&audit->walk);
    notes_release(&audit->notes);
    ignore_release(&audit->ignore);
}
