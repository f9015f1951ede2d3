/* SPDX-License-Identifier: Apache-2.0
 *
 * A conversation with `git cat-file --batch`: a line with a name out, "OBJECT TYPE SIZE" and the
 * bytes back, or a line that ends in "missing".
 */
#include "config/revision.h"

#include "base/limits.h"
#include "config/repository.h"
#include "load/source.h"

#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE_BYTES = LIMIT_PATH_BYTES + 256 };

extern char **environ;

/* Ours before the user's, for the first of two equal names counts. A partial clone would fetch what
 * it lacks; with no protocol allowed it cannot. */
static char **quiet_environment(void)
{
    static char no_protocol[] = "GIT_ALLOW_PROTOCOL=", no_fetch[] = "GIT_NO_LAZY_FETCH=1";
    size_t count = 0;
    while (environ[count])
        count++;
    char **envp = calloc(count + 3, sizeof *envp);
    if (!envp)
        return NULL;
    envp[0] = no_protocol;
    envp[1] = no_fetch;
    memcpy(envp + 2, environ, count * sizeof *envp);
    return envp;
}

/* 0, or an errno. What git has to say goes to our standard error. */
static int start(struct revision *revision, int end, char **envp)
{
    static char git[] = "git", command[] = "cat-file", batch[] = "--batch",
                links[] = "--follow-symlinks";
    char *const argv[] = {git, command, batch, links, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO);
    int error = posix_spawnp(&revision->git, git, &actions, NULL, argv, envp);
    posix_spawn_file_actions_destroy(&actions);
    if (error)
        revision->git = 0;
    return error;
}

static int connect_git(struct revision *revision)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return errno;
    revision->requests = ends[0];
    revision->answers = fdopen(ends[0], "r");
    char **envp = quiet_environment();
    int error = envp && revision->answers ? start(revision, ends[1], envp) : ENOMEM;
    free(envp);
    close(ends[1]);
    if (!revision->answers)
        close(ends[0]);
    return error;
}

static bool ask(struct revision *revision, const char *line, size_t len)
{
    while (len > 0) {
        ssize_t n = send(revision->requests, line, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        line += n;
        len -= (size_t)n;
    }
    return true;
}

/* An answer's first line: what it is (empty: missing) and how many bytes follow. */
struct answer {
    char line[LINE_BYTES];
    struct str type;
    size_t size;
};

static bool parse_size(struct str digits, size_t *size)
{
    *size = 0;
    for (size_t i = 0; i < digits.len; i++) {
        unsigned digit = (unsigned)(digits.ptr[i] - '0');
        if (digit > 9 || *size > (SIZE_MAX - digit) / 10)
            return false;
        *size = *size * 10 + digit;
    }
    return digits.len > 0;
}

/* "OBJECT blob 12"; "dangling 12" and its like of a link that leads nowhere; "NAME missing". */
static bool hear(struct revision *revision, struct answer *answer)
{
    if (!fgets(answer->line, sizeof answer->line, revision->answers))
        return false;
    struct str line = str_from(answer->line);
    if (!str_ends_with(line, STR("\n")))
        return false;
    line = str_take(line, line.len - 1);
    size_t space = str_rfind(line, ' ');
    struct str before = str_take(line, space), last = str_skip(line, space + 1);
    answer->type = STR_EMPTY;
    answer->size = 0;
    if (str_is(last, "missing") || str_is(last, "ambiguous"))
        return true;
    size_t start = str_rfind(before, ' ');
    answer->type = start < before.len ? str_skip(before, start + 1) : before;
    return parse_size(last, &answer->size);
}

/* The answer's bytes and the line end after them; to NULL: away. */
static bool take(struct revision *revision, char *bytes, size_t size)
{
    char ignored[4096];
    while (!bytes && size > 0) {
        size_t n = size < sizeof ignored ? size : sizeof ignored;
        if (fread(ignored, 1, n, revision->answers) != n)
            return false;
        size -= n;
    }
    return fread(bytes ? bytes : ignored, 1, size, revision->answers) == size &&
           fgetc(revision->answers) == '\n';
}

static bool find_commit(struct revision *revision, const char *name, struct diag *diag)
{
    static const char fault[] = "--new-from \"%s\": %s";
    char line[LINE_BYTES];
    struct answer answer;
    int len = snprintf(line, sizeof line, "%s^{commit}\n", name);
    if (len < 0 || (size_t)len >= sizeof line || strchr(name, '\n'))
        return diag_set(diag, DIAG_VALUE, 0, 0, fault, name, "expected the name of a revision");
    if (!ask(revision, line, (size_t)len) || !hear(revision, &answer))
        return diag_set(diag, DIAG_IO, 0, 0, fault, name, "git cannot read the repository");
    size_t hash = str_find(str_from(answer.line), ' ');
    if (!str_is(answer.type, "commit") || hash >= sizeof revision->commit)
        return diag_set(diag, DIAG_VALUE, 0, 0, fault, name,
                        "expected a commit, branch or tag of this repository");
    memcpy(revision->commit, answer.line, hash);
    return take(revision, NULL, answer.size) ||
           diag_set(diag, DIAG_IO, 0, 0, fault, name, "git cannot read the repository");
}

static bool find_root(struct revision *revision, const char *name, struct diag *diag)
{
    char *here = realpath(".", NULL);
    size_t len = here ? strlen(here) : 0, root = 0;
    char *slashed = here ? realloc(here, len + 2) : NULL;
    if (slashed) {
        memcpy(slashed + len, "/", 2);
        root = repository_root(str_from(slashed));
    }
    revision->root = slashed;
    if (root)
        slashed[root] = '\0';
    return root ||
           diag_set(diag, DIAG_VALUE, 0, 0,
                    "--new-from \"%s\": the working directory is in no git repository", name);
}

bool revision_open(struct revision *revision, const char *name, struct diag *diag)
{
    *revision = (struct revision){0};
    if (!find_root(revision, name, diag)) {
        free(revision->root);
        return false;
    }
    int error = connect_git(revision);
    bool ok = !error || diag_set(diag, DIAG_IO, 0, 0, "--new-from \"%s\": cannot run git: %s", name,
                                 source_error(error).text);
    pthread_mutex_init(&revision->lock, NULL);
    ok = ok && find_commit(revision, name, diag);
    if (!ok)
        revision_close(revision);
    return ok;
}

/* "COMMIT:PATH\n". Links on the way to the file are followed here, for the path may enter the
 * repository through one; the file itself is left to git. 0 where there can be no such file:
 * outside of the repository, or a name that does not fit a line. */
static size_t name_object(const struct revision *revision, const char *path, char line[LINE_BYTES])
{
    char directory[LIMIT_PATH_BYTES + 2], whole[LINE_BYTES];
    size_t len = strlen(path), slash = str_rfind(str_from(path), '/');
    size_t file = slash < len ? slash + 1 : 0, root = strlen(revision->root);
    if (len >= LIMIT_PATH_BYTES || strchr(path, '\n'))
        return 0;
    snprintf(directory, sizeof directory, "%.*s.", (int)file, path);
    char *real = realpath(directory, NULL);
    if (!real)
        return 0;
    int n = snprintf(whole, sizeof whole, "%s/%s", strcmp(real, "/") == 0 ? "" : real, path + file);
    free(real);
    if (n < 0 || (size_t)n >= sizeof whole || strncmp(whole, revision->root, root) != 0)
        return 0;
    n = snprintf(line, LINE_BYTES, "%s:%s\n", revision->commit, whole + root);
    return n > 0 && n < LINE_BYTES ? (size_t)n : 0;
}

static bool read_object(struct revision *revision, const char *line, size_t len,
                        struct arena *arena, struct str *text)
{
    struct answer answer;
    char *bytes = NULL;
    if (revision->failed || !ask(revision, line, len) || !hear(revision, &answer)) {
        revision->failed = true;
        return false;
    }
    if (!answer.type.len)
        return false;
    if (str_is(answer.type, "blob") && answer.size <= LIMIT_FILE_BYTES)
        bytes = arena_alloc(arena, answer.size + 1);
    revision->failed = !take(revision, bytes, answer.size);
    *text = (struct str){bytes, answer.size};
    return bytes && !revision->failed;
}

bool revision_read(struct revision *revision, const char *path, struct arena *arena,
                   struct str *text)
{
    char line[LINE_BYTES];
    size_t len = name_object(revision, path, line);
    if (!len)
        return false;
    pthread_mutex_lock(&revision->lock);
    bool ok = read_object(revision, line, len, arena, text);
    pthread_mutex_unlock(&revision->lock);
    return ok;
}

bool revision_close(struct revision *revision)
{
    if (revision->answers)
        fclose(revision->answers);
    while (revision->git && waitpid(revision->git, NULL, 0) < 0 && errno == EINTR)
        continue;
    free(revision->root);
    pthread_mutex_destroy(&revision->lock);
    return !revision->failed;
}
