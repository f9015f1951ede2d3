/* SPDX-License-Identifier: Apache-2.0
 *
 * The ?timeout= of a webhook call. Pure.
 */
#ifndef SERVER_DURATION_H
#define SERVER_DURATION_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Reads a duration as Go's time.ParseDuration does ("5s", "1m30s", "-1.5h", "0"), in nanoseconds.
 * False for anything else, and what int64 cannot hold. */
bool duration_parse(struct str text, int64_t *nanoseconds);
/* The first value of a key in a query string (a=b&c=d), as it stands there. False: no such key. */
bool query_value(struct str query, struct str key, struct str *value);

#endif
