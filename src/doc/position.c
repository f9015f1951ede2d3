/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/position.h"

#include "base/utf8.h"

/* Bytes of the line end at offset: 0 where there is none, 2 for \r\n. */
static size_t line_end(struct str text, size_t at)
{
    if (at < text.len && text.ptr[at] == '\n')
        return 1;
    if (at < text.len && text.ptr[at] == '\r')
        return at + 1 < text.len && text.ptr[at + 1] == '\n' ? 2 : 1;
    return 0;
}

/* Offset of the next \n or \r at or after from, or text.len. */
static size_t find_line_end(struct str text, size_t from)
{
    struct str line = str_skip(text, from);
    line.len = str_find(line, '\n');
    return from + str_find(line, '\r');
}

static uint32_t column_of(struct str text, size_t start, size_t offset)
{
    return (uint32_t)utf8_count(str_take(str_skip(text, start), offset - start)) + 1;
}

/* First bytes of code points: in UTF-8 all but continuations. */
static uint32_t count_first_bytes(struct str s)
{
    uint32_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += !utf8_continues(s.ptr[i]);
    return count;
}

/* NULL when the arena failed. */
static const uint32_t *count_stretches(struct str text, struct arena *arena)
{
    size_t count = text.len / DOC_STRETCH + 1;
    uint32_t *points = arena_alloc(arena, count * sizeof *points);
    if (!points)
        return NULL;
    points[0] = 0;
    for (size_t i = 1; i < count; i++)
        points[i] = points[i - 1] +
                    count_first_bytes(str_take(str_skip(text, (i - 1) * DOC_STRETCH), DOC_STRETCH));
    return points;
}

static uint32_t points_before(const struct doc_lines *lines, size_t offset)
{
    size_t stretch = offset / DOC_STRETCH, start = stretch * DOC_STRETCH;
    return lines->points[stretch] +
           count_first_bytes(str_take(str_skip(lines->text, start), offset - start));
}

bool doc_lines_init(struct doc_lines *lines, struct str text, struct arena *arena)
{
    uint32_t count = 1;
    for (size_t at = find_line_end(text, 0); at < text.len; count++)
        at = find_line_end(text, at + line_end(text, at));
    uint32_t *starts = arena_alloc(arena, count * sizeof *starts);
    const uint32_t *points = count_stretches(text, arena);
    if (!starts || !points)
        return false;
    size_t start = 0;
    for (uint32_t i = 0; i < count; i++) {
        starts[i] = (uint32_t)start;
        size_t at = find_line_end(text, start);
        start = at + line_end(text, at);
    }
    *lines = (struct doc_lines){text, starts, count, points};
    return true;
}

struct doc_position doc_position(const struct doc_lines *lines, uint32_t offset)
{
    uint32_t low = 0, high = lines->count;
    if (offset > lines->text.len)
        offset = (uint32_t)lines->text.len;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (lines->starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    size_t start = lines->starts[low];
    uint32_t column = offset - start < DOC_STRETCH
                          ? column_of(lines->text, start, offset)
                          : points_before(lines, offset) - points_before(lines, start) + 1;
    return (struct doc_position){low + 1, column};
}

struct str doc_line(const struct doc_lines *lines, uint32_t n)
{
    if (n < 1 || n > lines->count)
        return STR_EMPTY;
    struct str line = str_skip(lines->text, lines->starts[n - 1]);
    if (n < lines->count) {
        line.len = lines->starts[n] - lines->starts[n - 1];
        line.len -= str_ends_with(line, STR("\r\n")) ? 2 : 1;
    }
    return line;
}

struct doc_position doc_position_in(struct str text, uint32_t offset)
{
    struct doc_position p = {1, 1};
    size_t start = 0, end = offset < text.len ? offset : text.len;
    for (size_t at = find_line_end(text, 0); at < end; at = find_line_end(text, start)) {
        size_t next = at + line_end(text, at);
        if (next > end)
            break;
        start = next;
        p.line++;
    }
    p.column = column_of(text, start, end);
    return p;
}

bool doc_position_fault(struct diag *diag, struct str path, struct str text,
                        const struct diag *fault)
{
    struct doc_position at = doc_position_in(text, fault->begin);
    if (fault->code == DIAG_MEMORY)
        return diag_set(diag, fault->code, 0, 0, "%.*s: %s", STR_ARG(path), fault->text);
    return diag_set(diag, fault->code, 0, 0, "%.*s:%u:%u: %s", STR_ARG(path), at.line, at.column,
                    fault->text);
}
