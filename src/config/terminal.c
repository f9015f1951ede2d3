/* SPDX-License-Identifier: Apache-2.0 */
#include "config/terminal.h"

#include "config/environment.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DECIMAL = 10, WIDEST = 10000 };

bool terminal_is_interactive(int fd)
{
    const char *term = environment("TERM");
    return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

bool terminal_color(const char *when, int fd)
{
    if (strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    const char *no_color = environment("NO_COLOR");
    return !(no_color && *no_color) && terminal_is_interactive(fd);
}

unsigned terminal_width(int fd)
{
    const char *columns = environment("COLUMNS");
    unsigned width = 0;
    for (; columns && *columns >= '0' && *columns <= '9' && width < WIDEST; columns++)
        width = width * DECIMAL + (unsigned)(*columns - '0');
    struct winsize size;
    if (width == 0 && isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    return width;
}

bool terminal_hold_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
            return false;
    return true;
}
