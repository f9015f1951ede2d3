/* SPDX-License-Identifier: Apache-2.0
 *
 * Two files without a name: one is written while the other is the one that counts, and a number in
 * shared memory says which. A file is the number of parts, their lengths, their bytes.
 */
#include "load/kept.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL /* Linux 6.3; some systems demand it (sysctl vm.memfd_noexec) */
#define MFD_NOEXEC_SEAL 0x0008U
#endif

struct kept {
    int fds[2];
    atomic_uint current; /* 1 + the index of the file that counts; 0: nothing is kept */
};

static int new_file(void)
{
    int fd = memfd_create("rampart", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
    return fd < 0 && errno == EINVAL ? memfd_create("rampart", MFD_CLOEXEC) : fd;
}

/* errno stays. */
static void give_up(struct kept *kept)
{
    int why = errno;
    for (size_t i = 0; i < 2; i++)
        if (kept->fds[i] >= 0)
            close(kept->fds[i]);
    munmap(kept, sizeof *kept);
    errno = why;
}

struct kept *kept_new(void)
{
    struct kept *kept =
        mmap(NULL, sizeof *kept, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (kept == MAP_FAILED)
        return NULL;
    atomic_init(&kept->current, 0);
    kept->fds[0] = new_file();
    kept->fds[1] = new_file();
    if (kept->fds[0] >= 0 && kept->fds[1] >= 0)
        return kept;
    give_up(kept);
    return NULL;
}

static bool write_at(int fd, const void *bytes, size_t len, off_t *at)
{
    for (const char *p = bytes; len > 0;) {
        ssize_t n = pwrite(fd, p, len, *at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
        *at += n;
    }
    return true;
}

static void wipe(int fd)
{
    static const char zeros[4096];
    struct stat st;
    off_t at = 0;
    bool ok = fstat(fd, &st) == 0;
    while (ok && at < st.st_size) {
        off_t left = st.st_size - at;
        ok = write_at(fd, zeros, left < (off_t)sizeof zeros ? (size_t)left : sizeof zeros, &at);
    }
    /* Should it fail, the next kept_store overwrites what is there. */
    ok = ftruncate(fd, 0) == 0;
    (void)ok;
}

static bool write_parts(int fd, const struct str *parts, size_t count)
{
    off_t at = 0;
    uint64_t number = count;
    bool ok = write_at(fd, &number, sizeof number, &at);
    for (size_t i = 0; ok && i < count; i++) {
        number = parts[i].len;
        ok = write_at(fd, &number, sizeof number, &at);
    }
    for (size_t i = 0; ok && i < count; i++)
        ok = write_at(fd, parts[i].ptr, parts[i].len, &at);
    return ok && ftruncate(fd, at) == 0;
}

bool kept_store(struct kept *kept, const struct str *parts, size_t count)
{
    unsigned now = atomic_load(&kept->current), next = now == 1 ? 2 : 1;
    if (!write_parts(kept->fds[next - 1], parts, count)) {
        int why = errno;
        wipe(kept->fds[next - 1]);
        errno = why;
        return false;
    }
    atomic_store(&kept->current, next);
    if (now != 0)
        wipe(kept->fds[now - 1]);
    return true;
}

static bool read_all(int fd, char *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = pread(fd, bytes + at, len - at, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

/* Whether it is what write_parts writes; then the parts point into it. */
static bool split(const char *bytes, size_t len, struct str *parts, size_t count)
{
    const uint64_t *lengths = (const uint64_t *)(const void *)bytes + 1;
    size_t at = (1 + count) * sizeof *lengths;
    for (size_t i = 0; i < count; i++) {
        if (lengths[i] > len - at)
            return false;
        parts[i] = (struct str){bytes + at, (size_t)lengths[i]};
        at += parts[i].len;
    }
    return at == len;
}

bool kept_load(const struct kept *kept, struct arena *arena, struct str **parts, size_t *count)
{
    unsigned now = atomic_load(&kept->current);
    struct stat st;
    if (now == 0 || fstat(kept->fds[now - 1], &st) != 0 || st.st_size < (off_t)sizeof(uint64_t))
        return false;
    size_t len = (size_t)st.st_size;
    char *bytes = arena_alloc(arena, len);
    if (!bytes || !read_all(kept->fds[now - 1], bytes, len))
        return false;
    uint64_t number = *(const uint64_t *)(const void *)bytes;
    if (number > len / sizeof number - 1)
        return false;
    *count = (size_t)number;
    *parts = arena_zalloc(arena, *count, sizeof **parts);
    return *parts && split(bytes, len, *parts, *count);
}
