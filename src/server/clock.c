/* SPDX-License-Identifier: Apache-2.0
 *
 * The two clocks.
 */
#include "server/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { NS_OF_MS = 1000000, NS_OF_S = 1000000000, NS_OF_US = 1000 };

int64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_OF_S + now.tv_nsec;
}

uint64_t clock_ms(void)
{
    return (uint64_t)clock_ns() / NS_OF_MS;
}

int64_t clock_unix(void)
{
    return (int64_t)time(NULL);
}

void clock_text(char text[CLOCK_TEXT_BYTES])
{
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    strftime(text, CLOCK_TEXT_BYTES, "%Y-%m-%dT%H:%M:%S", &parts);
    unsigned micro = (unsigned)(now.tv_nsec / NS_OF_US) % 1000000u;
    size_t end = strlen(text);
    snprintf(text + end, CLOCK_TEXT_BYTES - end, ".%06uZ", micro);
}
