/* SPDX-License-Identifier: Apache-2.0
 *
 * `rampart rules`: the registry as a list, a page, JSON or Markdown.
 */
#include "rules/rules.h"

#include "cli/rules_page.h"
#include "config/terminal.h"

#include <unistd.h>

enum { WIDTH_DEFAULT = 80 };

/* The rules to print, as indexes into rules_all. */
struct selection {
    size_t items[RULE_SET_MATCHES];
    size_t count;
    bool all;
};

static size_t selected(const struct selection *s, size_t i)
{
    return s->all ? i : s->items[i];
}

static void json_words(struct jsonw *w, const char *key, const char *const *words)
{
    jsonw_key(w, key);
    jsonw_array(w);
    for (; words && *words; words++)
        jsonw_c(w, *words);
    jsonw_array_end(w);
}

/* "Pod, PodTemplate" */
static void json_kinds(struct jsonw *w, const char *kinds)
{
    jsonw_key(w, "kinds");
    jsonw_array(w);
    for (struct str rest = str_from(kinds); rest.len;) {
        struct str kind = str_take(rest, str_find(rest, ','));
        rest = str_skip(rest, kind.len + 1);
        jsonw_str(w, str_trim(kind));
    }
    jsonw_array_end(w);
}

static void write_json(struct buf *out, const struct selection *s)
{
    struct jsonw w;
    jsonw_init(&w, out, 2);
    jsonw_array(&w);
    for (size_t i = 0; i < s->count; i++) {
        const struct rule *rule = rules_all.rules[selected(s, i)];
        jsonw_object(&w);
        jsonw_key_c(&w, "id", rule->id);
        jsonw_key_c(&w, "title", rule->title);
        jsonw_key_c(&w, "severity", severity_name(rule->severity));
        jsonw_key_c(&w, "category", category_name(rule->category));
        json_kinds(&w, rule->kinds);
        json_words(&w, "aliases", rule->aliases);
        json_words(&w, "refs", rule->refs);
        jsonw_key_c(&w, "remediation", rule->remediation);
        jsonw_object_end(&w);
    }
    jsonw_array_end(&w);
    buf_add_char(out, '\n');
}

static void write_markdown(struct buf *out, const struct selection *s)
{
    if (s->all)
        buf_add_c(out, "# Rules\n\nPrinted by `rampart rules --format markdown` from `src/rules/`; "
                       "a test compares the two.\n\n");
    for (size_t i = 0; i < s->count; i++) {
        buf_add_c(out, i ? "\n" : "");
        rules_page_markdown(out, &rules_all, selected(s, i));
    }
}

static void write_tty(struct buf *out, const struct selection *s, unsigned width, bool color)
{
    if (s->all)
        rules_page_list(out, &rules_all, width, color);
    for (size_t i = 0; i < s->count && !s->all; i++) {
        buf_add_c(out, i ? "\n" : "");
        rules_page_tty(out, &rules_all, s->items[i], width, color);
    }
}

static bool select_rules(const struct options *options, struct selection *s)
{
    *s = (struct selection){.all = !options->arguments.count, .count = rules_all.count};
    if (s->all)
        return true;
    struct str name = str_from(options->arguments.items[0]);
    s->count = rule_set_resolve(&rules_all, name, s->items);
    if (s->count)
        return true;
    const char *near = rule_set_nearest(&rules_all, name);
    if (near)
        message("unknown rule \"%.*s\", did you mean %s?", STR_ARG(name), near);
    else
        message("unknown rule \"%.*s\"; 'rampart rules' lists them", STR_ARG(name));
    return false;
}

enum status cli_rules(const struct options *options, struct arena *arena)
{
    struct selection s;
    struct output output;
    (void)arena;
    const char *format = options_text(options, OPTION_RULES_FORMAT);
    if (!select_rules(options, &s) || !output_open(&output, NULL))
        return STATUS_USAGE;
    unsigned width = terminal_width(STDOUT_FILENO);
    if (strcmp(format, "json") == 0)
        write_json(&output.buf, &s);
    else if (strcmp(format, "markdown") == 0)
        write_markdown(&output.buf, &s);
    else
        write_tty(&output.buf, &s, width ? width : WIDTH_DEFAULT,
                  terminal_color(options_text(options, OPTION_COLOR), STDOUT_FILENO));
    return output_close(&output) ? STATUS_CLEAN : STATUS_USAGE;
}
