/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/printable.h"
#include "cli/cli.h"

#include <stdarg.h>
#include <unistd.h>

void message(const char *format, ...)
{
    char text[LIMIT_MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (len < 0)
        return;
    struct buf line;
    buf_init(&line, 12 * sizeof text); /* an escape is at most that long */
    buf_add_c(&line, "rampart: ");
    printable_add(&line, str_take(str_from(text), (size_t)len));
    buf_add_char(&line, '\n');
    ssize_t written = write(STDERR_FILENO, line.ptr, line.len);
    (void)written; /* there is nobody left to tell */
    buf_release(&line);
}
