/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/builder.h"
#include "doc/position.h"

#include <criterion/criterion.h>

#include <stdio.h>

static struct arena arena;
static struct diag diag;
static struct doc_builder builder;

static void begin(void)
{
    arena_init(&arena, 64 << 20);
    diag = (struct diag){0};
    doc_builder_init(&builder, &arena, &diag, DOC_DUPLICATES_KEEP_LAST, true);
}

static void finish(void)
{
    doc_builder_release(&builder);
    arena_release(&arena);
}

TestSuite(doc, .init = begin, .fini = finish);

static void key(const char *text, bool merge)
{
    struct str s = str_from(text);
    cr_assert(doc_build_key(&builder, s, name_lookup(s), 0, 0, merge));
}

static void integer(int64_t value)
{
    struct doc_node n = {.kind = DOC_INT, .v.i = value};
    cr_assert(doc_build_scalar(&builder, &n));
}

Test(doc, names_are_found_and_others_are_not)
{
    for (name_t n = 1; n < N_COUNT; n++)
        cr_assert_eq(name_lookup(name_text(n)), n);
    cr_assert_eq(name_lookup(STR("securityContext")), N_securityContext);
    cr_assert_eq(name_lookup(STR("securitycontext")), N_NONE);
    cr_assert_eq(name_lookup(STR("")), N_NONE);
}

/* Whatever stands after the text, and for every beginning of a name. */
Test(doc, padded_names_are_the_same)
{
    static const char *const after[] = {"\":\"aeiou0123456789", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"};
    for (name_t n = 1; n < N_COUNT; n++)
        for (size_t len = 0; len <= name_text(n).len; len++)
            for (size_t i = 0; i < 2; i++) {
                char text[256];
                memcpy(text, name_text(n).ptr, len);
                memcpy(text + len, after[i], NAME_READABLE);
                const struct str begin = {text, len};
                cr_assert_eq(name_lookup_padded(begin), name_lookup(begin));
            }
}

Test(doc, the_last_duplicate_counts_and_is_noted)
{
    cr_assert(doc_build_map(&builder, 0, 0));
    key("name", false);
    integer(1);
    key("image", false);
    integer(2);
    key("name", false);
    integer(3);
    cr_assert(doc_build_end(&builder, 9));
    struct doc doc;
    cr_assert(doc_build_finish(&builder, STR("123456789"), &doc));
    cr_assert_eq(doc.root->len, 2);
    cr_assert_eq(doc_get(doc.root, N_name)->v.i, 3);
    cr_assert_eq(doc.duplicate_count, 1);
    cr_assert_eq(doc.duplicates[0].value, doc_get(doc.root, N_name));
}

/* kubectl's YAML reader goes in document order: what a merge brings replaces what stands before it.
 * Only a key that was written twice is a duplicate. */
Test(doc, of_written_and_merged_keys_the_last_one_wins)
{
    cr_assert(doc_build_map(&builder, 0, 0));
    key("name", false);
    integer(1);
    key("image", false);
    integer(4);
    key("<<", true);
    cr_assert(doc_build_map(&builder, 0, 0));
    key("name", false);
    integer(2);
    key("image", false);
    integer(3);
    cr_assert(doc_build_end(&builder, 0));
    key("image", false);
    integer(5);
    cr_assert(doc_build_end(&builder, 0));
    struct doc doc;
    cr_assert(doc_build_finish(&builder, STR(""), &doc));
    cr_assert_eq(doc.root->len, 2);
    cr_assert_eq(doc_get(doc.root, N_name)->v.i, 2);
    cr_assert_eq(doc_get(doc.root, N_image)->v.i, 5);
    cr_assert_eq(doc.duplicate_total, 1);
    cr_assert(str_is(doc.duplicates[0].key, "image"));
}

/* Of a list of maps the first wins. Many keys, so that duplicates are found by sorting. */
Test(doc, a_merge_of_many_keys_is_no_duplicate)
{
    enum { KEYS = 5000 };
    static char names[KEYS][16];
    for (int i = 0; i < KEYS; i++)
        snprintf(names[i], sizeof names[i], "k%d", i);
    cr_assert(doc_build_map(&builder, 0, 0));
    key("<<", true);
    cr_assert(doc_build_seq(&builder, 0, 0));
    for (int map = 0; map < 3; map++) {
        cr_assert(doc_build_map(&builder, 0, 0));
        for (int i = 0; i < KEYS; i++) {
            key(names[i], false);
            integer(map);
        }
        cr_assert(doc_build_end(&builder, 0));
    }
    cr_assert(doc_build_end(&builder, 0));
    key("k7", false);
    integer(7);
    cr_assert(doc_build_end(&builder, 0));
    struct doc doc;
    cr_assert(doc_build_finish(&builder, STR(""), &doc));
    cr_assert_eq(doc.root->len, KEYS);
    cr_assert_eq(doc.duplicate_total, 0);
    cr_assert_eq(doc_get_str(doc.root, STR("k0"))->v.i, 0);
    cr_assert_eq(doc_get_str(doc.root, STR("k7"))->v.i, 7);
}

static struct str anchor(int i)
{
    return arena_printf(&arena, "a%d", i);
}

Test(doc, an_alias_means_the_latest_anchor_of_its_name)
{
    for (int many = 1; many <= 1000; many *= 10) {
        doc_builder_clear(&builder);
        cr_assert(doc_build_seq(&builder, 0, 0));
        for (int i = 0; i < 2 * many; i++) {
            cr_assert(doc_build_anchor(&builder, anchor(i % many)));
            integer(i);
        }
        for (int i = 0; i < many; i++)
            cr_assert(doc_build_alias(&builder, anchor(i), 0, 0));
        cr_assert(doc_build_end(&builder, 0));
        struct doc doc;
        cr_assert(doc_build_finish(&builder, STR(""), &doc));
        for (int i = 0; i < many; i++)
            cr_assert_eq(doc.root->v.item[2 * many + i].v.i, many + i);
    }
    doc_builder_clear(&builder);
    cr_assert_not(doc_build_alias(&builder, STR("a1"), 3, 6));
    cr_assert_eq(diag.code, DIAG_SYNTAX);
    cr_assert_eq(diag.begin, 3);
}

Test(doc, a_path_is_written_as_the_api_server_does)
{
    cr_assert(doc_build_map(&builder, 0, 0));
    key("spec", false);
    cr_assert(doc_build_map(&builder, 0, 0));
    key("containers", false);
    cr_assert(doc_build_seq(&builder, 0, 0));
    integer(1);
    cr_assert(doc_build_map(&builder, 0, 0));
    key("image", false);
    integer(7);
    for (int i = 0; i < 4; i++)
        cr_assert(doc_build_end(&builder, 0));
    struct doc doc;
    cr_assert(doc_build_finish(&builder, STR(""), &doc));
    const struct doc_node *list = doc_at(doc.root, N_spec, N_containers).node;
    struct buf out;
    buf_init(&out, 1000);
    cr_assert(doc_path(&out, doc.root, doc_get(&list->v.item[1], N_image)));
    cr_assert(str_is(buf_str(&out), "spec.containers[1].image"));
    buf_release(&out);
}

Test(doc, lines_end_at_any_line_break_and_columns_count_code_points)
{
    struct doc_lines lines;
    cr_assert(doc_lines_init(&lines,
                             STR("a\r\nb\xC3\xA9"
                                 "c\rd\n"),
                             &arena));
    cr_assert_eq(lines.count, 4);
    struct doc_position p = doc_position(&lines, 6);
    cr_assert_eq(p.line, 2);
    cr_assert_eq(p.column, 3);
    cr_assert(str_is(doc_line(&lines, 3), "d"));
    for (uint32_t i = 0; i <= 10; i++) {
        struct doc_position x = doc_position(&lines, i), y = doc_position_in(lines.text, i);
        cr_assert(x.line == y.line && x.column == y.column, "at %u: %u:%u %u:%u", i, x.line,
                  x.column, y.line, y.column);
    }
}

Test(doc, a_line_of_any_length_has_its_columns)
{
    static char text[5 * DOC_STRETCH];
    size_t len = 0;
    text[len++] = '\n';
    while (len + 3 < sizeof text) {
        memcpy(text + len, "\xE2\x82\xAC", 3);
        len += 3;
    }
    struct doc_lines lines;
    cr_assert(doc_lines_init(&lines, (struct str){text, len}, &arena));
    cr_assert_eq(lines.count, 2);
    cr_assert_eq(doc_line(&lines, 2).len, len - 1);
    for (uint32_t i = 1; i <= len; i += 3) {
        struct doc_position p = doc_position(&lines, i);
        cr_assert(p.line == 2 && p.column == (i - 1) / 3 + 1, "at %u: %u:%u", i, p.line, p.column);
    }
}
