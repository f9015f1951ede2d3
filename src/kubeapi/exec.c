/* SPDX-License-Identifier: Apache-2.0 */
#include "kubeapi/exec.h"

#include "load/json.h"
#include "load/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    OUTPUT_BYTES = 256 << 10, /* a certificate chain and a token are some kilobytes */
    PATIENCE_MS = 30000,
    STOP_LOOK_MS = 100, /* how late it may be noticed that nobody waits any more */
    END_LOOK_MS = 5,    /* and that it ended, which it does right after it closed its output */
};

static bool no_memory(struct diag *diag)
{
    return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
}

/* argv and envp, of the block's strings and {name, value} pairs; both end with NULL. When the arena
 * fails, words in them may be empty. */
static char **arguments(const struct kubeapi_access *access, struct arena *arena)
{
    const struct doc_node *args = doc_get(access->exec, N_args);
    size_t count = doc_is(args, DOC_SEQ) ? args->len : 0, n = 0;
    char **argv = arena_zalloc(arena, count + 2, sizeof *argv);
    if (!argv)
        return NULL;
    argv[n++] = (char *)(uintptr_t)access->exec_command.ptr; /* execve does not write to it */
    doc_foreach_item (args, arg)
        argv[n++] = (char *)(uintptr_t)arena_str(arena, doc_str(arg)).ptr;
    return argv;
}

static char **environment(const struct kubeapi_access *access, struct arena *arena)
{
    const struct doc_node *env = doc_get(access->exec, N_env);
    struct str version = doc_str(doc_get(access->exec, N_apiVersion));
    size_t count = doc_is(env, DOC_SEQ) ? env->len : 0, n = 0;
    for (char **e = environ; *e; e++)
        count++;
    char **envp = arena_zalloc(arena, count + 2, sizeof *envp);
    if (!envp)
        return NULL;
    doc_foreach_item (env, e) /* first, for the first of two equal names counts */
        envp[n++] = (char *)(uintptr_t)arena_printf(arena, "%.*s=%.*s",
                                                    STR_ARG(doc_str(doc_get(e, N_name))),
                                                    STR_ARG(doc_str(doc_get(e, N_value))))
                        .ptr;
    envp[n++] =
        (char *)(uintptr_t)arena_printf(arena,
                                        "KUBERNETES_EXEC_INFO={\"apiVersion\":\"%.*s\",\"kind\":"
                                        "\"ExecCredential\",\"spec\":{\"interactive\":false}}",
                                        STR_ARG(version))
            .ptr;
    for (char **e = environ; *e; e++)
        envp[n++] = *e;
    return envp;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool stopped(const atomic_bool *stop)
{
    return stop && atomic_load(stop);
}

/* All of fd, to its end; false when it is too long or takes too long. */
static bool read_all(int fd, int64_t until, const atomic_bool *stop, struct buf *out)
{
    while (now_ms() < until && !stopped(stop) && !out->failed) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        char bytes[4096];
        if (poll(&ready, 1, STOP_LOOK_MS) == 0)
            continue;
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n == 0)
            return true;
        if (n < 0 && errno != EINTR)
            return false;
        buf_add(out, bytes, n > 0 ? (size_t)n : 0);
    }
    return false;
}

/* Its status; -1 when it does not end in time, and was killed. */
static int end_of(pid_t pid, int64_t until, const atomic_bool *stop)
{
    int status = 0;
    pid_t ended = 0;
    while ((ended = waitpid(pid, &status, WNOHANG)) == 0 && now_ms() < until && !stopped(stop))
        poll(NULL, 0, END_LOOK_MS);
    if (ended == pid)
        return status;
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return -1;
}

/* Our threads block signals and ignore SIGPIPE; another program does not expect to begin so. */
static void usual_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(attributes);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* Starts it with its standard output in a pipe, and nothing else of ours but the standard streams:
 * libcurl's connections would be inherited. 0 when that fails, and errno. */
static pid_t start(char **argv, char **envp, int *output)
{
    int fds[2];
    pid_t pid = 0;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (pipe2(fds, O_CLOEXEC) != 0)
        return 0;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    usual_signals(&attributes);
    int why = posix_spawnp(&pid, argv[0], &actions, &attributes, argv, envp);
    if (why != 0)
        pid = 0;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(fds[1]);
    if (!pid)
        close(fds[0]);
    *output = fds[0];
    errno = why;
    return pid;
}

static bool parse(struct str text, struct kube_credential *credential, struct arena *arena,
                  struct diag *diag)
{
    struct json_reader reader;
    struct doc doc;
    json_reader_init(&reader);
    bool ok = json_read(&reader, text, arena, &doc, diag);
    json_reader_release(&reader);
    if (!ok)
        return false;
    const struct doc_node *status = doc_get(doc.root, N_status);
    credential->token = arena_str(arena, doc_str(doc_get(status, N_token)));
    credential->cert_data =
        arena_str(arena, doc_str(doc_get_str(status, STR("clientCertificateData"))));
    credential->key_data = arena_str(arena, doc_str(doc_get_str(status, STR("clientKeyData"))));
    if (arena->failed)
        return no_memory(diag);
    return credential->token.len || credential->cert_data.len ||
           diag_set(diag, DIAG_VALUE, 0, 0,
                    "expected status.token or status.clientCertificateData");
}

/* What it wrote, when it ended well. */
static bool run(char **argv, char **envp, const atomic_bool *stop, struct buf *out,
                struct diag *diag)
{
    int fd = -1;
    int64_t until = now_ms() + PATIENCE_MS;
    pid_t pid = start(argv, envp, &fd);
    if (!pid)
        return diag_set(diag, DIAG_IO, 0, 0, " cannot be run: %s", source_error(errno).text);
    bool complete = read_all(fd, until, stop, out);
    close(fd);
    int status = end_of(pid, complete ? until : 0, stop);
    if (out->failed)
        return diag_set(diag, DIAG_LIMIT, 0, 0, " wrote more than %d bytes", OUTPUT_BYTES);
    if (!complete || status == -1)
        return diag_set(diag, DIAG_IO, 0, 0, " did not end within %d s", PATIENCE_MS / 1000);
    if (WIFSIGNALED(status))
        return diag_set(diag, DIAG_IO, 0, 0, " was ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status) == 0 ||
           diag_set(diag, DIAG_IO, 0, 0, " ended with status %d", WEXITSTATUS(status));
}

bool kube_exec_run(const struct kubeapi_access *access, const atomic_bool *stop,
                   struct kube_credential *credential, struct arena *arena, struct diag *diag)
{
    char **argv = arguments(access, arena), **envp = environment(access, arena);
    struct buf out;
    struct diag why = {0};
    *credential = (struct kube_credential){0};
    if (arena->failed)
        return no_memory(diag);
    buf_init(&out, OUTPUT_BYTES);
    bool ok = run(argv, envp, stop, &out, &why);
    struct str text = arena_str(arena, buf_str(&out)); /* the credential borrows from it */
    buf_release(&out);
    if (arena->failed)
        return no_memory(diag);
    if (ok && !parse(text, credential, arena, &why))
        ok = diag_set(diag, why.code, 0, 0, "the credential plugin \"%s\": %s",
                      access->exec_command.ptr, why.text);
    else if (!ok)
        diag_set(diag, why.code, 0, 0, "the credential plugin \"%s\"%s", access->exec_command.ptr,
                 why.text);
    return ok;
}
