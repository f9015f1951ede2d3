/* SPDX-License-Identifier: Apache-2.0
 *
 * What time it is. Only edges may know; the core is told.
 */
#ifndef SERVER_CLOCK_H
#define SERVER_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Of one clock that never goes back. */
uint64_t clock_ms(void);
int64_t clock_ns(void);
/* Seconds since 1970, UTC. */
int64_t clock_unix(void);
/* RFC 3339 in UTC with microseconds, 27 bytes and a terminator. */
enum { CLOCK_TEXT_BYTES = 28 };
void clock_text(char text[CLOCK_TEXT_BYTES]);

#endif
