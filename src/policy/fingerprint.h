/* SPDX-License-Identifier: Apache-2.0
 *
 * Names for things by what they are: equal input, equal name. No protection against who wants two
 * inputs to have one.
 */
#ifndef POLICY_FINGERPRINT_H
#define POLICY_FINGERPRINT_H

#include "base/str.h"

#include <stdint.h>

#define FINGERPRINT_HEX 33 /* bytes of one in hex, terminated */

/* 128-bit FNV-1a. */
struct fingerprint {
    uint64_t high, low;
};
struct fingerprint fingerprint_init(void);
/* Adds a string and its end, so that ("ab", "c") differs from ("a", "bc"). */
void fingerprint_add(struct fingerprint *f, struct str s);
void fingerprint_write(const struct fingerprint *f, char hex[FINGERPRINT_HEX]);

#endif
