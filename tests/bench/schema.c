/* SPDX-License-Identifier: Apache-2.0
 *
 * The schema walk against a bare loop over libyaml's events of the same bytes, and the decoder's
 * verdict on a request's object.
 *
 *   bench_schema FILE...
 */
#include "kube/schema.h"

#include "kube/object.h"
#include "load/stream.h"
#include "support/support.h"

#include <yaml.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct object objects[20000];
static const struct schema_type *types[20000];
static size_t count, bytes, nodes, reports;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static size_t count_nodes(const struct doc_node *n)
{
    size_t sum = 1;
    doc_foreach_item (n, it)
        sum += count_nodes(it);
    doc_foreach_entry (n, e)
        sum += count_nodes(&e->value);
    return sum;
}

static bool keep_object(void *context, const struct object *object)
{
    (void)context;
    const struct schema_type *type =
        schema_find(&schema_builtin, object->api_version, object->kind);
    if (!type || count == sizeof objects / sizeof *objects)
        return true;
    objects[count] = *object;
    types[count++] = type;
    nodes += count_nodes(object->node);
    return true;
}

static bool keep(void *context, const struct stream_item *item)
{
    struct doc *doc = context ? malloc(sizeof *doc) : NULL;
    if (!item->doc || !doc)
        return true;
    *doc = *item->doc; /* the item lives only until we return */
    return object_foreach(doc, keep_object, NULL);
}

static bool tally(void *context, const struct schema_report *report)
{
    (void)context, (void)report;
    reports++;
    return true;
}

static double parse(struct str text)
{
    yaml_parser_t parser;
    yaml_event_t event;
    double start = now();
    bool more = true;
    yaml_parser_initialize(&parser);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.ptr, text.len);
    while (more && yaml_parser_parse(&parser, &event)) {
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return now() - start;
}

enum { ROUNDS = 20 };

int main(int argc, char **argv)
{
    struct arena arena;
    double bare = 0, walk = 1e9, decode = 1e9;
    arena_init(&arena, (size_t)4 << 30);
    for (int i = 1; i < argc; i++) {
        struct source source = {str_from(argv[i]), support_read_file(argv[i])};
        bytes += source.text.len;
        bare += parse(source.text);
        stream_read(&source, &arena, keep, &arena);
    }
    for (int round = 0; round < ROUNDS; round++) {
        double start = now();
        for (size_t i = 0; i < count; i++)
            schema_walk(&schema_builtin, types[i], objects[i].node, tally, NULL);
        double middle = now();
        for (size_t i = 0; i < count; i++)
            schema_decodes(objects[i].node, types[i], NULL);
        double end = now();
        walk = middle - start < walk ? middle - start : walk;
        decode = end - middle < decode ? end - middle : decode;
    }
    if (!count) {
        fprintf(stderr, "usage: bench_schema FILE...\n");
        return 2;
    }
    printf("%zu objects, %zu values, %.1f MB, %zu reports\n", count, nodes, (double)bytes * 1e-6,
           reports / ROUNDS);
    printf("libyaml alone      %8.3f ms\n", bare * 1e3);
    printf("schema walk        %8.3f ms  %5.1f ns a value  %.1f %% of libyaml\n", walk * 1e3,
           walk * 1e9 / (double)nodes, 100 * walk / bare);
    printf("decoder's verdict  %8.3f ms  %5.1f ns a value\n", decode * 1e3,
           decode * 1e9 / (double)nodes);
    return 0;
}
