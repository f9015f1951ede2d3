/* SPDX-License-Identifier: Apache-2.0
 *
 * Streams into documents.
 */
#include "load/stream.h"

#include "doc/position.h"

#include <criterion/criterion.h>

#include <stdio.h>

/* What was read, as text: objects by their `a`, errors as line:column. */
struct seen {
    struct str text;
    char log[512];
    size_t len;
};

static bool note(void *context, const struct stream_item *item)
{
    struct seen *seen = context;
    char *to = seen->log + seen->len;
    size_t room = sizeof seen->log - seen->len;
    if (item->error) {
        struct doc_position at = doc_position_in(seen->text, item->error->begin);
        seen->len += (size_t)snprintf(to, room, "!%u:%u ", at.line, at.column);
        return true;
    }
    const struct doc_node *a = doc_get_str(item->doc->root, STR("a"));
    seen->len += (size_t)snprintf(to, room, "%s%lld%s ", item->doc->json ? "j" : "",
                                  a && a->kind == DOC_INT ? (long long)a->v.i : -1,
                                  item->not_json ? "?" : "");
    return true;
}

static void expect(struct str text, const char *want, const char *file, int line)
{
    struct seen seen = {.text = text};
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct source source = {STR("x"), text};
    cr_expect(stream_read(&source, &arena, note, &seen));
    seen.log[seen.len ? seen.len - 1 : 0] = '\0';
    cr_expect_str_eq(seen.log, want, "%s:%d: %s, expected %s", file, line, seen.log, want);
    arena_release(&arena);
}
#define EXPECT(text, want) expect(STR(text), want, __FILE__, __LINE__)

Test(stream, documents_are_split_at_lines_that_begin_with_three_dashes)
{
    EXPECT("", "");
    EXPECT("a: 1\n", "1");
    EXPECT("a: 1\n---\na: 2\n", "1 2");
    EXPECT("---\na: 1\n---\n---\na: 2\n---\n", "1 2");
    EXPECT("a: 1\n--- # comment\na: 2\n", "1 2");
    EXPECT("a: 1\n---\t \na: 2\n", "1 2");
    EXPECT("a: 1\r\n---\r\na: 2\r\n", "1 2");
    EXPECT("# only a comment\n---\na: 1", "1");
    EXPECT("null\n---\n~\n---\na: 1", "1");
    EXPECT("\xEF\xBB\xBF"
           "a: 1\n---\na: 2",
           "1 2");
    EXPECT("a: 1\n...\n---\na: 2\n...\n", "1 2");
}

Test(stream, what_kubectl_would_overlook_is_an_error_and_the_rest_is_read)
{
    EXPECT("a: 1\n---x\na: 2\n", "1 !2:4 2");
    EXPECT("a: 1\n--- a: 3\na: 2\n", "1 !2:4 2");
    EXPECT("a: 1\n...\na: 2\n---\na: 3", "1 !3:1 3");
    EXPECT("a: [\n---\na: 2\n", "!1:5 2");
    EXPECT("%YAML 1.1\n---\na: 1\n", "!1:1 1");
}

Test(stream, a_brace_begins_json_and_what_is_not_json_is_yaml)
{
    EXPECT("{\"a\": 1}", "j1");
    EXPECT("{\"a\": 1}{\"a\": 2}\n {\"a\": 3}", "j1 j2 j3");
    EXPECT("{\"a\": 1}\n---\n{\"a\": 2}\n---\na: 3", "j1 j2 3");
    EXPECT("{a: 1}", "1?");
    EXPECT("{\"a\": 1,}", "1?");
    EXPECT("{\"a\": 1} # comment", "j1");
    EXPECT("{\"a\": 1}\na: 2", "j1 2?");
    EXPECT("{\"a\": }}", "-1? !1:8");
    EXPECT("{\"a\": 1", "!1:8");
}

Test(stream, what_is_no_utf8_text_is_refused_where_it_stands)
{
    EXPECT("a: 1\n---\na: \xFF\n---\na: 3", "1 !3:4 3");
    EXPECT("\xFF\xFE"
           "a\0:\0",
           "!1:1");
    EXPECT("a: 1\n---\na: \0\n---\na: 3", "1 !3:4 3");
}
