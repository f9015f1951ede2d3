/* SPDX-License-Identifier: Apache-2.0
 *
 * The program rampart: one function a command, and what they share.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/buf.h"
#include "config/options.h"

#include <stdbool.h>

/* Exit statuses; the greater of 0, 1, 3 wins, and 2 is said before anything is judged, or when the
 * report cannot be written. */
enum status { STATUS_CLEAN = 0, STATUS_FINDINGS = 1, STATUS_USAGE = 2, STATUS_INPUT = 3 };

enum status cli_audit(const struct options *options, struct arena *arena);
enum status cli_rules(const struct options *options, struct arena *arena);
enum status cli_completions(const struct options *options);
enum status cli_man(const struct options *options);
enum status cli_options(const struct options *options);
/* Of options->command, or of the command named by its argument. */
enum status cli_help(const struct options *options, struct arena *arena);

/* The sets "@profiles", "@rules" and "@formats" of options.def. */
const char *cli_words(const char *set, size_t index);

/* Writes "rampart: text" to standard error in one piece; what could act on a terminal is escaped.
 */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A destination of results. */
struct output {
    struct buf buf;
    const char *path; /* NULL: standard output */
    int fd, error;    /* the first errno */
};

/* path NULL or "-": standard output. False after a message. Write to output->buf. */
bool output_open(struct output *output, const char *path);
/* Flushes and closes. A reader that went away (broken pipe) is no news and gets no message; for any
 * other failure there is one. False for both. */
bool output_close(struct output *output);

#endif
