/* SPDX-License-Identifier: Apache-2.0 */
#include "config/help.h"

#include "base/utf8.h"

enum {
    NARROWEST = 40, /* columns; below it wrapping helps nobody */
    WIDEST = 100,
    INDENT = 2,
    TEXT_COLUMN = 30, /* where explanations begin */
    NOTES_LISTED = 12 /* values; longer sets are shown by completion and `rampart rules` */
};

#define BOLD   "\033[1m"
#define NORMAL "\033[0m"

struct page {
    struct buf *out;
    size_t width;
    bool color;
};

void help_command_name(struct buf *out, enum command command)
{
    const struct command_spec *spec = &command_specs[command];
    buf_add_c(out, program_names[spec->program]);
    if (*spec->name)
        buf_printf(out, " %s", spec->name);
}

void help_notes(struct buf *out, const struct option_spec *option, option_words_fn *words)
{
    struct str value, more;
    if (option->fallback)
        buf_printf(out, " [default: %s]", option->fallback);
    if (option_value(option, words, 0, &value) &&
        !option_value(option, words, NOTES_LISTED, &more)) {
        for (size_t i = 0; option_value(option, words, i, &value); i++)
            buf_printf(out, "%s%.*s", i ? ", " : " [one of: ", STR_ARG(value));
        buf_add_c(out, "]");
    }
    if (option->kind & OPTION_KIND_LIST)
        buf_add_c(out, " [repeatable]");
}

struct str help_line(struct str text, size_t width, struct str *rest)
{
    size_t fit = 0; /* bytes up to the last space that fits, or the first where none does */
    for (size_t i = 0, columns = 0, len; i < text.len; i += len, columns++) {
        utf8_decode(str_skip(text, i), &len);
        if (text.ptr[i] == ' ' && (columns <= width || fit == 0))
            fit = i;
        if (columns >= width && fit > 0) {
            *rest = str_skip(text, fit + 1);
            return str_take(text, fit);
        }
    }
    *rest = STR_EMPTY;
    return text;
}

bool help_example(struct str *rest, struct str *arguments, struct str *purpose)
{
    if (!rest->len)
        return false;
    struct str line = str_take(*rest, str_find(*rest, '\n'));
    size_t mark = str_find_str(line, STR("  # "));
    *rest = str_skip(*rest, line.len + 1);
    *arguments = str_trim(str_take(line, mark));
    *purpose = str_skip(line, mark + strlen("  # "));
    return true;
}

static void heading(const struct page *page, const char *title)
{
    buf_printf(page->out, page->color ? "\n" BOLD "%s:" NORMAL "\n" : "\n%s:\n", title);
}

/* `  left      text`, wrapped; a long left stands on a line of its own. */
static void entry(const struct page *page, struct str left, size_t column, struct str text)
{
    buf_add_fill(page->out, ' ', INDENT);
    buf_printf(page->out, page->color ? BOLD "%.*s" NORMAL : "%.*s", STR_ARG(left));
    size_t at = INDENT + left.len;
    if (at + INDENT > column) {
        buf_add_char(page->out, '\n');
        at = 0;
    }
    while (text.len) {
        struct str line = help_line(text, page->width - column, &text);
        buf_add_fill(page->out, ' ', column - at);
        buf_add_str(page->out, line);
        buf_add_char(page->out, '\n');
        at = 0;
    }
}

static void option_entry(const struct page *page, const struct option_spec *option,
                         option_words_fn *words)
{
    struct buf left, text;
    buf_init(&left, LIMIT_DIAG_BYTES);
    buf_init(&text, LIMIT_MESSAGE_BYTES);
    if (option->letter)
        buf_printf(&left, "-%c, ", option->letter);
    buf_printf(&left, "%s--%s", option->letter ? "" : "    ", option->name);
    if (option->argument)
        buf_printf(&left, " %s", option->argument);
    buf_add_c(&text, option->help);
    help_notes(&text, option, words);
    entry(page, buf_str(&left), TEXT_COLUMN, buf_str(&text));
    buf_release(&left);
    buf_release(&text);
}

static void option_groups(const struct page *page, enum command command, option_words_fn *words)
{
    for (enum option_group group = 0; group < GROUP_COUNT; group++) {
        bool headed = false;
        for (size_t i = 0; i < OPTION_COUNT; i++) {
            if (!option_of(&option_specs[i], command) || option_specs[i].group != group)
                continue;
            if (!headed)
                heading(page, option_group_titles[group]);
            headed = true;
            option_entry(page, &option_specs[i], words);
        }
    }
}

static void command_list(const struct page *page, enum program program)
{
    enum { COLUMN = 16 };
    heading(page, "Commands");
    for (enum command c = 0; c < COMMAND_COUNT; c++)
        if (command_specs[c].program == program && *command_specs[c].name)
            entry(page, str_from(command_specs[c].name), COLUMN,
                  str_from(command_specs[c].summary));
}

static void examples(const struct page *page, enum command command)
{
    struct str rest = str_from(command_specs[command].examples), arguments, purpose;
    struct buf line;
    buf_init(&line, LIMIT_MESSAGE_BYTES);
    heading(page, "Examples");
    while (help_example(&rest, &arguments, &purpose)) {
        buf_clear(&line);
        help_command_name(&line, command);
        buf_printf(&line, "%s%.*s", arguments.len ? " " : "", STR_ARG(arguments));
        buf_printf(page->out, "  # %.*s\n  %.*s\n", STR_ARG(purpose), STR_ARG(buf_str(&line)));
    }
    buf_release(&line);
}

void help_write(struct buf *out, enum command command, option_words_fn *words, unsigned width,
                bool color)
{
    const struct command_spec *spec = &command_specs[command];
    size_t columns = width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
    struct page page = {out, columns, color};
    struct str rest = str_from(spec->summary);
    while (rest.len) {
        buf_add_str(out, help_line(rest, columns, &rest));
        buf_add_char(out, '\n');
    }
    heading(&page, "Usage");
    buf_add_c(out, "  ");
    help_command_name(out, command);
    buf_printf(out, "%s%s\n", *spec->arguments ? " " : "", spec->arguments);
    if (spec->argument_help) {
        const char *name = strrchr(spec->arguments, ' ');
        heading(&page, "Arguments");
        entry(&page, str_from(name ? name + 1 : spec->arguments), TEXT_COLUMN,
              str_from(spec->argument_help));
    }
    if (command == COMMAND_RAMPART)
        command_list(&page, spec->program);
    option_groups(&page, command, words);
    examples(&page, command);
    if (command == COMMAND_RAMPART)
        buf_add_c(out, "\nMore: 'rampart help COMMAND', 'rampart man | man -l -'\n");
    if (command == COMMAND_AUDIT)
        buf_add_c(out, "\nExit status: 0 nothing found, 1 findings, 2 usage error, "
                       "3 an input could not be read\n");
}
