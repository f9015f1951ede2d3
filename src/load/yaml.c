/* SPDX-License-Identifier: Apache-2.0
 *
 * The only file that knows libyaml. Each document is a parse of its own, so that a broken one does
 * not keep the next from being read.
 *
 * libyaml reads up to 1024 characters ahead while a key may still turn out to be one, so that is
 * what ten thousand brackets cost before the builder's ceiling on depth is met.
 */
#include "load/yaml.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "doc/scalar.h"
#include "load/yaml_problem.h"

#include <yaml.h>

#include <math.h>

_Static_assert(LIMIT_DOC_DEPTH <= 64, "the open containers are the bits of one integer");

static const char merge_tag[] = "tag:yaml.org,2002:merge";
static const char binary_tag[] = "tag:yaml.org,2002:binary";

void yaml_reader_init(struct yaml_reader *r)
{
    memset(r, 0, sizeof *r);
    doc_builder_init(&r->builder, NULL, NULL, DOC_DUPLICATES_KEEP_LAST, true);
}

void yaml_reader_release(struct yaml_reader *r)
{
    doc_builder_release(&r->builder);
}

/* --- Characters to bytes --- */

/* In blocks of a fixed size, which the compiler makes vectors of. */
static bool is_ascii(struct str s)
{
    enum { BLOCK = 256 };
    const uint64_t bits = 0x8080808080808080u;
    uint64_t high = 0, word;
    size_t i = 0;
    for (; s.len - i >= BLOCK && !(high & bits); i += BLOCK)
        for (size_t k = 0; k < BLOCK; k += sizeof word) {
            memcpy(&word, s.ptr + i + k, sizeof word);
            high |= word;
        }
    for (; i < s.len; i++)
        high |= (unsigned char)s.ptr[i];
    return !(high & bits);
}

/* Bytes of the line break at `at`, or 0. In YAML 1.1 (5.4) NEL, LS and PS are breaks too. */
static uint32_t break_at(const struct yaml_reader *r, uint32_t at)
{
    struct str rest = str_skip(r->text, at);
    if (rest.ptr[0] == '\n' || rest.ptr[0] == '\r')
        return str_starts_with(rest, STR("\r\n")) ? 2 : 1;
    if (str_starts_with(rest, STR("\xC2\x85")))
        return 2;
    bool wide =
        str_starts_with(rest, STR("\xE2\x80\xA8")) || str_starts_with(rest, STR("\xE2\x80\xA9"));
    return wide ? 3 : 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Marks rise with few exceptions, so the way from the last one is short. */
static uint32_t find_offset(struct yaml_reader *r, size_t index)
{
    uint32_t at = r->chars_offset;
    size_t chars = r->chars;
    while (chars < index && at < r->end) {
        at++;
        while (at < r->end && utf8_continues(r->text.ptr[at]))
            at++;
        chars++;
    }
    while (chars > index && at > r->base) {
        at--;
        while (at > r->base && utf8_continues(r->text.ptr[at]))
            at--;
        chars--;
    }
    r->chars = chars;
    r->chars_offset = at;
    return at;
}

static inline uint32_t offset_of(struct yaml_reader *r, size_t index)
{
    return r->ascii ? r->base + (uint32_t)index : find_offset(r, index);
}

static uint32_t skip_space_and_comments(const struct yaml_reader *r, uint32_t at, uint32_t end)
{
    bool comment = false;
    while (at < end) {
        char c = r->text.ptr[at];
        uint32_t line_break = break_at(r, at);
        comment = !line_break && (comment || c == '#');
        if (!line_break && !comment && !is_blank(c))
            break;
        at += line_break ? line_break : 1;
    }
    return at < end ? at : end;
}

/* An anchor or tag belongs to no span: from where an event begins to its value, at most to end. */
static uint32_t skip_properties(const struct yaml_reader *r, uint32_t at, uint32_t end)
{
    const char *t = r->text.ptr;
    while (at < end && (t[at] == '&' || t[at] == '!')) {
        while (at < end && !is_blank(t[at]) && !break_at(r, at))
            at++;
        at = skip_space_and_comments(r, at, end);
    }
    return at;
}

/* --- Scalars --- */

struct scalar {
    struct str text, tag;
    bool plain; /* typed by its text, where it has no tag */
    struct doc_node node;
};

static bool is_block(const yaml_event_t *e)
{
    return e->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
           e->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
}

/* The text below the line of the indicator; where there is none, the indicator. */
static void span_block(const struct yaml_reader *r, const yaml_event_t *e, struct doc_node *node)
{
    char indicator = e->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ? '|' : '>';
    const char *t = r->text.ptr;
    uint32_t begin = node->begin, end = node->end, head;
    while (begin < end && t[begin] != indicator)
        begin++;
    head = begin;
    while (begin < end && !break_at(r, begin))
        begin++;
    begin += begin < end ? break_at(r, begin) : 0;
    while (end > begin && strchr(" \t\r\n", t[end - 1]))
        end--;
    while (begin < end && t[begin] == ' ')
        begin++;
    node->begin = begin < end ? begin : head;
    node->end = begin < end ? end : head + 1;
}

/* Takes the text from the source where it stands there as it is. A line break would be folded. */
static bool borrow(const struct yaml_reader *r, const yaml_event_t *e, struct scalar *s)
{
    bool quoted = s->node.flags & DOC_QUOTED;
    const char *source = r->text.ptr + s->node.begin + quoted;
    if (s->text.len + 2u * quoted != s->node.end - s->node.begin ||
        e->start_mark.line != e->end_mark.line ||
        (quoted && memcmp(source, s->text.ptr, s->text.len) != 0))
        return false;
    s->text.ptr = source;
    return true;
}

/* --- Where libyaml 0.2.5 takes what kubectl's YAML reader does not --- */

static bool in_flow(const struct yaml_reader *r)
{
    const struct doc_builder *b = &r->builder;
    return b->depth && !(b->frames[b->depth - 1].flags & DOC_BLOCK);
}

/* A question mark ends a plain text there, and then a comma or bracket is missing. */
static bool check_question_mark(struct yaml_reader *r, const struct scalar *s)
{
    if (str_find(s->text, '?') == s->text.len)
        return true;
    return diag_set(r->builder.diag, DIAG_SYNTAX, s->node.begin, s->node.end,
                    "expected quotes around a text with \"?\" in brackets or braces");
}

static bool check_escapes(struct yaml_reader *r, const struct doc_node *n)
{
    for (uint32_t at = n->begin; at + 1 < n->end; at++) {
        if (r->text.ptr[at] != '\\')
            continue;
        if (r->text.ptr[++at] == '/')
            return diag_set(r->builder.diag, DIAG_SYNTAX, at - 1, at + 1,
                            "expected \"/\" without \"\\\": YAML 1.1 has no such escape");
    }
    return true;
}

/* A byte order mark at the start of a line is skipped by libyaml and part of the text for kubectl,
 * so it may stand in a scalar only. Offset of the next at or after `from`. */
static uint32_t find_mark(const struct yaml_reader *r, uint32_t from)
{
    struct str rest = {r->text.ptr + from, r->end - from};
    return r->ascii ? r->end : from + (uint32_t)str_find_str(rest, STR("\n\xEF\xBB\xBF"));
}

/* Up to a scalar's span. */
static bool check_marks(struct yaml_reader *r, uint32_t begin, uint32_t end)
{
    if (r->next_mark < begin)
        return diag_set(r->builder.diag, DIAG_SYNTAX, r->next_mark + 1, r->next_mark + 4,
                        "expected no byte order mark within the text");
    while (r->next_mark < end)
        r->next_mark = find_mark(r, r->next_mark + 1);
    return true;
}

static bool place_scalar(struct yaml_reader *r, const yaml_event_t *e, struct scalar *s)
{
    yaml_scalar_style_t style = e->data.scalar.style;
    struct doc_node *n = &s->node;
    n->begin = offset_of(r, e->start_mark.index);
    n->end = offset_of(r, e->end_mark.index);
    if (e->data.scalar.anchor || e->data.scalar.tag)
        n->begin = skip_properties(r, n->begin, n->end);
    if (!r->ascii && !check_marks(r, n->begin, n->end))
        return false;
    if (style == YAML_PLAIN_SCALAR_STYLE) {
        if (in_flow(r) && !check_question_mark(r, s))
            return false;
    } else if (is_block(e)) {
        n->flags = DOC_QUOTED | DOC_BLOCK;
        span_block(r, e, n);
    } else {
        n->flags = DOC_QUOTED;
    }
    if (!(n->flags & DOC_BLOCK) && borrow(r, e, s))
        return true;
    if (style == YAML_DOUBLE_QUOTED_SCALAR_STYLE && !check_escapes(r, n))
        return false;
    s->text = arena_str(r->builder.arena, s->text);
    return !r->builder.arena->failed || doc_builder_no_memory(&r->builder);
}

static bool refuse(struct yaml_reader *r, const struct doc_node *n, const char *expected)
{
    return diag_set(r->builder.diag, DIAG_VALUE, n->begin, n->end, "expected %s", expected);
}

/* What Go's JSON writer puts for a byte that is not UTF-8. */
static struct str replace_stray(struct arena *arena, struct str s)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    enum { WIDTH = sizeof replacement - 1 };
    if (utf8_check(s) == s.len)
        return s;
    char *to = arena_alloc(arena, s.len * WIDTH);
    size_t n = 0, len;
    if (!to)
        return STR_EMPTY;
    for (; s.len; s = str_skip(s, len)) {
        bool stray = utf8_decode(s, &len) < 0;
        memcpy(to + n, stray ? replacement : s.ptr, stray ? WIDTH : len);
        n += stray ? WIDTH : len;
    }
    return (struct str){to, n};
}

static bool decode_binary(struct yaml_reader *r, struct scalar *s)
{
    struct arena *arena = r->builder.arena;
    bool valid = base64_decode(arena, s->text, &s->text);
    s->text = replace_stray(arena, s->text);
    s->tag = STR_EMPTY;
    s->plain = false;
    if (arena->failed)
        return doc_builder_no_memory(&r->builder);
    return valid || refuse(r, &s->node, "base64, as the tag !!binary says");
}

static bool take_scalar(struct yaml_reader *r, const yaml_event_t *e, struct scalar *s)
{
    const char *tag = (const char *)e->data.scalar.tag;
    *s = (struct scalar){
        .text = {(const char *)e->data.scalar.value, e->data.scalar.length},
        .tag = str_from(tag),
        .plain = e->data.scalar.plain_implicit,
    };
    if (!place_scalar(r, e, s))
        return false;
    return !tag || strcmp(tag, binary_tag) != 0 || decode_binary(r, s);
}

static bool resolve(struct yaml_reader *r, struct scalar *s)
{
    struct doc_node *n = &s->node;
    if (!s->tag.len && !s->plain) {
        n->kind = DOC_STR;
        n->len = (uint32_t)s->text.len;
        n->v.s = s->text.ptr;
        return true;
    }
    if (!s->tag.len)
        doc_scalar_resolve(n, s->text);
    else if (!doc_scalar_resolve_tag(n, s->tag, s->text))
        return refuse(r, n, "a value of the type that its tag names");
    if (n->kind == DOC_REAL && !isfinite(n->v.r))
        return refuse(r, n, "a finite number: JSON, which kubectl sends, has no other");
    return true;
}

static inline bool due_key(const struct yaml_reader *r)
{
    return r->keys & r->open;
}

/* After a value: in a map a key is due again. */
static inline bool value_done(struct yaml_reader *r, uint32_t end)
{
    r->value_end = end;
    r->keys |= r->maps & r->open;
    return true;
}

/* After the builder opened or closed a container. */
static void set_open(struct yaml_reader *r)
{
    r->open = r->builder.depth ? UINT64_C(1) << (r->builder.depth - 1) : 0;
}

/* Name of the anchor, in the arena; the empty string where there is none. */
static struct str anchor_name(struct yaml_reader *r, const yaml_char_t *anchor)
{
    return anchor ? arena_str(r->builder.arena, str_from((const char *)anchor)) : STR_EMPTY;
}

static bool add_anchor(struct yaml_reader *r, const yaml_char_t *anchor)
{
    return !anchor || doc_build_anchor(&r->builder, anchor_name(r, anchor));
}

static bool build_key(struct yaml_reader *r, struct str key, name_t name,
                      const struct doc_node *span, bool merge)
{
    r->keys &= ~r->open;
    r->value_end = span->end;
    return doc_build_key(&r->builder, key, name, span->begin, span->end, merge);
}

static const char key_types[] = "a text, a whole number or a boolean as key";

static bool is_merge(const yaml_event_t *e, const struct scalar *s)
{
    const char *tag = (const char *)e->data.scalar.tag;
    return str_is(s->text, "<<") &&
           (e->data.scalar.plain_implicit || (tag && strcmp(tag, merge_tag) == 0));
}

static bool anchor_key(struct yaml_reader *r, const yaml_event_t *e, const struct scalar *s)
{
    struct scalar value = *s;
    return resolve(r, &value) &&
           doc_build_key_anchor(&r->builder, anchor_name(r, e->data.scalar.anchor), &value.node);
}

static bool on_key(struct yaml_reader *r, const yaml_event_t *e)
{
    struct scalar s;
    if (!take_scalar(r, e, &s) || (e->data.scalar.anchor && !anchor_key(r, e, &s)))
        return false;
    name_t name = name_lookup(s.text);
    if ((name != N_NONE && !s.tag.len) || !(s.plain || s.tag.len)) /* no name is yes, 1 or null */
        return build_key(r, s.text, name, &s.node, false);
    if (is_merge(e, &s))
        return build_key(r, s.text, N_NONE, &s.node, true);
    struct str key;
    if (!doc_scalar_key(r->builder.arena, s.tag, s.text, &key))
        return refuse(r, &s.node, key_types);
    return build_key(r, key, name_lookup(key), &s.node, false);
}

static bool on_scalar(struct yaml_reader *r, const yaml_event_t *e)
{
    if (due_key(r))
        return on_key(r, e);
    struct scalar s;
    return add_anchor(r, e->data.scalar.anchor) && take_scalar(r, e, &s) && resolve(r, &s) &&
           doc_build_scalar(&r->builder, &s.node) && value_done(r, s.node.end);
}

static bool on_alias(struct yaml_reader *r, const yaml_event_t *e)
{
    uint32_t begin = offset_of(r, e->start_mark.index), end = offset_of(r, e->end_mark.index);
    struct str name = str_from((const char *)e->data.alias.anchor);
    if (!due_key(r))
        return doc_build_alias(&r->builder, name, begin, end) && value_done(r, end);
    const struct doc_node *node = doc_build_anchored(&r->builder, name, begin, end);
    struct str key;
    if (!node)
        return false;
    if (!doc_scalar_node_key(r->builder.arena, node, &key))
        return diag_set(r->builder.diag, DIAG_VALUE, begin, end, "expected %s", key_types);
    const struct doc_node span = {.begin = begin, .end = end};
    return build_key(r, key, name_lookup(key), &span, false);
}

static bool on_begin(struct yaml_reader *r, const yaml_event_t *e, bool map)
{
    uint32_t begin = offset_of(r, e->start_mark.index);
    const yaml_char_t *anchor = map ? e->data.mapping_start.anchor : e->data.sequence_start.anchor;
    if (anchor || (map ? e->data.mapping_start.tag : e->data.sequence_start.tag))
        begin = skip_properties(r, begin, r->end);
    bool block = map ? e->data.mapping_start.style == YAML_BLOCK_MAPPING_STYLE
                     : e->data.sequence_start.style == YAML_BLOCK_SEQUENCE_STYLE;
    if (due_key(r) && yaml_problem_template(r->builder.diag, r->text, begin))
        return false;
    if (due_key(r))
        return diag_set(r->builder.diag, DIAG_TYPE, begin, begin + 1,
                        "expected %s, found a %s; text in braces or brackets is written in quotes",
                        key_types, map ? "map" : "list");
    if (!add_anchor(r, anchor))
        return false;
    enum doc_flag flags = block ? DOC_BLOCK : 0;
    if (!(map ? doc_build_map : doc_build_seq)(&r->builder, begin, flags))
        return false;
    set_open(r);
    r->value_end = begin;
    r->maps = map ? r->maps | r->open : r->maps & ~r->open;
    r->keys = map ? r->keys | r->open : r->keys & ~r->open;
    return true;
}

static bool on_end(struct yaml_reader *r, const yaml_event_t *e)
{
    const struct doc_builder *b = &r->builder;
    bool block = b->frames[b->depth - 1].flags & DOC_BLOCK;
    uint32_t end = block ? r->value_end : offset_of(r, e->end_mark.index);
    if (!doc_build_end(&r->builder, end))
        return false;
    set_open(r);
    return value_done(r, end);
}

/* --- Documents --- */

static bool on_event(struct yaml_reader *r, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_SCALAR_EVENT:
        return on_scalar(r, e);
    case YAML_ALIAS_EVENT:
        return on_alias(r, e);
    case YAML_SEQUENCE_START_EVENT:
        return on_begin(r, e, false);
    case YAML_MAPPING_START_EVENT:
        return on_begin(r, e, true);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return on_end(r, e);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return true;
    }
    return true;
}

static bool report_problem(struct yaml_reader *r, const yaml_parser_t *p)
{
    struct diag *diag = r->builder.diag;
    if (p->error == YAML_MEMORY_ERROR)
        return doc_builder_no_memory(&r->builder);
    if (p->error == YAML_READER_ERROR && p->problem_value >= 0)
        return yaml_problem_character(diag, r->base + (uint32_t)p->problem_offset,
                                      (uint32_t)p->problem_value);
    uint32_t at = offset_of(r, p->problem_mark.index);
    if (!check_marks(r, at, at))
        return false;
    return yaml_problem_report(
        diag, r->text, r->end,
        (struct yaml_problem){p->problem, at,
                              p->context ? offset_of(r, p->context_mark.index) : r->base});
}

/* Reads up to the end of the first document. */
static bool read_events(struct yaml_reader *r, yaml_parser_t *parser, uint32_t *rest)
{
    yaml_event_t e;
    yaml_event_type_t type = YAML_NO_EVENT;
    while (type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT) {
        if (!yaml_parser_parse(parser, &e))
            return report_problem(r, parser);
        type = e.type;
        bool ok = on_event(r, &e);
        if (type == YAML_DOCUMENT_END_EVENT)
            *rest = offset_of(r, e.end_mark.index);
        yaml_event_delete(&e);
        if (!ok)
            return false;
    }
    if (type == YAML_STREAM_END_EVENT)
        *rest = r->end;
    return true;
}

/* Whether something other than comments follows the document. */
static bool has_more(yaml_parser_t *parser)
{
    yaml_event_t e;
    if (!yaml_parser_parse(parser, &e))
        return true;
    bool more = e.type != YAML_STREAM_END_EVENT;
    yaml_event_delete(&e);
    return more;
}

static bool check_text(struct yaml_reader *r)
{
    struct str document = {r->text.ptr + r->base, r->end - r->base};
    r->ascii = is_ascii(document);
    if (r->ascii)
        return true;
    uint32_t bad = (uint32_t)utf8_check(document);
    return bad == document.len || diag_set(r->builder.diag, DIAG_ENCODING, r->base + bad,
                                           r->base + bad + 1, "expected UTF-8, found byte 0x%02x",
                                           (unsigned)(unsigned char)document.ptr[bad]);
}

static bool read_parser(struct yaml_reader *r, uint32_t *rest)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return doc_builder_no_memory(&r->builder);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)r->text.ptr + r->base,
                                 r->end - r->base);
    bool ok = read_events(r, &parser, rest) && check_marks(r, *rest, *rest);
    if (ok && *rest < r->end && !has_more(&parser))
        *rest = r->end;
    yaml_parser_delete(&parser);
    return ok;
}

bool yaml_read(struct yaml_reader *r, struct str text, uint32_t begin, uint32_t end,
               struct arena *arena, struct doc *doc, uint32_t *rest, struct diag *diag)
{
    doc_builder_clear(&r->builder);
    r->builder.arena = arena;
    r->builder.diag = diag;
    r->text = text;
    r->end = *rest = end;
    struct str document = {text.ptr + begin, end - begin};
    if (str_starts_with(document, STR("\xEF\xBB\xBF")))
        begin += 3; /* the mark has no column */
    r->base = r->chars_offset = r->value_end = begin;
    r->chars = 0;
    r->open = r->maps = r->keys = 0;
    *doc = (struct doc){.text = text};
    if (!check_text(r))
        return false;
    r->next_mark = find_mark(r, begin);
    if (!read_parser(r, rest))
        return false;
    return doc_build_finish(&r->builder, text, doc);
}
