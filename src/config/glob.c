/* SPDX-License-Identifier: Apache-2.0
 *
 * A pattern is translated to a regular expression over bytes.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "config/glob.h"

#include <pcre2.h>

enum {
    MOST_STEPS = 200000, /* of one match: PCRE2 gives up there, in milliseconds */
    MOST_PATTERN = 16 << 10
};

/* Letters and digits are themselves; all else is escaped, which PCRE2 takes for any ASCII
 * punctuation. */
static void add_literal(struct buf *out, char c)
{
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain)
        buf_add_char(out, c);
    else
        buf_printf(out, "\\x%02x", (unsigned)(unsigned char)c);
}

/* [abc], [!a-z], []a]; returns the byte after it, or 0 when it is not closed. POSIX classes are
 * passed on as they are. */
static size_t add_class(struct buf *out, struct str p, size_t at)
{
    size_t i = at + 1;
    bool negated = i < p.len && (p.ptr[i] == '!' || p.ptr[i] == '^');
    i += negated;
    buf_add_c(out, negated ? "(?!/)[^" : "(?!/)[");
    for (size_t first = i; i < p.len && (p.ptr[i] != ']' || i == first); i++) {
        struct str rest = str_skip(p, i);
        size_t close = str_find_str(rest, STR(":]"));
        if (str_starts_with(rest, STR("[:")) && close < rest.len) {
            buf_add(out, rest.ptr, close + strlen(":]"));
            i += close + 1;
        } else if (p.ptr[i] == '-' && i > first && i + 1 < p.len && p.ptr[i + 1] != ']') {
            buf_add_char(out, '-');
        } else {
            i += p.ptr[i] == '\\' && i + 1 < p.len;
            add_literal(out, p.ptr[i]);
        }
    }
    buf_add_char(out, ']');
    return i < p.len ? i + 1 : 0;
}

/* One or more stars at `at`; returns the byte after what they stand for. */
static size_t add_stars(struct buf *out, struct str p, size_t at)
{
    size_t end = at;
    while (end < p.len && p.ptr[end] == '*')
        end++;
    bool whole = end - at == 2 && (at == 0 || p.ptr[at - 1] == '/');
    if (whole && end < p.len && p.ptr[end] == '/') {
        buf_add_c(out, "(?:.*/)?"); /* any directories, or none */
        return end + 1;
    }
    buf_add_c(out, whole && end == p.len ? ".+" : "[^/]*");
    return end;
}

static bool translate(struct buf *out, struct str p, bool anchored)
{
    buf_add_c(out, anchored ? "\\A" : "\\A(?:.*/)?");
    for (size_t i = 0; i < p.len;) {
        char c = p.ptr[i];
        if (c == '*') {
            i = add_stars(out, p, i);
        } else if (c == '?') {
            buf_add_c(out, "[^/]");
            i++;
        } else if (c == '[') {
            i = add_class(out, p, i);
            if (i == 0)
                return false;
        } else {
            i += c == '\\' && i + 1 < p.len;
            add_literal(out, p.ptr[i++]);
        }
    }
    buf_add_c(out, "\\z");
    return !out->failed;
}

static bool compile(struct glob *glob, struct str regex, struct diag *diag)
{
    int number;
    PCRE2_SIZE offset;
    glob->code = pcre2_compile((PCRE2_SPTR)regex.ptr, regex.len, PCRE2_DOTALL | PCRE2_NEVER_UTF,
                               &number, &offset, NULL);
    if (!glob->code && number != PCRE2_ERROR_HEAP_FAILED)
        return diag_set(diag, DIAG_VALUE, 0, 0, "not a pattern as .gitignore has them");
    glob->match = pcre2_match_data_create(1, NULL);
    glob->context = pcre2_match_context_create(NULL);
    if (!glob->code || !glob->match || !glob->context)
        return diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    pcre2_set_match_limit(glob->context, MOST_STEPS);
    return true;
}

bool glob_init(struct glob *glob, struct str pattern, struct diag *diag)
{
    *glob = (struct glob){.negated = str_starts_with(pattern, STR("!"))};
    struct str p = str_skip(pattern, glob->negated);
    glob->directories = str_ends_with(p, STR("/"));
    p = str_take(p, p.len - glob->directories);
    bool anchored = str_find(p, '/') < p.len;
    p = str_skip(p, str_starts_with(p, STR("/")));
    struct buf regex;
    buf_init(&regex, MOST_PATTERN);
    bool ok = translate(&regex, p, anchored);
    if (regex.no_memory)
        diag_set(diag, DIAG_MEMORY, 0, 0, "out of memory");
    else if (regex.failed)
        diag_set(diag, DIAG_LIMIT, 0, 0, "expected a shorter pattern");
    else if (!ok)
        diag_set(diag, DIAG_VALUE, 0, 0, "expected ] after [ in the pattern");
    ok = ok && compile(glob, buf_str(&regex), diag);
    buf_release(&regex);
    if (!ok)
        glob_release(glob);
    return ok;
}

void glob_release(struct glob *glob)
{
    pcre2_match_context_free(glob->context);
    pcre2_match_data_free(glob->match);
    pcre2_code_free(glob->code);
    *glob = (struct glob){0};
}

bool glob_match(struct glob *glob, struct str path, bool is_directory)
{
    if (glob->directories && !is_directory)
        return false;
    int matches =
        pcre2_match(glob->code, (PCRE2_SPTR)path.ptr, path.len, 0, 0, glob->match, glob->context);
    glob->no_memory |= matches == PCRE2_ERROR_NOMEMORY;
    return matches >= 0;
}
