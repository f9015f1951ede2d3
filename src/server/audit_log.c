/* SPDX-License-Identifier: Apache-2.0
 *
 * Two buffers: lines are added to one while the other is written.
 */
#include "server/audit_log.h"

#include "base/buf.h"
#include "base/limits.h"
#include "load/source.h"
#include "server/clock.h"
#include "server/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CLOSE_SECONDS = 3, FILE_MODE = 0600 };

struct audit_log {
    const char *path;
    int fd;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a line, a wish, or the writer's end */
    struct buf adding, writing;
    uint64_t added_lines, writing_lines; /* in the buffers */
    uint64_t sequence, dropped;
    bool torn; /* the file ends within a line: the disk was full */
    bool reopen, closing, ended;
};

/* Without waiting for the reader of a named pipe: a worker after a crash must serve. */
static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, FILE_MODE);
}

static struct source_error open_error(int number)
{
    struct source_error error = source_error(number);
    if (number == ENXIO)
        snprintf(error.text, sizeof error.text, "a named pipe that nobody reads");
    return error;
}

/* The old file stays in use when the new one cannot be made. */
static void reopen(struct audit_log *log)
{
    int fd = log->path ? open_file(log->path) : -1;
    if (fd >= 0) {
        if (log->fd >= 0)
            close(log->fd);
        else
            log_info("audit log %s: opened", log->path);
        log->fd = fd;
    } else if (log->path && log->fd >= 0) {
        log_error("audit log %s: %s; the file opened before stays in use", log->path,
                  open_error(errno).text);
    }
}

/* Returns what is left: nothing when all is well, else errno says why. */
static struct str write_all(int fd, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EAGAIN)
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
        else if (n == 0 || (n < 0 && errno != EINTR))
            break;
        bytes = str_skip(bytes, n > 0 ? (size_t)n : 0);
    }
    return bytes;
}

/* What comes next begins on a line of its own, unless somebody has emptied the file meanwhile. */
static void mend(struct audit_log *log)
{
    struct stat st;
    bool empty = fstat(log->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0;
    log->torn = log->torn && !empty && write_all(log->fd, STR("\n")).len > 0;
}

/* Returns how many lines are lost. */
static uint64_t write_lines(struct audit_log *log, struct str lines)
{
    uint64_t lost = 0;
    mend(log);
    struct str rest = log->torn ? lines : write_all(log->fd, lines);
    int why = errno;
    if (rest.len < lines.len)
        log->torn = rest.len > 0 && rest.ptr[-1] != '\n';
    for (size_t i = 0; i < rest.len; i++)
        lost += rest.ptr[i] == '\n';
    errno = why;
    return lost;
}

/* With the lock held; releases it while it writes. */
static void write_batch(struct audit_log *log)
{
    struct buf swap = log->adding;
    log->adding = log->writing;
    log->writing = swap;
    log->writing_lines = log->added_lines;
    log->added_lines = 0;
    bool again = log->reopen;
    log->reopen = false;
    pthread_mutex_unlock(&log->lock);
    if (again || log->fd < 0)
        reopen(log);
    uint64_t lost = log->fd >= 0 ? write_lines(log, buf_str(&log->writing)) : log->writing_lines;
    int why = errno;
    buf_clear(&log->writing);
    pthread_mutex_lock(&log->lock);
    if (lost > 0 && log->dropped == 0 && log->fd >= 0)
        log_error("audit log: %s; lines are lost, and counted", source_error(why).text);
    log->dropped += lost;
}

static void *writer(void *data)
{
    struct audit_log *log = data;
    pthread_mutex_lock(&log->lock);
    while (!log->closing || log->added_lines > 0 || log->reopen) {
        if (log->added_lines > 0 || log->reopen)
            write_batch(log);
        else
            pthread_cond_wait(&log->changed, &log->lock);
    }
    log->ended = true;
    pthread_cond_broadcast(&log->changed);
    pthread_mutex_unlock(&log->lock);
    return NULL;
}

struct audit_log *audit_log_open(const char *path, bool required, struct diag *diag)
{
    struct audit_log *log = calloc(1, sizeof *log);
    if (!log) {
        diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory for the audit log");
        return NULL;
    }
    log->path = path;
    log->fd = path ? open_file(path) : STDOUT_FILENO;
    buf_init(&log->adding, LIMIT_AUDIT_BYTES);
    buf_init(&log->writing, LIMIT_AUDIT_BYTES);
    pthread_mutex_init(&log->lock, NULL);
    pthread_cond_init(&log->changed, NULL);
    int error = log->fd < 0 ? errno : 0;
    if (error && !required)
        log_error("audit log %s: %s; lines are lost, and counted", path, open_error(error).text);
    if (!error || !required)
        error = pthread_create(&log->thread, NULL, writer, log);
    if (!error)
        return log;
    diag_set(diag, DIAG_IO, 0, 0, "audit log %s: %s", path ? path : "-", open_error(error).text);
    if (path && log->fd >= 0)
        close(log->fd);
    free(log);
    return NULL;
}

void audit_log_add(struct audit_log *log, const char *event, struct str fields)
{
    char when[CLOCK_TEXT_BYTES];
    clock_text(when);
    pthread_mutex_lock(&log->lock);
    log->sequence++;
    if (fields.len > LIMIT_AUDIT_LINE || log->adding.len + fields.len + 256 > LIMIT_AUDIT_BYTES) {
        log->dropped++;
    } else {
        buf_printf(&log->adding, "{\"event\":\"%s\",\"sequence\":%ju,\"time\":\"%s\"%s", event,
                   (uintmax_t)log->sequence, when, fields.len > 0 ? "," : "");
        buf_add_str(&log->adding, fields);
        buf_add_c(&log->adding, "}\n");
        log->added_lines++;
        if (log->adding.failed) { /* no memory: half a line must not be written */
            log->dropped += log->added_lines;
            log->added_lines = 0;
            buf_clear(&log->adding);
        }
    }
    pthread_cond_broadcast(&log->changed);
    pthread_mutex_unlock(&log->lock);
}

void audit_log_reopen(struct audit_log *log)
{
    pthread_mutex_lock(&log->lock);
    log->reopen = log->path != NULL;
    pthread_cond_broadcast(&log->changed);
    pthread_mutex_unlock(&log->lock);
}

uint64_t audit_log_dropped(struct audit_log *log)
{
    pthread_mutex_lock(&log->lock);
    uint64_t dropped = log->dropped;
    pthread_mutex_unlock(&log->lock);
    return dropped;
}

void audit_log_close(struct audit_log *log)
{
    if (!log)
        return;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += CLOSE_SECONDS;
    pthread_mutex_lock(&log->lock);
    log->closing = true;
    pthread_cond_broadcast(&log->changed);
    int waited = 0;
    while (!log->ended && waited == 0)
        waited = pthread_cond_timedwait(&log->changed, &log->lock, &until);
    bool ended = log->ended;
    pthread_mutex_unlock(&log->lock);
    if (!ended) /* it hangs in write(2): whoever reads the pipe stopped reading */
        return;
    pthread_join(log->thread, NULL);
    if (log->path && log->fd >= 0)
        close(log->fd);
    buf_release(&log->adding);
    buf_release(&log->writing);
    pthread_mutex_destroy(&log->lock);
    pthread_cond_destroy(&log->changed);
    free(log);
}
