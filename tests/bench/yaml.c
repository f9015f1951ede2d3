/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tree costs over libyaml's own work: the documents of some files through a bare loop over
 * libyaml's events, and through the YAML reader, in turns in one run.
 *
 *   bench_yaml [FOLDER|FILE]...    default: the corpora of the external test inputs (SHARED)
 *
 * Prints MB/s of both, the best of several rounds each, and the share of the bare loop's speed that
 * is left. Documents that libyaml refuses are left out.
 */
#include "load/yaml.h"

#include "base/vec.h"
#include "support/support.h"

#include <yaml.h>

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 31, PATH = 4096 };

struct piece {
    struct str text;
    uint32_t begin, end;
};

static struct arena keep, arena;
static VEC(struct piece) pieces;
static struct yaml_reader reader;
static size_t bytes;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Whether libyaml reads it. */
static bool read_bare(const struct piece *p)
{
    yaml_parser_t parser;
    yaml_event_t e;
    yaml_event_type_t type = YAML_NO_EVENT;
    bool ok = yaml_parser_initialize(&parser);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)p->text.ptr + p->begin,
                                 p->end - p->begin);
    while (ok && type != YAML_STREAM_END_EVENT) {
        ok = yaml_parser_parse(&parser, &e);
        if (!ok)
            break;
        type = e.type;
        yaml_event_delete(&e);
    }
    yaml_parser_delete(&parser);
    return ok;
}

static bool read_tree(const struct piece *p)
{
    struct doc doc;
    struct diag diag = {0};
    uint32_t rest;
    bool ok = yaml_read(&reader, p->text, p->begin, p->end, &arena, &doc, &rest, &diag);
    arena_clear(&arena);
    return ok;
}

static void add_piece(struct str text, size_t begin, size_t end)
{
    struct piece p = {text, (uint32_t)begin, (uint32_t)end};
    if (begin == end || !read_bare(&p) || !read_tree(&p))
        return;
    struct piece *to = vec_push(&pieces, &keep);
    if (!to)
        exit(1);
    *to = p;
    bytes += end - begin;
}

static void add_file(const char *path)
{
    struct str text = support_read_file(path);
    size_t begin = 0, at = 0;
    while (at < text.len) {
        struct str rest = str_skip(text, at);
        size_t next = at + str_find(rest, '\n');
        next += next < text.len;
        if (str_starts_with(rest, STR("---"))) {
            add_piece(text, begin, at);
            begin = next;
        }
        at = next;
    }
    add_piece(text, begin, text.len);
}

static void walk(const char *path, bool named)
{
    DIR *dir = opendir(path);
    struct str p = str_from(path);
    if (!dir) {
        if (named || str_ends_with(p, STR(".yaml")) || str_ends_with(p, STR(".yml")))
            add_file(path);
        return;
    }
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        char child[PATH];
        snprintf(child, sizeof child, "%s/%s", path, e->d_name);
        if (e->d_name[0] != '.')
            walk(child, false);
    }
    closedir(dir);
}

static double round_seconds(bool (*read)(const struct piece *))
{
    double begin = now();
    for (size_t i = 0; i < pieces.count; i++)
        if (!read(&pieces.items[i]))
            exit(1);
    return now() - begin;
}

/* Rounds take turns, so that what else the machine does hits both alike. */
static void compare(void)
{
    double bare = 1e9, tree = 1e9;
    for (int i = 0; i < ROUNDS; i++) {
        double a = round_seconds(read_bare), b = round_seconds(read_tree);
        bare = a < bare ? a : bare;
        tree = b < tree ? b : tree;
    }
    printf("%zu documents, %zu bytes: events %.1f MB/s, tree %.1f MB/s, %.1f %% of it\n",
           pieces.count, bytes, (double)bytes / bare / 1e6, (double)bytes / tree / 1e6,
           100 * bare / tree);
}

int main(int argc, char **argv)
{
    char path[PATH];
    arena_init(&keep, LIMIT_FILE_ARENA);
    arena_init(&arena, LIMIT_FILE_ARENA);
    yaml_reader_init(&reader);
    for (int i = 1; i < argc; i++)
        walk(argv[i], true);
    if (argc == 1 && support_shared()) {
        snprintf(path, sizeof path, "%s/corpora", support_shared());
        walk(path, false);
    }
    if (!pieces.count) {
        puts("absent: a folder of manifests, or SHARED in the environment");
        return 77;
    }
    compare();
    yaml_reader_release(&reader);
    arena_release(&arena);
    arena_release(&keep);
    return 0;
}
