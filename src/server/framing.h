/* SPDX-License-Identifier: Apache-2.0
 *
 * How long is this request? libh2o 2.2.5 accepts a request whose head answers twice (two lengths,
 * or a length and chunks) and forgets that it did, so the raw head is looked at once more. Pure.
 */
#ifndef SERVER_FRAMING_H
#define SERVER_FRAMING_H

#include "base/str.h"

/* head begins with the request line; whatever follows the empty line is not looked at. NULL when
 * its length is told once or not at all (RFC 9112, 6.3); else what was expected. */
const char *framing_fault(struct str head);

#endif
