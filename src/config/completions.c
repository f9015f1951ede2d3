/* SPDX-License-Identifier: Apache-2.0
 *
 * Completion scripts. The words of closed sets are written into the script, so completing never
 * runs the program.
 */
#include "config/help.h"

const char *const shell_names[SHELL_COUNT] = {
    [SHELL_BASH] = "bash", [SHELL_ZSH] = "zsh", [SHELL_FISH] = "fish"};

/* Whether it is a command of rampart that has a name. */
static bool is_command(enum command command)
{
    return command_specs[command].program == PROGRAM_RAMPART && *command_specs[command].name;
}

static void add_values(struct buf *out, const struct option_spec *option, option_words_fn *words)
{
    struct str value;
    for (size_t i = 0; option_value(option, words, i, &value); i++)
        buf_printf(out, "%s%.*s", i ? " " : "", STR_ARG(value));
}

static bool has_values(const struct option_spec *option, option_words_fn *words)
{
    struct str value;
    return option_value(option, words, 0, &value);
}

static bool takes_files(const struct option_spec *option)
{
    return option_kind(option) == OPTION_KIND_FILE || option_kind(option) == OPTION_KIND_DIRECTORY;
}

static void add_names(struct buf *out, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s%s", i ? " " : "", names[i]);
}

/* What a command's argument can be; nothing: files. */
static void add_argument_words(struct buf *out, enum command command, option_words_fn *words)
{
    if (command == COMMAND_COMPLETIONS)
        add_names(out, shell_names, SHELL_COUNT);
    else if (command == COMMAND_MAN)
        add_names(out, program_names, PROGRAM_COUNT);
    else if (command == COMMAND_RULES)
        add_values(out, &option_specs[OPTION_ENABLE], words);
    else if (command == COMMAND_HELP)
        for (enum command c = 0; c < COMMAND_COUNT; c++)
            buf_printf(out, is_command(c) ? " %s" : "%.0s", command_specs[c].name);
}

static void bash_option_values(struct buf *out, enum command command, option_words_fn *words)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_spec *option = &option_specs[i];
        if (!option_of(option, command) || option_kind(option) == OPTION_KIND_FLAG)
            continue;
        buf_printf(out, "    %s:--%s", command_specs[command].name, option->name);
        if (option->letter)
            buf_printf(out, "|%s:-%c", command_specs[command].name, option->letter);
        buf_add_c(out, ") words='");
        add_values(out, option, words);
        buf_printf(out, "' files=%s ;;\n",
                   takes_files(option) || option->kind & OPTION_KIND_OPEN ? "yes" : "");
    }
}

static void bash_command(struct buf *out, enum command command, option_words_fn *words)
{
    buf_printf(out, "    %s:-*) words='", command_specs[command].name);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (option_of(&option_specs[i], command))
            buf_printf(out, "--%s ", option_specs[i].name);
    buf_printf(out, "' files= ;;\n    %s:*) words='", command_specs[command].name);
    add_argument_words(out, command, words);
    buf_printf(out, "' files=%s ;;\n", command == COMMAND_AUDIT ? "yes" : "");
}

static void bash_write(struct buf *out, option_words_fn *words)
{
    buf_add_c(out, "# bash completion for rampart; printed by `rampart completions bash`\n"
                   "_rampart() {\n"
                   "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                   "  local command= words= files= i\n"
                   "  COMPREPLY=()\n"
                   "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                   "    [[ ${COMP_WORDS[i]} == -* ]] || { command=${COMP_WORDS[i]}; break; }\n"
                   "  done\n"
                   "  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then "
                   "prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
                   "  case $command:$prev in\n");
    for (enum command c = 0; c < COMMAND_COUNT; c++)
        if (is_command(c))
            bash_option_values(out, c, words);
    buf_add_c(out, "    *) case $command:$cur in\n    :-*) words='--help --version' ;;\n"
                   "    :*) words='");
    add_argument_words(out, COMMAND_HELP, words);
    buf_add_c(out, "' ;;\n");
    for (enum command c = 0; c < COMMAND_COUNT; c++)
        if (is_command(c))
            bash_command(out, c, words);
    buf_add_c(out, "    esac ;;\n  esac\n"
                   "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
                   "  [[ $files ]] && { compopt -o filenames 2>/dev/null; "
                   "mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -f -- \"$cur\"); }\n"
                   "}\n"
                   "complete -F _rampart rampart\n");
}

/* Inside '…' of zsh's _arguments: brackets and colons mean something, and so does the quote. */
static void zsh_text(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_add_c(out, "'\\''");
        else if (*text == '[' || *text == ']' || *text == ':')
            buf_printf(out, "\\%c", *text);
        else
            buf_add_char(out, *text);
    }
}

static void zsh_value(struct buf *out, const struct option_spec *option, option_words_fn *words)
{
    if (option_kind(option) == OPTION_KIND_FLAG)
        return;
    buf_add_char(out, ':');
    zsh_text(out, option->argument);
    buf_add_char(out, ':');
    if (takes_files(option)) {
        buf_add_c(out, "_files");
    } else if (has_values(option, words)) {
        buf_add_char(out, '(');
        add_values(out, option, words);
        buf_add_char(out, ')');
    }
}

static void zsh_option(struct buf *out, const struct option_spec *option, option_words_fn *words)
{
    const char *repeat = option->kind & OPTION_KIND_LIST ? "*" : "";
    const char *equals = option_kind(option) == OPTION_KIND_FLAG ? "" : "=";
    buf_printf(out, "        '%s--%s%s[", repeat, option->name, equals);
    zsh_text(out, option->help);
    buf_add_char(out, ']');
    zsh_value(out, option, words);
    buf_add_c(out, "' \\\n");
    if (!option->letter)
        return;
    buf_printf(out, "        '%s-%c%s[", repeat, option->letter, *equals ? "+" : "");
    zsh_text(out, option->help);
    buf_add_char(out, ']');
    zsh_value(out, option, words);
    buf_add_c(out, "' \\\n");
}

static void zsh_command(struct buf *out, enum command command, option_words_fn *words)
{
    buf_printf(out, "    %s)\n      _arguments -s \\\n", command_specs[command].name);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (option_of(&option_specs[i], command))
            zsh_option(out, &option_specs[i], words);
    if (command == COMMAND_AUDIT) {
        buf_add_c(out, "        '*:path:_files' ;;\n");
        return;
    }
    buf_add_c(out, "        '1:argument:(");
    add_argument_words(out, command, words);
    buf_add_c(out, ")' ;;\n");
}

static void zsh_write(struct buf *out, option_words_fn *words)
{
    buf_add_c(out, "#compdef rampart\n"
                   "# zsh completion for rampart; printed by `rampart completions zsh`\n"
                   "_rampart() {\n"
                   "  local -a commands\n"
                   "  commands=(\n");
    for (enum command c = 0; c < COMMAND_COUNT; c++) {
        if (!is_command(c))
            continue;
        buf_printf(out, "    '%s:", command_specs[c].name);
        zsh_text(out, command_specs[c].summary);
        buf_add_c(out, "'\n");
    }
    buf_add_c(out, "  )\n"
                   "  if (( CURRENT == 2 )); then\n"
                   "    _describe command commands\n"
                   "    return\n"
                   "  fi\n"
                   "  local command=$words[2]\n"
                   "  shift words\n"
                   "  (( CURRENT-- ))\n"
                   "  case $command in\n");
    for (enum command c = 0; c < COMMAND_COUNT; c++)
        if (is_command(c))
            zsh_command(out, c, words);
    buf_add_c(out, "  esac\n}\n_rampart \"$@\"\n");
}

/* Inside '…' of fish. */
static void fish_text(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, *text);
    }
}

static void fish_option(struct buf *out, enum command command, const struct option_spec *option,
                        option_words_fn *words)
{
    buf_printf(out, "complete -c rampart -n '__fish_seen_subcommand_from %s' -l %s",
               command_specs[command].name, option->name);
    if (option->letter)
        buf_printf(out, " -s %c", option->letter);
    if (takes_files(option))
        buf_add_c(out, " -r -F");
    else if (option_kind(option) != OPTION_KIND_FLAG)
        buf_add_c(out, option->kind & OPTION_KIND_OPEN ? " -r" : " -x");
    if (has_values(option, words)) {
        buf_add_c(out, " -a '");
        add_values(out, option, words);
        buf_add_char(out, '\'');
    }
    buf_add_c(out, " -d '");
    fish_text(out, option->help);
    buf_add_c(out, "'\n");
}

static void fish_write(struct buf *out, option_words_fn *words)
{
    buf_add_c(out, "# fish completion for rampart; printed by `rampart completions fish`\n");
    for (enum command c = 0; c < COMMAND_COUNT; c++) {
        if (!is_command(c))
            continue;
        buf_printf(out, "complete -c rampart -n __fish_use_subcommand -f -a %s -d '",
                   command_specs[c].name);
        fish_text(out, command_specs[c].summary);
        buf_add_c(out, "'\n");
        if (c != COMMAND_AUDIT) {
            buf_printf(out, "complete -c rampart -n '__fish_seen_subcommand_from %s' -f -a '",
                       command_specs[c].name);
            add_argument_words(out, c, words);
            buf_add_c(out, "'\n");
        }
        for (size_t i = 0; i < OPTION_COUNT; i++)
            if (option_of(&option_specs[i], c))
                fish_option(out, c, &option_specs[i], words);
    }
}

void completions_write(struct buf *out, enum shell shell, option_words_fn *words)
{
    switch (shell) {
    case SHELL_BASH:
        bash_write(out, words);
        break;
    case SHELL_ZSH:
        zsh_write(out, words);
        break;
    case SHELL_FISH:
        fish_write(out, words);
        break;
    case SHELL_COUNT:
        break;
    }
}
