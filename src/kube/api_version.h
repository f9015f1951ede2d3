/* SPDX-License-Identifier: Apache-2.0
 *
 * API versions that Kubernetes has stopped serving, or announced that it will.
 */
#ifndef KUBE_API_VERSION_H
#define KUBE_API_VERSION_H

#include "base/str.h"

struct api_version {
    const char *kind, *version; /* Deployment, extensions/v1beta1 */
    unsigned deprecated;        /* the minor that says so */
    unsigned removed;           /* the first minor that does not serve it; 0: none planned */
    const char *instead;        /* what to use, or empty */
};

/* What is known of a kind's version, or NULL: nothing is planned for it. */
const struct api_version *api_version_find(struct str api_version, struct str kind);

#endif
