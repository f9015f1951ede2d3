/* SPDX-License-Identifier: Apache-2.0 */
#include "load/json.h"

#include "doc/position.h"
#include "support/support.h"

#include <criterion/criterion.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

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

Test(json, literals)
{
    good("[null,true,false,\"\",[],{}]");
    const struct doc_node *n = doc.root->v.item;
    cr_expect(n[0].kind == DOC_NULL && doc_is_true(&n[1]) && doc_is_false(&n[2]));
    cr_expect(n[3].kind == DOC_STR && n[3].len == 0 && n[3].v.s);
    cr_expect(n[4].kind == DOC_SEQ && n[4].len == 0 && n[5].kind == DOC_MAP && n[5].len == 0);
    cr_expect(good("\xEF\xBB\xBF \r\n\t7 ")->begin == 7, "one BOM and white space around");
    bad("\xEF\xBB\xBF\xEF\xBB\xBF{}", 3, DIAG_SYNTAX, "expected a value, found \"\xEF\xBB\xBF\"");
    bad("{}\xEF\xBB\xBF", 2, DIAG_SYNTAX,
        "expected the end after the value, found \"\xEF\xBB\xBF\"");
}

Test(json, names_are_interned)
{
    good("{\"spec\":1,\"sp\\u0065c2\":2,\"\\u006bind\":3,\"\":4}");
    const struct doc_entry *e = doc.root->v.entry;
    cr_expect(e[0].name == N_spec && e[1].name == N_NONE && e[2].name == N_kind &&
              e[3].name == N_NONE);
    cr_expect(str_equal(doc_key(&e[1]), STR("spec2")));
    cr_expect(doc_get(doc.root, N_kind) == &e[2].value);
}

static void reads_as(const char *text, struct str expected)
{
    struct str s = doc_str(good(text));
    cr_expect(str_equal(s, expected), "%s gave %zu bytes: %.*s", text, s.len, STR_ARG(s));
}

Test(json, escapes)
{
    reads_as("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", STR("\"\\/\b\f\n\r\t"));
    reads_as("\"\\u0041\\u00e9\\u20AC\\uFFFD\"", STR("A\u00e9\u20ac\ufffd"));
    reads_as("\"\\ud83d\\ude00\\uDBFF\\uDFFF\"", STR("\U0001f600\U0010ffff"));
    reads_as("\"a\\u0000b\"", STR("a\0b"));
    reads_as("\"\\ud800\\udc00\"", STR("\U00010000"));
    reads_as("\"\x7f\u00e9\U0001f600\"", STR("\x7f\u00e9\U0001f600"));
    const char *plain = "\"no escape is borrowed\"";
    cr_expect(good(plain)->v.s == plain + 1);
}

/* Escapes at every place of a block, runs of backslashes of every length, with text before and
 * after the string. */
Test(json, escapes_at_every_place)
{
    for (size_t before = 0; before < 140; before++)
        for (size_t pairs = 1; pairs < 4; pairs++) {
            char text[400], expected[400];
            size_t n = 0, m = 0;
            text[n++] = '"';
            memset(text + n, 'x', before);
            memset(expected, 'x', before);
            n += before;
            m += before;
            for (size_t i = 0; i < pairs; i++) {
                memcpy(text + n, "\\\\", 2);
                expected[m++] = '\\';
                n += 2;
            }
            memcpy(text + n, "\\\"\\ud83d\\ude00y\\u00e9\"", 23);
            memcpy(expected + m, "\"\U0001f600y\u00e9", 8);
            text[n + 22] = '\0';
            reads_as(text, (struct str){expected, m + 8});
        }
}

/* Every prefix of a string is refused for its missing end, whatever the end cuts through, and with
 * nothing behind it in memory. */
Test(json, cut_strings)
{
    const char *whole =
        "\"0123456789 \\\\ \\\" \\u00e9 \\ud83d\\ude00 \u00e9 0123456789 0123456789 "
        "0123456789 0123456789 \\\\ \\n\"";
    size_t len = strlen(whole);
    for (size_t n = 1; n <= len; n++) {
        char *copy = malloc(n);
        cr_assert(copy);
        memcpy(copy, whole, n);
        cr_expect(read_text((struct str){copy, n}) == (n == len), "%zu bytes", n);
        cr_expect(n == len || (diag.text[0] && diag.end <= n), "%zu bytes: %u", n, diag.end);
        free(copy);
    }
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

Test(json, errors_in_strings)
{
    bad("[\"a\\x\"]", 3, DIAG_SYNTAX,
        "expected one of \" \\ / b f n r t u after a backslash in a string");
    bad("[\"\\u12g4\"]", 2, DIAG_SYNTAX, "expected four hexadecimal digits after \"\\u\"");
    bad("[\"\\ud800\"]", 2, DIAG_ENCODING,
        "expected both halves of a surrogate pair, found one alone");
    bad("[\"\\ud800\\u0041\"]", 2, DIAG_ENCODING,
        "expected both halves of a surrogate pair, found one alone");
    bad("[\"\\udc00\\ud800\"]", 2, DIAG_ENCODING,
        "expected both halves of a surrogate pair, found one alone");
    bad("[\"a\nb\"]", 3, DIAG_SYNTAX,
        "expected an escape like \"\\n\" in a string, found control character 0x0a");
    bad("[\"a\xC3\"]", 3, DIAG_ENCODING, "expected UTF-8, found byte 0xc3");
    bad("[\"\xC0\xAF\"]", 2, DIAG_ENCODING, "expected UTF-8, found byte 0xc0");
    bad("[\"\xED\xA0\x80\"]", 2, DIAG_ENCODING, "expected UTF-8, found byte 0xed");
    bad("[\"\xF4\x90\x80\x80\"]", 2, DIAG_ENCODING, "expected UTF-8, found byte 0xf4");
    bad("{\"\xFF\":1}", 2, DIAG_ENCODING, "expected UTF-8, found byte 0xff");
    cr_expect(!read_text(STR("[\"a\0\"]")) && diag.code == DIAG_ENCODING && diag.begin == 3);
    cr_expect(!read_text(STR("[1]\0")) && diag.code == DIAG_ENCODING && diag.begin == 3);
}

Test(json, positions)
{
    struct str text = STR("{\"a\": \"\u00e9\U0001f600\",\r\n  \"b\": tru}");
    cr_assert(!read_text(text));
    struct doc_position at = doc_position_in(text, diag.begin);
    cr_expect(at.line == 2 && at.column == 8, "%u:%u", at.line, at.column);
}

/* --- Files: several values, the last of a key's counts --- */

static size_t offset;

static bool next(struct str text, size_t end)
{
    diag = (struct diag){0};
    return json_read_value(&reader, text, &offset, end, &arena, &doc, &diag);
}

Test(json, several_values)
{
    struct str text = STR("# --\n {\"a\":1}\n{\"b\":2} [] \n--- {");
    offset = 5;
    cr_assert(next(text, 26) && doc.root && doc.root->begin == 6 && doc.root->end == 13);
    cr_assert(next(text, 26) && doc_is(key("b"), DOC_INT) && key("b")->begin == 19);
    cr_assert(next(text, 26) && doc_is(doc.root, DOC_SEQ) && offset == 24);
    cr_assert(next(text, 26) && !doc.root && offset == 26);
    cr_assert(str_equal(doc.text, text));
    offset = 26;
    cr_assert(!next(text, text.len) && offset == 26 && diag.begin == 27);
    offset = 29;
    cr_assert(!next(text, text.len) && offset == 29 && diag.begin == text.len);
}

Test(json, duplicates_of_a_file)
{
    cr_assert(read_file(STR("{\"a\":1,\"b\":{\"c\":1,\"c\":2},\"a\":[3],\"\\u0061\":4}")));
    cr_expect(doc.root->len == 2 && key("a")->v.i == 4);
    cr_assert(doc.duplicate_count == 3 && doc.duplicate_total == 3);
    const struct doc_duplicate *d = doc.duplicates;
    cr_expect(str_equal(d[0].key, STR("c")) && d[0].value == &key("b")->v.entry[0].value);
    cr_expect(d[1].first_begin == 1 && d[1].again_begin == 25 && d[2].again_begin == 33);
    cr_expect(d[1].value == key("a") && d[2].value == key("a"));
}

/* Keys that were no UTF-8, as the API server writes them; any other one is refused. */
Test(json, mended_keys_may_stand_twice)
{
    good("{\"a\\ufffd\":1,\"b\":2,\"a\xEF\xBF\xBD\":3,\"\\ufffd\":4}");
    cr_expect(doc.root->len == 3 && doc.root->v.entry[1].value.v.i == 3);
    char text[1024] = "{";
    for (int i = 0; i < 60; i++)
        sprintf(text + strlen(text), "\"\\ufffd%d\":%d,", i % 40, i);
    strcat(text, "\"a\":0}");
    good(text);
    cr_expect(doc.root->len == 41);
    cr_expect(doc_get_str(doc.root, STR("\xEF\xBF\xBD"
                                        "3"))
                  ->v.i == 43);
    cr_expect(!read_text(STR("{\"\\ufffe\":1,\"\\ufffe\":2}")) && diag.code == DIAG_DUPLICATE);
}

/* --- managedFields: the entries are built, their fieldsV1 is not --- */

#define FIELDS(json)                                                                               \
    "{\"metadata\":{\"managedFields\":[{\"manager\":\"m\",\"fieldsV1\":" json "}]}}"

static const struct doc_node *fields(const char *text)
{
    const struct doc_node *list = doc_at(good(text), N_metadata, N_managedFields).node;
    cr_assert(doc_is(list, DOC_SEQ) && list->len == 1);
    cr_assert(doc_is(doc_get(&list->v.item[0], N_manager), DOC_STR));
    return doc_get(&list->v.item[0], N_fieldsV1);
}

Test(json, managed_fields)
{
    const struct doc_node *n = fields(FIELDS("{\"f:a\":{\"k:{\\\"n\\\":1}\":[1.5,null]}}"));
    cr_expect(n->kind == DOC_MAP && n->flags == DOC_OPAQUE && !n->len && n->begin == 56 &&
              n->end == 90 && doc.nodes == 6);
    cr_expect(fields(FIELDS("[1]"))->kind == DOC_SEQ && fields(FIELDS("[1]"))->flags == DOC_OPAQUE);
    cr_expect(fields(FIELDS("7"))->v.i == 7);
    bad(FIELDS("{\"a\":1,}"), 63, DIAG_SYNTAX, "expected a key in double quotes, found \"}\"");
    bad(FIELDS("{\"a\":01}"), 61, DIAG_SYNTAX, "expected a number, found a leading zero");
    bad(FIELDS("{\"\\x\":1}"), 58, DIAG_SYNTAX,
        "expected one of \" \\ / b f n r t u after a backslash in a string");
    /* What a user writes there, the API server sends as it is. */
    fields(FIELDS("{\"\xFF\":\"\xED\xA0\x80\",\"\\uD800x\":\"\\udc00\"}"));
    bad(FIELDS("{\"\xFF\":\"\n\"}"), 62, DIAG_SYNTAX,
        "expected an escape like \"\\n\" in a string, found control character 0x0a");
    fields(FIELDS("\"\xFF\\n\\ud800\""));
    cr_expect(!read_text(STR(FIELDS("\"\xFF\n\""))) && diag.code == DIAG_SYNTAX);
    bad("{\"metadata\":{\"managedFields\":[{\"fieldsV1\":{},\"\xFF\":1}]}}", 46, DIAG_ENCODING,
        "expected UTF-8, found byte 0xff");
    good("{\"metadata\":{\"managedFields\":{\"fieldsV1\":{\"a\":1}}}}");
    cr_expect(doc_at(doc.root, N_metadata, N_managedFields, N_fieldsV1).node->len == 1);
    good("[[{\"fieldsV1\":{\"a\":1}}]]");
    cr_expect(doc_get(&doc.root->v.item[0].v.item[0], N_fieldsV1)->len == 1);
}

/* --- Ceilings --- */

static char *brackets(const char *before, size_t depth)
{
    size_t n = strlen(before);
    char *text = calloc(1, n + depth + 1);
    cr_assert(text);
    memcpy(text, before, n);
    memset(text + n, '[', depth);
    return text;
}

static bool nested(const char *before, size_t depth, const char *after)
{
    char *open = brackets(before, depth), *text = calloc(1, strlen(open) + depth + 100);
    cr_assert(text);
    size_t n = strlen(open);
    memcpy(text, open, n);
    memset(text + n, ']', depth);
    memcpy(text + n + depth, after, strlen(after));
    bool ok = read_text(str_from(text));
    free(open);
    free(text);
    return ok;
}

Test(json, depth)
{
    const char *before = "{\"metadata\":{\"managedFields\":[{\"fieldsV1\":";
    cr_expect(nested("", 64, ""));
    cr_expect(!nested("", 65, "") && diag.code == DIAG_LIMIT && diag.begin == 64);
    cr_expect(strcmp(diag.text, "more than 64 levels of nesting") == 0);
    for (size_t depth = 58; depth < 200; depth++)
        cr_expect(nested(before, depth, "}]}}"), "%zu", depth);
    cr_expect(nested(before, 16380, "}]}}"));
    cr_expect(!nested(before, 16381, "}]}}") && diag.code == DIAG_LIMIT);
    cr_expect(strcmp(diag.text, "more than 16384 levels of nesting") == 0);
    cr_expect(!nested("", 10000, "") && diag.code == DIAG_LIMIT);
    char *open = brackets("", 10000000);
    cr_expect(!read_text(str_from(open)) && diag.code == DIAG_LIMIT);
    free(open);
}

/* Maps and lists are told apart at every depth, also where their bits leave one integer. */
Test(json, depth_of_what_is_not_kept)
{
    for (size_t depth = 60; depth < 260; depth++) {
        char text[8192] = "{\"metadata\":{\"managedFields\":[{\"fieldsV1\":";
        size_t n = strlen(text);
        for (size_t i = 0; i < depth; i++)
            n += (size_t)sprintf(text + n, i * i % 7 < 3 ? "{\"a\":[0],\"b\":" : "[{},");
        n += (size_t)sprintf(text + n, "0");
        for (size_t i = depth; i-- > 0;)
            n += (size_t)sprintf(text + n, i * i % 7 < 3 ? ",\"c\":0}" : ",0]");
        strcpy(text + n, "}]}}");
        cr_expect(read_text(str_from(text)), "%zu: %s", depth, diag.text);
        char *wrong = strrchr(text, 'b'); /* the innermost map's */
        wrong[-1] = wrong[1] = ' ';
        cr_expect(!read_text(str_from(text)), "%zu", depth);
    }
}

/* [0,0,…] with that many values, or {"k1":0,…} */
static char *many(const char *begin, unsigned count, bool keys)
{
    char *text = malloc(count * 16u + 64), *p = text;
    cr_assert(text);
    p += sprintf(p, "%s", begin);
    for (unsigned i = 0; i < count; i++)
        p += keys ? sprintf(p, "%s\"k%u\":0", i ? "," : "", i) : sprintf(p, "%s0", i ? "," : "");
    return text;
}

Test(json, values)
{
    char *text = many("[", 499999, false);
    size_t n = strlen(text);
    memcpy(text + n, "]", 2);
    cr_expect(read_text(str_from(text)) && doc.root->len == 499999 && doc.nodes == 500000);
    memcpy(text + n, ",0]", 4);
    cr_expect(!read_text(str_from(text)) && diag.code == DIAG_LIMIT && diag.begin == n + 1);
    free(text);
}

/* The items of a List have budgets of their own. */
Test(json, values_of_a_list)
{
    char *item = many("[", 300000, false), *text = malloc(2000000), *p = text;
    cr_assert(text);
    p += sprintf(p, "{\"items\":[%s],%s],%s]]}", item, item, item);
    cr_expect(read_text((struct str){text, (size_t)(p - text)}), "%s", diag.text);
    cr_expect(doc.nodes > 900000 && doc_get(doc.root, N_items)->len == 3);
    free(item);
    free(text);
}

/* But not without end: an item takes 3 bytes of text and 72 of memory. */
Test(json, items_of_a_list)
{
    size_t count = LIMIT_DOC_PENDING + 10;
    char *text = malloc(count * 3 + 20), *p = text;
    cr_assert(text);
    p += sprintf(p, "{\"items\":[[]");
    for (size_t i = 1; i < count; i++, p += 3)
        memcpy(p, ",[]", 3);
    memcpy(p, "]}", 2);
    cr_expect(!read_text((struct str){text, (size_t)(p + 2 - text)}));
    cr_expect(diag.code == DIAG_LIMIT && diag.begin == 9, "%u: %s", diag.begin, diag.text);
    good("{\"items\":[]}");
    cr_expect(reader.builder.stack_cap <= LIMIT_DOC_KEPT);
    free(text);
}

/* 200 000 keys in one map: a scan of pairs took nine seconds. CPU time, for others run beside. */
Test(json, keys)
{
    char *text = many("{", 200000, true);
    size_t n = strlen(text);
    memcpy(text + n, ",\"k7\":1}", 9);
    clock_t start = clock();
    cr_expect(!read_text(str_from(text)) && diag.code == DIAG_DUPLICATE && diag.begin == n + 1);
    cr_expect(read_file(str_from(text)) && doc.root->len == 200000 && doc.duplicate_count == 1);
    cr_expect(doc_is(doc.duplicates[0].value, DOC_INT) && doc.duplicates[0].value->v.i == 1);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    cr_expect(seconds < 2, "%.2f s", seconds); /* 0.15 s without sanitizers */
    free(text);
}

/* Writes {"K0":0,"K1":0…} with one key per number from first on, known names or others, and the key
 * of number `twice` once more at the end. */
static void write_keys(struct buf *out, unsigned first, unsigned count, bool known, unsigned twice)
{
    buf_clear(out);
    for (unsigned i = 0; i <= count; i++) {
        unsigned n = first + (i < count ? i : twice);
        buf_add_c(out, i ? "," : "{");
        if (known)
            buf_printf(out, "\"%s\":0", name_text((name_t)n).ptr);
        else
            buf_printf(out, "\"example.com/%u\":0", n);
        if (i + 1 == count && twice == count)
            break;
    }
    buf_add_char(out, '}');
}

Test(json, a_key_twice_in_maps_of_every_size)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    for (unsigned count = 1; count < 80; count++)
        for (unsigned known = 0; known < 2; known++) {
            write_keys(&text, count, count, known, count);
            cr_expect(read_text(buf_str(&text)) && doc.root->len == count, "%s", text.ptr);
            for (unsigned twice = 0; twice < count; twice++) {
                write_keys(&text, count, count, known, twice);
                cr_expect(!read_text(buf_str(&text)) && diag.code == DIAG_DUPLICATE);
                cr_expect(read_file(buf_str(&text)) && doc.root->len == count &&
                          doc.duplicate_total == 1 &&
                          doc.duplicates[0].value == &doc.root->v.entry[count - 1].value);
            }
            arena_clear(&arena);
        }
    buf_release(&text);
}

Test(json, one_key_often)
{
    size_t count = 100000;
    char *text = malloc(count * 6 + 10), *p = text;
    cr_assert(text);
    *p++ = '{';
    for (size_t i = 0; i < count; i++)
        p += sprintf(p, "%s\"k\":0", i ? "," : "");
    *p++ = '}';
    cr_expect(read_file((struct str){text, (size_t)(p - text)}) && doc.root->len == 1);
    cr_expect(doc.duplicate_count == LIMIT_DOC_DUPLICATES && doc.duplicate_total == count - 1);
    free(text);
}

/* A reader that failed, or read something large, reads on; nothing of the earlier text is left. */
Test(json, reader_is_reused)
{
    cr_expect(!nested("", 70, ""));
    good("{\"a\":1}");
    cr_expect(doc.nodes == 2 && doc.duplicate_total == 0);
    cr_expect(read_file(STR("{\"a\":1,\"a\":2}")) && doc.duplicate_total == 1);
    good("[]");
    cr_expect(doc.duplicate_total == 0 && doc.root->kind == DOC_SEQ);
}

Test(json, memory_ceiling)
{
    arena_release(&arena);
    arena_init(&arena, 100);
    cr_expect(!read_text(STR("[1]")) && diag.code == DIAG_MEMORY && arena.failed);
    cr_expect(!read_file(STR(" ")) && diag.code == DIAG_MEMORY, "an arena that failed stays so");
}
