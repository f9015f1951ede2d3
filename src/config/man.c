/* SPDX-License-Identifier: Apache-2.0
 *
 * The man page and docs/options.md.
 */
#include "config/help.h"

static const struct {
    const char *name; /* NAME section: lower case, one line */
    int section;
    const char *description, *exit_status, *environment;
} pages[PROGRAM_COUNT] = {
    [PROGRAM_RAMPART] =
        {
            "audit Kubernetes manifests",
            1,
            "reads Kubernetes manifests (YAML or JSON) and reports what breaks the Pod Security "
            "Standards, or is wrong in other ways, with the place and the remedy. It needs no "
            "cluster and no network.",
            "0: nothing was found at or above --fail-on.\n"
            "1: something was.\n"
            "2: the command line or the configuration is wrong, or the report could not be "
            "written.\n"
            "3: an input that was named, or that shows apiVersion and kind, could not be read or "
            "parsed; all others were judged.",
            "NO_COLOR: when set and not empty, no colours unless --color always.\n"
            "COLUMNS: the width to wrap to, instead of the terminal's.",
        },
    [PROGRAM_WEBHOOK] =
        {
            "validating admission webhook for Kubernetes",
            8,
            "answers AdmissionReview requests of an API server over TLS, with the verdicts of "
            "Kubernetes' own Pod Security admission.",
            "0: it was told to end and did.\n"
            "1: no worker could be started, or one crashed while it ended.\n"
            "2: the command line or the configuration is wrong, or an address is taken.",
            "KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT: the API server, in a pod that is "
            "given neither --kubeconfig nor --state.",
        },
};

/* Text between macros: backslashes, hyphens and leading dots mean something to roff. */
static void roff(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if ((c == '.' || c == '\'') && (i == 0 || text.ptr[i - 1] == '\n'))
            buf_add_c(out, "\\&");
        if (c == '\\')
            buf_add_c(out, "\\e");
        else if (c == '-')
            buf_add_c(out, "\\-");
        else
            buf_add_char(out, c);
    }
}

static void roff_c(struct buf *out, const char *text)
{
    roff(out, str_from(text));
}

static void man_option(struct buf *out, const struct option_spec *option, option_words_fn *words)
{
    struct buf notes;
    buf_init(&notes, LIMIT_MESSAGE_BYTES);
    help_notes(&notes, option, words);
    buf_add_c(out, ".TP\n");
    if (option->letter)
        buf_printf(out, "\\fB\\-%c\\fR, ", option->letter);
    buf_add_c(out, "\\fB\\-\\-");
    roff_c(out, option->name);
    buf_add_c(out, "\\fR");
    if (option->argument) {
        buf_add_c(out, " \\fI");
        roff_c(out, option->argument);
        buf_add_c(out, "\\fR");
    }
    buf_add_char(out, '\n');
    roff_c(out, option->help);
    roff(out, buf_str(&notes));
    buf_add_char(out, '\n');
    buf_release(&notes);
}

static void man_examples(struct buf *out, enum command command)
{
    struct str rest = str_from(command_specs[command].examples), arguments, purpose;
    struct buf name;
    buf_init(&name, LIMIT_DIAG_BYTES);
    help_command_name(&name, command);
    while (help_example(&rest, &arguments, &purpose)) {
        buf_add_c(out, ".TP\n.B ");
        roff(out, buf_str(&name));
        buf_add_c(out, arguments.len ? " " : "");
        roff(out, arguments);
        buf_add_char(out, '\n');
        roff(out, purpose);
        buf_add_char(out, '\n');
    }
    buf_release(&name);
}

static void man_command(struct buf *out, enum command command, option_words_fn *words)
{
    const struct command_spec *spec = &command_specs[command];
    if (*spec->name) {
        buf_add_c(out, ".SS ");
        help_command_name(out, command);
        buf_add_char(out, ' ');
        roff_c(out, spec->arguments);
        buf_add_c(out, "\n");
        roff_c(out, spec->summary);
        if (spec->argument_help) {
            buf_add_c(out, "\n.PP\nThe argument is ");
            roff_c(out, spec->argument_help);
        }
        buf_add_char(out, '\n');
    }
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (option_of(&option_specs[i], command) && option_specs[i].group != GROUP_GENERAL)
            man_option(out, &option_specs[i], words);
}

/* Lines "term: text" as tagged paragraphs. */
static void man_list(struct buf *out, const char *title, const char *lines)
{
    if (!lines)
        return;
    buf_printf(out, ".SH %s\n", title);
    for (struct str rest = str_from(lines); rest.len;) {
        struct str line = str_take(rest, str_find(rest, '\n'));
        size_t colon = str_find(line, ':');
        rest = str_skip(rest, line.len + 1);
        buf_printf(out, ".TP\n.B %.*s\n", STR_ARG(str_take(line, colon)));
        roff(out, str_trim(str_skip(line, colon + 1)));
        buf_add_char(out, '\n');
    }
}

void man_write(struct buf *out, enum program program, option_words_fn *words, const char *version,
               const char *date)
{
    const char *name = program_names[program];
    buf_printf(out, ".\\\" SPDX-License-Identifier: Apache-2.0\n.TH ");
    for (const char *c = name; *c; c++)
        buf_add_char(out, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
    buf_printf(out, " %d %s \"rampart %s\"\n.SH NAME\n", pages[program].section, date, version);
    roff_c(out, name);
    buf_printf(out, " \\- %s\n.SH SYNOPSIS\n", pages[program].name);
    bool first = true;
    for (enum command c = 0; c < COMMAND_COUNT; c++) {
        if (command_specs[c].program != program || c == COMMAND_RAMPART)
            continue;
        buf_add_c(out, first ? ".B " : ".br\n.B ");
        help_command_name(out, c);
        buf_add_char(out, '\n');
        roff_c(out, command_specs[c].arguments);
        buf_add_c(out, *command_specs[c].arguments ? "\n" : "");
        first = false;
    }
    buf_add_c(out, ".SH DESCRIPTION\n.B ");
    roff_c(out, name);
    buf_add_char(out, '\n');
    roff_c(out, pages[program].description);
    buf_printf(out, "\n.SH %s\n", program == PROGRAM_RAMPART ? "COMMANDS" : "OPTIONS");
    for (enum command c = 0; c < COMMAND_COUNT; c++)
        if (command_specs[c].program == program && c != COMMAND_RAMPART)
            man_command(out, c, words);
    if (program == PROGRAM_RAMPART)
        buf_add_c(out, ".SS Every command\n");
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (option_specs[i].group == GROUP_GENERAL)
            man_option(out, &option_specs[i], words);
    man_list(out, "EXIT STATUS", pages[program].exit_status);
    man_list(out, "ENVIRONMENT", pages[program].environment);
    buf_add_c(out, ".SH EXAMPLES\n");
    for (enum command c = 0; c < COMMAND_COUNT; c++)
        if (command_specs[c].program == program)
            man_examples(out, c);
}

/* In a table cell a bar would end the cell. */
static void cell(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '|')
            buf_add_char(out, '\\');
        buf_add_char(out, text.ptr[i]);
    }
}

static void markdown_option(struct buf *out, const struct option_spec *option,
                            option_words_fn *words)
{
    struct buf notes;
    buf_init(&notes, LIMIT_MESSAGE_BYTES);
    help_notes(&notes, option, words);
    buf_add_c(out, "| `");
    if (option->letter)
        buf_printf(out, "-%c`, `", option->letter);
    buf_printf(out, "--%s%s", option->name, option->argument ? " " : "");
    cell(out, str_from(option->argument));
    buf_add_c(out, "` | ");
    cell(out, str_from(option->help));
    cell(out, buf_str(&notes));
    buf_add_c(out, " |\n");
    buf_release(&notes);
}

static void markdown_command(struct buf *out, enum command command, option_words_fn *words)
{
    const struct command_spec *spec = &command_specs[command];
    struct str rest = str_from(spec->examples), arguments, purpose;
    buf_add_c(out, "\n## ");
    help_command_name(out, command);
    buf_printf(out, "\n\n%s\n\n```\n", spec->summary);
    help_command_name(out, command);
    buf_printf(out, "%s%s\n```\n\n", *spec->arguments ? " " : "", spec->arguments);
    if (spec->argument_help)
        buf_printf(out, "The argument: %s.\n\n", spec->argument_help);
    buf_add_c(out, "| option | meaning |\n|---|---|\n");
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (option_of(&option_specs[i], command))
            markdown_option(out, &option_specs[i], words);
    buf_add_c(out, "\n```sh\n");
    while (help_example(&rest, &arguments, &purpose)) {
        help_command_name(out, command);
        buf_printf(out, "%s%.*s  # %.*s\n", arguments.len ? " " : "", STR_ARG(arguments),
                   STR_ARG(purpose));
    }
    buf_add_c(out, "```\n");
}

void options_markdown_write(struct buf *out, option_words_fn *words)
{
    buf_add_c(out,
              "# Options\n\nPrinted by `rampart options` from `src/config/options.def`; a test "
              "compares the two.\n");
    for (enum command c = 0; c < COMMAND_COUNT; c++)
        markdown_command(out, c, words);
}
