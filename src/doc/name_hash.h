/* SPDX-License-Identifier: Apache-2.0
 *
 * The hash of field names, shared by the tool that makes the table and the look-up that reads it.
 * First and last eight bytes and the length tell all of Kubernetes' names apart well; what collides
 * is compared.
 */
#ifndef DOC_NAME_HASH_H
#define DOC_NAME_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { NAME_SLOTS = 4096 }; /* a power of two, over four times the names: 1.1 probes a look-up */

static inline uint32_t name_hash(const char *text, size_t len)
{
    uint64_t head = 0, tail = 0;
    size_t n = len < 8 ? len : 8;
    memcpy(&head, text, n);
    memcpy(&tail, text + len - n, n);
    uint64_t h = (head ^ (tail * 0x9E3779B97F4A7C15u) ^ len) * 0xD6E8FEB86659FD93u;
    return (uint32_t)(h >> 40) & (NAME_SLOTS - 1);
}

#endif
