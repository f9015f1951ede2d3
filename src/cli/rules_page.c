/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rules_page.h"

#include "config/help.h"
#include "policy/profile.h"

enum { NARROWEST = 40, WIDEST = 100, LABEL = 13, CODE_INDENT = 4 };

#define BOLD   "\033[1m"
#define DIM    "\033[2m"
#define NORMAL "\033[0m"

struct page {
    struct buf *out;
    size_t width;
    bool color;
};

static struct page page_init(struct buf *out, unsigned width, bool color)
{
    size_t columns = width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
    return (struct page){out, columns, color};
}

static void styled(const struct page *page, const char *style, struct str text)
{
    buf_add_c(page->out, page->color ? style : "");
    buf_add_str(page->out, text);
    buf_add_c(page->out, page->color ? NORMAL : "");
}

/* Wraps text to the page; later lines are indented as far as the first begins. */
static void wrapped(const struct page *page, struct str text, size_t indent)
{
    bool first = true;
    while (text.len) {
        struct str line = help_line(text, page->width - indent, &text);
        buf_add_fill(page->out, ' ', first ? 0 : indent);
        buf_add_str(page->out, line);
        buf_add_char(page->out, '\n');
        first = false;
    }
}

static void label(const struct page *page, const char *name, struct str text)
{
    size_t len = strlen(name);
    if (!text.len)
        return;
    styled(page, DIM, str_from(name));
    buf_add_fill(page->out, ' ', LABEL - len);
    wrapped(page, text, LABEL);
}

static void label_words(const struct page *page, const char *name, const char *const *words)
{
    struct buf text;
    buf_init(&text, LIMIT_MESSAGE_BYTES);
    for (size_t i = 0; words && words[i]; i++)
        buf_printf(&text, "%s%s", i ? ", " : "", words[i]);
    label(page, name, buf_str(&text));
    buf_release(&text);
}

/* "yaml bad" after the backquotes. */
static void code_heading(const struct page *page, struct str info)
{
    if (str_ends_with(info, STR(" bad")))
        styled(page, BOLD, STR("  refused:\n"));
    else if (str_ends_with(info, STR(" good")))
        styled(page, BOLD, STR("  accepted:\n"));
}

static void flush_paragraph(const struct page *page, struct buf *paragraph)
{
    struct str text = buf_str(paragraph);
    wrapped(page, text, str_starts_with(text, STR("- ")) ? 2 : 0);
    buf_clear(paragraph);
}

static struct str next_line(struct str *text)
{
    struct str line = str_take(*text, str_find(*text, '\n'));
    *text = str_skip(*text, line.len + 1);
    return line;
}

/* Headings, paragraphs, lists and fenced code: what the rules' pages use. */
static void markdown(const struct page *page, struct str text)
{
    struct buf paragraph;
    bool code = false;
    buf_init(&paragraph, LIMIT_MESSAGE_BYTES);
    while (text.len) {
        struct str line = next_line(&text);
        if (str_starts_with(line, STR("```"))) {
            flush_paragraph(page, &paragraph);
            code = !code;
            if (code)
                code_heading(page, line);
        } else if (code) {
            buf_add_fill(page->out, ' ', line.len ? CODE_INDENT : 0);
            buf_add_str(page->out, line);
            buf_add_char(page->out, '\n');
        } else if (line.len == 0) {
            flush_paragraph(page, &paragraph);
            buf_add_char(page->out, '\n');
        } else if (line.ptr[0] == '#') {
            flush_paragraph(page, &paragraph);
            styled(page, BOLD, str_trim(str_skip(line, str_find(line, ' '))));
            buf_add_char(page->out, '\n');
        } else {
            if (str_starts_with(line, STR("- ")))
                flush_paragraph(page, &paragraph);
            buf_printf(&paragraph, "%s%.*s", paragraph.len ? " " : "", STR_ARG(str_trim(line)));
        }
    }
    flush_paragraph(page, &paragraph);
    buf_release(&paragraph);
}

void rules_page_tty(struct buf *out, const struct rule_set *set, size_t index, unsigned width,
                    bool color)
{
    struct page page = page_init(out, width, color);
    const struct rule *rule = set->rules[index];
    styled(&page, BOLD, str_from(rule->id));
    buf_add_c(out, ": ");
    wrapped(&page, str_from(rule->title), 2);
    buf_add_char(out, '\n');
    label(&page, "severity", str_from(severity_name(rule->severity)));
    label(&page, "category", str_from(category_name(rule->category)));
    label(&page, "profile", str_from(profile_level_name(rule->profile)));
    label(&page, "looks at", str_from(rule->kinds));
    label_words(&page, "aliases", rule->aliases);
    label_words(&page, "refs", rule->refs);
    label(&page, "remedy", str_from(rule->remediation));
    buf_add_char(out, '\n');
    markdown(&page, str_from(set->markdown[index]));
}

void rules_page_list(struct buf *out, const struct rule_set *set, unsigned width, bool color)
{
    struct page page = page_init(out, width, color);
    size_t longest = 0;
    bool first = true;
    for (size_t i = 0; i < set->count; i++)
        longest = strlen(set->rules[i]->id) > longest ? strlen(set->rules[i]->id) : longest;
    for (enum rule_category category = 0; category < CATEGORY_COUNT; category++) {
        bool headed = false;
        for (size_t i = 0; i < set->count; i++) {
            const struct rule *rule = set->rules[i];
            if (rule->category != category)
                continue;
            if (!headed) {
                buf_add_c(out, first ? "" : "\n");
                styled(&page, BOLD, str_from(category_name(category)));
                buf_add_char(out, '\n');
            }
            headed = true;
            first = false;
            buf_printf(out, "  %-*s  %-7s  ", (int)longest, rule->id,
                       severity_name(rule->severity));
            wrapped(&page, str_from(rule->title), longest + sizeof "    warning  " - 1);
        }
    }
    buf_add_c(out, "\n'rampart rules ID' explains a rule.\n");
}

static void markdown_words(struct buf *out, const char *name, const char *const *words)
{
    for (size_t i = 0; words && words[i]; i++)
        buf_printf(out, "%s`%s`", i ? ", " : name, words[i]);
    buf_add_c(out, words && words[0] ? "\n" : "");
}

void rules_page_markdown(struct buf *out, const struct rule_set *set, size_t index)
{
    const struct rule *rule = set->rules[index];
    buf_printf(out, "## %s\n\n%s.\n\n", rule->id, rule->title);
    buf_printf(out, "- severity: %s\n- category: %s\n- profile: %s\n- looks at: %s\n",
               severity_name(rule->severity), category_name(rule->category),
               profile_level_name(rule->profile), rule->kinds);
    markdown_words(out, "- aliases: ", rule->aliases);
    markdown_words(out, "- refs: ", rule->refs);
    buf_printf(out, "- remedy: %s\n\n", rule->remediation);
    buf_add_c(out, set->markdown[index]);
}
