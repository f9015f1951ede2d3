/* SPDX-License-Identifier: Apache-2.0
 *
 * The YAML reader: spans, aliases, ceilings, and what its errors say and where.
 */
#include "load/yaml.h"

#include "doc/position.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct arena arena;
static struct yaml_reader reader;
static struct diag diag;
static struct doc doc;
static uint32_t rest;

static void begin(void)
{
    arena_init(&arena, LIMIT_FILE_ARENA);
    yaml_reader_init(&reader);
}

static void finish(void)
{
    yaml_reader_release(&reader);
    arena_release(&arena);
}

TestSuite(yaml, .init = begin, .fini = finish);

static bool read_text(struct str text)
{
    diag = (struct diag){0};
    return yaml_read(&reader, text, 0, (uint32_t)text.len, &arena, &doc, &rest, &diag);
}

static struct str span(const struct doc_node *n)
{
    return (struct str){doc.text.ptr + n->begin, n->end - n->begin};
}

static const struct doc_node *at(const char *key)
{
    const struct doc_node *n = doc_get_str(doc.root, str_from(key));
    cr_assert(n, "no key %s", key);
    return n;
}

#define SPAN(node, want)                                                                           \
    cr_expect(str_is(span(node), (want)), "line %d: \"%.*s\"", __LINE__, STR_ARG(span(node)))

Test(yaml, a_span_is_what_is_written)
{
    cr_assert(read_text(STR("a: plain text # comment\n"
                            "b: 'it''s'\n"
                            "c: \"x\\ty\"\n"
                            "d: two\n"
                            "  lines\n"
                            "e: [1, {f: g}]\n"
                            "h:\n"
                            "- i: 1\n"
                            "  j:\n"
                            "- k\n"
                            "\n"
                            "# comment\n"
                            "l: &m !!str 12\n")));
    SPAN(at("a"), "plain text");
    SPAN(at("b"), "'it''s'");
    SPAN(at("c"), "\"x\\ty\"");
    SPAN(at("d"), "two\n  lines");
    SPAN(at("e"), "[1, {f: g}]");
    SPAN(at("h"), "- i: 1\n  j:\n- k");
    SPAN(&at("h")->v.item[0], "i: 1\n  j:");
    SPAN(at("l"), "12");
    cr_expect(str_is(doc_str(at("b")), "it's"));
    cr_expect(str_is(doc_str(at("d")), "two lines"));
    cr_expect_eq(doc.root->begin, 0);
    cr_expect(at("b")->flags & DOC_QUOTED);
    cr_expect(at("h")->flags & DOC_BLOCK);
    cr_expect_not(at("e")->flags & DOC_BLOCK);
    const struct doc_entry *l = doc_entry_str(doc.root, STR("l"));
    cr_expect_eq(doc.text.ptr[l->key_begin], 'l');
}

Test(yaml, a_block_text_begins_below_its_indicator_and_ends_with_its_text)
{
    cr_assert(
        read_text(STR("a: |  # header\n  one\n  two\n\nb: >-\n\n   folded\nc: |\nd: |+\r\n  x\r\n"
                      "\r\n# end\ne: 1\n")));
    SPAN(at("a"), "one\n  two");
    SPAN(at("b"), "\n   folded");
    SPAN(at("c"), "|");
    SPAN(at("d"), "x");
    cr_expect(str_is(doc_str(at("a")), "one\ntwo\n"));
    cr_expect(str_is(doc_str(at("d")), "x\n\n"));
    cr_expect_eq(at("a")->flags, DOC_QUOTED | DOC_BLOCK);
    cr_expect_eq(doc_position_in(doc.text, at("a")->begin).line, 2);
    cr_expect_eq(doc_position_in(doc.text, at("b")->begin).line, 6);
}

Test(yaml, offsets_are_bytes_where_characters_are_longer)
{
    cr_assert(read_text(STR("\xEF\xBB\xBF\xC3\xA4: \"\xE2\x82\xAC\" # \xF0\x9F\x98\x80\n"
                            "b: [\xC3\xB6, \xC3\xBC]\n"
                            "c: \xC3\x9F\xC3\x9F\r\n"
                            "d:\n- \xE2\x80\xA6\n")));
    SPAN(at("\xC3\xA4"), "\"\xE2\x82\xAC\"");
    SPAN(&at("b")->v.item[1], "\xC3\xBC");
    SPAN(at("c"), "\xC3\x9F\xC3\x9F");
    SPAN(at("d"), "- \xE2\x80\xA6");
    cr_expect_not(read_text(STR("a: \xC3\xA9\xC3\xA9\nb: @c")));
    cr_expect_eq(diag.begin, 11);
}

Test(yaml, spans_count_from_the_start_of_the_file)
{
    struct str text = STR("a: 1\n---\nb: \xC3\xA9\nc: d\n");
    diag = (struct diag){0};
    cr_assert(yaml_read(&reader, text, 9, (uint32_t)text.len, &arena, &doc, &rest, &diag));
    SPAN(at("c"), "d");
    cr_expect_eq(rest, text.len);
    cr_expect_not(yaml_read(&reader, text, 1, 5, &arena, &doc, &rest, &diag));
}

Test(yaml, spans_know_the_line_breaks_of_yaml_1_1)
{
    cr_assert(read_text(STR("a: !!seq\xE2\x80\xA8- b\xE2\x80\xA8")), "%s", diag.text);
    const struct doc_node *list = at("a");
    cr_expect_eq(list->begin, 11);
    cr_expect_eq(list->end, 14);
    cr_assert(read_text(STR("a: &x # c\xC2\x85  |\xE2\x80\xA9  b\n")), "%s", diag.text);
    cr_expect_eq(at("a")->begin, 19);
    cr_expect(str_is(doc_str(at("a")), "b\n"));
}

Test(yaml, an_alias_copies_the_value_of_its_anchor)
{
    cr_assert(read_text(STR("a: &x {k: 1}\nb: *x\nc: &x [2]\nd: *x\n&y e: *x\n*y : 3\n"
                            "f:\n  g: *x\n  # comment\nh: 1\n")));
    SPAN(at("b"), "{k: 1}");
    cr_expect(at("b")->flags & DOC_ALIAS);
    cr_expect_eq(doc_get_str(at("b"), STR("k"))->v.i, 1);
    cr_expect_neq(at("b")->v.entry, at("a")->v.entry);
    cr_expect_eq(at("d")->v.item[0].v.i, 2);
    cr_expect_eq(at("e")->v.i, 3, "an alias as a key");
    SPAN(at("f"), "g: *x");
    cr_expect_eq(doc.duplicate_total, 1);
}

Test(yaml, keys_are_the_strings_that_json_has)
{
    cr_assert(read_text(STR("yes: 1\n0x10: 2\n1.50: 3\n\"no\": 4\n!!str on: 5\n? |\n  x\n: 6\n"
                            "2001-01-01: 7\n")));
    cr_expect_eq(at("true")->v.i, 1);
    cr_expect_eq(at("16")->v.i, 2);
    cr_expect_eq(at("1.5")->v.i, 3);
    cr_expect_eq(at("no")->v.i, 4);
    cr_expect_eq(at("on")->v.i, 5);
    cr_expect_eq(at("x\n")->v.i, 6);
    cr_expect_eq(at("2001-01-01")->v.i, 7);
}

Test(yaml, a_key_that_stands_twice_is_noted_with_both_places)
{
    cr_assert(read_text(STR("a: 1\nb: 2\n'a': 3\n<<: {b: 4}\n")));
    cr_expect_eq(at("a")->v.i, 3);
    cr_expect_eq(at("b")->v.i, 4, "a merge brings no duplicate, but the last value counts");
    cr_assert_eq(doc.duplicate_count, 1);
    cr_expect_eq(doc.duplicates[0].first_begin, 0);
    cr_expect_eq(doc.duplicates[0].again_begin, 10);
    cr_expect_eq(doc.duplicates[0].value, at("a"));
}

Test(yaml, binary_is_decoded_and_stray_bytes_are_replaced)
{
    cr_assert(read_text(STR("a: !!binary aGk=\nb: !!binary |\n  /w\n  ==\nc: !!binary ''\n")));
    cr_expect(str_is(doc_str(at("a")), "hi"));
    cr_expect(str_is(doc_str(at("b")), "\xEF\xBF\xBD"));
    cr_expect(str_is(doc_str(at("c")), ""));
    cr_expect_not(read_text(STR("a: !!binary a")));
}

Test(yaml, what_follows_the_document_is_told)
{
    struct str text = STR("a: 1\n...\n# comment\n");
    cr_assert(read_text(text));
    cr_expect_eq(rest, text.len);
    cr_assert(read_text(STR("{a: 1} b")));
    cr_expect_eq(rest, 7);
    cr_assert(read_text(STR("a: 1\n...\nb: [")));
    cr_expect_lt(rest, 9);
    cr_assert(read_text(STR("# nothing\n")));
    cr_expect_null(doc.root);
}

/* --- Errors --- */

static const struct {
    const char *text;
    uint32_t line, column;
    const char *says;
} errors[] = {
    {"a: 1\n\tb: 2", 2, 1, "found a tab"},
    {"a:\n  b: |\n  \tx", 3, 3, "found a tab"},
    {"a: 'b\nc: d\n", 1, 4, "closing '"},
    {"a: \"b\n", 1, 4, "closing \""},
    {"a: 1\nkey\nb: 2\n", 2, 1, "expected \":\" after this key: key"},
    {"a: b: c", 1, 5, "found \":\""},
    {"a: - b", 1, 4, "found \"-\""},
    {"a:\n  - b\n c\n", 3, 2, "column of the map"},
    {"- a\nb: 1\n", 2, 1, "column of the list"},
    {"a: [b, c\n", 1, 9, "\",\" or \"]\""},
    {"a: {b: c\n\n# comment", 3, 10, "\",\" or \"}\""},
    {"a: [\n", 1, 5, "expected a value"},
    {"a: \"x\" y\n", 1, 8, "closing quote"},
    {"a: \"\\q\"", 1, 5, "escape"},
    {"a: \"\\/\"", 1, 5, "without"},
    {"a: \"\\xg\"", 1, 7, "hexadecimal"},
    {"a: @b", 1, 4, "quotes around a text that begins with \"@\""},
    {"a: %b", 1, 4, "\"%\""},
    {"a: *b", 1, 4, "no anchor before it"},
    {"a: &b [*b]", 1, 8, "contains itself"},
    {"a: &b {c: *b}", 1, 11, "contains itself"},
    {"a: {{ .b }}", 1, 4, "template"},
    {"a: {{ include \"b\" . | nindent 4 }}", 1, 4, "template"},
    {"a: [b?c]", 1, 5, "\"?\""},
    {"? [a]\n: b", 1, 3, "found a list"},
    {"~: a", 1, 1, "as key"},
    {"a: {<<: 1}", 1, 5, "merge key"},
    {"a: &b [{}]\nc: {<<: *b}", 2, 5, "merge key"},
    {"a: .inf", 1, 4, "finite"},
    {"a: !!int x", 1, 10, "tag names"},
    {"a: \x01", 1, 4, "U+0001"},
    {"a: \xC3\xA9 \xFF", 1, 6, "UTF-8"},
    {"a: 1\n\xEF\xBB\xBF"
     "b: 2",
     2, 1, "byte order mark"},
    {"%YAML 1.2\n", 1, 1, "directive"},
};

Test(yaml, an_error_says_what_was_expected_and_where)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        struct str text = str_from(errors[i].text);
        cr_expect_not(read_text(text), "%s", errors[i].text);
        struct doc_position p = doc_position_in(text, diag.begin);
        cr_expect(p.line == errors[i].line && p.column == errors[i].column &&
                      strstr(diag.text, errors[i].says),
                  "\"%s\": %u:%u: %s", errors[i].text, p.line, p.column, diag.text);
        cr_expect(diag.begin <= diag.end && diag.end <= text.len, "%s", errors[i].text);
    }
}

/* --- Ceilings, each in milliseconds --- */

static char *repeat(const char *piece, size_t times)
{
    size_t len = strlen(piece);
    char *text = malloc(len * times + 1);
    cr_assert(text);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * len, piece, len);
    text[len * times] = '\0';
    return text;
}

static void refuse_fast(const char *text, const char *says)
{
    clock_t start = clock();
    cr_expect_not(read_text(str_from(text)));
    long ms = (long)(clock() - start) * 1000 / CLOCKS_PER_SEC;
    cr_expect(strstr(diag.text, says), "%s", diag.text);
    cr_expect_eq(diag.code, DIAG_LIMIT);
    cr_expect_lt(ms, 500, "%ld ms for \"%.20s\"", ms, text);
    arena_clear(&arena);
}

Test(yaml, deep_nesting_is_refused_at_once)
{
    static const char *const pieces[] = {"[", "[\n", "- ", "{a: ", "[{a: "};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        char *text = repeat(pieces[i], 100000);
        refuse_fast(text, "levels of nesting");
        free(text);
    }
    char *open = repeat("[", LIMIT_DOC_DEPTH);
    char *close = repeat("]", LIMIT_DOC_DEPTH);
    struct str text = arena_printf(&arena, "%s%s", open, close);
    cr_expect(read_text(text), "the deepest that is allowed");
    free(open);
    free(close);
}

Test(yaml, a_billion_laughs_are_refused_at_once)
{
    char text[4096];
    int len = snprintf(text, sizeof text, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 20; i++)
        len += snprintf(text + len, sizeof text - (size_t)len,
                        "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1,
                        i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    refuse_fast(text, "aliases expand");
    len = snprintf(text, sizeof text, "a0: &a0 {k: [x,x,x,x,x,x,x,x,x]}\n");
    for (int i = 1; i < 20; i++)
        len += snprintf(text + len, sizeof text - (size_t)len,
                        "a%d: &a%d {<<: *a%d, a: *a%d, b: *a%d, c: *a%d}\n", i, i, i - 1, i - 1,
                        i - 1, i - 1);
    refuse_fast(text, "aliases expand");
}

Test(yaml, many_keys_anchors_and_merges_take_time_in_proportion)
{
    enum { COUNT = 90000 };
    size_t room = (size_t)COUNT * 40;
    char *text = malloc(room);
    cr_assert(text);
    size_t len = (size_t)snprintf(text, room, "m: &m\n");
    for (int i = 0; i < COUNT / 2; i++)
        len += (size_t)snprintf(text + len, room - len, "  k%d: &a%d x\n", i, i);
    len += (size_t)snprintf(text + len, room - len, "p:\n  <<: [*m]\n  k7: z\no:\n");
    for (int i = 0; i < COUNT / 3; i++)
        len += (size_t)snprintf(text + len, room - len, "- *a%d\n", i);
    clock_t start = clock();
    cr_assert(read_text((struct str){text, len}), "%s", diag.text);
    long ms = (long)(clock() - start) * 1000 / CLOCKS_PER_SEC;
    cr_expect_lt(ms, 5000, "%ld ms", ms);
    cr_expect_eq(at("p")->len, COUNT / 2);
    cr_expect(str_is(doc_str(doc_get_str(at("p"), STR("k7"))), "z"));
    cr_expect_eq(doc.duplicate_total, 0);
    free(text);
}
