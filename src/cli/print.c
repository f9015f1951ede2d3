/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands that print what the option table says.
 */
#include "base/nearest.h"
#include "cli/cli.h"
#include "config/help.h"
#include "config/terminal.h"
#include "version.h"

#include <unistd.h>

enum { WIDTH_DEFAULT = 80 };

static enum status usage_error(const struct options *options, const char *argument,
                               const char *expected)
{
    struct buf name;
    buf_init(&name, LIMIT_DIAG_BYTES);
    help_command_name(&name, options->command);
    message("\"%s\" is not what '%.*s' takes, expected %s", argument, STR_ARG(buf_str(&name)),
            expected);
    buf_release(&name);
    return STATUS_USAGE;
}

static enum status close_status(struct output *output)
{
    return output_close(output) ? STATUS_CLEAN : STATUS_USAGE;
}

enum status cli_completions(const struct options *options)
{
    struct output output;
    const char *name = options->arguments.count ? options->arguments.items[0] : "";
    enum shell shell = 0;
    while (shell < SHELL_COUNT && strcmp(name, shell_names[shell]) != 0)
        shell++;
    if (shell == SHELL_COUNT)
        return usage_error(options, name, command_specs[COMMAND_COMPLETIONS].argument_help);
    if (!output_open(&output, NULL))
        return STATUS_USAGE;
    completions_write(&output.buf, shell, cli_words);
    return close_status(&output);
}

enum status cli_man(const struct options *options)
{
    struct output output;
    const char *name = options->arguments.count ? options->arguments.items[0] : program_names[0];
    enum program program = 0;
    while (program < PROGRAM_COUNT && strcmp(name, program_names[program]) != 0)
        program++;
    if (program == PROGRAM_COUNT)
        return usage_error(options, name, command_specs[COMMAND_MAN].argument_help);
    if (!output_open(&output, NULL))
        return STATUS_USAGE;
    man_write(&output.buf, program, cli_words, RAMPART_VERSION, RAMPART_DATE);
    return close_status(&output);
}

enum status cli_options(const struct options *options)
{
    struct output output;
    (void)options;
    if (!output_open(&output, NULL))
        return STATUS_USAGE;
    options_markdown_write(&output.buf, cli_words);
    return close_status(&output);
}

/* The command that `rampart help NAME` means. */
static bool find_command(struct str name, enum command *command, struct nearest *near)
{
    for (enum command c = 0; c < COMMAND_COUNT; c++) {
        if (command_specs[c].program != PROGRAM_RAMPART || !*command_specs[c].name)
            continue;
        if (str_is(name, command_specs[c].name)) {
            *command = c;
            return true;
        }
        nearest_offer(near, str_from(command_specs[c].name));
    }
    return false;
}

enum status cli_help(const struct options *options, struct arena *arena)
{
    struct output output;
    bool asked = options->command == COMMAND_HELP && !options_has(options, OPTION_HELP);
    enum command command = asked ? COMMAND_RAMPART : options->command;
    if (asked && options->arguments.count) {
        struct str name = str_from(options->arguments.items[0]);
        struct nearest near = nearest_to(name);
        if (!find_command(name, &command, &near))
            return usage_error(
                options, name.ptr,
                near.best.ptr
                    ? arena_printf(arena, "a command: did you mean %.*s?", STR_ARG(near.best)).ptr
                    : "a command of 'rampart help'");
    }
    if (!output_open(&output, NULL))
        return STATUS_USAGE;
    unsigned width = terminal_width(STDOUT_FILENO);
    help_write(&output.buf, command, cli_words, width ? width : WIDTH_DEFAULT,
               terminal_color(options_text(options, OPTION_COLOR), STDOUT_FILENO));
    return close_status(&output);
}
