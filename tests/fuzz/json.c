/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON reader against jansson: both take or refuse a text, and where they take it the trees are
 * equal. They differ on purpose, and only so:
 *
 *   ceilings of limits.h               jansson's depth is 2048, its number of values unbounded
 *   whole numbers beyond int64         jansson refuses them; here DOC_REAL with DOC_TOO_LARGE
 *   \u0000 in a key                    jansson refuses it
 *   U+FFFD in a key that stands twice   jansson refuses it
 *   a BOM before the value             jansson refuses it
 *   a NUL byte after the value         jansson's mistake: its token for the end is 0 too
 *   below fieldsV1 of managedFields    checked, not kept: keys may stand twice, numbers be large,
 *                                      depth 16384, and in a request bytes be no UTF-8
 *
 * Besides: spans nest and follow each other, a text taken as a request is taken as a file with the
 * same tree, and every error has a place and a text.
 */
#include "load/json.h"

#include <jansson.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define DEMAND(condition) ((condition) ? (void)0 : demand_failed(#condition, __LINE__))

static void demand_failed(const char *what, int line)
{
    fprintf(stderr, "tests/fuzz/json.c:%d: not so: %s\n", line, what);
    abort();
}

static bool has_flag(const struct doc_node *n, unsigned flag)
{
    if (n->flags & flag)
        return true;
    doc_foreach_item (n, it)
        if (has_flag(it, flag))
            return true;
    doc_foreach_entry (n, e)
        if (has_flag(&e->value, flag))
            return true;
    return false;
}

/* begin: no byte before it is the node's. */
static void check_spans(const struct doc_node *n, uint32_t begin, uint32_t end)
{
    DEMAND(begin <= n->begin && n->begin < n->end && n->end <= end);
    begin = n->begin + 1;
    doc_foreach_item (n, it) {
        check_spans(it, begin, n->end - 1);
        begin = it->end + 1;
    }
    doc_foreach_entry (n, e) {
        DEMAND(begin <= e->key_begin && e->key_begin + 2 <= e->key_end);
        DEMAND(e->name == name_lookup(doc_key(e)));
        check_spans(&e->value, e->key_end + 1, n->end - 1);
        begin = e->value.end + 1;
    }
}

static void check_error(const struct diag *diag, size_t size)
{
    DEMAND(diag->code != DIAG_NONE && diag->code != DIAG_MEMORY && diag->text[0]);
    DEMAND(diag->begin <= diag->end && diag->end <= size);
}

/* --- Equality --- */

static bool same_scalar(const struct doc_node *x, const struct doc_node *y)
{
    if (x->kind == DOC_STR)
        return str_equal(doc_str(x), doc_str(y));
    if (x->kind == DOC_BOOL)
        return x->v.b == y->v.b;
    return x->kind == DOC_NULL || x->v.i == y->v.i; /* a double by its bits */
}

/* 1.0 of a file is 1, as kubectl sends it. */
static bool same_as_sent(const struct doc_node *request, const struct doc_node *file)
{
    double sent = file->kind == DOC_INT ? (double)file->v.i : file->v.r;
    return (file->kind == DOC_INT || file->kind == DOC_REAL) && sent == request->v.r &&
           request->begin == file->begin && request->end == file->end;
}

static bool same_tree(const struct doc_node *x, const struct doc_node *y)
{
    if (x->kind == DOC_REAL && !(x->flags & DOC_TOO_LARGE))
        return same_as_sent(x, y);
    if (x->kind != y->kind || x->flags != y->flags || x->begin != y->begin || x->end != y->end ||
        x->len != y->len)
        return false;
    if (x->kind < DOC_SEQ)
        return same_scalar(x, y);
    bool same = true;
    for (uint32_t i = 0; i < x->len && same; i++)
        same = x->kind == DOC_SEQ ? same_tree(&x->v.item[i], &y->v.item[i])
                                  : str_equal(doc_key(&x->v.entry[i]), doc_key(&y->v.entry[i])) &&
                                        same_tree(&x->v.entry[i].value, &y->v.entry[i].value);
    return same;
}

static bool equals_jansson(const struct doc_node *n, json_t *json);

static bool map_equals(const struct doc_node *n, json_t *json)
{
    if (!json_is_object(json) || json_object_size(json) != n->len)
        return false;
    void *it = json_object_iter(json);
    doc_foreach_entry (n, e) { /* jansson keeps the order too */
        struct str key = {json_object_iter_key(it), json_object_iter_key_len(it)};
        if (!str_equal(key, doc_key(e)) || !equals_jansson(&e->value, json_object_iter_value(it)))
            return false;
        it = json_object_iter_next(json, it);
    }
    return true;
}

static bool seq_equals(const struct doc_node *n, json_t *json)
{
    if (!json_is_array(json) || json_array_size(json) != n->len)
        return false;
    for (uint32_t i = 0; i < n->len; i++)
        if (!equals_jansson(&n->v.item[i], json_array_get(json, i)))
            return false;
    return true;
}

static bool equals_jansson(const struct doc_node *n, json_t *json)
{
    if (n->kind != DOC_STR && n->flags & DOC_OPAQUE)
        return n->kind == DOC_MAP ? json_is_object(json) : json_is_array(json);
    switch ((enum doc_kind)n->kind) {
    case DOC_NULL:
        return json_is_null(json);
    case DOC_BOOL:
        return json_is_boolean(json) && json_is_true(json) == n->v.b;
    case DOC_INT:
        return json_is_integer(json) && json_integer_value(json) == n->v.i;
    case DOC_REAL: {
        double theirs = json_real_value(json);
        return json_is_real(json) && memcmp(&theirs, &n->v.r, sizeof theirs) == 0;
    }
    case DOC_STR: {
        struct str theirs = {json_string_value(json), json_string_length(json)};
        return json_is_string(json) && str_equal(theirs, doc_str(n));
    }
    case DOC_SEQ:
        return seq_equals(n, json);
    case DOC_MAP:
        return map_equals(n, json);
    }
    return false;
}

/* --- The comparison --- */

static bool has_infinite(const struct doc_node *n)
{
    if (n->kind == DOC_REAL && isinf(n->v.r))
        return true;
    doc_foreach_item (n, it)
        if (has_infinite(it))
            return true;
    doc_foreach_entry (n, e)
        if (has_infinite(&e->value))
            return true;
    return false;
}

/* Whether jansson may refuse what is taken here. */
static bool may_refuse(const struct doc *request, const json_error_t *error)
{
    const struct doc_node *root = request->root;
    switch ((int)json_error_code(error)) {
    case json_error_null_byte_in_key:
        return true;
    case json_error_numeric_overflow:
        return has_flag(root, DOC_TOO_LARGE | DOC_OPAQUE) || has_infinite(root);
    case json_error_duplicate_key:
        return request->duplicate_total || has_flag(root, DOC_OPAQUE);
    case json_error_stack_overflow:
        return has_flag(root, DOC_OPAQUE);
    }
    return false;
}

static json_t *jansson_loads(struct str text, json_error_t *error)
{
    if (str_starts_with(text, STR("\xEF\xBB\xBF")))
        text = str_skip(text, 3);
    return json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL,
                      error);
}

static void compare_taken(struct json_reader *reader, const struct doc *request, struct str text)
{
    json_error_t error;
    check_spans(request->root, 0, (uint32_t)text.len);
    struct arena arena;
    struct doc file;
    struct diag diag = {0};
    size_t offset = 0;
    arena_init(&arena, LIMIT_FILE_ARENA);
    bool taken = json_read_value(reader, text, &offset, text.len, &arena, &file, &diag);
    if (!taken) { /* what may be in a request only */
        bool large = strstr(diag.text, "number too large");
        DEMAND((large && has_infinite(request->root)) ||
               ((large || diag.code == DIAG_ENCODING) && has_flag(request->root, DOC_OPAQUE)));
        arena_release(&arena);
        return;
    }
    json_t *json = jansson_loads(text, &error);
    if (json)
        DEMAND(equals_jansson(request->root, json));
    else
        DEMAND(may_refuse(request, &error));
    json_decref(json);
    DEMAND(same_tree(request->root, file.root) && offset >= file.root->end);
    DEMAND(json_read_value(reader, text, &offset, text.len, &arena, &file, &diag) && !file.root);
    arena_release(&arena);
}

static void compare_refused(const struct diag *diag, struct str text)
{
    check_error(diag, text.len);
    if (diag->code == DIAG_LIMIT)
        return;
    json_error_t error;
    json_t *json = jansson_loads(text, &error);
    DEMAND(!json || (diag->begin < text.len && !text.ptr[diag->begin]));
    json_decref(json);
}

/* As a file: value after value. */
static void read_all(struct json_reader *reader, struct str text)
{
    struct arena arena;
    struct doc doc;
    struct diag diag = {0};
    size_t offset = 0, before;
    arena_init(&arena, LIMIT_FILE_ARENA);
    do {
        before = offset;
        if (!json_read_value(reader, text, &offset, text.len, &arena, &doc, &diag)) {
            check_error(&diag, text.len);
            break;
        }
        DEMAND(!doc.root || (offset > before && doc.root->begin >= before));
        DEMAND(doc.duplicate_count <= doc.duplicate_total);
    } while (doc.root);
    arena_release(&arena);
}

/* An outline leaves out objects, and nothing else that is wrong. */
static void read_outline(struct json_reader *reader, struct str text, bool taken)
{
    struct arena arena;
    struct doc doc;
    struct diag diag = {0};
    arena_init(&arena, LIMIT_REQUEST_ARENA);
    bool outlined = json_read_outline(reader, text, &arena, &doc, &diag);
    DEMAND(outlined || !taken);
    if (outlined)
        check_spans(doc.root, 0, (uint32_t)text.len);
    else
        check_error(&diag, text.len);
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct json_reader reader; /* kept: what one text leaves must not disturb the next */
    if (!reader.builder.stack)
        json_reader_init(&reader);
    struct str text = {(const char *)data, size};
    struct arena arena;
    struct doc doc;
    struct diag diag = {0};
    arena_init(&arena, LIMIT_REQUEST_ARENA);
    bool taken = size && json_read(&reader, text, &arena, &doc, &diag);
    if (taken)
        compare_taken(&reader, &doc, text);
    else if (size)
        compare_refused(&diag, text);
    if (size)
        read_outline(&reader, text, taken);
    read_all(&reader, text);
    arena_release(&arena);
    return 0;
}
