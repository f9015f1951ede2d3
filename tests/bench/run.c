/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs commands in turns, so that what else the machine does hits all alike, and says what each
 * took:
 *
 *   bench_run ROUNDS COMMAND [ARGUMENT]... [: COMMAND [ARGUMENT]...]...
 *
 * A line each: the least microseconds of wall time, from before the process is made until it has
 * ended, and of processor time; the largest resident set in KiB; the exit status.
 * Their output goes to /dev/null. This program is small so that its own memory, which a child has
 * for a moment, is below that of any command.
 */
#define _DEFAULT_SOURCE /* wait4 */
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS = 8 };

extern char **environ;

struct command {
    char **argv;
    uint64_t wall, cpu;
    long rss;
    int status;
};

static uint64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

static uint64_t microseconds(struct timeval t)
{
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_usec;
}

static void run(struct command *c)
{
    posix_spawn_file_actions_t actions;
    struct rusage used;
    pid_t pid;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    uint64_t begin = now_us();
    if (posix_spawnp(&pid, c->argv[0], &actions, NULL, c->argv, environ) != 0 ||
        wait4(pid, &c->status, 0, &used) != pid) {
        fprintf(stderr, "%s cannot be run\n", c->argv[0]);
        exit(1);
    }
    uint64_t wall = now_us() - begin;
    uint64_t cpu = microseconds(used.ru_utime) + microseconds(used.ru_stime);
    c->wall = wall < c->wall ? wall : c->wall;
    c->cpu = cpu < c->cpu ? cpu : c->cpu;
    c->rss = used.ru_maxrss > c->rss ? used.ru_maxrss : c->rss;
    posix_spawn_file_actions_destroy(&actions);
}

static void print(const struct command *c)
{
    printf("%llu %llu %ld %d\n", (unsigned long long)c->wall, (unsigned long long)c->cpu, c->rss,
           WIFEXITED(c->status) ? WEXITSTATUS(c->status) : 128 + WTERMSIG(c->status));
}

int main(int argc, char **argv)
{
    struct command commands[COMMANDS];
    unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0, count = 0;
    if (!rounds) {
        fprintf(stderr, "usage: bench_run ROUNDS COMMAND [ARGUMENT]... [: COMMAND...]...\n");
        return 2;
    }
    commands[count++] = (struct command){argv + 2, UINT64_MAX, UINT64_MAX, 0, 0};
    for (int i = 2; i < argc && count < COMMANDS; i++) {
        if (strcmp(argv[i], ":") != 0)
            continue;
        argv[i] = NULL;
        commands[count++] = (struct command){argv + i + 1, UINT64_MAX, UINT64_MAX, 0, 0};
    }
    for (unsigned round = 0; round < rounds; round++)
        for (unsigned i = 0; i < count; i++)
            run(&commands[i]);
    for (unsigned i = 0; i < count; i++)
        print(&commands[i]);
    return 0;
}
