/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a finding stands, and the lines around it. A frame shows nothing but its own object: the
 * neighbour in the file may be a Secret.
 */
#include "base/utf8.h"
#include "policy/internal.h"
#include "policy/secret.h"

static bool is_indent(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != ' ' && s.ptr[i] != '-' && s.ptr[i] != '\t')
            return false;
    return true;
}

/* Offset of a piece of the text. */
static size_t offset_in(const struct doc_lines *lines, struct str piece)
{
    return (size_t)(piece.ptr - lines->text.ptr);
}

/* The part of a line that belongs to the object; what indents it (also "- ") does too. */
static struct str own_part(const struct doc_lines *lines, struct str line,
                           const struct doc_node *object)
{
    size_t start = offset_in(lines, line);
    if (object->end > start && object->end - start < line.len)
        line = str_take(line, object->end - start);
    if (object->begin > start && !is_indent(str_take(line, object->begin - start)))
        line = str_skip(line, object->begin - start);
    return line;
}

/* Of a line too long to show, what surrounds the span. */
static struct str window(struct str line, size_t begin)
{
    size_t skip = begin > LIMIT_FRAME_BYTES / 4 ? begin - LIMIT_FRAME_BYTES / 4 : 0;
    while (skip < line.len && utf8_continues(line.ptr[skip]))
        skip++;
    return utf8_cut(str_skip(line, skip), LIMIT_FRAME_BYTES);
}

static bool is_hidden(const struct secret_spans *secrets, size_t offset)
{
    for (size_t i = 0; i < secrets->count; i++)
        if (secrets->span[i].begin <= offset && offset < secrets->span[i].end)
            return true;
    return false;
}

/* A copy with an asterisk for each code point of a secret, so that columns stay. */
static struct str copy_line(const struct doc_lines *lines, struct str part,
                            const struct secret_spans *secrets, struct arena *arena)
{
    size_t start = offset_in(lines, part), len = 0;
    char *copy = arena_alloc(arena, part.len + 1);
    if (!copy)
        return STR_EMPTY;
    for (size_t i = 0; i < part.len; i++) {
        bool hidden = is_hidden(secrets, start + i);
        if (!hidden)
            copy[len++] = part.ptr[i];
        else if (!utf8_continues(part.ptr[i]))
            copy[len++] = '*';
    }
    copy[len] = '\0';
    return (struct str){copy, len};
}

static struct str neighbour(const struct doc_lines *lines, uint32_t number,
                            const struct doc_node *object, const struct secret_spans *secrets,
                            struct arena *arena)
{
    struct str line = doc_line(lines, number);
    if (number < 1 || number > lines->count)
        return (struct str){NULL, 0};
    size_t start = offset_in(lines, line);
    if (start + line.len <= object->begin || start >= object->end)
        return (struct str){NULL, 0};
    struct str own = own_part(lines, line, object);
    if (own.ptr != line.ptr)
        return (struct str){NULL, 0};
    return copy_line(lines, utf8_cut(own, LIMIT_FRAME_BYTES), secrets, arena);
}

static void add_frame(struct finding *f, const struct doc_lines *lines, uint32_t begin,
                      const struct doc_node *object, struct arena *arena)
{
    uint32_t number = f->span.begin.line;
    struct str line = doc_line(lines, number);
    struct str own = own_part(lines, line, object);
    size_t at = offset_in(lines, own);
    struct str shown = own.len > LIMIT_FRAME_BYTES ? window(own, begin > at ? begin - at : 0) : own;
    struct secret_spans secrets;
    uint32_t after =
        number + 2 <= lines->count ? lines->starts[number + 1] : (uint32_t)lines->text.len;
    secret_find(&secrets, object, lines->starts[number > 1 ? number - 2 : 0], after);
    if (secrets.more)
        return;
    f->frame_first = number - 1;
    f->frame_skip = doc_position(lines, (uint32_t)offset_in(lines, shown)).column - 1;
    f->frame[1] = copy_line(lines, shown, &secrets, arena);
    if (!f->frame_skip) {
        f->frame[0] = neighbour(lines, number - 1, object, &secrets, arena);
        f->frame[2] = neighbour(lines, number + 1, object, &secrets, arena);
    }
}

struct finding_span frame_span(const struct doc_lines *lines, uint32_t begin, uint32_t end)
{
    struct doc_position first = doc_position(lines, begin);
    struct finding_span span = {first, first};
    struct str line = doc_line(lines, span.begin.line);
    size_t line_end = offset_in(lines, line) + line.len;
    if (end > line_end)
        end = (uint32_t)line_end;
    if (end > begin)
        span.end = doc_position(lines, end);
    return span;
}

void frame_place(struct finding *f, const struct doc_lines *lines, uint32_t begin, uint32_t end,
                 const struct object *object, struct arena *arena)
{
    f->span = frame_span(lines, begin, end);
    /* What a Secret holds is shown nowhere. */
    if (!str_is(object->kind, "Secret"))
        add_frame(f, lines, begin, object->node, arena);
}
