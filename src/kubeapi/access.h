/* SPDX-License-Identifier: Apache-2.0
 *
 * How to reach and convince an API server: what a pod finds in its filesystem, or a kubeconfig.
 */
#ifndef KUBEAPI_ACCESS_H
#define KUBEAPI_ACCESS_H

#include "base/diag.h"
#include "doc/doc.h"

/* Terminated strings in one arena; empty where absent. Inline data is decoded PEM; files are opened
 * by path each time, since tokens and CAs rotate behind symlinks. */
struct kubeapi_access {
    struct str server; /* https://host:port, no slash at the end */
    struct str ca_file, ca_data;
    struct str cert_file, cert_data, key_file, key_data;
    struct str token, token_file;
    struct str username, password;
    struct str tls_server_name, proxy_url;
    struct str exec_command;     /* a credential plugin is wanted; see kubeapi_exec */
    const struct doc_node *exec; /* its block, as long as the document lives */
    bool insecure;
};

#define KUBEAPI_SERVICE_ACCOUNT_DIR "/var/run/secrets/kubernetes.io/serviceaccount"

/* host and port: the environment's KUBERNETES_SERVICE_HOST and _PORT. False, with diag, when either
 * is NULL or empty. */
bool kubeapi_access_in_cluster(struct kubeapi_access *access, const char *host, const char *port,
                               const char *dir, struct arena *arena, struct diag *diag);
/* From a kubeconfig's document: the current context, or the named one. directory: of the file, for
 * relative paths. False, with diag pointing into the document, where something is missing or of
 * another type. */
bool kubeapi_access_kubeconfig(struct kubeapi_access *access, const struct doc *doc,
                               struct str context, struct str directory, struct arena *arena,
                               struct diag *diag);

#endif
