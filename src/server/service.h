/* SPDX-License-Identifier: Apache-2.0
 *
 * The webhook as one object: what a worker process runs.
 */
#ifndef SERVER_SERVICE_H
#define SERVER_SERVICE_H

#include "load/kept.h"
#include "policy/rule.h"
#include "server/crash.h"
#include "server/tls.h"

#include <stdbool.h>

/* What a worker leaves to the next one: its configuration as it was good last. */
enum service_kept { KEPT_CERTIFICATE, KEPT_POLICY, KEPT_ACCESS, KEPT_STATE, SERVICE_KEPT };

struct service_options {
    const int *admission_fds; /* listening sockets, one a loop */
    unsigned loops;
    int ops_fd;
    unsigned connections;
    const char *version;
    const struct rule_set *rules;                      /* what findings are counted by */
    const char *cert_file, *key_file, *client_ca_file; /* the last may be NULL */
    struct tls_names client_names;
    const char *pod_security_config; /* NULL: none */
    const char *kubeconfig;          /* NULL: in-cluster */
    bool allow_exec;                 /* run the kubeconfig's credential plugin */
    const char *state_dir;           /* NULL: ask an API server */
    uint32_t kubernetes_minor;       /* PSS_LATEST: that of the cluster */
    const char *audit_log;           /* NULL: standard output */
    bool audit_all;                  /* plain allows and dry runs too */
    bool metrics_namespaces;         /* count by namespace too */
    double rate_limit, rate_burst;   /* reviews a second and user; 0: no limit */
    unsigned drain_delay_ms;
    struct kept *kept[SERVICE_KEPT];
};

/* Serves until SIGTERM or SIGINT, which the caller has blocked together with SIGHUP, and drains. A
 * SIGINT ends the drain's delay, another SIGTERM does not. Returns an exit status: 0; 2 when
 * something was wrong from the start (the log says what). What is wrong only since a worker before
 * this one served is reported, and done without. */
int service_run(const struct service_options *options, struct crash *crash);

#endif
