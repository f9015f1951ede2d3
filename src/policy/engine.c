/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the enabled rules over every object of a document. Rules cannot fail; what can is memory,
 * and then the whole unit of work has failed, never passed.
 */
#include "policy/engine.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "policy/internal.h"
#include "policy/source_comment.h"

#include <stdarg.h>

static bool alive(const struct engine_run *run)
{
    return !run->scratch->failed && !run->findings->arena->failed;
}

bool engine_lines(struct engine_run *run, const struct doc *doc)
{
    if (run->lines.count && run->lines.text.ptr == doc->text.ptr)
        return true;
    run->lines = (struct doc_lines){0};
    return doc_lines_init(&run->lines, doc->text, run->scratch);
}

/* A name of the input may be as long as its file; one that Kubernetes takes is copied whole. */
static struct str copy_name(struct arena *arena, struct str name)
{
    return arena_str(arena, utf8_cut(name, LIMIT_NAME_BYTES));
}

/* Names are copied once for all findings of an object. */
static void copy_names(struct engine_run *run, const struct object *o)
{
    struct arena *arena = run->findings->arena;
    if (!run->shown_copied)
        run->shown = arena_str(arena, run->shown);
    if (!run->names_copied)
        run->names =
            (struct finding_object){copy_name(arena, o->api_version), copy_name(arena, o->kind),
                                    copy_name(arena, o->namespace), copy_name(arena, o->name)};
    run->shown_copied = run->names_copied = true;
}

/* Cut at the key that makes it too long. */
static struct str copy_path(struct engine_run *run, const struct doc_node *root,
                            const struct doc_node *node)
{
    struct buf path;
    buf_init(&path, LIMIT_MESSAGE_BYTES);
    if (node)
        doc_path(&path, root, node);
    run->findings->arena->failed |= path.no_memory;
    struct str copy = arena_str(run->findings->arena, buf_str(&path));
    buf_release(&path);
    return copy;
}

static void drop(struct engine_run *run, size_t rule, size_t count)
{
    run->findings->dropped[run->engine->severity[rule]] += count;
}

bool engine_is_full(const struct engine_run *run)
{
    return run->object_findings >= LIMIT_FINDINGS_OBJECT ||
           run->findings->list.count >= LIMIT_FINDINGS_TOTAL;
}

bool rule_over_ceiling(struct rule_run *rule)
{
    bool full = engine_is_full(rule->run);
    if (full)
        drop(rule->run, rule->index, 1);
    return full;
}

struct finding *rule_draft(struct rule_run *rule, const struct finding_draft *draft)
{
    struct engine_run *run = rule->run;
    const struct object *object = rule->object;
    struct finding *f = engine_lines(run, object->doc)
                            ? vec_push(&run->findings->list, run->findings->arena)
                            : NULL;
    if (!f)
        return NULL;
    run->object_findings++;
    copy_names(run, object);
    f->rule = run->engine->rules->rules[rule->index];
    f->severity = run->engine->severity[rule->index];
    f->message = draft->message;
    f->file = run->shown;
    f->file_index = run->file_index;
    f->object = run->names;
    f->path = draft->path.len ? arena_str(run->findings->arena, draft->path)
                              : copy_path(run, object->node, draft->node);
    if (draft->container)
        f->container = copy_name(run->findings->arena, draft->container->name);
    frame_place(f, &run->lines, draft->begin, draft->end, object, run->findings->arena);
    fingerprint_finding(f, object->node, draft->node);
    return f;
}

/* A message has a ceiling: the names in it are the input's. */
static struct str format_message(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
static struct str format_message(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    size_t size = len < 0                             ? 0
                  : (size_t)len < LIMIT_MESSAGE_BYTES ? (size_t)len
                                                      : LIMIT_MESSAGE_BYTES;
    char *p = arena_alloc(arena, size + 1);
    if (p)
        vsnprintf(p, size + 1, format, again);
    va_end(again);
    return p ? (struct str){p, size} : STR_EMPTY;
}

void rule_finding(struct rule_run *rule, struct doc_at at, const struct container *container,
                  const char *format, ...)
{
    const struct doc_node *node = at.node ? at.node : at.nearest ? at.nearest : rule->object->node;
    va_list args;
    if (rule_over_ceiling(rule))
        return;
    va_start(args, format);
    struct str message = format_message(rule->run->findings->arena, format, args);
    va_end(args);
    rule_draft(rule, &(struct finding_draft){.begin = node->begin,
                                             .end = node->end,
                                             .node = node,
                                             .container = container,
                                             .message = message});
}

struct finding *engine_fault(struct engine_run *run, const struct object *object,
                             enum rule_fault fault, const struct finding_draft *draft,
                             const char *format, ...)
{
    struct rule_run rule = {run, run->engine->fault_rule[fault], object, NULL};
    if (rule.index == NO_RULE || rule_over_ceiling(&rule))
        return NULL;
    struct finding_draft full = *draft;
    va_list args;
    va_start(args, format);
    full.message = format_message(run->findings->arena, format, args);
    va_end(args);
    return rule_draft(&rule, &full);
}

static void run_rules(struct engine_run *run, const struct object *object, const struct pod *pod)
{
    const struct engine *engine = run->engine;
    bool windows = pod && pod_is_windows(pod, engine->view == POD_AS_WRITTEN);
    for (size_t i = 0; i < engine->rules->count; i++) {
        const struct rule *rule = engine->rules->rules[i];
        struct rule_run one = {run, i, object, pod};
        if (!engine->enabled[i])
            continue;
        if (rule->kind == RULE_POD && pod && !(windows && rule->os == OS_LINUX))
            rule->pod(&one, pod);
        else if (rule->kind == RULE_OBJECT)
            rule->object(&one, object);
    }
}

static void add_duplicate(struct engine_run *run, const struct object *object,
                          const struct doc_duplicate *d)
{
    if (run->engine->fault_rule[FAULT_DUPLICATE_KEY] == NO_RULE || !engine_lines(run, object->doc))
        return;
    struct arena *arena = run->findings->arena;
    struct finding_span first = frame_span(&run->lines, d->first_begin, d->first_end);
    struct finding_draft draft = {.begin = d->again_begin, .end = d->again_end, .node = d->value};
    struct finding *f =
        engine_fault(run, object, FAULT_DUPLICATE_KEY, &draft,
                     "key \"%.*s\" is already set in line %u, and only this last value counts",
                     STR_ARG(str_take(d->key, LIMIT_FRAME_BYTES)), first.begin.line);
    struct finding_related *related = f ? arena_zalloc(arena, 1, sizeof *related) : NULL;
    if (related) {
        related->span = first;
        related->message = STR("the first value, which is ignored");
        f->related = related;
    }
}

static bool holds(const struct doc_node *node, uint32_t offset)
{
    return node->begin <= offset && offset < node->end;
}

static void add_duplicates(struct engine_run *run, const struct object *object)
{
    const struct doc *doc = object->doc;
    for (uint32_t i = 0; i < doc->duplicate_count; i++)
        if (object->node == doc->root || holds(object->node, doc->duplicates[i].again_begin))
            add_duplicate(run, object, &doc->duplicates[i]);
}

static void begin_object(struct engine_run *run)
{
    run->object_findings = 0;
    run->names_copied = false;
}

bool engine_object(struct engine_run *run, const struct object *object)
{
    struct pod pod;
    begin_object(run);
    if (!run->shown.ptr)
        run->shown = run->file;
    run->objects++;
    add_duplicates(run, object);
    if (!engine_shape(run, object))
        return false;
    bool is_workload = pod_view(&pod, object, run->engine->view);
    if (is_workload)
        engine_pod_security(run, object, &pod);
    run_rules(run, object, is_workload ? &pod : NULL);
    return alive(run);
}

static bool visit(void *context, const struct object *object)
{
    struct engine_run *run = context;
    if (object->api_version.len && object->kind.len)
        return engine_object(run, object);
    run->no_objects++;
    return true;
}

/* Of a list: the keys met again that stand in none of its items. */
static void add_list_duplicates(struct engine_run *run, const struct object *list)
{
    for (uint32_t i = 0; i < list->doc->duplicate_count; i++) {
        const struct doc_duplicate *d = &list->doc->duplicates[i];
        bool in_item = false;
        doc_foreach_item (doc_get(list->node, N_items), item)
            in_item |= holds(item, d->again_begin);
        if (!in_item)
            add_duplicate(run, list, d);
    }
}

/* Faults of the document as a whole, told of its root. */
static void add_document_faults(struct engine_run *run, const struct doc *doc)
{
    struct object root;
    object_view(&root, doc, doc->root);
    begin_object(run);
    if (object_is_list(&root))
        add_list_duplicates(run, &root);
    size_t rule = run->engine->fault_rule[FAULT_DUPLICATE_KEY];
    if (rule != NO_RULE)
        drop(run, rule, doc->duplicate_total - doc->duplicate_count);
    if (run->json_file && !doc->json) {
        struct finding_draft draft = {
            .begin = doc->root->begin, .end = doc->root->end, .node = doc->root};
        engine_fault(run, &root, FAULT_NOT_JSON, &draft,
                     "the file is named .json, and only a YAML reader can read this");
    }
}

bool engine_document(struct engine_run *run, const struct doc *doc)
{
    uint32_t objects = run->objects;
    struct str source = source_comment(doc);
    run->shown = source.len ? source : run->file;
    run->shown_copied = false;
    if (!object_foreach(doc, visit, run))
        return false;
    if (run->objects != objects)
        add_document_faults(run, doc);
    return alive(run);
}
