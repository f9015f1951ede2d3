/* SPDX-License-Identifier: Apache-2.0
 *
 * main of rampart-webhook: the command line, the sockets, and two processes.
 */
#include "base/limits.h"
#include "base/printable.h"
#include "config/help.h"
#include "config/terminal.h"
#include "load/source.h"
#include "pss/pss.h"
#include "rules/rules.h"
#include "server/log.h"
#include "server/service.h"
#include "server/tcp.h"
#include "version.h"
#include "webhook/supervisor.h"

#include <errno.h>
#include <unistd.h>

enum {
    ARGUMENTS_ARENA = 16 << 20,
    WIDTH = 80,
    THREADS = 4, /* by default at most */
    EXIT_USAGE = 2,
    SPARE_FILES = 64, /* besides connections and loops: logs, what is kept, what libcurl opens */
    LOOP_FILES = 4,   /* its listener, epoll, and the two ends it is woken by */
    MS_OF_SECOND = 1000,
};

struct webhook {
    struct service_options service;
    int listeners[LIMIT_LOOPS + 1]; /* of admission, then the plain one */
};

static const char *no_words(const char *set, size_t index)
{
    (void)set;
    (void)index;
    return NULL;
}

static bool drain_stdout(void *context, const char *bytes, size_t len)
{
    (void)context;
    for (ssize_t n; len > 0; bytes += n, len -= (size_t)n) {
        n = write(STDOUT_FILENO, bytes, len);
        if (n <= 0)
            return false;
    }
    return true;
}

/* One write, for a supervisor of this program may write too. */
static void say(const char *text)
{
    struct buf line;
    buf_init(&line, LIMIT_MESSAGE_BYTES);
    buf_add_c(&line, "rampart-webhook: ");
    printable_add(&line, str_from(text));
    buf_add_char(&line, '\n');
    ssize_t written = write(STDERR_FILENO, line.ptr, line.len);
    (void)written; /* there is nobody left to tell */
    buf_release(&line);
}

static int usage(const struct diag *diag)
{
    say(diag->text);
    say("try 'rampart-webhook --help'");
    return EXIT_USAGE;
}

static int print(bool help)
{
    struct buf out;
    buf_init_stream(&out, drain_stdout, NULL);
    unsigned width = terminal_width(STDOUT_FILENO);
    if (help)
        help_write(&out, COMMAND_WEBHOOK, no_words, width ? width : WIDTH,
                   terminal_color("auto", STDOUT_FILENO));
    else
        buf_add_c(&out, "rampart-webhook " RAMPART_VERSION "\n");
    bool ok = buf_flush(&out);
    buf_release(&out);
    if (!ok)
        say("standard output cannot be written");
    return ok ? 0 : EXIT_USAGE;
}

/* The command line */

static bool read_version(const struct options *options, uint32_t *minor, struct diag *diag)
{
    struct str text = str_from(options_text(options, OPTION_KUBERNETES_VERSION));
    *minor = PSS_LATEST;
    if (str_is(text, "auto"))
        return true;
    if (str_is(text, "latest") || !pss_parse_version(text, minor))
        return diag_set(diag, DIAG_VALUE, 0, 0,
                        "--kubernetes-version is \"%.*s\", expected auto or v1.N", STR_ARG(text));
    return true;
}

/* A container's quota does not show in the number of processors, and one thread answers more than
 * an API server asks. */
static unsigned default_threads(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > THREADS ? THREADS : (unsigned)n;
}

/* NULL: standard output. */
static const char *audit_file(const char *path)
{
    return path && strcmp(path, "-") == 0 ? NULL : path;
}

static bool read_options(const struct options *o, struct service_options *s, struct diag *diag)
{
    unsigned limit = options_number(o, OPTION_RATE_LIMIT);
    unsigned burst = options_number(o, OPTION_RATE_BURST);
    unsigned threads = options_number(o, OPTION_THREADS);
    *s = (struct service_options){
        .loops = threads ? threads : default_threads(),
        .connections = options_number(o, OPTION_CONNECTIONS),
        .version = RAMPART_VERSION,
        .rules = &rules_all,
        .cert_file = options_text(o, OPTION_TLS_CERT_FILE),
        .key_file = options_text(o, OPTION_TLS_PRIVATE_KEY_FILE),
        .client_ca_file = options_text(o, OPTION_CLIENT_CA_FILE),
        .client_names = {o->values[OPTION_CLIENT_NAME].given.items,
                         o->values[OPTION_CLIENT_NAME].given.count},
        .pod_security_config = options_text(o, OPTION_POD_SECURITY_CONFIG),
        .kubeconfig = options_text(o, OPTION_KUBECONFIG),
        .allow_exec = options_has(o, OPTION_ALLOW_EXEC),
        .state_dir = options_text(o, OPTION_STATE),
        .audit_log = audit_file(options_text(o, OPTION_AUDIT_LOG)),
        .audit_all = options_has(o, OPTION_AUDIT_ALL),
        .metrics_namespaces = options_has(o, OPTION_METRICS_NAMESPACES),
        .rate_limit = limit,
        .rate_burst = burst ? burst : 2.0 * limit,
        .drain_delay_ms = options_number(o, OPTION_DRAIN_DELAY) * MS_OF_SECOND};
    if (!s->cert_file || !s->key_file)
        return diag_set(diag, DIAG_VALUE, 0, 0,
                        "--tls-cert-file and --tls-private-key-file are expected");
    if (s->client_names.count > 0 && !s->client_ca_file)
        return diag_set(diag, DIAG_VALUE, 0, 0, "--client-ca-file is expected with --client-name");
    if (burst && !limit)
        return diag_set(diag, DIAG_VALUE, 0, 0, "--rate-limit is expected with --rate-burst");
    if (s->state_dir && s->kubeconfig)
        return diag_set(diag, DIAG_VALUE, 0, 0,
                        "--state and --kubeconfig name two clusters, expected one");
    return read_version(o, &s->kubernetes_minor, diag);
}

/* The sockets */

/* Were there fewer, a loop would be told again and again of a connection that it cannot accept. */
static bool check_open_files(const struct service_options *service, struct diag *diag)
{
    size_t files = tcp_raise_open_files();
    size_t needed = service->connections + SPARE_FILES +
                    (size_t)service->loops * (LOOP_FILES + LIMIT_LINGERING);
    return files >= needed ||
           diag_set(diag, DIAG_LIMIT, 0, 0,
                    "%u connections on %u threads need %zu open files, and the limit (ulimit -n) "
                    "is %zu",
                    service->connections, service->loops, needed, files);
}

static bool listen_at(const struct options *options, enum option option, unsigned count, int *fds,
                      struct diag *diag)
{
    struct diag why = {0};
    return tcp_listen(options_text(options, option), count, fds, &why) ||
           diag_set(diag, why.code, 0, 0, "--%s %s", option_specs[option].name, why.text);
}

static bool listen_all(struct webhook *webhook, const struct options *options, struct diag *diag)
{
    unsigned loops = webhook->service.loops;
    char admission[128], ops[128];
    if (!listen_at(options, OPTION_LISTEN, loops, webhook->listeners, diag) ||
        !listen_at(options, OPTION_METRICS_LISTEN, 1, webhook->listeners + loops, diag))
        return false;
    webhook->service.admission_fds = webhook->listeners;
    webhook->service.ops_fd = webhook->listeners[loops];
    tcp_local_name(webhook->listeners[0], admission, sizeof admission);
    tcp_local_name(webhook->service.ops_fd, ops, sizeof ops);
    log_info("reviews on %s, metrics on %s, %u threads", admission, ops, loops);
    return true;
}

static bool make_kept(struct service_options *service, struct diag *diag)
{
    for (size_t i = 0; i < SERVICE_KEPT; i++)
        if (!(service->kept[i] = kept_new()))
            return diag_set(diag, DIAG_MEMORY, 0, 0,
                            "memory that outlives a worker cannot be had: %s",
                            source_error(errno).text);
    return true;
}

static int work(void *context, struct crash *crash)
{
    return service_run(context, crash);
}

static int run(const struct options *options)
{
    struct webhook webhook = {0};
    struct diag diag = {0};
    supervise_signals();
    if (!read_options(options, &webhook.service, &diag) ||
        !check_open_files(&webhook.service, &diag) || !make_kept(&webhook.service, &diag) ||
        !listen_all(&webhook, options, &diag)) {
        if (diag.code == DIAG_VALUE)
            return usage(&diag);
        log_error("%s", diag.text);
        return EXIT_USAGE;
    }
    return supervise(&(struct supervised){.work = work,
                                          .context = &webhook.service,
                                          .listeners = webhook.listeners,
                                          .listener_count = webhook.service.loops + 1});
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct options options;
    struct diag diag = {0};
    int status = EXIT_USAGE;
    if (!terminal_hold_streams())
        return EXIT_USAGE;
    arena_init(&arena, ARGUMENTS_ARENA);
    if (!options_parse(&options, PROGRAM_WEBHOOK, argc, argv, no_words, &arena, &diag))
        status = usage(&diag);
    else if (options_has(&options, OPTION_HELP) || options_has(&options, OPTION_VERSION))
        status = print(options_has(&options, OPTION_HELP));
    else
        status = run(&options);
    arena_release(&arena);
    return status;
}
