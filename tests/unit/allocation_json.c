/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON reader when memory runs out, at each of its allocations in turn.
 */
#include "load/json.h"
#include "support/failmalloc.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

enum { ITEMS = 3000, KEYS = 40 };

/* Everything that takes memory: a stack that grows, arena blocks, escapes, a map large enough to be
 * sorted, duplicate keys. */
static struct str make_text(void)
{
    char *text = malloc(200000), *p = text;
    cr_assert(text);
    p += sprintf(p, "{\"list\":[");
    for (int i = 0; i < ITEMS; i++)
        p += sprintf(p, "{\"name\":\"a\\u00e9\\n\"},");
    p += sprintf(p, "0],\"map\":{");
    for (int i = 0; i < KEYS; i++)
        p += sprintf(p, "\"k%d\":%d,", i % (KEYS - 5), i);
    p += sprintf(p, "\"metadata\":{\"managedFields\":[{\"fieldsV1\":{\"\\\"\":{}}}]}}}");
    return (struct str){text, (size_t)(p - text)};
}

static void demand_whole(const struct doc *doc)
{
    const struct doc_node *list = doc_get_str(doc->root, STR("list"));
    const struct doc_node *map = doc_get_str(doc->root, STR("map"));
    cr_expect(doc_is(list, DOC_SEQ) && list->len == ITEMS + 1);
    cr_expect(doc_is(map, DOC_MAP) && map->len == KEYS - 5 + 1);
    cr_expect(doc->duplicate_total == 5);
    cr_expect(str_equal(doc_str(doc_get(&list->v.item[ITEMS - 1], N_name)), STR("a\u00e9\n")));
}

/* One read with the n-th allocation failing; whether it was reached. */
static bool read_with_failure(struct str text, unsigned long n, bool onwards)
{
    long before = failmalloc_live();
    struct json_reader reader;
    struct arena arena;
    struct doc doc = {0};
    struct diag diag = {0};
    size_t offset = 0;
    json_reader_init(&reader);
    arena_init(&arena, LIMIT_REQUEST_ARENA);
    failmalloc_arm(n, onwards);
    bool ok = json_read_value(&reader, text, &offset, text.len, &arena, &doc, &diag);
    bool reached = failmalloc_disarm();
    if (ok)
        demand_whole(&doc);
    cr_expect(ok == !reached, "allocation %lu", n);
    cr_expect(ok || (diag.code == DIAG_MEMORY && arena.failed && offset == 0), "allocation %lu", n);
    arena_clear(&arena);
    cr_expect(reached || !arena.failed);
    diag = (struct diag){0};
    cr_expect(json_read(&reader, STR("{\"a\":[1]}"), &arena, &doc, &diag), "read again: %s",
              diag.text);
    json_reader_release(&reader);
    arena_release(&arena);
    cr_expect(failmalloc_live() == before, "allocation %lu: %ld blocks leaked", n,
              failmalloc_live() - before);
    return reached;
}

static void fail_each(bool onwards)
{
    struct str text = make_text();
    unsigned long n = 1;
    while (read_with_failure(text, n, onwards))
        n++;
    cr_expect(n > 10, "only %lu allocations", n - 1); /* or nothing was tried */
    free((void *)(uintptr_t)text.ptr);
}

Test(allocation_json, one_fails)
{
    fail_each(false);
}

Test(allocation_json, all_from_one_on_fail)
{
    fail_each(true);
}
