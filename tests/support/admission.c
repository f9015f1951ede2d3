/* SPDX-License-Identifier: Apache-2.0 */
#include "support/admission.h"

#include <stdio.h>
#include <stdlib.h>

void admission_world_init(struct admission_world *world, struct str text)
{
    *world = (struct admission_world){.page = 2, .ceiling = LIMIT_REQUEST_ARENA};
    arena_init(&world->arena, LIMIT_FILE_ARENA);
    json_reader_init(&world->reader);
    struct diag diag = {0};
    struct inventory_edit edit;
    if (!json_read(&world->reader, text, &world->arena, &world->doc, &diag)) {
        fprintf(stderr, "cluster: %u: %s\n", diag.begin, diag.text);
        exit(1);
    }
    inventory_edit_init(&edit, NULL);
    unsigned i = 0;
    doc_foreach_item (doc_get(world->doc.root, N_namespaces), ns) {
        if (i++ % 2 == 0)
            inventory_edit_put(&edit, doc_get(ns, N_metadata));
    }
    world->inventory = inventory_edit_finish(&edit);
}

void admission_world_release(struct admission_world *world)
{
    inventory_drop(world->inventory);
    json_reader_release(&world->reader);
    arena_release(&world->arena);
}

static void supply_namespace(struct admission_world *world, struct admission *a)
{
    struct str name = admission_need(a).namespace;
    doc_foreach_item (doc_get(world->doc.root, N_namespaces), ns) {
        const struct doc_node *metadata = doc_get(ns, N_metadata);
        if (str_equal(doc_str(doc_get(metadata, N_name)), name)) {
            admission_supply_namespace(a, metadata);
            return;
        }
    }
    admission_supply_not_found(a);
}

static struct doc_entry entry(name_t name, struct doc_node value)
{
    struct str key = name_text(name);
    return (struct doc_entry){
        .value = value, .key = key.ptr, .key_len = (uint32_t)key.len, .name = name};
}

/* The token is the offset of the next page. */
static void supply_pods(struct admission_world *world, struct admission *a, struct arena *scratch)
{
    struct admission_need need = admission_need(a);
    const struct doc_node *all =
        doc_get_str(doc_get_str(world->doc.root, STR("pods")), need.namespace);
    uint32_t count = doc_is(all, DOC_SEQ) ? all->len : 0, from = 0;
    for (size_t i = 0; i < need.token.len; i++)
        from = from * 10 + (uint32_t)(need.token.ptr[i] - '0');
    uint32_t len = count - from < world->page ? count - from : world->page;
    struct str token = STR_EMPTY;
    if (from + len < count)
        token = arena_printf(scratch, "%u", from + len);
    struct doc_node string = {.kind = DOC_STR, .len = (uint32_t)token.len, .v.s = token.ptr};
    struct doc_entry *entries = arena_zalloc(scratch, 3, sizeof *entries);
    if (!entries) {
        admission_supply_error(a, STR("out of memory"));
        return;
    }
    entries[0] = entry(N_continue, string);
    entries[1] =
        entry(N_metadata, (struct doc_node){.kind = DOC_MAP, .len = 1, .v.entry = entries});
    entries[2] = entry(
        N_items,
        (struct doc_node){.kind = DOC_SEQ, .len = len, .v.item = len ? all->v.item + from : NULL});
    struct doc_node *list = arena_alloc(scratch, sizeof *list);
    if (list)
        *list = (struct doc_node){.kind = DOC_MAP, .len = 2, .v.entry = entries + 1};
    admission_supply_pods(a, list, scratch);
}

static void answer_need(struct admission_world *world, struct admission *a,
                        enum admission_state state, struct arena *scratch)
{
    if (world->failure)
        admission_supply_error(a, str_from(world->failure));
    else if (state == ADMISSION_NEED_NAMESPACE)
        supply_namespace(world, a);
    else
        supply_pods(world, a, scratch);
}

static void decide(struct admission_world *world, struct admission *a)
{
    struct arena scratch;
    arena_init(&scratch, world->ceiling);
    for (;;) {
        world->clock += world->tick;
        enum admission_state state = admission_step(a, world->inventory, world->clock);
        if (state == ADMISSION_DONE)
            break;
        if (state == ADMISSION_AGAIN)
            continue;
        arena_clear(&scratch);
        answer_need(world, a, state, &scratch);
    }
    arena_release(&scratch);
}

static struct str count_line(const struct admission_record *r, const struct admission_count *c,
                             struct buf *out)
{
    struct str op = r->metric_operation, sub = r->subresource;
    buf_clear(out);
    switch (c->metric) {
    case ADMISSION_EVALUATIONS:
        buf_printf(out,
                   "pod_security_evaluations_total{decision=\"%s\",mode=\"%s\",policy_level=\"%s\","
                   "policy_version=\"%.*s\",",
                   c->decision, c->mode, c->level, STR_ARG(c->version));
        break;
    case ADMISSION_EXEMPTIONS:
        buf_add_c(out, "pod_security_exemptions_total{");
        break;
    case ADMISSION_ERRORS:
        buf_printf(out, "pod_security_errors_total{fatal=\"%s\",", c->fatal);
        break;
    }
    buf_printf(out, "request_operation=\"%.*s\",resource=\"%s\",subresource=\"%.*s\"}", STR_ARG(op),
               r->metric_resource, STR_ARG(sub));
    return buf_str(out);
}

static void count_all(const struct admission_record *r, admission_count_fn *count, void *context)
{
    struct buf line;
    buf_init(&line, LIMIT_REQUEST_BYTES);
    for (uint32_t i = 0; count && i < r->count_count; i++)
        count(context, count_line(r, &r->counts[i], &line));
    buf_release(&line);
}

static void judge(struct admission_world *world, const struct admission_config *config,
                  const struct doc *doc, int64_t deadline, struct arena *arena,
                  struct admission_result *result, admission_count_fn *count, void *context)
{
    struct admission *a = admission_begin(doc, config, arena, deadline);
    if (!a)
        return;
    if (admission_refusal(a)) {
        result->status = 400;
        buf_add_c(&result->body, admission_refusal(a));
        return;
    }
    decide(world, a);
    if (arena->failed)
        return;
    result->status = 200;
    result->record = *admission_record(a);
    admission_response(a, &result->body);
    count_all(&result->record, count, context);
}

void admission_run(struct admission_world *world, const struct admission_config *config,
                   struct str body, int64_t timeout, struct admission_result *result,
                   admission_count_fn *count, void *context)
{
    struct arena arena;
    struct doc doc;
    struct diag diag = {0};
    arena_init(&arena, world->ceiling);
    buf_clear(&result->body);
    result->status = 500;
    result->record = (struct admission_record){0};
    if (json_read(&world->reader, body, &arena, &doc, &diag)) {
        judge(world, config, &doc, timeout < 0 ? ADMISSION_NO_DEADLINE : world->clock + timeout,
              &arena, result, count, context);
    } else if (diag.code != DIAG_MEMORY) {
        result->status = 400;
        buf_add_c(&result->body, admission_undecodable);
    }
    arena_release(&arena);
}
