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

/* The ends of a text; with its length they tell texts of up to 16 bytes apart for certain. */
struct name_ends {
    uint64_t head, tail;
    uint64_t len;
};

/* By fixed-size loads: a memcpy of unknown length is a call. */
static inline struct name_ends name_ends(const char *text, size_t len)
{
    struct name_ends ends = {0, 0, len};
    if (len >= 8) {
        memcpy(&ends.head, text, 8);
        memcpy(&ends.tail, text + len - 8, 8);
    } else if (len >= 4) {
        uint32_t head, tail;
        memcpy(&head, text, 4);
        memcpy(&tail, text + len - 4, 4);
        ends.head = head;
        ends.tail = tail;
    } else if (len) {
        ends.head = (unsigned char)text[0] | (uint64_t)(unsigned char)text[len / 2] << 8;
        ends.tail = (unsigned char)text[len - 1];
    }
    return ends;
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
