/* SPDX-License-Identifier: Apache-2.0
 *
 * A small parser in the manner of getopt_long, over options.def. Own, because getopt_long accepts
 * abbreviations (which break scripts when an option is added), writes its own messages, and knows
 * no "did you mean".
 */
#include "config/options.h"

#include "base/buf.h"
#include "base/nearest.h"

#include <limits.h>

enum {
#define COMMAND(id, ...) C_##id = 1u << COMMAND_##id,
#include "config/options.def"
    C_ALL = (1u << COMMAND_COUNT) - 1
};

enum { DECIMAL = 10 };

const char *const program_names[PROGRAM_COUNT] = {
    [PROGRAM_RAMPART] = "rampart",
    [PROGRAM_WEBHOOK] = "rampart-webhook",
};

const struct command_spec command_specs[COMMAND_COUNT] = {
#define COMMAND(id, program, name, arguments, most, summary, argument_help, examples)              \
    [COMMAND_##id] = {program, name, arguments, most, summary, argument_help, examples},
#include "config/options.def"
};

const char *const option_group_titles[GROUP_COUNT] = {
#define GROUP(id, title) [GROUP_##id] = (title),
#include "config/options.def"
};

#define FLAG      OPTION_KIND_FLAG
#define TEXT      OPTION_KIND_TEXT
#define FILE      OPTION_KIND_FILE
#define DIRECTORY OPTION_KIND_DIRECTORY
#define CHOICE    OPTION_KIND_CHOICE
#define NUMBER    OPTION_KIND_NUMBER
#define LIST      OPTION_KIND_LIST
#define OPEN      OPTION_KIND_OPEN
const struct option_spec option_specs[OPTION_COUNT] = {
#define OPTION(id, name, letter, commands, kind, argument, values, fallback, group, help)          \
    [OPTION_##id] = {name, letter, commands, kind, argument, values, fallback, GROUP_##group, help},
#include "config/options.def"
};

struct parser {
    struct options *options;
    char *const *argv; /* ends with NULL */
    int next;          /* index of what comes next */
    option_words_fn *words;
    struct arena *arena;
    struct diag *error;
};

#define usage(p, ...) diag_set((p)->error, DIAG_VALUE, 0, 0, __VA_ARGS__)

bool option_value(const struct option_spec *option, option_words_fn *words, size_t index,
                  struct str *value)
{
    if (!option->values || option_kind(option) == OPTION_KIND_NUMBER)
        return false;
    if (option->values[0] == '@') {
        const char *word = words ? words(option->values + 1, index) : NULL;
        *value = str_from(word);
        return word != NULL;
    }
    struct str rest = str_from(option->values);
    for (; index > 0 && rest.len > 0; index--)
        rest = str_skip(rest, str_find(rest, '|') + 1);
    *value = str_take(rest, str_find(rest, '|'));
    return rest.len > 0;
}

static const struct option_spec *find_name(enum command command, struct str name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (option_of(&option_specs[i], command) && str_is(name, option_specs[i].name))
            return &option_specs[i];
    return NULL;
}

static const struct option_spec *find_letter(enum command command, char letter)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (option_of(&option_specs[i], command) && option_specs[i].letter == letter)
            return &option_specs[i];
    return NULL;
}

static bool unknown_option(struct parser *p, struct str name)
{
    struct nearest near = nearest_to(name);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (option_of(&option_specs[i], p->options->command))
            nearest_offer(&near, str_from(option_specs[i].name));
    if (near.best.ptr)
        return usage(p, "unknown option --%.*s, did you mean --%.*s?", STR_ARG(name),
                     STR_ARG(near.best));
    for (enum command c = 0; c < COMMAND_COUNT; c++)
        if (command_specs[c].program == p->options->program && find_name(c, name))
            return usage(p, "unknown option --%.*s: it belongs to '%s %s'", STR_ARG(name),
                         program_names[p->options->program], command_specs[c].name);
    return usage(p, "unknown option --%.*s", STR_ARG(name));
}

/* "a, b or c" of an option's values. */
static const char *list_values(struct parser *p, const struct option_spec *option)
{
    struct buf text;
    struct str value, following;
    buf_init(&text, LIMIT_DIAG_BYTES);
    for (size_t i = 0; option_value(option, p->words, i, &value); i++) {
        bool last = !option_value(option, p->words, i + 1, &following);
        buf_add_c(&text, i == 0 ? "" : last ? " or " : ", ");
        buf_add_str(&text, value);
    }
    const char *copy = arena_str(p->arena, buf_str(&text)).ptr;
    buf_release(&text);
    return copy;
}

static bool check_choice(struct parser *p, const struct option_spec *option, struct str text)
{
    struct nearest near = nearest_to(text);
    struct str value;
    for (size_t i = 0; option_value(option, p->words, i, &value); i++) {
        if (str_equal(value, text))
            return true;
        nearest_offer(&near, value);
    }
    if (near.best.ptr)
        return usage(p, "--%s is \"%.*s\", expected %s: did you mean %.*s?", option->name,
                     STR_ARG(text), list_values(p, option), STR_ARG(near.best));
    return usage(p, "--%s is \"%.*s\", expected %s", option->name, STR_ARG(text),
                 list_values(p, option));
}

/* Decimal digits only; UINT_MAX for anything else or anything as large. */
static unsigned parse_number(struct str text)
{
    unsigned value = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)text.ptr[i] - '0';
        if (digit >= DECIMAL || value > (UINT_MAX - digit) / DECIMAL)
            return UINT_MAX;
        value = value * DECIMAL + digit;
    }
    return text.len ? value : UINT_MAX;
}

static bool check_number(struct parser *p, const struct option_spec *option, struct str text)
{
    struct str range = str_from(option->values);
    size_t dash = str_find(range, '-');
    unsigned least = parse_number(str_take(range, dash));
    unsigned most = parse_number(str_skip(range, dash + 1));
    unsigned value = parse_number(text);
    if (value >= least && value <= most)
        return true;
    return usage(p, "--%s is \"%.*s\", expected a number from %u to %u", option->name,
                 STR_ARG(text), least, most);
}

static bool check_text(struct parser *p, const struct option_spec *option, const char *text)
{
    if (!*text)
        return usage(p, "--%s is empty, expected %s", option->name, option->argument);
    if (option_kind(option) == OPTION_KIND_CHOICE && !(option->kind & OPTION_KIND_OPEN))
        return check_choice(p, option, str_from(text));
    if (option_kind(option) == OPTION_KIND_NUMBER)
        return check_number(p, option, str_from(text));
    return true;
}

/* Records the option; its text is `attached` or the next word. */
static bool take_option(struct parser *p, const struct option_spec *option, const char *attached)
{
    const char *text = attached;
    if (option_kind(option) == OPTION_KIND_FLAG) {
        if (attached)
            return usage(p, "--%s takes no value, but \"%s\" was given", option->name, attached);
        text = "";
    } else {
        if (!text && p->argv[p->next])
            text = p->argv[p->next++];
        if (!text)
            return usage(p, "--%s expects %s after it", option->name, option->argument);
        if (!check_text(p, option, text))
            return false;
    }
    struct option_texts *texts = &p->options->values[option - option_specs];
    const char **slot = vec_push(&texts->given, p->arena);
    if (!slot)
        return diag_set(p->error, DIAG_MEMORY, 0, 0, "out of memory");
    *slot = text;
    return true;
}

static bool take_long(struct parser *p, const char *word)
{
    struct str all = str_from(word);
    struct str name = str_take(all, str_find(all, '='));
    const struct option_spec *option = find_name(p->options->command, name);
    if (!option)
        return unknown_option(p, name);
    return take_option(p, option, name.len < all.len ? word + name.len + 1 : NULL);
}

/* -qj4, -j 4, -j=4 is read as the value "=4", as getopt does. */
static bool take_letters(struct parser *p, const char *word)
{
    for (; *word; word++) {
        const struct option_spec *option = find_letter(p->options->command, *word);
        if (!option)
            return usage(p, "unknown option -%c", *word);
        bool flag = option_kind(option) == OPTION_KIND_FLAG;
        if (!take_option(p, option, flag || !word[1] ? NULL : word + 1))
            return false;
        if (!flag)
            break;
    }
    return true;
}

static bool take_argument(struct parser *p, const char *word)
{
    const struct command_spec *command = &command_specs[p->options->command];
    if (p->options->arguments.count == command->most_arguments)
        return usage(p, "unexpected argument \"%s\"", word);
    const char **slot = vec_push(&p->options->arguments, p->arena);
    if (!slot)
        return diag_set(p->error, DIAG_MEMORY, 0, 0, "out of memory");
    *slot = word;
    return true;
}

static bool take_command(struct parser *p)
{
    const char *word = p->argv[p->next];
    if (!word)
        return usage(p, "expected a command");
    if (word[0] == '-' && word[1])
        return true; /* --help, --version, or an error said where the option is looked up */
    struct nearest near = nearest_to(str_from(word));
    for (enum command c = 0; c < COMMAND_COUNT; c++) {
        if (command_specs[c].program != p->options->program || !*command_specs[c].name)
            continue;
        if (str_is(str_from(word), command_specs[c].name)) {
            p->options->command = c;
            p->next++;
            return true;
        }
        nearest_offer(&near, str_from(command_specs[c].name));
    }
    if (near.best.ptr)
        return usage(p, "unknown command \"%s\", did you mean %.*s?", word, STR_ARG(near.best));
    return usage(p, "unknown command \"%s\"; '%s audit PATH' audits a file or directory", word,
                 program_names[p->options->program]);
}

static bool take_words(struct parser *p)
{
    bool only_arguments = false;
    while (p->argv[p->next]) {
        const char *word = p->argv[p->next++];
        bool ok;
        if (only_arguments || word[0] != '-' || !word[1])
            ok = take_argument(p, word);
        else if (word[1] != '-')
            ok = take_letters(p, word + 1);
        else if (word[2])
            ok = take_long(p, word + 2);
        else
            ok = only_arguments = true;
        if (!ok)
            return false;
        if (options_has(p->options, OPTION_HELP) || options_has(p->options, OPTION_VERSION))
            return true;
    }
    return true;
}

bool options_parse(struct options *options, enum program program, int argc, char *const *argv,
                   option_words_fn *words, struct arena *arena, struct diag *error)
{
    enum command main_command = program == PROGRAM_RAMPART ? COMMAND_RAMPART : COMMAND_WEBHOOK;
    *options = (struct options){.program = program, .command = main_command};
    struct parser p = {options, argv, argc > 0, words, arena, error};
    if (program == PROGRAM_RAMPART && !take_command(&p))
        return false;
    return take_words(&p);
}

const char *options_text(const struct options *options, enum option option)
{
    const struct option_texts *texts = &options->values[option];
    return texts->given.count ? texts->given.items[texts->given.count - 1]
                              : option_specs[option].fallback;
}

unsigned options_number(const struct options *options, enum option option)
{
    const char *text = options_text(options, option);
    return text ? parse_number(str_from(text)) : 0;
}
