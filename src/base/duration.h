/* SPDX-License-Identifier: Apache-2.0
 *
 * Durations as Go writes them: in a manifest, and in the ?timeout= of a webhook call.
 */
#ifndef BASE_DURATION_H
#define BASE_DURATION_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Reads a duration as Go's time.ParseDuration does ("5s", "1m30s", "-1.5h", "0"), in nanoseconds.
 * False for anything else, and what int64 cannot hold. */
bool duration_parse(struct str text, int64_t *nanoseconds);

#endif
