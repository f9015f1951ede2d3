/* SPDX-License-Identifier: Apache-2.0 */
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

const char *support_shared(void)
{
    const char *shared = getenv("SHARED");
    return shared && *shared ? shared : NULL;
}

struct str support_read_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    struct stat st;
    if (!in || fstat(fileno(in), &st) != 0) {
        perror(path);
        exit(1);
    }
    size_t size = (size_t)st.st_size;
    char *text = malloc(size + 1);
    if (!text || fread(text, 1, size, in) != size)
        exit(1);
    fclose(in);
    text[size] = '\0';
    return (struct str){text, size};
}
