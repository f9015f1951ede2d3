/* SPDX-License-Identifier: Apache-2.0
 *
 * What a signal handler may do: look at a slot, hash bytes, store numbers.
 */
#include "server/crash.h"

#include "base/hash.h"

#include <signal.h>
#include <sys/mman.h>

enum { HANDLER_STACK = 32 << 10 };

static struct crash *shared;
static struct {
    _Atomic(const char *) ptr;
    _Atomic size_t len;
} slots[LIMIT_LOOPS];
/* A crash by stack overflow leaves no other place to run the handler. */
static _Alignas(16) unsigned char stacks[LIMIT_LOOPS][HANDLER_STACK];
static _Thread_local unsigned here; /* 1 + the loop of this thread */

struct crash *crash_new(void)
{
    void *p =
        mmap(NULL, sizeof(struct crash), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static const struct str volatile_keys[] = {
    STR_INIT("\"uid\":\""),
    STR_INIT("\"name\":\""),
    STR_INIT("\"time\":\""),
    STR_INIT("\"resourceVersion\":\""),
    STR_INIT("\"creationTimestamp\":\""),
};

/* The length of the key at s whose value does not count, with the quote that opens it; else 0. */
static size_t volatile_key(struct str s)
{
    for (size_t i = 0; i < sizeof volatile_keys / sizeof *volatile_keys; i++)
        if (str_starts_with(s, volatile_keys[i]))
            return volatile_keys[i].len;
    return 0;
}

uint64_t crash_digest(struct str body)
{
    uint64_t hash = HASH_START;
    for (size_t at = 0; at < body.len;) {
        size_t key = body.ptr[at] == '"' ? volatile_key(str_skip(body, at)) : 0;
        for (size_t end = at + (key ? key : 1); at < end; at++)
            hash = hash_byte(hash, (unsigned char)body.ptr[at]);
        while (key && at < body.len && body.ptr[at] != '"')
            at++;
    }
    return hash;
}

static void leave_digest(unsigned loop)
{
    const char *ptr = atomic_load(&slots[loop].ptr);
    if (!ptr)
        return;
    /* After a signal from outside the body may vanish under our eyes: nobody is blamed then. */
    uint64_t digest = crash_digest((struct str){ptr, atomic_load(&slots[loop].len)});
    uint32_t i = atomic_fetch_add(&shared->crashed_count, 1);
    if (i < LIMIT_LOOPS)
        shared->crashed[i] = digest;
}

/* The faulting thread knows its body; a signal from outside says nothing, so all are suspect. */
static void on_crash(int number)
{
    if (here)
        leave_digest(here - 1);
    for (unsigned i = 0; !here && i < LIMIT_LOOPS; i++)
        leave_digest(i);
    raise(number); /* its action is the default again, and comes when this returns */
}

void crash_watch(struct crash *crash)
{
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    shared = crash;
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        sigaction(fatal[i], &action, NULL);
}

/* Where a sanitizer has set a stack of its own, that one serves as well. */
static void use_stack(unsigned loop)
{
    stack_t stack = {.ss_sp = stacks[loop], .ss_size = HANDLER_STACK}, before;
    if (sigaltstack(NULL, &before) == 0 && (before.ss_flags & SS_DISABLE))
        sigaltstack(&stack, NULL);
}

void crash_enter(unsigned loop, struct str body)
{
    if (!here) {
        use_stack(loop);
        here = loop + 1;
    }
    atomic_store_explicit(&slots[loop].len, body.len, memory_order_relaxed);
    atomic_store_explicit(&slots[loop].ptr, body.ptr, memory_order_release);
}

void crash_leave(unsigned loop)
{
    atomic_store_explicit(&slots[loop].ptr, NULL, memory_order_release);
}

bool crash_is_poison(const struct crash *crash, struct str body)
{
    uint32_t count = atomic_load_explicit(&crash->poison_count, memory_order_relaxed);
    if (count == 0)
        return false;
    uint64_t digest = crash_digest(body);
    for (uint32_t i = 0; i < count && i < LIMIT_POISON; i++)
        if (crash->poison[i] == digest)
            return true;
    return false;
}

size_t crash_collect(struct crash *crash, uint64_t out[LIMIT_LOOPS])
{
    uint32_t count = atomic_exchange(&crash->crashed_count, 0);
    if (count > LIMIT_LOOPS)
        count = LIMIT_LOOPS;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t n = atomic_load(&crash->poison_count);
        out[i] = crash->poison[n % LIMIT_POISON] = crash->crashed[i];
        atomic_store(&crash->poison_count, n + 1);
    }
    return count;
}
