/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KUBEAPI_PATH_H
#define KUBEAPI_PATH_H

#include "base/buf.h"
#include "base/str.h"

/* Appends value as part of a path or of a query: whatever it holds, it ends neither. */
void path_add(struct buf *path, struct str value);

#endif
