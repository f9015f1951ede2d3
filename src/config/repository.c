/* SPDX-License-Identifier: Apache-2.0 */
#include "config/repository.h"

#include "base/limits.h"

#include <unistd.h>

size_t repository_root(struct str directory)
{
    for (size_t len = directory.len; len > 0;) {
        char path[LIMIT_PATH_BYTES + sizeof ".git"];
        snprintf(path, sizeof path, "%.*s.git", (int)len, directory.ptr);
        if (access(path, F_OK) == 0)
            return len;
        for (len--; len > 0 && directory.ptr[len - 1] != '/'; len--)
            ;
    }
    return 0;
}

void repository_here(struct arena *arena, struct str *root, struct str *prefix)
{
    char path[LIMIT_PATH_BYTES];
    *root = *prefix = STR_EMPTY;
    if (!getcwd(path, sizeof path - 1))
        return;
    struct str here = arena_printf(arena, "%s%s", path, strcmp(path, "/") == 0 ? "" : "/");
    size_t len = repository_root(here);
    if (len) {
        *root = str_take(here, len);
        *prefix = str_skip(here, len);
    }
}
