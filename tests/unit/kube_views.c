/* SPDX-License-Identifier: Apache-2.0
 *
 * Image references and label selectors.
 */
#include "kube/image.h"
#include "kube/selector.h"
#include "load/json.h"

#include <criterion/criterion.h>

#define HEX "0123456789abcdef0123456789abcdef"

Test(image, is_written_out_as_runtimes_read_it)
{
    static const char *const cases[][2] = {
        {"nginx", "docker.io/library/nginx"},
        {"nginx:1.27", "docker.io/library/nginx:1.27"},
        {"library/nginx", "docker.io/library/nginx"},
        {"team/app", "docker.io/team/app"},
        {"index.docker.io/library/nginx", "docker.io/library/nginx"},
        {"registry.example.com/app", "registry.example.com/app"},
        {"registry.example.com:5000/a/b:t", "registry.example.com:5000/a/b:t"},
        {"localhost/app@sha256:" HEX, "localhost/app@sha256:" HEX},
        {"host:5000/app", "host:5000/app"},
        {"MyRegistry/app", "MyRegistry/app"},
        {"REG.io/library/app", "REG.io/library/app"},
        {"[::1]:5000/app", "[::1]:5000/app"},
        {"[fe80::1]/app", "[fe80::1]/app"},
        {"a/b__c-d.e:T_1.x-y@sha256:" HEX, "docker.io/a/b__c-d.e:T_1.x-y@sha256:" HEX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct image image;
        struct buf out;
        buf_init(&out, 1000);
        cr_expect(image_parse(&image, str_from(cases[i][0])), "%s", cases[i][0]);
        image_write(&out, &image);
        cr_expect(str_is(buf_str(&out), cases[i][1]), "%s: %.*s", cases[i][0],
                  STR_ARG(buf_str(&out)));
        buf_release(&out);
    }
}

Test(image, what_is_no_reference_is_refused)
{
    static const char *const cases[] = {"",
                                        ":",
                                        "Nginx",
                                        "a//b",
                                        "a:",
                                        "a@",
                                        "a@sha256:12",
                                        "a b",
                                        "-a",
                                        "a/",
                                        "a:-t",
                                        "a___b",
                                        "a..b",
                                        "/a",
                                        "reg.example.com/",
                                        "a@sha256:" HEX "G",
                                        "myRegistry/App",
                                        "-reg.io/x",
                                        "reg-.io/x",
                                        "a..b/x",
                                        "reg.io:/x",
                                        "reg.io:8x/x",
                                        "[::1/x",
                                        "[fe80::1]:80:5/x",
                                        "[]/x",
                                        "[::g]/x",
                                        "[::1]x/x",
                                        ".io/x"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct image image;
        cr_expect(!image_parse(&image, str_from(cases[i])), "%s", cases[i]);
    }
}

static struct arena arena;

static bool matches(const char *selector, const char *labels)
{
    struct json_reader reader;
    struct doc s, l;
    struct diag diag = {0};
    arena_init(&arena, 1 << 20);
    json_reader_init(&reader);
    cr_assert(json_read(&reader, str_from(selector), &arena, &s, &diag), "%s", diag.text);
    cr_assert(json_read(&reader, str_from(labels), &arena, &l, &diag), "%s", diag.text);
    bool result = selector_matches(s.root, l.root);
    json_reader_release(&reader);
    arena_release(&arena);
    return result;
}

Test(selector, follows_the_api)
{
    cr_expect(matches("{}", "{}"));
    cr_expect(matches("{\"matchLabels\":null,\"matchExpressions\":[]}", "{\"a\":\"b\"}"));
    cr_expect(!matches("null", "{\"a\":\"b\"}"));
    cr_expect(matches("{\"matchLabels\":{\"a\":\"b\"}}", "{\"a\":\"b\",\"c\":\"d\"}"));
    cr_expect(!matches("{\"matchLabels\":{\"a\":\"b\"}}", "{\"a\":\"c\"}"));
    cr_expect(matches(
        "{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\",\"values\":[\"b\",\"c\"]}]}",
        "{\"a\":\"c\"}"));
    cr_expect(!matches(
        "{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\",\"values\":[\"b\"]}]}", "{}"));
    cr_expect(matches(
        "{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"NotIn\",\"values\":[\"b\"]}]}",
        "{}"));
    cr_expect(!matches(
        "{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"NotIn\",\"values\":[\"b\"]}]}",
        "{\"a\":\"b\"}"));
    cr_expect(matches("{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"Exists\"}]}",
                      "{\"a\":null}"));
    cr_expect(!matches("{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"DoesNotExist\"}]}",
                       "{\"a\":\"\"}"));
    cr_expect(!matches("{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"exists\"}]}",
                       "{\"a\":\"\"}"));
}
