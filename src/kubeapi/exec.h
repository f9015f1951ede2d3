/* SPDX-License-Identifier: Apache-2.0
 *
 * Credential plugins of a kubeconfig (client.authentication.k8s.io): a program is run and prints a
 * token or a certificate. A kubeconfig that names one runs code, so a program asks for it by an
 * option before it lets this happen.
 */
#ifndef KUBEAPI_EXEC_H
#define KUBEAPI_EXEC_H

#include "base/diag.h"
#include "kubeapi/access.h"

#include <stdatomic.h>

struct kube_credential {
    struct str token, cert_data, key_data; /* terminated, in the arena; empty where not given */
};

/* Runs access->exec_command with the arguments and environment of its block. False, with diag, when
 * it cannot be started, takes more than half a minute, fails, or prints no ExecCredential; and when
 * *stop becomes true (NULL: it never does). */
bool kube_exec_run(const struct kubeapi_access *access, const atomic_bool *stop,
                   struct kube_credential *credential, struct arena *arena, struct diag *diag);

#endif
