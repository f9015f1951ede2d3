/* SPDX-License-Identifier: Apache-2.0
 *
 * What a PodSecurityConfiguration says: the policy of a namespace whose labels say nothing, and who
 * is exempt. Read by config/pod_security.c, obeyed by admission/.
 */
#ifndef PSS_CONFIG_H
#define PSS_CONFIG_H

#include "pss/pss.h"

/* In the order of every list upstream prints. */
enum pss_mode { PSS_ENFORCE, PSS_AUDIT, PSS_WARN, PSS_MODE_COUNT };

/* A level and the version that was asked for; messages print that one, whatever it is evaluated
 * as. */
struct pss_level_version {
    enum pss_level level;
    uint32_t minor;     /* PSS_LATEST for latest */
    struct str version; /* "latest" or "v1.N": one spelling each, so equal texts are equal versions
                           (N may exceed minor's range) */
};

struct pss_policy {
    struct pss_level_version mode[PSS_MODE_COUNT];
};

struct pss_names {
    const struct str *items;
    size_t count;
};

struct pss_config {
    struct pss_policy defaults;
    /* Exact names: no wildcards, groups or selectors. */
    struct pss_names usernames, namespaces, runtime_classes;
};

#define PSS_LATEST_VERSION STR("latest")
#define PSS_PRIVILEGED_LATEST                                                                      \
    ((struct pss_level_version){PSS_PRIVILEGED, PSS_LATEST, PSS_LATEST_VERSION})

/* What the API server assumes without a file: privileged everywhere, nobody exempt. */
#define PSS_CONFIG_DEFAULT                                                                         \
    ((struct pss_config){                                                                          \
        .defaults = {{PSS_PRIVILEGED_LATEST, PSS_PRIVILEGED_LATEST, PSS_PRIVILEGED_LATEST}}})

#endif
