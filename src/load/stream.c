/* SPDX-License-Identifier: Apache-2.0
 *
 * Follows YAMLOrJSONDecoder of k8s.io/apimachinery and StreamVisitor of k8s.io/cli-runtime, tried
 * case by case: tests/fixtures/streams. Differences, all on the side of reading more:
 * - kubectl gives up at the first fault, and at `---` after two JSON values; here the next document
 *   follows.
 * - kubectl reads the first value of a YAML document and nothing after its end; here a second JSON
 *   value is an object, and other text an error.
 * - kubectl decodes UTF-16 with a byte order mark and mends stray bytes; both are errors here, for
 *   what is shown must be what is applied.
 */
#include "load/stream.h"

#include "base/utf8.h"
#include "load/json.h"
#include "load/yaml.h"

struct stream {
    struct str text;
    struct arena *arena;
    stream_visit_fn *visit;
    void *context;
    struct yaml_reader yaml;
    struct json_reader json;
    uint32_t begin, end; /* of the present document */
};

static bool send(struct stream *s, const struct doc *doc, const struct diag *error,
                 const struct diag *not_json)
{
    if (error && error->code == DIAG_MEMORY)
        s->arena->failed = true;
    struct stream_item item = {
        .doc = doc,
        .error = error,
        .not_json = not_json,
        .text = {s->text.ptr + s->begin, s->end - s->begin},
    };
    return s->visit(s->context, &item) && !s->arena->failed;
}

/* null as a whole document is none (kubectl skips it). */
static bool send_doc(struct stream *s, const struct doc *doc, const struct diag *not_json)
{
    return !doc->root || doc->root->kind == DOC_NULL || send(s, doc, NULL, not_json);
}

static uint32_t skip_space(struct str text, uint32_t at, uint32_t end)
{
    while (at < end && (text.ptr[at] == ' ' || (text.ptr[at] >= '\t' && text.ptr[at] <= '\r')))
        at++;
    return at;
}

static bool report_rest(struct stream *s, uint32_t at)
{
    struct diag diag = {0};
    at = skip_space(s->text, at, s->end);
    while (at < s->end && s->text.ptr[at] == '#') {
        at += (uint32_t)str_find(str_skip(s->text, at), '\n');
        at = skip_space(s->text, at, s->end);
    }
    diag_set(&diag, DIAG_SYNTAX, at, at,
             "expected a line \"---\" before a second value: kubectl reads nothing of it");
    return send(s, NULL, &diag, NULL);
}

/* from: where YAML begins. not_json: why it does not begin as JSON, or NULL. after_json: JSON
 * values stand before it, so that it can only be another object. */
static bool read_yaml(struct stream *s, uint32_t from, const struct diag *not_json, bool after_json)
{
    struct doc doc;
    struct diag diag = {0};
    uint32_t rest;
    if (!yaml_read(&s->yaml, s->text, from, s->end, s->arena, &doc, &rest, &diag)) {
        /* Neither: the reader that came further knows better what was meant. */
        bool json = not_json && diag.code == DIAG_SYNTAX && not_json->begin >= diag.begin;
        return send(s, NULL, json ? not_json : &diag, NULL);
    }
    if (after_json && doc.root && doc.root->kind != DOC_MAP)
        return send(s, NULL, not_json, NULL);
    return send_doc(s, &doc, not_json) && (rest == s->end || report_rest(s, rest));
}

/* What is missing at the end is missing after the last text, not in the line of the next `---`. */
static void pull_back(const struct stream *s, struct diag *diag)
{
    uint32_t at = diag->begin;
    if (at != s->end)
        return;
    while (at > s->begin && strchr(" \t\r\n", s->text.ptr[at - 1]))
        at--;
    diag->begin = diag->end = at;
}

/* Values one after the other; from the first that is not JSON on, YAML. */
static bool read_json(struct stream *s, uint32_t from)
{
    for (size_t at = from;;) {
        struct doc doc;
        struct diag diag = {0};
        if (!json_read_value(&s->json, s->text, &at, s->end, s->arena, &doc, &diag)) {
            pull_back(s, &diag);
            return diag.code == DIAG_SYNTAX ? read_yaml(s, (uint32_t)at, &diag, at != from)
                                            : send(s, NULL, &diag, NULL);
        }
        if (!doc.root)
            return true;
        if (!send_doc(s, &doc, NULL))
            return false;
    }
}

static bool read_document(struct stream *s)
{
    uint32_t first = skip_space(s->text, s->begin, s->end);
    /* Two braces begin no JSON, but the templates of several tools. */
    bool json = first < s->end && s->text.ptr[first] == '{' &&
                (first + 1 == s->end || s->text.ptr[first + 1] != '{');
    if (json)
        return read_json(s, first);
    return read_yaml(s, s->begin, NULL, false);
}

/* White space or a comment, with white space as Unicode has it: kubectl trims the line so. */
static bool is_blank(struct str s)
{
    while (s.len) {
        size_t len;
        int32_t c = utf8_decode(s, &len);
        bool space = c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 ||
                     c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
                     c == 0x202F || c == 0x205F || c == 0x3000;
        if (!space)
            return c == '#';
        s = str_skip(s, len);
    }
    return true;
}

static bool check_separator(struct stream *s, uint32_t begin, uint32_t end)
{
    struct str after = {s->text.ptr + begin + 3, end - begin - 3};
    if (is_blank(after))
        return true;
    struct diag diag = {0};
    diag_set(&diag, DIAG_SYNTAX, begin + 3, end,
             "expected nothing but a comment after \"---\": kubectl splits the file there");
    s->begin = begin;
    s->end = end;
    return send(s, NULL, &diag, NULL);
}

static uint32_t line_end(struct str text, uint32_t from)
{
    return from + (uint32_t)str_find(str_skip(text, from), '\n');
}

/* Offset of the next line that begins with ---, or the text's length. */
static uint32_t find_separator(struct str text, uint32_t from)
{
    while (from < text.len && !str_starts_with(str_skip(text, from), STR("---"))) {
        const char *end = memchr(text.ptr + from, '\n', text.len - from);
        from = end ? (uint32_t)(end - text.ptr) + 1 : (uint32_t)text.len;
    }
    return from;
}

static bool read_documents(struct stream *s, uint32_t from)
{
    uint32_t size = (uint32_t)s->text.len;
    for (;;) {
        uint32_t separator = find_separator(s->text, from);
        s->begin = from;
        s->end = separator;
        if (separator > from && !read_document(s))
            return false;
        if (separator == size)
            return true;
        uint32_t end = line_end(s->text, separator);
        if (!check_separator(s, separator, end))
            return false;
        from = end + (end < size);
    }
}

/* Why the text as a whole cannot be read. */
static bool check_text(struct str text, struct diag *diag)
{
    if (text.len > LIMIT_FILE_BYTES)
        return diag_set(diag, DIAG_LIMIT, 0, 0, "expected at most %u MiB of text",
                        LIMIT_FILE_BYTES >> 20);
    if (str_starts_with(text, STR("\xFF\xFE")) || str_starts_with(text, STR("\xFE\xFF")))
        return diag_set(diag, DIAG_ENCODING, 0, 2, "expected UTF-8, found UTF-16");
    return true;
}

bool stream_read(const struct source *source, struct arena *arena, stream_visit_fn *visit,
                 void *context)
{
    struct stream s = {.text = source->text, .arena = arena, .visit = visit, .context = context};
    struct diag diag = {0};
    if (!check_text(s.text, &diag))
        return send(&s, NULL, &diag, NULL);
    yaml_reader_init(&s.yaml);
    json_reader_init(&s.json);
    bool ok = read_documents(&s, str_starts_with(s.text, STR("\xEF\xBB\xBF")) ? 3 : 0);
    yaml_reader_release(&s.yaml);
    json_reader_release(&s.json);
    return ok;
}
