/* SPDX-License-Identifier: Apache-2.0
 *
 * The reader built a second time without SSE2, as on arm64: it must say the same of every text.
 */
#undef __SSE2__
#define json_reader_init    portable_reader_init
#define json_reader_release portable_reader_release
#define json_read           portable_read
#define json_read_value     portable_read_value
#define json_read_outline   portable_read_outline
#define json_string_slow    portable_string_slow
#include "load/json.c"
#include "load/json_string.c"
#undef json_reader_init
#undef json_reader_release
#undef json_read
#undef json_read_value

#include <criterion/criterion.h>

void json_reader_init(struct json_reader *r);
void json_reader_release(struct json_reader *r);
bool json_read(struct json_reader *r, struct str text, struct arena *arena, struct doc *doc,
               struct diag *diag);

static struct json_reader native, portable;

/* Whether both say the same; *text is the value of a one-item list. */
static void same(struct str text)
{
    struct arena a, b;
    struct doc x = {0}, y = {0};
    struct diag d = {0}, e = {0};
    arena_init(&a, 1 << 20);
    arena_init(&b, 1 << 20);
    bool ok = json_read(&native, text, &a, &x, &d);
    cr_expect(portable_read(&portable, text, &b, &y, &e) == ok);
    cr_expect(d.code == e.code && d.begin == e.begin && d.end == e.end, "%.*s", STR_ARG(text));
    cr_expect(strcmp(d.text, e.text) == 0, "%s / %s", d.text, e.text);
    if (ok)
        cr_expect(str_equal(doc_str(&x.root->v.item[0]), doc_str(&y.root->v.item[0])));
    arena_release(&a);
    arena_release(&b);
}

/* Each special piece at every place of a block, with and without others after it. */
Test(json_portable, equals_sse2)
{
    static const char *const pieces[] = {
        "",    "\\n",   "\\\"", "\\\\",     "\\u00e9", "\\ud83d\\ude00", "\\ud83d",
        "\\x", "\n",    "\x7f", "\xC3\xA9", "\xC3",    "\xED\xA0\x80",   "\\",
        "\"",  "\\u12",
    };
    json_reader_init(&native);
    portable_reader_init(&portable);
    for (size_t before = 0; before < 70; before++)
        for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
            for (size_t j = 0; j < sizeof pieces / sizeof *pieces; j++) {
                char text[256];
                int len = snprintf(
                    text, sizeof text, "[\"%.*s%s%s\"]", (int)before,
                    "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz",
                    pieces[i], pieces[j]);
                same((struct str){text, (size_t)len});
            }
    json_reader_release(&native);
    portable_reader_release(&portable);
}
