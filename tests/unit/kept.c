/* SPDX-License-Identifier: Apache-2.0
 *
 * What a process leaves to the one after it: whole, whenever it dies.
 */
#include "load/kept.h"

#include <criterion/criterion.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct kept *kept;
static struct arena arena;

static void begin(void)
{
    arena_init(&arena, 64u << 20);
    kept = kept_new();
    cr_assert(kept);
}

static void finish(void)
{
    arena_release(&arena);
}

TestSuite(kept, .init = begin, .fini = finish, .timeout = 60);

static void expect(const struct str *parts, size_t count)
{
    struct str *found = NULL;
    size_t n = 0;
    cr_assert(kept_load(kept, &arena, &found, &n));
    cr_assert_eq(n, count);
    for (size_t i = 0; i < count; i++)
        cr_assert(str_equal(found[i], parts[i]), "part %zu", i);
}

Test(kept, is_empty_at_first)
{
    struct str *parts;
    size_t count;
    cr_assert(!kept_load(kept, &arena, &parts, &count));
}

Test(kept, comes_back_as_it_was_stored_last)
{
    const struct str pair[] = {STR("certificate\n"), {"a\0key", 5}, STR("")};
    const struct str other[] = {STR("c")};
    cr_assert(kept_store(kept, pair, 3));
    expect(pair, 3);
    expect(pair, 3);
    cr_assert(kept_store(kept, other, 1));
    expect(other, 1);
    cr_assert(kept_store(kept, pair, 3));
    expect(pair, 3);
    cr_assert(kept_store(kept, NULL, 0));
    expect(NULL, 0);
}

/* The lowest descriptor that is free. */
static int next_fd(void)
{
    int fd = dup(STDIN_FILENO);
    close(fd);
    return fd;
}

Test(kept, holds_nothing_where_it_cannot_be)
{
    struct rlimit limit;
    int next = next_fd();
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = (rlim_t)next + 1; /* room for one file, and it takes two */
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    errno = 0;
    cr_expect_null(kept_new());
    cr_expect_eq(errno, EMFILE);
    cr_expect_eq(next_fd(), next);
}

Test(kept, is_not_loaded_without_memory)
{
    const struct str text[] = {STR("text")};
    struct str *parts;
    size_t count;
    struct arena none;
    arena_init(&none, 0);
    cr_assert(kept_store(kept, text, 1));
    cr_assert(!kept_load(kept, &none, &parts, &count));
    expect(text, 1);
}

/* Bytes in all files that a memfd of ours may be. */
static size_t bytes_in_memory_files(void)
{
    size_t sum = 0;
    DIR *dir = opendir("/proc/self/fd");
    cr_assert(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        char path[300], target[64] = "";
        snprintf(path, sizeof path, "/proc/self/fd/%s", e->d_name);
        if (readlink(path, target, sizeof target - 1) < 0 ||
            strncmp(target, "/memfd:rampart", 14) != 0)
            continue;
        FILE *in = fopen(path, "r");
        cr_assert(in && fseek(in, 0, SEEK_END) == 0);
        sum += (size_t)ftell(in);
        fclose(in);
    }
    closedir(dir);
    return sum;
}

Test(kept, leaves_nothing_of_the_one_before)
{
    const struct str key[] = {STR("a private key")}, none[] = {STR("")};
    cr_assert(kept_store(kept, key, 1));
    cr_assert_eq(bytes_in_memory_files(), 2 * sizeof(uint64_t) + key[0].len);
    cr_assert(kept_store(kept, none, 1));
    cr_assert_eq(bytes_in_memory_files(), 2 * sizeof(uint64_t));
}

enum { LARGE = 1 << 20, DEATHS = 60 };

static void store_for_ever(char *text)
{
    for (char c = 'a';; c = c == 'z' ? 'a' : (char)(c + 1)) {
        memset(text, c, LARGE);
        struct str parts[] = {{text, LARGE / 2},
                              {text + LARGE / 2, LARGE - LARGE / 2 - (size_t)(c - 'a')}};
        if (!kept_store(kept, parts, 2))
            _exit(1);
    }
}

Test(kept, is_one_or_the_other_when_its_writer_dies)
{
    const struct str first[] = {STR(""), STR("")};
    char *text = malloc(LARGE);
    cr_assert(kept_store(kept, first, 2));
    for (unsigned i = 0; i < DEATHS; i++) {
        pid_t child = fork();
        if (child == 0)
            store_for_ever(text);
        nanosleep(&(struct timespec){.tv_nsec = 1000000L + i * 170000L}, NULL);
        cr_assert_eq(kill(child, SIGKILL), 0);
        cr_assert_eq(waitpid(child, NULL, 0), child);
        struct str *parts;
        size_t count;
        arena_clear(&arena);
        cr_assert(kept_load(kept, &arena, &parts, &count));
        cr_assert_eq(count, 2);
        char c = parts[0].len ? parts[0].ptr[0] : 'a';
        cr_assert(parts[0].len == 0 || parts[1].len == LARGE / 2 - (size_t)(c - 'a'));
        for (size_t p = 0; p < 2; p++)
            for (size_t at = 0; at < parts[p].len; at++)
                cr_assert_eq(parts[p].ptr[at], c);
    }
    free(text);
}
