/* SPDX-License-Identifier: Apache-2.0
 *
 * What the environment says about where output goes.
 */
#ifndef CONFIG_TERMINAL_H
#define CONFIG_TERMINAL_H

#include <stdbool.h>

/* --color's value for output to a file descriptor: always, never, or for auto whether it is a
 * terminal that is not dumb and NO_COLOR (no-color.org) is not set. */
bool terminal_color(const char *when, int fd);
/* Columns of COLUMNS or of the terminal at fd; 0 when neither says. */
unsigned terminal_width(int fd);
/* Whether a line at fd may be rewritten: a terminal that is not dumb. */
bool terminal_is_interactive(int fd);
/* First thing of a program. Where a parent closed one of the three standard streams, the next file
 * opened would take its place, and a report be written into it. /dev/null read-only takes it
 * instead: writing fails. */
bool terminal_hold_streams(void);

#endif
