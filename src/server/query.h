/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of a request's target after the question mark. Pure.
 */
#ifndef SERVER_QUERY_H
#define SERVER_QUERY_H

#include "base/str.h"

#include <stdbool.h>

/* The first value of a key in a query string (a=b&c=d), as it stands there. False: no such key. */
bool query_value(struct str query, struct str key, struct str *value);

#endif
