/* SPDX-License-Identifier: Apache-2.0
 *
 * What any reader of YAML that stands on libyaml costs at least: the files are read, and all their
 * events taken and thrown away.
 *
 *   bench_events FILE...
 *
 * Prints the names of the files that libyaml can read to their ends.
 */
#include <yaml.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static unsigned char *read_file(const char *path, size_t *size)
{
    struct stat st;
    FILE *file = fopen(path, "rb");
    if (!file || fstat(fileno(file), &st) != 0) {
        perror(path);
        exit(1);
    }
    setvbuf(file, NULL, _IONBF, 0);
    unsigned char *bytes = malloc((size_t)st.st_size + 1);
    *size = bytes ? fread(bytes, 1, (size_t)st.st_size, file) : 0;
    fclose(file);
    return bytes;
}

static bool take_events(const unsigned char *bytes, size_t size)
{
    yaml_parser_t parser;
    yaml_event_t event;
    yaml_event_type_t type = YAML_NO_EVENT;
    yaml_parser_initialize(&parser);
    yaml_parser_set_input_string(&parser, bytes, size);
    while (type != YAML_STREAM_END_EVENT && yaml_parser_parse(&parser, &event)) {
        type = event.type;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return type == YAML_STREAM_END_EVENT;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        size_t size;
        unsigned char *bytes = read_file(argv[i], &size);
        if (bytes && take_events(bytes, size))
            puts(argv[i]);
        free(bytes);
    }
    return 0;
}
