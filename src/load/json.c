/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar. One loop and no recursion: what is open is a bit set, one bit a level.
 *
 * Below metadata.managedFields the entries are built, for the API server checks their types, but
 * nothing below a `fieldsV1`: the API server takes any JSON there and looks at it no further, and
 * it is a third of a stored object. Such a value is checked for syntax and kept as an empty
 * container with DOC_OPAQUE, or as an empty string where it is one that is no UTF-8. So are the
 * objects of a review of which only an outline is read. What a user put there the API server sends
 * as it came, so that of a request it may be as deep as Go reads it, and no UTF-8: a pod must not
 * get past us by what nobody looks at.
 */
#include "load/json.h"

#include "base/utf8.h"
#include "doc/scalar.h"
#include "load/json_string.h"

#include <stdio.h>

enum { WORD = 64 };
_Static_assert(LIMIT_DOC_DEPTH <= WORD, "the open containers are the bits of one integer");

void json_reader_init(struct json_reader *r)
{
    *r = (struct json_reader){0};
    doc_builder_init(&r->builder, NULL, NULL, DOC_DUPLICATES_REFUSE, false);
}

void json_reader_release(struct json_reader *r)
{
    doc_builder_release(&r->builder);
}

/* --- Errors --- */

static const char *fail_at(struct json_reader *r, enum diag_code code, const char *p, size_t len,
                           const char *expected, const char *found)
{
    diag_set(r->builder.diag, code, json_offset(r, p), json_offset(r, p + len),
             "expected %s, found %s", expected, found);
    return NULL;
}

static const char *unexpected(struct json_reader *r, const char *p, const char *expected)
{
    if (p == r->end)
        return fail_at(r, DIAG_SYNTAX, p, 0, expected, "the end");
    size_t len;
    int32_t c = utf8_decode((struct str){p, (size_t)(r->end - p)}, &len);
    char found[32];
    if (c >= ' ' && c != 0x7F) {
        snprintf(found, sizeof found, "\"%.*s\"", (int)len, p);
        return fail_at(r, DIAG_SYNTAX, p, len, expected, found);
    }
    if (c == 0)
        return fail_at(r, DIAG_ENCODING, p, 1, expected, "a NUL byte");
    snprintf(found, sizeof found, "byte 0x%02x", (unsigned)(unsigned char)*p);
    return fail_at(r, c < 0 ? DIAG_ENCODING : DIAG_SYNTAX, p, 1, expected, found);
}

/* --- Tokens: each takes the place of its first byte and returns that after its last, or NULL. end
 * is the reader's, kept at hand: the compiler must think that any store changes r->end. --- */

/* 0 at the end: no token begins with a NUL. */
static inline char peek(const char *p, const char *end)
{
    return p < end ? *p : '\0';
}

static inline bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Indentation is two thirds of a file written for people. */
static __attribute__((noinline)) const char *skip_indentation(const char *p, const char *end)
{
    while (p < end && is_space(*p)) {
        p++;
#ifdef __SSE2__
        while (end - p >= 16) {
            const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
            unsigned spaces = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
            p += __builtin_ctz(~spaces); /* the bits above 16 are set: 16 at most */
            if (spaces != 0xFFFF)
                break;
        }
#endif
    }
    return p;
}

static inline const char *skip_space(const char *p, const char *end)
{
    return p < end && (unsigned char)*p > ' ' ? p : skip_indentation(p, end);
}

static const char *read_literal(struct json_reader *r, const char *p, struct doc_node *node)
{
    struct str rest = {p, (size_t)(r->end - p)};
    *node = (struct doc_node){.kind = DOC_NULL};
    if (str_starts_with(rest, STR("true"))) {
        node->kind = DOC_BOOL;
        node->v.b = true;
        return p + 4;
    }
    if (str_starts_with(rest, STR("false"))) {
        node->kind = DOC_BOOL;
        return p + 5;
    }
    if (str_starts_with(rest, STR("null")))
        return p + 4;
    return unexpected(r, p, "a value");
}

static const char *skip_digits(struct json_reader *r, const char *p)
{
    if (peek(p, r->end) < '0' || peek(p, r->end) > '9')
        return unexpected(r, p, "a digit");
    while (peek(p, r->end) >= '0' && peek(p, r->end) <= '9')
        p++;
    return p;
}

/* The end of the number at p; NULL where it is none by JSON's grammar. */
static const char *skip_number(struct json_reader *r, const char *p)
{
    p += *p == '-';
    const char *whole = p;
    p = skip_digits(r, p);
    if (p && *whole == '0' && p > whole + 1)
        return fail_at(r, DIAG_SYNTAX, whole, (size_t)(p - whole), "a number", "a leading zero");
    if (p && peek(p, r->end) == '.')
        p = skip_digits(r, p + 1);
    if (p && (peek(p, r->end) == 'e' || peek(p, r->end) == 'E')) {
        p++;
        p = skip_digits(r, p + (peek(p, r->end) == '+' || peek(p, r->end) == '-'));
    }
    return p;
}

static const char *read_number(struct json_reader *r, const char *p, struct doc_node *node)
{
    const char *end = skip_number(r, p);
    if (!end)
        return NULL;
    *node = (struct doc_node){0};
    const struct str text = {p, (size_t)(end - p)};
    /* Of a request Go reads what it has a field for: there infinite is a wrong type, elsewhere it
     * is skipped. A file goes through kubectl, which reads it all. */
    if (r->builder.duplicates == DOC_DUPLICATES_REFUSE) {
        doc_scalar_number(node, text);
    } else if (!doc_scalar_sent_number(node, text)) {
        diag_set(r->builder.diag, DIAG_VALUE, json_offset(r, p), json_offset(r, end),
                 "number too large: expected at most 1.8e308");
        return NULL;
    }
    return end;
}

/* --- The tree --- */

/* Where the next value goes; NULL without memory or over a ceiling. */
static inline struct doc_node *value_slot(struct doc_builder *b, bool in_map, uint32_t begin)
{
    if (!in_map)
        return doc_build_value(b, begin);
    return doc_builder_count(b, begin) ? doc_builder_keyed(b) : NULL;
}

static inline __attribute__((always_inline)) const char *
read_string(struct json_reader *r, const char *p, const char *end, bool in_map, bool build)
{
    const uint32_t begin = json_offset(r, p);
    struct str s;
    p = json_string(r, p, end, build, &s);
    if (!build || !p)
        return p;
    struct doc_node *node = value_slot(&r->builder, in_map, begin);
    if (!node)
        return NULL;
    node->kind = DOC_STR;
    node->flags = DOC_QUOTED;
    node->begin = begin;
    node->end = json_offset(r, p);
    node->len = (uint32_t)s.len;
    node->v.s = s.ptr;
    return p;
}

/* A number or a literal: few of the values. */
static __attribute__((noinline)) const char *read_word(struct json_reader *r, const char *p,
                                                       bool build)
{
    struct doc_node *node = NULL, unused;
    const uint32_t begin = json_offset(r, p);
    if (build) {
        node = doc_build_value(&r->builder, begin);
        if (!node)
            return NULL;
    }
    char c = peek(p, r->end);
    if (c == '-' || (c >= '0' && c <= '9'))
        p = read_number(r, p, build ? node : &unused);
    else
        p = read_literal(r, p, build ? node : &unused);
    if (p && build) {
        node->begin = begin;
        node->end = json_offset(r, p);
    }
    return p;
}

/* The key whose opening quote is at p. One that was decoded has room after it in the arena. */
static inline name_t key_name(struct str key, const char *p, const char *end)
{
    return end - p > NAME_READABLE ? name_lookup_padded(key) : name_lookup(key);
}

/* A key and its colon, up to the value. */
static inline __attribute__((always_inline)) const char *
read_key(struct json_reader *r, const char *p, const char *end, bool build)
{
    if (peek(p, end) != '"')
        return unexpected(r, p, "a key in double quotes");
    struct str key;
    const char *after = json_string(r, p, end, build, &key);
    if (!after)
        return NULL;
    if (build && !doc_build_key(&r->builder, key, key_name(key, p, end), json_offset(r, p),
                                json_offset(r, after), false))
        return NULL;
    p = skip_space(after, end);
    return peek(p, end) == ':' ? skip_space(p + 1, end) : unexpected(r, p, "\":\" after the key");
}

/* Where nothing is built. */
static bool too_deep(struct json_reader *r, uint32_t at)
{
    return diag_set(r->builder.diag, DIAG_LIMIT, at, at, "more than %u levels of nesting",
                    LIMIT_JSON_DEPTH);
}

static inline bool open_container(struct json_reader *r, const char *p, bool is_map, bool build,
                                  uint32_t depth)
{
    uint32_t begin = json_offset(r, p);
    if (build)
        return is_map ? doc_build_map(&r->builder, begin, 0) : doc_build_seq(&r->builder, begin, 0);
    return depth < LIMIT_JSON_DEPTH || too_deep(r, begin);
}

/* The key of the innermost open map but `up`; that map must hold one. */
static inline name_t open_key(const struct doc_builder *b, uint32_t up)
{
    uint32_t end = up ? b->frames[b->depth - up].first : b->stack_count;
    return b->stack[end - 1].name;
}

/* Whether the next value, in a map, is metadata.managedFields[].fieldsV1 of some object. */
static inline bool at_fields(const struct doc_builder *b)
{
    const struct doc_frame *f = &b->frames[b->depth - 1];
    return open_key(b, 0) == N_fieldsV1 && b->depth >= 4 && f[-1].kind == DOC_SEQ &&
           f[-2].kind == DOC_MAP && open_key(b, 2) == N_managedFields && f[-3].kind == DOC_MAP &&
           open_key(b, 3) == N_metadata;
}

/* Whether it is request.object or request.oldObject of a review. */
static __attribute__((noinline)) bool at_object(const struct doc_builder *b)
{
    name_t key = open_key(b, 0);
    return b->depth == 2 && (key == N_object || key == N_oldObject) &&
           b->frames[0].kind == DOC_MAP && open_key(b, 1) == N_request;
}

static inline char closing(bool map)
{
    return map ? '}' : ']';
}

static const char *read_opaque(struct json_reader *r, const char *p);

/* The string at p could not be read: NULL unless it is one that nobody looks at. */
static __attribute__((noinline)) const char *read_odd_string(struct json_reader *r, const char *p)
{
    if (r->builder.diag->code != DIAG_ENCODING || !at_fields(&r->builder))
        return NULL;
    diag_clear(r->builder.diag);
    return read_opaque(r, p);
}

/* Reads the value at p; the byte after it, or NULL. build false: only checks it, and outer_maps has
 * room for the bits of LIMIT_JSON_DEPTH levels; else NULL. One loop for speed.
 * NOLINTNEXTLINE(readability-function-cognitive-complexity) */
static inline __attribute__((always_inline)) const char *
read_tree(struct json_reader *r, const char *p, bool build, uint64_t *outer_maps)
{
    const char *const end = r->end;
    const uint32_t outer = r->builder.depth;
    uint32_t depth = outer;
    uint64_t maps = 0; /* lowest bit: the innermost open container is a map */
    for (;;) {
        if (maps & 1)
            p = read_key(r, p, end, build);
        if (!p)
            return NULL;
        const char first = peek(p, end);
        if (first == '"') {
            const char *after = read_string(r, p, end, maps & 1, build);
            p = after || !build || !(maps & 1) ? after : read_odd_string(r, p);
        } else if (first != '{' && first != '[') {
            p = read_word(r, p, build);
        } else if (build && (maps & 1) &&
                   (at_fields(&r->builder) || (r->outline && at_object(&r->builder)))) {
            p = read_opaque(r, p);
        } else {
            if (!open_container(r, p, first == '{', build, depth++))
                return NULL;
            if (outer_maps && (depth - 1 - outer) % WORD == 0)
                outer_maps[(depth - 1 - outer) / WORD] = maps;
            maps = maps << 1 | (first == '{');
            p = skip_space(p + 1, end);
            if (peek(p, end) != closing(first == '{'))
                continue;
        }
        if (!p)
            return NULL;
        for (; depth > outer; depth--) {
            p = skip_space(p, end);
            if (peek(p, end) != closing(maps & 1))
                break;
            p++;
            if (build && !doc_build_end(&r->builder, json_offset(r, p)))
                return NULL;
            const uint32_t left = depth - 1 - outer;
            maps = outer_maps && left % WORD == 0 ? outer_maps[left / WORD] : maps >> 1;
        }
        if (depth == outer)
            return p;
        if (peek(p, end) != ',')
            return unexpected(r, p, maps & 1 ? "\",\" or \"}\"" : "\",\" or \"]\"");
        p = skip_space(p + 1, end);
    }
}

static __attribute__((noinline)) const char *read_opaque(struct json_reader *r, const char *p)
{
    uint64_t outer_maps[LIMIT_JSON_DEPTH / WORD];
    r->opaque = r->builder.duplicates == DOC_DUPLICATES_REFUSE;
    const char *end = read_tree(r, p, false, outer_maps);
    r->opaque = false;
    if (!end)
        return NULL;
    struct doc_node node = {
        .kind = *p == '{' ? DOC_MAP : DOC_SEQ,
        .flags = DOC_OPAQUE,
        .begin = json_offset(r, p),
        .end = json_offset(r, end),
    };
    if (*p == '"') {
        node.kind = DOC_STR;
        node.v.s = "";
    }
    return doc_build_scalar(&r->builder, &node) ? end : NULL;
}

/* --- Whole texts --- */

/* Makes the reader ready for text; false where its offsets do not fit a node. */
static bool begin(struct json_reader *r, struct str text, size_t end, struct arena *arena,
                  struct diag *diag)
{
    doc_builder_clear(&r->builder);
    r->builder.arena = arena;
    r->builder.diag = diag;
    r->base = text.ptr;
    r->end = text.ptr + end;
    return text.len < UINT32_MAX || diag_set(diag, DIAG_LIMIT, 0, 0, "more than 4 GiB in one text");
}

static const char *skip_start(const struct json_reader *r, const char *p)
{
    if (p == r->base && str_starts_with((struct str){p, (size_t)(r->end - p)}, STR("\xEF\xBB\xBF")))
        p += 3;
    return skip_space(p, r->end);
}

bool json_read(struct json_reader *r, struct str text, struct arena *arena, struct doc *doc,
               struct diag *diag)
{
    r->builder.duplicates = DOC_DUPLICATES_REFUSE;
    if (!begin(r, text, text.len, arena, diag))
        return false;
    const char *p = read_tree(r, skip_start(r, text.ptr), true, NULL);
    if (!p)
        return false;
    p = skip_space(p, r->end);
    if (p < r->end) {
        unexpected(r, p, "the end after the value");
        return false;
    }
    return doc_build_finish(&r->builder, text, doc);
}

bool json_read_outline(struct json_reader *r, struct str text, struct arena *arena, struct doc *doc,
                       struct diag *diag)
{
    r->outline = true;
    bool ok = json_read(r, text, arena, doc, diag);
    r->outline = false;
    return ok;
}

bool json_read_value(struct json_reader *r, struct str text, size_t *offset, size_t end,
                     struct arena *arena, struct doc *doc, struct diag *diag)
{
    r->builder.duplicates = DOC_DUPLICATES_KEEP_LAST;
    if (!begin(r, text, end, arena, diag))
        return false;
    const char *p = skip_start(r, text.ptr + *offset);
    if (p < r->end)
        p = read_tree(r, p, true, NULL);
    if (!p || !doc_build_finish(&r->builder, text, doc))
        return false;
    *offset = (size_t)(p - text.ptr);
    return true;
}
