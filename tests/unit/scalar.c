/* SPDX-License-Identifier: Apache-2.0
 *
 * What scalars mean. Every expectation is what sigs.k8s.io/yaml 1.6.0, which kubectl 1.36 uses,
 * makes of the text.
 */
#include "doc/scalar.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>

static void describe(const struct doc_node *n, struct str text, char *out, size_t size)
{
    if (n->kind == DOC_NULL)
        snprintf(out, size, "null");
    else if (n->kind == DOC_BOOL)
        snprintf(out, size, n->v.b ? "true" : "false");
    else if (n->kind == DOC_INT)
        snprintf(out, size, "int %lld", (long long)n->v.i);
    else if (n->kind == DOC_REAL && !isfinite(n->v.r))
        snprintf(out, size, "not finite");
    else if (n->kind == DOC_REAL)
        snprintf(out, size, "%s %.17g", n->flags & DOC_TOO_LARGE ? "large" : "real", n->v.r);
    else if (n->kind == DOC_STR && n->v.s == text.ptr && n->len == text.len)
        snprintf(out, size, "text");
    else
        snprintf(out, size, "kind %d", n->kind);
}

static const struct {
    const char *text, *want;
} values[] = {
    {"y", "true"},
    {"Y", "true"},
    {"yes", "true"},
    {"Yes", "true"},
    {"YES", "true"},
    {"true", "true"},
    {"True", "true"},
    {"TRUE", "true"},
    {"on", "true"},
    {"On", "true"},
    {"ON", "true"},
    {"n", "false"},
    {"N", "false"},
    {"no", "false"},
    {"No", "false"},
    {"NO", "false"},
    {"false", "false"},
    {"False", "false"},
    {"FALSE", "false"},
    {"off", "false"},
    {"Off", "false"},
    {"OFF", "false"},
    {"yES", "text"},
    {"tRUE", "text"},
    {"oN", "text"},
    {"nope", "text"},
    {"~", "null"},
    {"null", "null"},
    {"Null", "null"},
    {"NULL", "null"},
    {"nULL", "text"},
    {"~~", "text"},
    {"<<", "text"},
    {".nan", "not finite"},
    {".NaN", "not finite"},
    {".NAN", "not finite"},
    {".inf", "not finite"},
    {".Inf", "not finite"},
    {".INF", "not finite"},
    {"+.inf", "not finite"},
    {"-.inf", "not finite"},
    {"-.Inf", "not finite"},
    {"+.INF", "not finite"},
    {"+.nan", "text"},
    {".iNF", "text"},
    {"0", "int 0"},
    {"7", "int 7"},
    {"-7", "int -7"},
    {"+7", "int 7"},
    {"-0", "int 0"},
    {"+0", "int 0"},
    {"0.0", "int 0"},
    {"-0.0", "int 0"},
    {"010", "int 8"},
    {"0o10", "int 8"},
    {"0O10", "int 8"},
    {"08", "int 8"},
    {"09.5", "real 9.5"},
    {"0777", "int 511"},
    {"-010", "int -8"},
    {"-0o17", "int -15"},
    {"0x1F", "int 31"},
    {"0X1f", "int 31"},
    {"-0x10", "int -16"},
    {"0x", "text"},
    {"0xg", "text"},
    {"0b101", "int 5"},
    {"0B11", "int 3"},
    {"0b12", "text"},
    {"0b-1", "int -1"},
    {"0b+1", "int 1"},
    {"0b--1", "text"},
    {"-0b1", "int -1"},
    {"0b", "text"},
    {"1_000", "int 1000"},
    {"1__0", "int 10"},
    {"1_", "int 1"},
    {"_1", "text"},
    {"+_1", "int 1"},
    {"0x_1F", "int 31"},
    {"0_7", "int 7"},
    {"-", "text"},
    {"+", "text"},
    {".", "text"},
    {"..", "text"},
    {".5", "real 0.5"},
    {"-.5", "real -0.5"},
    {"+.5", "real 0.5"},
    {"5.", "int 5"},
    {"5.e1", "int 50"},
    {".5_0", "real 0.5"},
    {"._5", "text"},
    {".5_", "text"},
    {".5__0", "text"},
    {".5e1", "int 5"},
    {"1.5", "real 1.5"},
    {"1.0", "int 1"},
    {"1.50", "real 1.5"},
    {"1e3", "int 1000"},
    {"1E+3", "int 1000"},
    {"1e-3", "real 0.001"},
    {"1e", "text"},
    {"1e+", "text"},
    {"1.5.5", "text"},
    {"1:20", "text"},
    {"1e400", "text"},
    {"1e-400", "int 0"},
    {"1e20", "large 1e+20"},
    {"1e21", "real 1e+21"},
    {"12345678901234567.", "int 12345678901234568"},
    {"9223372036854775807", "int 9223372036854775807"},
    {"9223372036854775808", "large 9.2233720368547758e+18"},
    {"-9223372036854775808", "int -9223372036854775808"},
    {"-9223372036854775809", "large -9.2233720368547758e+18"},
    {"18446744073709551615", "large 1.8446744073709552e+19"},
    {"18446744073709551616", "large 1.8446744073709552e+19"},
    {"+18446744073709551615", "large 1.8446744073709552e+19"},
    {"0x7fffffffffffffff", "int 9223372036854775807"},
    {"0x8000000000000000", "large 9.2233720368547758e+18"},
    {"0xffffffffffffffff", "large 1.8446744073709552e+19"},
    {"0x10000000000000000", "text"},
    {"-0x8000000000000000", "int -9223372036854775808"},
    {"0777777777777777777777777", "real 7.7777777777777776e+23"},
    {"2001-01-01", "text"},
    {"2001-12-14t21:59:43.10-05:00", "text"},
    {"1.2.3.4", "text"},
    {"10Gi", "text"},
    {"500m", "text"},
    {"1Ki", "text"},
    {"v1", "text"},
    {"é", "text"},
    {"", "null"},
    {"2001-12-14 21:59:43", "text"},
};

Test(scalar, a_plain_value_has_the_type_that_kubectl_gives_it)
{
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct doc_node n = {0};
        char got[64];
        doc_scalar_resolve(&n, str_from(values[i].text));
        describe(&n, str_from(values[i].text), got, sizeof got);
        cr_expect_str_eq(got, values[i].want, "\"%s\": %s, expected %s", values[i].text, got,
                         values[i].want);
    }
}

static const struct {
    const char *text, *want;
} keys[] = {
    {"a", "a"},
    {"yes", "true"},
    {"No", "false"},
    {"on", "true"},
    {"1", "1"},
    {"0x10", "16"},
    {"010", "8"},
    {"1.5", "1.5"},
    {"1.50", "1.5"},
    {"1.0", "1"},
    {"1e3", "1000"},
    {"1e5", "100000"},
    {"1e6", "1e+06"},
    {"100000.0", "100000"},
    {"1000000.0", "1e+06"},
    {"1234567.5", "1.2345675e+06"},
    {"0.0001", "0.0001"},
    {"0.00001", "1e-05"},
    {"3.14159265358979", "3.1415927"},
    {".inf", ".inf"},
    {"-.inf", "-.inf"},
    {".nan", ".nan"},
    {"1e39", ".inf"},
    {"08", "8"},
    {"2001-01-01", "2001-01-01"},
    {"1_000", "1000"},
    {"9223372036854775807", "9223372036854775807"},
    {"9223372036854775808", NULL},
    {"1e30", "1e+30"},
    {"~", NULL},
    {"null", NULL},
    {"<", "<"},
};

Test(scalar, a_key_is_the_string_that_json_has_for_it)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct str key = STR("");
        bool ok = doc_scalar_key(&arena, STR_EMPTY, str_from(keys[i].text), &key);
        cr_expect_eq(ok, keys[i].want != NULL, "\"%s\"", keys[i].text);
        cr_expect(!ok || str_is(key, keys[i].want), "\"%s\": \"%.*s\", expected \"%s\"",
                  keys[i].text, STR_ARG(key), keys[i].want);
    }
    arena_release(&arena);
}

static const struct {
    const char *tag, *text, *want;
} tags[] = {
    {"str", "12", "text"},
    {"str", "", "text"},
    {"str", "yes", "text"},
    {"int", "0x10", "int 16"},
    {"int", "1.5", NULL},
    {"int", "", NULL},
    {"int", "x", NULL},
    {"float", "1", "int 1"},
    {"float", "1.5", "real 1.5"},
    {"float", "9223372036854775808", NULL},
    {"float", "x", NULL},
    {"bool", "yes", "true"},
    {"bool", "1", NULL},
    {"null", "", "null"},
    {"null", "~", "null"},
    {"null", "x", NULL},
    {"timestamp", "2001-01-01", "text"},
    {"timestamp", "2001-13-01", NULL},
    {"timestamp", "2001-02-29", NULL},
    {"timestamp", "2004-02-29", "text"},
    {"timestamp", "2001-12-14T21:59:43.1Z", "text"},
    {"timestamp", "2001-12-14 21:59:43", "text"},
    {"timestamp", "2001-12-14t21:59:43+24:00", "text"},
    {"timestamp", "2001-12-14 21:59:43Z", NULL},
    {"timestamp", "2001-1-1T1:2:3Z", "text"},
    {"timestamp", "x", NULL},
    {"timestamp", "5", NULL},
    {"set", "12", "text"},
    {"map", "12", "text"},
};

Test(scalar, a_tag_names_the_type_or_the_value_is_refused)
{
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        struct doc_node n = {0};
        char tag[64], got[64] = "refused";
        int len = snprintf(tag, sizeof tag, "tag:yaml.org,2002:%s", tags[i].tag);
        struct str text = str_from(tags[i].text);
        if (doc_scalar_resolve_tag(&n, (struct str){tag, (size_t)len}, text))
            describe(&n, text, got, sizeof got);
        const char *want = tags[i].want ? tags[i].want : "refused";
        cr_expect_str_eq(got, want, "!!%s \"%s\": %s, expected %s", tags[i].tag, tags[i].text, got,
                         want);
    }
}

Test(scalar, a_number_of_any_length_is_read)
{
    enum { LENGTH = 5000 };
    static char text[LENGTH];
    memset(text, '1', sizeof text);
    struct doc_node n = {0};
    doc_scalar_resolve(&n, (struct str){text, sizeof text});
    cr_expect_eq(n.kind, DOC_STR, "beyond double");
    text[1] = '.';
    doc_scalar_resolve(&n, (struct str){text, sizeof text});
    cr_expect_eq(n.kind, DOC_REAL);
    cr_expect(n.v.r > 1.1 && n.v.r < 1.2);
    memset(text + 1, '_', sizeof text - 1);
    doc_scalar_resolve(&n, (struct str){text, sizeof text});
    cr_expect_eq(n.kind, DOC_STR, "no number of that many underscores is kept in memory");
}
