/* SPDX-License-Identifier: Apache-2.0
 *
 * FNV-1a with 64 bits: for tables, and to notice that something changed. It proves nothing.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

#include <stdint.h>

#define HASH_START UINT64_C(14695981039346656037)

static inline uint64_t hash_byte(uint64_t hash, unsigned char byte)
{
    return (hash ^ byte) * UINT64_C(1099511628211);
}

/* Goes on from `hash`, which is HASH_START or a seed at first. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len; i++)
        hash = hash_byte(hash, p[i]);
    return hash;
}

static inline uint64_t hash_str(uint64_t hash, struct str s)
{
    return hash_bytes(hash, s.ptr, s.len);
}

#endif
