/* SPDX-License-Identifier: Apache-2.0
 *
 * tests/fixtures/streams: odd streams, with what kubectl 1.36 made of each (tests/e2e/streams asks
 * it again) and what is read here. Where kubectl creates an object that is not read, or refuses
 * nothing where an error is shown, the table says why.
 */
#include "doc/position.h"
#include "load/stream.h"
#include "support/support.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 6, LINE = 512, MAX = 256 };

struct read {
    struct str text;
    char names[MAX], errors[MAX];
};

static void append(char *list, const char *text, int len)
{
    size_t used = strlen(list);
    snprintf(list + used, MAX - used, "%s%.*s", used ? "," : "", len, text);
}

static void add_object(struct read *read, const struct doc_node *object)
{
    const struct doc_node *name = doc_get(doc_get(object, N_metadata), N_name);
    if (doc_is(name, DOC_STR))
        append(read->names, name->v.s, (int)name->len);
    else
        append(read->names, "?", 1);
}

static bool visit(void *context, const struct stream_item *item)
{
    struct read *read = context;
    if (item->error) {
        char place[32];
        struct doc_position at = doc_position_in(read->text, item->error->begin);
        int len = snprintf(place, sizeof place, "%u:%u", at.line, at.column);
        append(read->errors, place, len);
        return true;
    }
    const struct doc_node *items = doc_get(item->doc->root, N_items);
    if (!items)
        add_object(read, item->doc->root);
    doc_foreach_item (items, object)
        add_object(read, object);
    return true;
}

static const char *fixtures(char *path, const char *name, const char *suffix)
{
    const char *source = getenv("SOURCE_DIR");
    snprintf(path, LINE, "%s/tests/fixtures/streams/%s%s", source ? source : ".", name, suffix);
    return path;
}

/* Whether all of the comma-separated names of part stand in whole, in order. */
static bool contains(const char *whole, const char *part)
{
    while (*part) {
        size_t len = strcspn(part, ",");
        while (*whole && (strncmp(whole, part, len) != 0 || (whole[len] && whole[len] != ','))) {
            whole += strcspn(whole, ",");
            whole += *whole == ',';
        }
        if (!*whole)
            return false;
        part += len + (part[len] == ',');
    }
    return true;
}

static void check_row(char *const *row)
{
    char path[LINE];
    struct str text = support_read_file(fixtures(path, row[0], ".yaml"));
    struct read read = {.text = text};
    struct arena arena;
    struct source source = {str_from(row[0]), text};
    arena_init(&arena, LIMIT_FILE_ARENA);
    cr_expect(stream_read(&source, &arena, visit, &read));
    cr_expect_str_eq(read.names, row[3], "%s: read \"%s\", expected \"%s\"", row[0], read.names,
                     row[3]);
    cr_expect_str_eq(read.errors, row[4], "%s: errors \"%s\", expected \"%s\"", row[0], read.errors,
                     row[4]);
    bool same = contains(row[3], row[2]) && (*row[1] != '0' || !*row[4]);
    cr_expect(same || *row[5], "%s: differs from kubectl without a reason", row[0]);
    arena_release(&arena);
    free((void *)(uintptr_t)text.ptr);
}

Test(stream_table, odd_streams_are_read_as_kubectl_reads_them)
{
    char path[LINE], line[LINE];
    FILE *table = fopen(fixtures(path, "expected", ".tsv"), "r");
    unsigned rows = 0;
    cr_assert(table, "%s", path);
    while (fgets(line, sizeof line, table)) {
        char *row[COLUMNS], *at = line;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#')
            continue;
        for (int i = 0; i < COLUMNS; i++) {
            row[i] = at;
            at += strcspn(at, "\t");
            if (*at)
                *at++ = '\0';
        }
        check_row(row);
        rows++;
    }
    fclose(table);
    cr_assert_geq(rows, 100, "the table was cut short");
}
