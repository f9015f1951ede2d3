/* SPDX-License-Identifier: Apache-2.0
 *
 * The numbers of the built-in types, and the hash by which a field is found: shared by the tool
 * that makes the table and the look-up that reads it.
 */
#ifndef KUBE_SCHEMA_NUMBER_H
#define KUBE_SCHEMA_NUMBER_H

#include "kube/schema.h"

/* Scalars have the number of their form. */
enum schema_number {
    T_any = SCHEMA_ANY,
    T_bool = SCHEMA_BOOL,
    T_int32 = SCHEMA_INT32,
    T_int64 = SCHEMA_INT64,
    T_double = SCHEMA_DOUBLE,
    T_string = SCHEMA_STRING,
    T_bytes = SCHEMA_BYTES,
    T_time = SCHEMA_TIME,
    T_micro_time = SCHEMA_MICRO_TIME,
    T_duration = SCHEMA_DURATION,
    T_quantity = SCHEMA_QUANTITY,
    T_int_or_string = SCHEMA_INT_OR_STRING,
    T_last_scalar = SCHEMA_SCALARS - 1,
#define OBJECT(id, required, ...)     T_##id,
#define EMPTY(id)                     T_##id,
#define ENUM(id, count, preset, text) T_##id,
#define LIST(id, of)                  T_##id,
#define KEYED(id, of, ...)            T_##id,
#define MAP(id, of)                   T_##id,
#define OTHER(id, form, of)           T_##id,
#include "kube/schema.def"
    T_COUNT
};

enum { FIELD_SLOTS = 8192 }; /* a power of two, over three times the fields: 1.2 probes a look-up */

static inline uint32_t schema_field_hash(uint32_t type, uint32_t name)
{
    return (type * 0x9E3779B1u ^ name * 0x85EBCA77u) >> 19;
}

_Static_assert(FIELD_SLOTS == 1 << (32 - 19), "the hash has as many bits as it takes");

#endif
