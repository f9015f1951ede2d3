/* SPDX-License-Identifier: Apache-2.0
 *
 * Percent-encoding (RFC 3986).
 */
#ifndef BASE_URI_H
#define BASE_URI_H

#include "base/buf.h"

/* Appends s as part of a path or of a query: what is not unreserved (section 2.3) percent-encoded,
 * so that it ends neither. */
void uri_add(struct buf *out, struct str s);
/* The same of a whole path: slashes stay. */
void uri_add_path(struct buf *out, struct str s);

#endif
