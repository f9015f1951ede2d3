/* SPDX-License-Identifier: Apache-2.0
 *
 * The hash of field names, shared by the tool that makes the table and the look-up that reads it.
 * First and last eight bytes and the length tell all of Kubernetes' names apart well; what collides
 * is compared.
 */
#ifndef DOC_NAME_HASH_H
#define DOC_NAME_HASH_H

#include "doc/name.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { NAME_SLOTS = 4096 }; /* a power of two, over four times the names: 1.2 probes a look-up */

/* Of a text of up to 16 bytes all of them, with zeros after them; of a longer one the first and the
 * last eight. */
struct name_ends {
    uint64_t head, tail;
    uint64_t len;
};

/* len > NAME_READABLE. */
static inline struct name_ends name_ends_long(const char *text, size_t len)
{
    struct name_ends ends = {0, 0, len};
    memcpy(&ends.head, text, 8);
    memcpy(&ends.tail, text + len - 8, 8);
    return ends;
}

/* len <= NAME_READABLE, and as many bytes as that may be read at text. Nothing depends on the
 * length but a mask: lengths come in no order, and no branch on them could be foreseen. */
static inline struct name_ends name_ends_padded(const char *text, size_t len)
{
    static const unsigned char ones[2 * NAME_READABLE] = {
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    };
    uint64_t head, tail;
    struct name_ends ends = {0, 0, len};
    memcpy(&ends.head, text, 8);
    memcpy(&ends.tail, text + 8, 8);
    memcpy(&head, ones + NAME_READABLE - len, 8);
    memcpy(&tail, ones + NAME_READABLE - len + 8, 8);
    ends.head &= head;
    ends.tail &= tail;
    return ends;
}

static inline struct name_ends name_ends(const char *text, size_t len)
{
    char padded[NAME_READABLE] = {0};
    if (len > NAME_READABLE)
        return name_ends_long(text, len);
    if (len)
        memcpy(padded, text, len);
    return name_ends_padded(padded, len);
}

static inline uint64_t name_mix(const struct name_ends *ends)
{
    return (ends->head ^ (ends->tail * 0x9E3779B97F4A7C15u) ^ ends->len) * 0xD6E8FEB86659FD93u;
}

static inline uint32_t name_hash(const struct name_ends *ends)
{
    return (uint32_t)(name_mix(ends) >> 40) & (NAME_SLOTS - 1);
}

#endif
