/* SPDX-License-Identifier: Apache-2.0
 *
 * Go's %q: messages of Kubernetes quote names and values with it, and ours are compared with them
 * byte for byte.
 */
#ifndef BASE_QUOTE_H
#define BASE_QUOTE_H

#include "base/buf.h"
#include "base/str.h"

/* Appends s as Go's strconv.Quote does: in double quotes; quotes, backslashes and what does not
 * print escaped. */
void quote_go(struct buf *buf, struct str s);

#endif
