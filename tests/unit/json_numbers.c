/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers: exact in a request, in a file as kubectl sends them.
 */
#include "load/json.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

static struct arena arena;
static struct diag diag;
static struct json_reader reader;
static struct doc doc;

static void begin(void)
{
    arena_init(&arena, 1 << 20);
    json_reader_init(&reader);
}

static void finish(void)
{
    json_reader_release(&reader);
    arena_release(&arena);
}

TestSuite(json_numbers, .init = begin, .fini = finish);

static const struct doc_node *request(const char *text)
{
    diag = (struct diag){0};
    cr_assert(json_read(&reader, str_from(text), &arena, &doc, &diag), "%s: %s", text, diag.text);
    return doc.root;
}

/* As a file's only value. */
static bool read_file(const char *text)
{
    size_t offset = 0;
    diag = (struct diag){0};
    return json_read_value(&reader, str_from(text), &offset, strlen(text), &arena, &doc, &diag);
}

static void whole(const char *text, int64_t value)
{
    const struct doc_node *n = request(text);
    cr_expect(n->kind == DOC_INT && n->v.i == value && !n->flags, "%s", text);
}

static void real(const char *text, bool too_large)
{
    const struct doc_node *n = request(text);
    cr_expect(n->kind == DOC_REAL && n->flags == (too_large ? DOC_TOO_LARGE : 0), "%s", text);
    double expected = strtod(text, NULL);
    cr_expect(memcmp(&n->v.r, &expected, sizeof expected) == 0, "%s: %.17g", text, n->v.r);
}

Test(json_numbers, numbers)
{
    whole("0", 0);
    whole("-0", 0);
    whole("-1", -1);
    whole("8080", 8080);
    whole("9223372036854775807", INT64_MAX);
    whole("-9223372036854775808", INT64_MIN);
    real("9223372036854775808", true);
    real("-9223372036854775809", true);
    real("18446744073709551616", true);
    real("123456789012345678901234567890", true);
    real("1.0", false);
    real("1e3", false);
    real("1E+3", false);
    real("-0.0", false);
    real("0.1", false);
    real("-1.5e-7", false);
    real("3.141592653589793", false);
    real("9007199254740993.0", false);
    real("2.2250738585072011e-308", false);
    real("4.9e-324", false);
    real("1e-400", false);
    real("-1e-400", false);
    real("0e999999999999999999999", false);
    real("1.7976931348623157e308", false);
    real("1e22", false);
    real("1e23", false);
    real("0.000000000000000000000000000000000000001", false);
}

/* A number of a file as kubectl 1.36 sends it: to the right, the JSON that comes out of
 * `kubectl create --dry-run=client -o json`. A request says what it says. */
Test(json_numbers, numbers_of_a_file)
{
    static const struct {
        const char *text;
        int64_t sent;
    } numbers[] = {
        {"0.0", 0},
        {"-0.0", 0},
        {"8e1", 80},
        {"65536.0", 65536},
        {"-1.5e1", -15},
        {"1e18", 1000000000000000000},
        {"9007199254740993.0", 9007199254740992},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        cr_assert(read_file(numbers[i].text));
        cr_expect(doc_is(doc.root, DOC_INT) && doc.root->v.i == numbers[i].sent, "%s",
                  numbers[i].text);
        real(numbers[i].text, false);
    }
    cr_assert(read_file("80.5"));
    cr_expect(doc_is(doc.root, DOC_REAL) && doc.root->v.r > 80);
    cr_assert(read_file("9223372036854775807.0"));
    cr_expect(doc_is(doc.root, DOC_REAL) && doc.root->flags & DOC_TOO_LARGE);
}

/* Halfway between two doubles, told apart only by the last of more digits than are kept. */
Test(json_numbers, numbers_of_many_digits)
{
    static char text[1200] = "1.00000000000000011102230246251565404236316680908203125";
    real(text, false);
    size_t n = strlen(text);
    memset(text + n, '0', 1000);
    text[n + 1000] = '1';
    real(text, false);
    memset(text, '9', 300);
    text[300] = '\0';
    real(text, true);
    memset(text, '0', 1000);
    memcpy(text, "0.", 2);
    memcpy(text + 1000, "1e998", 6);
    real(text, false);
}

/* A request holds them as infinite, for the field's type to refuse; a file with one is refused. */
Test(json_numbers, numbers_too_large)
{
    static char nines[402];
    memset(nines, '9', 400);
    const char *const texts[] = {"1e400", "-1e999999999999999999999", nines};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct doc_node *n = request(texts[i]);
        cr_expect(n->kind == DOC_REAL && isinf(n->v.r), "%s", texts[i]);
        cr_expect(!read_file(texts[i]));
        cr_expect(strcmp(diag.text, "number too large: expected at most 1.8e308") == 0, "%s",
                  diag.text);
    }
}
