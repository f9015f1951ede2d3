/* SPDX-License-Identifier: Apache-2.0
 *
 * Hostile names in every report. The bytes become file names, messages, names of objects and
 * containers; what each format writes must parse again, give back what went in, and hold nothing
 * that a terminal would obey.
 */
#include "report/report.h"

#include "base/printable.h"
#include "base/utf8.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition, format, text)                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s: not %s in\n%.*s\n", (format), #condition, STR_ARG(text));         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static const struct rule rules_of[] = {
    {.id = "a-rule", .title = "Title", .remediation = "Change it.", .severity = SEVERITY_ERROR},
    {.id = "b-rule", .title = "Title", .remediation = "Change it.", .severity = SEVERITY_WARNING},
};
static const struct rule *const list[] = {&rules_of[0], &rules_of[1]};
static const struct rule_set rules = {list, NULL, 2};

/* The input as a sequence of strings, each after a byte that is its length. */
static struct str take(struct str *input)
{
    size_t len = input->len ? (unsigned char)input->ptr[0] : 0;
    *input = str_skip(*input, 1);
    struct str s = str_take(*input, len);
    *input = str_skip(*input, len);
    return s;
}

static uint8_t take_byte(struct str *input)
{
    uint8_t b = input->len ? (uint8_t)input->ptr[0] : 0;
    *input = str_skip(*input, 1);
    return b;
}

static void fill(struct finding *f, struct str *input, struct finding_related *related)
{
    uint8_t shape = take_byte(input);
    f->rule = list[shape & 1];
    f->severity = f->rule->severity;
    f->message = take(input);
    f->file = take(input);
    f->object.api_version = take(input);
    f->object.kind = take(input);
    f->object.namespace = take(input);
    f->object.name = take(input);
    f->container = take(input);
    f->path = take(input);
    f->span.begin.line = 1u + take_byte(input);
    f->span.begin.column = 1u + take_byte(input);
    f->span.end = (struct doc_position){f->span.begin.line, f->span.begin.column + (shape >> 4)};
    f->frame_first = f->span.begin.line - 1;
    f->frame_skip = take_byte(input) & 15;
    for (int i = 0; i < 3; i++)
        f->frame[i] = take(input);
    memset(f->fingerprint, '0', sizeof f->fingerprint - 1);
    if (shape & 2) {
        f->suppressed.by = STR("baseline");
        f->suppressed.reason = take(input);
    }
    if (shape & 4) {
        *related = (struct finding_related){f->span, take(input)};
        f->related = related;
    }
    if (shape & 8) {
        f->pss_check = f->pss_reason = "check";
        f->pss_detail = take(input);
    }
}

/* Nothing that moves a cursor, changes colours or turns text around; with color our own codes. */
static void check_text(struct str text, const char *format, bool color)
{
    REQUIRE(utf8_check(text) == text.len, format, text);
    for (struct str rest = text; rest.len;) {
        size_t len;
        int32_t c = utf8_decode(rest, &len);
        if (c == 0x1b && color) {
            REQUIRE(str_starts_with(rest, STR("\x1b[")), format, text);
            size_t end = str_find(rest, 'm');
            REQUIRE(end <= strlen("\x1b[1;31m"), format, text);
            len = end + 1;
        } else {
            REQUIRE(c == '\n' || c >= 0x20, format, text);
            REQUIRE(c < 0x7f || c >= 0xa0, format, text);
            REQUIRE(!printable_hidden(c), format, text);
        }
        rest = str_skip(rest, len);
    }
}

static json_t *check_json(struct str text, const char *format)
{
    json_error_t error;
    json_t *root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    REQUIRE(root, format, text);
    return root;
}

/* The message that went in comes out, unless it was no text to begin with. */
static void check_report_json(const struct report *report, struct str text)
{
    json_t *root = check_json(text, "json");
    json_t *findings = json_object_get(root, "findings");
    size_t shown = 0;
    for (size_t i = 0; i < report->findings->list.count; i++) {
        const struct finding *f = &report->findings->list.items[i];
        if (f->suppressed.by.len && !report->show_suppressed)
            continue;
        json_t *message = json_object_get(json_array_get(findings, shown++), "message");
        struct str out = {json_string_value(message), json_string_length(message)};
        REQUIRE(utf8_check(f->message) < f->message.len || str_equal(out, f->message), "json",
                text);
    }
    REQUIRE(json_array_size(findings) == shown, "json", text);
    json_decref(root);
}

/* The end of an XML tag that begins at s: attributes in double quotes, no < in them. Returns what
 * stands after it. */
static struct str check_tag(struct str s, struct str all)
{
    bool quoted = false;
    for (; s.len && (quoted || s.ptr[0] != '>'); s = str_skip(s, 1)) {
        REQUIRE(s.ptr[0] != '<' && s.ptr[0] != '\n', "junit", all);
        quoted ^= s.ptr[0] == '"';
    }
    REQUIRE(s.len && !quoted, "junit", all);
    return str_skip(s, 1);
}

/* Tags nest, every & begins an entity that exists. Written for what we write, not for all of XML.
 */
static void check_xml(struct str all)
{
    static const struct str entities[] = {
        {"&amp;", 5}, {"&lt;", 4}, {"&gt;", 4}, {"&quot;", 6}, {"&#39;", 5}};
    struct str stack[8] = {{NULL, 0}};
    size_t depth = 0;
    for (struct str s = str_skip(all, str_find(all, '\n')); s.len;) {
        if (s.ptr[0] != '<') {
            s = str_skip(s, 1);
            continue;
        }
        bool closes = str_starts_with(s, STR("</"));
        struct str name = str_skip(s, closes ? 2 : 1);
        struct str after = check_tag(str_skip(s, 1), all);
        bool empty = after.ptr[-2] == '/';
        size_t len = 0;
        while (len < name.len && name.ptr[len] != ' ' && name.ptr[len] != '>')
            len++;
        name = str_take(name, len);
        if (closes) {
            REQUIRE(depth && str_equal(stack[depth - 1], name), "junit", all);
            depth--;
        } else if (!empty) {
            REQUIRE(depth < 8, "junit", all);
            stack[depth++] = name;
        }
        s = after;
    }
    REQUIRE(depth == 0, "junit", all);
    for (struct str s = all; s.len; s = str_skip(s, 1)) {
        bool known = s.ptr[0] != '&';
        for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
            known |= str_starts_with(s, entities[i]);
        REQUIRE(known, "junit", all);
    }
}

/* Every line is one of our commands: no name makes one of its own. */
static void check_github(struct str all)
{
    size_t lines = 0;
    for (struct str s = all; s.len;) {
        struct str line = str_take(s, str_find(s, '\n'));
        bool command = str_starts_with(line, STR("::error file=")) ||
                       str_starts_with(line, STR("::warning file=")) ||
                       str_starts_with(line, STR("::notice file="));
        REQUIRE(command || str_starts_with(line, STR("rampart: ")), "github", all);
        s = str_skip(s, line.len + 1);
        lines++;
    }
    REQUIRE(lines <= 31, "github", all);
}

static void check(const struct report *report, const struct report_format *format)
{
    struct buf out;
    buf_init(&out, 64 << 20);
    format->write(report, &out);
    struct str text = buf_str(&out);
    REQUIRE(!out.failed, format->name, text);
    check_text(text, format->name, format == &report_tty && report->color);
    if (format == &report_json)
        check_report_json(report, text);
    else if (format == &report_sarif || format == &report_gitlab)
        json_decref(check_json(text, format->name));
    else if (format == &report_junit)
        check_xml(text);
    else if (format == &report_github)
        check_github(text);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    struct arena arena;
    struct findings findings;
    struct finding_related related[16];
    struct engine engine = {.rules = &rules, .pss = 1};
    arena_init(&arena, 1 << 20);
    findings_init(&findings, &arena);
    uint8_t flags = take_byte(&input);
    struct report_error error = {.file = take(&input), .position = {flags & 3, 1}};
    error.message = take(&input);
    struct report report = {.rules = &rules,
                            .engine = &engine,
                            .findings = &findings,
                            .errors = &error,
                            .error_count = flags & 1,
                            .show_suppressed = flags & 2,
                            .color = flags & 4,
                            .statistics = flags & 8,
                            .width = flags & 16 ? 40u + flags : 0,
                            .version = "0",
                            .pss_version = "v1.37",
                            .adopt_hint = "hint",
                            .prefix = take(&input)};
    report.category = take(&input);
    for (int i = 0; i < 16 && input.len; i++) {
        struct finding *f = vec_push(&findings.list, &arena);
        if (f)
            fill(f, &input, &related[i]);
    }
    if (flags & 32)
        findings_finish(&findings);
    for (const struct report_format *const *f = report_formats; *f; f++)
        check(&report, *f);
    arena_release(&arena);
    return 0;
}
