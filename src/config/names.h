/* SPDX-License-Identifier: Apache-2.0
 *
 * What Kubernetes says of names that no object can have.
 */
#ifndef CONFIG_NAMES_H
#define CONFIG_NAMES_H

#include "base/buf.h"
#include "base/str.h"

/* A namespace's name, a runtime class's. They add what is wrong with it to out, in Kubernetes'
 * words, several faults joined by ", "; false when something is. */
bool name_check_label(struct buf *out, struct str name);
bool name_check_subdomain(struct buf *out, struct str name);

#endif
