/* SPDX-License-Identifier: Apache-2.0 */
#include "load/json.h"

#include "doc/position.h"
#include "support/support.h"

#include <criterion/criterion.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct arena arena;
static struct diag diag;
static struct json_reader reader;
static struct doc doc;

static void begin(void)
{
    arena_init(&arena, 512u << 20);
    json_reader_init(&reader);
}

static void finish(void)
{
    json_reader_release(&reader);
    arena_release(&arena);
}

TestSuite(json, .init = begin, .fini = finish);

static bool read_text(struct str text)
{
    diag = (struct diag){0};
    doc = (struct doc){0};
    return json_read(&reader, text, &arena, &doc, &diag);
}

/* As a file's only value. */
static bool read_file(struct str text)
{
    size_t offset = 0;
    diag = (struct diag){0};
    doc = (struct doc){0};
    return json_read_value(&reader, text, &offset, text.len, &arena, &doc, &diag);
}

/* The root of a text that must be read. */
static const struct doc_node *good(const char *text)
{
    cr_assert(read_text(str_from(text)), "%s: %s", text, diag.text);
    cr_assert(doc.root);
    return doc.root;
}

/* A text that must be refused, there, with that message. */
static void bad(const char *text, uint32_t offset, enum diag_code code, const char *message)
{
    cr_assert(!read_text(str_from(text)), "%s", text);
    cr_expect(diag.code == code, "%s: code %d", text, (int)diag.code);
    cr_expect(diag.begin == offset, "%s: at %u", text, diag.begin);
    cr_expect(strcmp(diag.text, message) == 0, "%s: %s", text, diag.text);
}

static const struct doc_node *key(const char *name)
{
    return doc_get_str(doc.root, str_from(name));
}

/* --- JSONTestSuite --- */

static void judge_file(const char *path, char verdict)
{
    struct str text = support_read_file(path);
    bool ok = read_text(text);
    if (diag.code ==
        DIAG_DUPLICATE) /* JSON's grammar has them; a request is refused, a file is not */
        ok = read_file(text);
    if (verdict == 'y')
        cr_expect(ok, "%s: %s", path, diag.text);
    if (verdict == 'n')
        cr_expect(!ok, "%s was read", path);
    struct doc_position at = doc_position_in(text, diag.begin);
    if (!ok)
        cr_expect(diag.text[0] && diag.end <= text.len && at.line > 0 && at.column > 0, "%s", path);
    arena_clear(&arena);
    free((void *)(uintptr_t)text.ptr);
}

Test(json, conformance)
{
    const char *shared = support_shared();
    char folder[1024], path[2048];
    if (!shared) {
        printf("absent: conformance/json of the external test inputs\n");
        return;
    }
    snprintf(folder, sizeof folder, "%s/conformance/json/test_parsing", shared);
    DIR *dir = opendir(folder);
    cr_assert(dir, "%s", folder);
    unsigned count[128] = {0};
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        judge_file(path, e->d_name[0]);
        count[e->d_name[0] & 127]++;
    }
    closedir(dir);
    cr_expect(count['y'] >= 95 && count['n'] >= 187 && count['i'] >= 35, "%u %u %u", count['y'],
              count['n'], count['i']);
}

/* --- What is read --- */

Test(json, spans)
{
    good(" {\"a\": [1, \"b\\n\", null], \"c\": {}}");
    cr_expect(doc.root->begin == 1 && doc.root->end == 33);
    const struct doc_entry *a = doc_entry_str(doc.root, STR("a"));
    cr_expect(a->key_begin == 2 && a->key_end == 5);
    cr_expect(a->value.begin == 7 && a->value.end == 23 && a->value.len == 3);
    const struct doc_node *b = &a->value.v.item[1];
    cr_expect(b->begin == 11 && b->end == 16 && b->flags == DOC_QUOTED);
    cr_expect(key("c")->begin == 30 && key("c")->end == 32 && key("c")->len == 0);
    cr_expect(doc.json && doc.nodes == 6);
}

/* --- What is refused, where, and in which words --- */

Test(json, errors)
{
    bad("", 0, DIAG_SYNTAX, "expected a value, found the end");
    bad("  ", 2, DIAG_SYNTAX, "expected a value, found the end");
    bad("[1,]", 3, DIAG_SYNTAX, "expected a value, found \"]\"");
    bad("{\"a\":1,}", 7, DIAG_SYNTAX, "expected a key in double quotes, found \"}\"");
    bad("{a:1}", 1, DIAG_SYNTAX, "expected a key in double quotes, found \"a\"");
    bad("{\"a\" 1}", 5, DIAG_SYNTAX, "expected \":\" after the key, found \"1\"");
    bad("[1 2]", 3, DIAG_SYNTAX, "expected \",\" or \"]\", found \"2\"");
    bad("{\"a\":1]", 6, DIAG_SYNTAX, "expected \",\" or \"}\", found \"]\"");
    bad("{\"a\":1", 6, DIAG_SYNTAX, "expected \",\" or \"}\", found the end");
    bad("{} {}", 3, DIAG_SYNTAX, "expected the end after the value, found \"{\"");
    bad("[tru]", 1, DIAG_SYNTAX, "expected a value, found \"t\"");
    bad("[\"a", 1, DIAG_SYNTAX, "expected a closing double quote, found the end");
    bad("['a']", 1, DIAG_SYNTAX, "expected a value, found \"'\"");
    bad("[01]", 1, DIAG_SYNTAX, "expected a number, found a leading zero");
    bad("[-]", 2, DIAG_SYNTAX, "expected a digit, found \"]\"");
    bad("[1.]", 3, DIAG_SYNTAX, "expected a digit, found \"]\"");
    bad("[1e+]", 4, DIAG_SYNTAX, "expected a digit, found \"]\"");
    bad("[é]", 1, DIAG_SYNTAX, "expected a value, found \"é\"");
    bad("[\x01]", 1, DIAG_SYNTAX, "expected a value, found byte 0x01");
    bad("[\xff]", 1, DIAG_ENCODING, "expected a value, found byte 0xff");
    bad("{\"a\":1,\"b\":{},\"a\":2}", 14, DIAG_DUPLICATE, "key \"a\" stands twice in one map");
}
