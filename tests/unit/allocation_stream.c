/* SPDX-License-Identifier: Apache-2.0
 *
 * The YAML reader and the stream when memory runs out, at each of its allocations in turn,
 * libyaml's among them: never a crash, never a document that only seems whole.
 */
#include "load/stream.h"
#include "support/failmalloc.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

/* KEYS: sorted, but within the KiB that glibc's qsort takes no memory for: it does without. */
enum { ITEMS = 400, KEYS = 30, DOCUMENTS = 3, SIZE = 100000 };

/* Everything that takes memory: a stack that grows, arena blocks, escapes, a map large enough to be
 * sorted, duplicates, anchors enough for a table, merges, base64, number keys, JSON. */
static struct str make_text(void)
{
    char *text = malloc(SIZE), *p = text;
    cr_assert(text);
    p += sprintf(p, "list:\n");
    for (int i = 0; i < ITEMS; i++)
        p += sprintf(p, "- &a%d \"a\\u00e9\\n\"\n", i % 30);
    p += sprintf(p, "map: &m\n");
    for (int i = 0; i < KEYS; i++)
        p += sprintf(p, "  k%d: *a7\n", i % (KEYS - 5));
    p += sprintf(p, "merged: {<<: [*m, *m], 0x10: !!binary /w==, 1.5: x}\n---\n");
    p += sprintf(p, "{\"json\": [\"\\n\"]}\n---\n{flow: \"a\\tb\"}\n");
    return (struct str){text, (size_t)(p - text)};
}

struct seen {
    unsigned documents, memory, other;
};

static bool note(void *context, const struct stream_item *item)
{
    struct seen *seen = context;
    seen->documents += item->doc != NULL;
    seen->memory += item->error && item->error->code == DIAG_MEMORY;
    seen->other += item->error && item->error->code != DIAG_MEMORY;
    const struct doc_node *merged = item->doc ? doc_get_str(item->doc->root, STR("merged")) : NULL;
    if (merged) {
        cr_expect_eq(merged->len, KEYS - 5 + 2);
        cr_expect_eq(doc_get_str(item->doc->root, STR("list"))->len, ITEMS);
        cr_expect_eq(item->doc->duplicate_total, 5);
    }
    return true;
}

/* One read with the n-th allocation failing; whether it was reached. */
static bool read_with_failure(struct str text, unsigned long n, bool onwards)
{
    long before = failmalloc_live();
    struct arena arena;
    struct seen seen = {0};
    struct source source = {STR("x"), text};
    arena_init(&arena, LIMIT_FILE_ARENA);
    failmalloc_arm(n, onwards);
    bool ok = stream_read(&source, &arena, note, &seen);
    bool reached = failmalloc_disarm();
    cr_expect(ok == !reached && arena.failed == reached, "allocation %lu", n);
    cr_expect_eq(seen.other, 0, "allocation %lu", n);
    cr_expect(seen.documents < DOCUMENTS || ok, "allocation %lu", n);
    cr_expect(seen.memory == reached, "allocation %lu", n);
    arena_release(&arena);
    cr_expect(failmalloc_live() == before, "allocation %lu: %ld blocks leaked", n,
              failmalloc_live() - before);
    return reached;
}

Test(allocation_stream, each_allocation_may_fail)
{
    struct str text = make_text();
    for (int onwards = 0; onwards < 2; onwards++) {
        unsigned long n = 1;
        while (read_with_failure(text, n, onwards))
            n++;
        cr_expect_gt(n, 100, "allocations were counted");
        printf("%lu allocations\n", n - 1);
    }
    free((void *)(uintptr_t)text.ptr);
}
