/* SPDX-License-Identifier: Apache-2.0
 *
 * One write(2) a line, so that lines of several threads and processes do not mix.
 */
#include "server/log.h"

#include "server/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 1024 };

void log_line(enum log_level level, const char *format, ...)
{
    static const char *const levels[] = {"info", "warning", "error"};
    char line[LINE_BYTES], when[CLOCK_TEXT_BYTES];
    clock_text(when);
    int head = snprintf(line, sizeof line, "%s rampart-webhook %s: ", when, levels[level]);
    size_t len = (size_t)head;
    va_list args;
    va_start(args, format);
    vsnprintf(line + len, sizeof line - len - 1, format, args);
    va_end(args);
    len = strlen(line);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            line[i] = '?';
    line[len++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, len);
    (void)written; /* there is nobody left to tell */
}
