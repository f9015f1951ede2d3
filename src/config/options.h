/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line: options.def as a table, and the parser over it. What else is derived from the
 * table: config/help.h.
 */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

enum program { PROGRAM_RAMPART, PROGRAM_WEBHOOK, PROGRAM_COUNT };

enum command {
#define COMMAND(id, ...) COMMAND_##id,
#include "config/options.def"
    COMMAND_COUNT
};

enum option_group {
#define GROUP(id, title) GROUP_##id,
#include "config/options.def"
    GROUP_COUNT
};

enum option {
#define OPTION(id, ...) OPTION_##id,
#include "config/options.def"
    OPTION_COUNT
};

/* A kind, and LIST and OPEN as bits beside it. */
enum option_kind {
    OPTION_KIND_FLAG,
    OPTION_KIND_TEXT,
    OPTION_KIND_FILE,
    OPTION_KIND_DIRECTORY,
    OPTION_KIND_CHOICE,
    OPTION_KIND_NUMBER,
    OPTION_KIND_MASK = 15,
    OPTION_KIND_LIST = 16, /* may be given several times; else the last one counts */
    OPTION_KIND_OPEN = 32, /* other text than the values may be right too */
};

struct command_spec {
    enum program program;
    const char *name; /* empty: the program itself */
    const char *arguments;
    unsigned most_arguments;
    const char *summary;
    const char *argument_help; /* NULL: takes none */
    const char *examples;      /* lines "arguments  # what for" */
};

struct option_spec {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    uint32_t commands;
    unsigned kind;        /* enum option_kind */
    const char *argument; /* as help shows it; NULL for a flag */
    const char *values;   /* "a|b", "@set", "1-9" or NULL */
    const char *fallback; /* NULL: none */
    enum option_group group;
    const char *help;
};

extern const char *const program_names[PROGRAM_COUNT];
extern const struct command_spec command_specs[COMMAND_COUNT];
extern const struct option_spec option_specs[OPTION_COUNT];
extern const char *const option_group_titles[GROUP_COUNT];

/* The words of a "@set" that lie above this layer (formats, rules, profiles): the index-th, or NULL
 * past the last. Every table-driven function takes one. */
typedef const char *option_words_fn(const char *set, size_t index);

/* The index-th allowed value of an option; false past the last. */
bool option_value(const struct option_spec *option, option_words_fn *words, size_t index,
                  struct str *value);
static inline enum option_kind option_kind(const struct option_spec *option)
{
    return (enum option_kind)(option->kind & OPTION_KIND_MASK);
}
static inline bool option_of(const struct option_spec *option, enum command command)
{
    return option->commands >> command & 1;
}

struct option_texts {
    VEC(const char *) given;
};

/* A parsed command line. Strings are those of argv. */
struct options {
    enum program program;
    enum command command;
    struct option_texts values[OPTION_COUNT]; /* a flag has an empty text for each time */
    VEC(const char *) arguments;
};

/* Parses argv[1..]. Where --help or --version is met, parsing stops there and options_has tells.
 * False: a usage error; error->text says what was expected. */
bool options_parse(struct options *options, enum program program, int argc, char *const *argv,
                   option_words_fn *words, struct arena *arena, struct diag *error);

/* Whether it was given. */
static inline bool options_has(const struct options *options, enum option option)
{
    return options->values[option].given.count > 0;
}
/* The last text given, or the default, or NULL. */
const char *options_text(const struct options *options, enum option option);
/* The same as a number; 0 where there is neither. Checked by the parser. */
unsigned options_number(const struct options *options, enum option option);

#endif
