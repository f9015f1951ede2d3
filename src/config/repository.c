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

struct str repository_prefix(struct arena *arena)
{
    char path[LIMIT_PATH_BYTES];
    if (!getcwd(path, sizeof path - 1))
        return STR_EMPTY;
    struct str here = arena_printf(arena, "%s%s", path, strcmp(path, "/") == 0 ? "" : "/");
    size_t root = repository_root(here);
    return root ? str_skip(here, root) : STR_EMPTY;
}
