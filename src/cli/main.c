/* SPDX-License-Identifier: Apache-2.0
 *
 * main of rampart.
 */
#include "cli/cli.h"
#include "config/help.h"
#include "config/terminal.h"
#include "version.h"

static enum status print_version(void)
{
    struct output output;
    if (!output_open(&output, NULL))
        return STATUS_USAGE;
    buf_add_c(&output.buf, "rampart " RAMPART_VERSION "\n");
    return output_close(&output) ? STATUS_CLEAN : STATUS_USAGE;
}

static enum status usage(const struct options *options, const struct diag *diag)
{
    struct buf name;
    buf_init(&name, LIMIT_DIAG_BYTES);
    help_command_name(&name, options->command);
    message("%s", diag->text);
    message("try '%.*s --help'", STR_ARG(buf_str(&name)));
    buf_release(&name);
    return STATUS_USAGE;
}

static enum status run(const struct options *options, struct arena *arena)
{
    if (options_has(options, OPTION_VERSION))
        return print_version();
    if (options_has(options, OPTION_HELP))
        return cli_help(options, arena);
    switch (options->command) {
    case COMMAND_AUDIT:
        return cli_audit(options, arena);
    case COMMAND_RULES:
        return cli_rules(options, arena);
    case COMMAND_COMPLETIONS:
        return cli_completions(options);
    case COMMAND_MAN:
        return cli_man(options);
    case COMMAND_OPTIONS:
        return cli_options(options);
    case COMMAND_HELP:
    case COMMAND_RAMPART:
    case COMMAND_WEBHOOK:
    case COMMAND_COUNT:
        break;
    }
    return cli_help(options, arena);
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct options options;
    struct diag diag = {0};
    if (!terminal_hold_streams())
        return STATUS_USAGE;
    arena_init(&arena, LIMIT_FILE_ARENA);
    enum status status =
        options_parse(&options, PROGRAM_RAMPART, argc, argv, cli_words, &arena, &diag)
            ? run(&options, &arena)
            : usage(&options, &diag);
    arena_release(&arena);
    return (int)status;
}
