/* SPDX-License-Identifier: Apache-2.0
 *
 * One table from libyaml's problem texts to ours. A text that a later libyaml may add is shown as
 * it is.
 */
#include "load/yaml_problem.h"

#include "base/utf8.h"

#include <stdio.h>

enum { SNIPPET = 40 /* bytes of a line shown in a message */ };

enum place { AT, START };

static const struct {
    const char *problem;
    enum place place;
    const char *text;
} known[] = {
    {"mapping values are not allowed in this context", AT,
     "found \":\" where no key can stand: expected quotes around a text that holds \": \", or the "
     "key in a line of its own"},
    {"mapping keys are not allowed in this context", AT,
     "found \"?\" where no key can stand: expected quotes around a text that begins with \"? \""},
    {"block sequence entries are not allowed in this context", AT,
     "found \"-\" where no list can begin: expected it in a line of its own, below its key"},
    {"did not find expected key", AT,
     "expected a key in the column of the map's other keys, or deeper for a value"},
    {"did not find expected '-' indicator", AT,
     "expected \"-\" in the column of the list's other items"},
    {"did not find expected ',' or ']'", AT,
     "expected \",\" or \"]\" in the list that begins with \"[\""},
    {"did not find expected ',' or '}'", AT,
     "expected \",\" or \"}\" in the map that begins with \"{\""},
    {"did not find expected node content", AT, "expected a value"},
    {"found unknown escape character", AT,
     "expected a YAML escape after \"\\\" (one of 0abtnvfre \"\\N_LPxuU): a backslash is written "
     "\"\\\\\", or in single quotes"},
    {"did not find expected hex"
     "decimal number",
     AT, /* sic */
     "expected hexadecimal digits: two after \\x, four after \\u, eight after \\U"},
    {"found invalid Unicode character escape code", AT,
     "expected the escape of a character, found that of half a surrogate pair or none"},
    {"found a tab character where an indentation space is expected", AT,
     "found a tab: expected spaces to indent a block text"},
    {"found a tab character that violates indentation", AT,
     "found a tab: expected spaces to indent a text over several lines"},
    {"found an indentation indicator equal to 0", AT,
     "expected 1 to 9 as the indentation of a block text"},
    {"did not find expected comment or line break", AT,
     "expected the end of the line after the head of a block text"},
    {"did not find expected alphabetic or numeric character", AT,
     "expected a name of letters, digits, \"-\" and \"_\" for an anchor or alias: a text that "
     "begins "
     "with \"&\" or \"*\" is written in quotes"},
    {"found undefined tag handle", START,
     "expected \"!\" or \"!!\" before the name of a tag: a text that begins with \"!\" is written "
     "in "
     "quotes"},
    {"found unexpected ':'", AT,
     "expected a space after \":\", or quotes around a text that ends in \":\""},
    {"did not find expected tag URI", AT,
     "expected the name of a tag: a text that begins with \"!\" is written in quotes"},
    {"did not find expected whitespace or line break", AT, "expected a space after the tag"},
    {"found unknown directive name", START,
     "expected no directive: kubectl reads none, and a text that begins with \"%\" is written in "
     "quotes"},
    {"could not find expected directive name", START,
     "expected no directive: a text that begins with \"%\" is written in quotes"},
};

/* What is left of the line, cut where a character ends. */
static struct str line_from(struct str text, uint32_t at, uint32_t end)
{
    struct str rest = str_take(str_skip(text, at), end - at);
    struct str line = str_take(rest, str_find(rest, '\n'));
    return utf8_cut(str_trim(str_take(line, str_find(line, '\r'))), SNIPPET);
}

static bool report_token(struct diag *diag, struct str text, uint32_t end, uint32_t at)
{
    char c = at < end ? text.ptr[at] : '\0';
    if (c == '\t')
        return diag_set(diag, DIAG_SYNTAX, at, at + 1,
                        "found a tab: expected spaces to indent a line");
    if (c == '%')
        return diag_set(diag, DIAG_SYNTAX, at, at + 1,
                        "expected quotes around a text that begins with \"%%\"");
    return diag_set(diag, DIAG_SYNTAX, at, at + 1,
                    "expected quotes around a text that begins with \"%c\"", c);
}

static bool report_quote(struct diag *diag, struct str text, uint32_t at)
{
    char quote = at < text.len && text.ptr[at] == '\'' ? '\'' : '"';
    return diag_set(diag, DIAG_SYNTAX, at, at + 1,
                    "expected a closing %c for the text that begins here", quote);
}

/* The only thing that libyaml wants a `---` after; found again from where it was missed. */
static bool report_directive(struct diag *diag, struct str text, struct yaml_problem p)
{
    uint32_t at = p.at;
    while (at > p.start && !(at < text.len && text.ptr[at] == '%' && text.ptr[at - 1] == '\n'))
        at--;
    return diag_set(
        diag, DIAG_SYNTAX, at, at + 1,
        "expected no directive: kubectl splits the file at \"---\" before it reads one");
}

/* A key that is missing after a quoted text is text after the quote. */
static bool is_after_quote(struct str text, uint32_t at)
{
    while (at && (text.ptr[at - 1] == ' ' || text.ptr[at - 1] == '\t'))
        at--;
    return at && (text.ptr[at - 1] == '"' || text.ptr[at - 1] == '\'');
}

bool yaml_problem_template(struct diag *diag, struct str text, uint32_t at)
{
    uint32_t line = at;
    while (line && text.ptr[line - 1] != '\n')
        line--;
    struct str rest = str_skip(text, line);
    rest = str_take(rest, str_find(rest, '\n'));
    uint32_t brace = line + (uint32_t)str_find_str(rest, STR("{{"));
    if (brace == line + rest.len)
        return false;
    diag_set(diag, DIAG_SYNTAX, brace, brace + 2,
             "expected YAML, found \"{{\": a template is rendered first, and text with braces is "
             "written in quotes");
    return true;
}

bool yaml_problem_report(struct diag *diag, struct str text, uint32_t end, struct yaml_problem p)
{
    const char *problem = p.problem ? p.problem : "expected YAML";
    if (p.at >= end) /* what is missing at the end is missing after the last text */
        for (p.at = end; p.at && strchr(" \t\r\n", text.ptr[p.at - 1]);)
            p.at--;
    if (strcmp(problem, "found unexpected end of stream") == 0 ||
        strcmp(problem, "found unexpected document indicator") == 0)
        return report_quote(diag, text, p.start);
    if (p.at < end && yaml_problem_template(diag, text, p.at))
        return false;
    if (strcmp(problem, "could not find expected ':'") == 0) {
        if (yaml_problem_template(diag, text, p.start))
            return false;
        struct str line = line_from(text, p.start, end);
        return diag_set(diag, DIAG_SYNTAX, p.start, p.start + (uint32_t)line.len,
                        "expected \":\" after this key: %.*s", STR_ARG(line));
    }
    if (strcmp(problem, "found character that cannot start any token") == 0)
        return report_token(diag, text, end, p.at);
    if (strcmp(problem, "did not find expected <document start>") == 0)
        return report_directive(diag, text, p);
    if (strcmp(problem, "did not find expected key") == 0 && is_after_quote(text, p.at))
        return diag_set(diag, DIAG_SYNTAX, p.at, p.at + 1,
                        "expected the end of the line or a comment after the closing quote");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(problem, known[i].problem) != 0)
            continue;
        uint32_t at = known[i].place == START ? p.start : p.at;
        return diag_set(diag, DIAG_SYNTAX, at, at < end ? at + 1 : at, "%s", known[i].text);
    }
    return diag_set(diag, DIAG_SYNTAX, p.at, p.at, "%s", problem);
}

bool yaml_problem_character(struct diag *diag, uint32_t at, uint32_t code)
{
    if (code == 0)
        return diag_set(diag, DIAG_ENCODING, at, at + 1, "found a NUL byte: expected text");
    return diag_set(diag, DIAG_ENCODING, at, at + 1,
                    "found the control character U+%04X: expected it as an escape in double quotes",
                    code);
}
