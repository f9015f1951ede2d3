/* SPDX-License-Identifier: Apache-2.0
 *
 * What is derived from options.def for readers: --help, man pages, docs/options.md, completions of
 * bash, zsh and fish.
 */
#ifndef CONFIG_HELP_H
#define CONFIG_HELP_H

#include "base/buf.h"
#include "config/options.h"

/* --help of a command, wrapped to width columns. */
void help_write(struct buf *out, enum command command, option_words_fn *words, unsigned width,
                bool color);
/* The man page (man(7) macros). version and date (YYYY-MM-DD) go into its footer. */
void man_write(struct buf *out, enum program program, option_words_fn *words, const char *version,
               const char *date);
/* docs/options.md: every program. */
void options_markdown_write(struct buf *out, option_words_fn *words);

enum shell { SHELL_BASH, SHELL_ZSH, SHELL_FISH, SHELL_COUNT };
extern const char *const shell_names[SHELL_COUNT];
/* Completions for rampart, to be sourced by the shell. */
void completions_write(struct buf *out, enum shell shell, option_words_fn *words);

/* "[default: x] [one of: a, b] [repeatable]", empty when there is nothing to say. Sets of more than
 * a line of words (the rules) are not listed. */
void help_notes(struct buf *out, const struct option_spec *option, option_words_fn *words);
/* The part of text that fits in width columns, broken at a space; *rest is what follows. */
struct str help_line(struct str text, size_t width, struct str *rest);
/* Example lines one by one: the arguments and what they are for. False when there are no more. */
bool help_example(struct str *rest, struct str *arguments, struct str *purpose);
/* "rampart audit" */
void help_command_name(struct buf *out, enum command command);

#endif
