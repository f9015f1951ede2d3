/* SPDX-License-Identifier: Apache-2.0
 *
 * One write(2) a line, so that lines of several threads and processes do not mix.
 */
#include "server/log.h"

#include "base/printable.h"
#include "server/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { TEXT_BYTES = 4096 };

void log_line(enum log_level level, const char *format, ...)
{
    static const char *const levels[] = {"info", "warning", "error"};
    char text[TEXT_BYTES], when[CLOCK_TEXT_BYTES];
    struct buf line;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    clock_text(when);
    buf_init(&line, 12 * sizeof text); /* an escape is at most that long */
    buf_printf(&line, "%s rampart-webhook %s: ", when, levels[level]);
    printable_add(&line, str_from(text));
    buf_add_char(&line, '\n');
    struct str written = line.failed ? STR("no memory for a line of the log\n") : buf_str(&line);
    ssize_t n = write(STDERR_FILENO, written.ptr, written.len);
    (void)n; /* there is nobody left to tell */
    buf_release(&line);
}
