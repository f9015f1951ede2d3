/* SPDX-License-Identifier: Apache-2.0
 *
 * The readers drop comments, so the lines above the root are read backwards, as far as there is
 * nothing but comments.
 */
#include "policy/source_comment.h"

#include "base/limits.h"

/* The last line of s, without its end. */
static struct str last_line(struct str s)
{
    if (str_ends_with(s, STR("\n")))
        s.len--;
    if (str_ends_with(s, STR("\r")))
        s.len--;
    size_t before = str_rfind(s, '\n');
    return before == s.len ? s : str_skip(s, before + 1);
}

struct str source_comment(const struct doc *doc)
{
    struct str head = str_take(doc->text, doc->root ? doc->root->begin : 0);
    size_t line_end = str_rfind(head, '\n');
    head.len = line_end == head.len ? 0 : line_end + 1; /* less what indents the root's own line */
    while (head.len) {
        struct str line = last_line(head);
        struct str word = str_trim(line);
        head.len = (size_t)(line.ptr - head.ptr);
        if (str_starts_with(word, STR("# Source: "))) {
            struct str path = str_trim(str_skip(word, strlen("# Source: ")));
            return path.len <= LIMIT_PATH_BYTES ? path : STR_EMPTY;
        }
        if (word.len && word.ptr[0] != '#')
            break;
    }
    return STR_EMPTY;
}
