/* SPDX-License-Identifier: Apache-2.0
 *
 * What one admission decision costs, without network: reading the body, judging, writing the
 * answer.
 *
 *   bench_admission [FILE]...   FILE: an AdmissionReview; default: the one of the external inputs
 *
 * Prints nanoseconds, the best of several rounds, in a namespace of each level, and of the reading
 * alone.
 */
#include "support/admission.h"

#include "load/json.h"
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 15, ROUND_NS = 40000000, NAMESPACES = 5000 };

static const struct inventory *inventory;
static struct admission_config config;
static struct json_reader reader;
static struct arena arena;
static struct buf out;
static struct str body;

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void read_only(void)
{
    struct doc doc;
    struct diag diag = {0};
    arena_clear(&arena);
    if (!json_read(&reader, body, &arena, &doc, &diag))
        exit(1);
}

static void decide(void)
{
    struct doc doc;
    struct diag diag = {0};
    arena_clear(&arena);
    buf_clear(&out);
    if (!json_read(&reader, body, &arena, &doc, &diag))
        exit(1);
    struct admission *a = admission_begin(&doc, &config, &arena, ADMISSION_NO_DEADLINE);
    if (!a || admission_refusal(a) || admission_step(a, inventory, 0) != ADMISSION_DONE)
        exit(1);
    admission_response(a, &out);
}

static double best_ns(void (*work)(void))
{
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t begin = now_ns(), spent = 0;
        unsigned calls = 0;
        for (; spent < ROUND_NS; spent = now_ns() - begin)
            for (unsigned i = 0; i < 16; i++, calls++)
                work();
        double each = (double)spent / calls;
        best = round == 0 || each < best ? each : best;
    }
    return best;
}

/* Namespaces as in a large cluster; the one of the review has no label, so the defaults hold. */
static void fill_inventory(void)
{
    struct buf text;
    struct doc doc;
    struct diag diag = {0};
    struct inventory_edit edit;
    struct arena scratch;
    arena_init(&scratch, LIMIT_FILE_ARENA);
    buf_init(&text, LIMIT_FILE_BYTES);
    buf_add_c(&text, "[");
    for (unsigned i = 0; i < NAMESPACES; i++)
        buf_printf(&text, "{\"name\":\"team-%05u\",\"labels\":{\"a\":\"b\"}},", i);
    buf_add_c(&text, "{\"name\":\"perf\"},{\"name\":\"default\"}]"); /* of the measured reviews */
    if (!json_read(&reader, buf_str(&text), &scratch, &doc, &diag))
        exit(1);
    inventory_edit_init(&edit, NULL);
    doc_foreach_item (doc.root, metadata)
        inventory_edit_put(&edit, metadata);
    inventory = inventory_edit_finish(&edit);
    buf_release(&text);
    arena_release(&scratch);
}

static void measure(const char *path)
{
    static const enum pss_level levels[] = {PSS_PRIVILEGED, PSS_BASELINE, PSS_RESTRICTED};
    body = support_read_file(path);
    printf("%s: %zu bytes\n  read only %18.0f ns\n", path, body.len, best_ns(read_only));
    for (size_t i = 0; i < 3; i++) {
        for (unsigned mode = 0; mode < PSS_MODE_COUNT; mode++)
            config.pod_security.defaults.mode[mode] =
                (struct pss_level_version){levels[i], PSS_LATEST, PSS_LATEST_VERSION};
        double ns = best_ns(decide);
        printf("  decide, %-10s %10.0f ns   %.*s\n", pss_level_name(levels[i]), ns,
               (int)(out.len < 150 ? out.len : 150), out.ptr);
    }
    free((void *)(uintptr_t)body.ptr);
}

int main(int argc, char **argv)
{
    char path[1024];
    config = ADMISSION_CONFIG_DEFAULT;
    json_reader_init(&reader);
    arena_init(&arena, LIMIT_REQUEST_ARENA);
    buf_init(&out, LIMIT_REQUEST_ARENA);
    fill_inventory();
    for (int i = 1; i < argc; i++)
        measure(argv[i]);
    if (argc == 1 && !support_shared())
        fprintf(stderr, "bench_admission: SHARED is not set: name a file\n");
    if (argc == 1 && support_shared()) {
        snprintf(path, sizeof path, "%s/corpora/admission-review.json", support_shared());
        measure(path);
    }
    inventory_drop(inventory);
    json_reader_release(&reader);
    arena_release(&arena);
    buf_release(&out);
    return 0;
}
