/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit log where a disk is full and where nobody reads, and lines as long as they get.
 */
#include "server/audit_log.h"

#include "base/buf.h"
#include "base/limits.h"
#include "server/internal.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void pause_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

static char directory[] = "/tmp/audit-XXXXXX";
static char path[sizeof directory + 8];

static void make_directory(void)
{
    cr_assert(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/log", directory);
}

static void remove_directory(void)
{
    unlink(path);
    rmdir(directory);
}

static struct audit_log *open_log(void)
{
    struct diag diag = {0};
    struct audit_log *log = audit_log_open(path, true, &diag);
    cr_assert(log, "%s", diag.text);
    return log;
}

static size_t read_log(char *bytes, size_t size)
{
    FILE *in = fopen(path, "re");
    cr_assert(in);
    size_t len = fread(bytes, 1, size - 1, in);
    fclose(in);
    bytes[len] = '\0';
    return len;
}

/* Until the writer has lost so many lines, or has written so many bytes. */
static void await(struct audit_log *log, uint64_t dropped, off_t size)
{
    struct stat st = {0};
    for (int i = 0; i < 500; i++) {
        if (audit_log_dropped(log) >= dropped && stat(path, &st) == 0 && st.st_size >= size)
            return;
        pause_a_little();
    }
    cr_assert_fail("%ju lines lost, %jd bytes written", (uintmax_t)audit_log_dropped(log),
                   (intmax_t)st.st_size);
}

static void set_room(rlim_t bytes)
{
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

Test(audit_log, full_disk, .init = make_directory, .fini = remove_directory)
{
    char bytes[2000];
    signal(SIGXFSZ, SIG_IGN);
    struct audit_log *log = open_log();
    audit_log_add(log, "first", STR_EMPTY);
    await(log, 0, 1);
    off_t whole = (off_t)read_log(bytes, sizeof bytes);
    set_room((rlim_t)whole + 10);
    audit_log_add(log, "torn", STR_EMPTY);
    await(log, 1, whole + 10);
    set_room(RLIM_INFINITY);
    audit_log_add(log, "next", STR_EMPTY);
    await(log, 1, whole + 20);
    audit_log_close(log);
    read_log(bytes, sizeof bytes);
    const char *next = strstr(bytes, "\n{\"event\":\"next\",\"sequence\":3,");
    cr_assert(next, "the line after a torn one has a line of its own: %s", bytes);
    cr_assert_eq(next[strlen(next) - 1], '\n');
}

/* Emptied by whoever made room: nothing is torn any more. */
Test(audit_log, emptied, .init = make_directory, .fini = remove_directory)
{
    char bytes[2000];
    signal(SIGXFSZ, SIG_IGN);
    struct audit_log *log = open_log();
    set_room(10);
    audit_log_add(log, "torn", STR_EMPTY);
    await(log, 1, 10);
    set_room(RLIM_INFINITY);
    cr_assert_eq(truncate(path, 0), 0);
    audit_log_add(log, "next", STR_EMPTY);
    await(log, 1, 20);
    audit_log_close(log);
    read_log(bytes, sizeof bytes);
    cr_assert(strstr(bytes, "{\"event\":\"next\"") == bytes, "%s", bytes);
}

Test(audit_log, pipe, .init = make_directory, .fini = remove_directory, .timeout = 10)
{
    struct diag diag = {0};
    char bytes[2000] = "";
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_assert(!audit_log_open(path, true, &diag));
    cr_assert(strstr(diag.text, "nobody reads"), "%s", diag.text);
    struct audit_log *log = audit_log_open(path, false, &diag); /* after a crash */
    cr_assert(log);
    audit_log_add(log, "lost", STR_EMPTY);
    await(log, 1, 0);
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    cr_assert_geq(fd, 0);
    audit_log_add(log, "read", STR_EMPTY);
    for (int i = 0; i < 500 && !*bytes; i++, pause_a_little())
        if (read(fd, bytes, sizeof bytes - 1) < 0)
            *bytes = '\0';
    cr_assert(strstr(bytes, "\"event\":\"read\""), "%s", bytes);
    audit_log_close(log);
    close(fd);
}

/* Whatever a client writes, its denial is on record. */
Test(audit_log, longest_line)
{
    enum { BYTES = 20000, GROUPS = 70 };
    static char text[BYTES];
    struct doc_node groups[GROUPS];
    struct buf out;
    memset(text, '\x01', sizeof text); /* six bytes each in JSON */
    struct str s = {text, sizeof text};
    for (size_t i = 0; i < GROUPS; i++) {
        groups[i] = (struct doc_node){.kind = DOC_STR, .len = BYTES};
        groups[i].v.s = text;
    }
    struct doc_node list = {.kind = DOC_SEQ, .len = GROUPS};
    list.v.item = groups;
    struct admission_record record = {.uid = s,
                                      .username = s,
                                      .groups = &list,
                                      .operation = s,
                                      .kind = {s, s, s},
                                      .resource = {s, s, s},
                                      .subresource = s,
                                      .namespace = s,
                                      .name = s,
                                      .findings = s,
                                      .message = s,
                                      .error = s,
                                      .decision = DECISION_DENY,
                                      .code = 403};
    buf_init(&out, LIMIT_AUDIT_LINE);
    record_fields(&out, &(struct decision){.record = &record, .policy = "x", .nanoseconds = 1});
    cr_assert(!out.failed);
    buf_release(&out);
}
