/* SPDX-License-Identifier: Apache-2.0
 *
 * A pattern, a line break, a path: any pattern is taken or refused with a reason, no match takes
 * long, and a pattern that is the path itself, escaped, matches it.
 */
#include "config/glob.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LONGEST = 1024 };

static void check_literal(struct str path)
{
    char pattern[2 * LONGEST + 1];
    size_t len = 0;
    struct glob glob;
    struct diag diag = {0};
    for (size_t i = 0; i < path.len; i++) {
        if (strchr("\\*?[!# ", path.ptr[i]))
            pattern[len++] = '\\';
        pattern[len++] = path.ptr[i];
    }
    if (!glob_init(&glob, (struct str){pattern, len}, &diag) || !glob_match(&glob, path, false)) {
        fprintf(stderr, "tests/fuzz/glob.c: a literal does not match itself\n");
        abort();
    }
    glob_release(&glob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {size ? (const char *)data : "", size};
    struct str pattern = str_take(text, str_find(text, '\n'));
    struct str path = str_skip(text, pattern.len + 1);
    struct glob glob;
    struct diag diag = {0};
    if (size > LONGEST)
        return 0;
    if (glob_init(&glob, pattern, &diag)) {
        glob_match(&glob, path, true);
        glob_match(&glob, path, false);
        glob_release(&glob);
    } else if (diag.code == DIAG_NONE || !diag.text[0]) {
        abort();
    }
    bool plain = path.len && path.ptr[0] != '/' && path.ptr[path.len - 1] != '/' &&
                 !memchr(path.ptr, '\0', path.len);
    if (plain)
        check_literal(path);
    return 0;
}
