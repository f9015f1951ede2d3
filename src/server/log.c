/* SPDX-License-Identifier: Apache-2.0
 *
 * One write(2) a line, so that lines of several threads and processes do not mix. Nobody may read
 * them: then they are lost, for a loop must not stand still over them, nor the end wait.
 */
#include "server/log.h"

#include "base/printable.h"
#include "server/clock.h"

#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { TEXT_BYTES = 4096, PATIENCE_MS = 100 };

static atomic_uint lost; /* lines, since the last that was written */

static void write_line(struct str line)
{
    struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&ready, 1, atomic_load(&lost) > 0 ? 0 : PATIENCE_MS) == 0) {
        atomic_fetch_add(&lost, 1);
        return;
    }
    unsigned count = atomic_exchange(&lost, 0);
    if (count > 0)
        log_warning("%u lines of this log were lost: nobody read it", count);
    ssize_t n = write(STDERR_FILENO, line.ptr, line.len);
    (void)n; /* there is nobody left to tell */
}

static void add_line(struct buf *line, enum log_level level, const char *text)
{
    static const char *const levels[] = {"info", "warning", "error"};
    char when[CLOCK_TEXT_BYTES];
    clock_text(when);
    buf_printf(line, "%s rampart-webhook %s: ", when, levels[level]);
    printable_add(line, str_from(text));
    buf_add_char(line, '\n');
}

void log_line(enum log_level level, const char *format, ...)
{
    char text[TEXT_BYTES];
    struct buf line;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_init(&line, 12 * sizeof text); /* an escape is at most that long */
    add_line(&line, level, text);
    write_line(line.failed ? STR("no memory for a line of the log\n") : buf_str(&line));
    buf_release(&line);
}
