/* SPDX-License-Identifier: Apache-2.0
 *
 * The supervisor. It parses nothing and holds no lock, so there is nothing in it to crash.
 */
#include "webhook/supervisor.h"

#include "server/clock.h"
#include "server/log.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A worker that lives less than SHORT_MS was not killed by a rare request: from the fourth such
 * death in a row the next start waits, longer each time. */
enum { SHORT_MS = 1000, SHORT_LIVES = 3, WAIT_DOUBLINGS = 6 };
#define WAIT_FIRST_MS 100u

struct state {
    const struct supervised *supervised;
    struct crash *crash;
    sigset_t signals;
    pid_t worker; /* runs, or ended and was not reaped yet */
    uint64_t started_at;
    unsigned short_lives;
    bool ending;
};

/* True in the worker, when its work is done: the caller returns its status. */
static bool start_worker(struct state *s, int *status)
{
    pid_t parent = getpid();
    s->started_at = clock_ms();
    s->worker = fork();
    if (s->worker != 0)
        return false;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before the line above */
        _exit(1);
    *status = s->supervised->work(s->supervised->context, s->crash);
    return true;
}

/* Waits so long for SIGTERM or SIGINT. */
static bool told_to_end(unsigned ms)
{
    sigset_t end;
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    sigaddset(&end, SIGINT);
    struct timespec wait = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    return sigtimedwait(&end, NULL, &wait) > 0;
}

static void report_end(struct state *s, int how)
{
    if (WIFEXITED(how)) {
        log_error("worker %ld ended with status %d, not asked to", (long)s->worker,
                  WEXITSTATUS(how));
        return;
    }
    uint64_t digests[LIMIT_LOOPS];
    size_t count = crash_collect(s->crash, digests);
    log_error("worker %ld was ended by signal %d (%s)", (long)s->worker, WTERMSIG(how),
              strsignal(WTERMSIG(how)));
    for (size_t i = 0; i < count; i++)
        log_error("a body with digest %016jx was in its hands; the like is refused from now on",
                  (uintmax_t)digests[i]);
}

/* False when a signal ended the wait: there is nothing left to drain. */
static bool wait_before_restart(struct state *s)
{
    s->short_lives = clock_ms() - s->started_at < SHORT_MS ? s->short_lives + 1 : 0;
    if (s->short_lives <= SHORT_LIVES)
        return true; /* a signal that waits is for the next worker: it drains */
    unsigned doublings = s->short_lives - SHORT_LIVES - 1;
    unsigned ms = WAIT_FIRST_MS << (doublings < WAIT_DOUBLINGS ? doublings : WAIT_DOUBLINGS);
    log_warning("workers die young; the next starts in %u ms", ms);
    return !told_to_end(ms);
}

/* True when the program is over, with *status to exit with; or in a worker that is done. */
static bool start_next(struct state *s, int *status)
{
    do {
        *status = 0;
        if (!wait_before_restart(s) || start_worker(s, status))
            return true;
        if (s->worker < 0)
            log_error("no worker can be started: %s", strerror(errno));
    } while (s->worker < 0);
    return false;
}

/* The same. The first worker ends where something is wrong with the command line or what it names,
 * and so do we. Once one has served, whatever ends one unasked is an accident, and may pass. */
static bool worker_ended(struct state *s, int how, int *status)
{
    bool exited = WIFEXITED(how), served = atomic_load(&s->crash->served);
    if (exited && (s->ending || !served)) {
        *status = WEXITSTATUS(how);
        return true;
    }
    *status = served ? 1 : 0;
    if (s->ending && !served) /* by pass_on */
        return true;
    report_end(s, how);
    if (s->ending)
        return true;
    atomic_fetch_add(&s->crash->restarts, 1);
    return start_next(s, status);
}

/* As the first process of a container it also buries orphans. */
static bool reap(struct state *s, int *status)
{
    int how = 0;
    for (pid_t pid; (pid = waitpid(-1, &how, WNOHANG)) > 0;)
        if (pid == s->worker && worker_ended(s, how, status))
            return true;
    return false;
}

/* Before a first worker has served nobody can be waiting for it, so it is not asked to come up only
 * in order to drain; it may hang in its start. */
static void pass_on(struct state *s, int number)
{
    bool again = s->ending && number == SIGTERM;
    if (number != SIGHUP && !s->ending) {
        s->ending = true;
        for (size_t i = 0; i < s->supervised->listener_count; i++)
            close(s->supervised->listeners[i]);
    }
    bool idle = s->ending && !atomic_load(&s->crash->served);
    if (idle)
        log_info("ended in the start");
    kill(s->worker, idle ? SIGKILL : again ? SIGINT : number);
}

static sigset_t watched_signals(void)
{
    static const int watched[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++)
        sigaddset(&set, watched[i]);
    return set;
}

void supervise_signals(void)
{
    sigset_t set = watched_signals();
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* write(2) fails then, and lines of the audit log are lost */
    signal(SIGCHLD, SIG_DFL); /* whoever started us may ignore it, and then there is no status */
}

int supervise(const struct supervised *supervised)
{
    struct state s = {.supervised = supervised, .crash = crash_new(), .signals = watched_signals()};
    int status = 0, number = 0;
    if (s.crash && (told_to_end(0) || start_worker(&s, &status)))
        return status;
    if (!s.crash || s.worker < 0) {
        log_error("no worker can be started: %s", strerror(errno));
        return 1;
    }
    for (bool over = false; !over;) {
        if (sigwait(&s.signals, &number) != 0)
            continue;
        if (number == SIGCHLD)
            over = reap(&s, &status);
        else
            pass_on(&s, number);
    }
    return status;
}
