/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults of an object's shape: what the schema says of it, and whether its API version is served.
 */
#include "base/limits.h"
#include "kube/api_version.h"
#include "policy/internal.h"

struct shape_run {
    struct engine_run *run;
    const struct object *object;
};

static const enum rule_fault faults[] = {
    [SCHEMA_UNKNOWN_FIELD] = FAULT_UNKNOWN_FIELD,   [SCHEMA_WRONG_TYPE] = FAULT_WRONG_TYPE,
    [SCHEMA_MISSING_FIELD] = FAULT_MISSING_FIELD,   [SCHEMA_INVALID_VALUE] = FAULT_INVALID_VALUE,
    [SCHEMA_DUPLICATE_ITEM] = FAULT_DUPLICATE_ITEM,
};

static void relate_first(struct shape_run *shape, struct finding *f, const struct doc_node *first)
{
    struct finding_related *related = arena_zalloc(shape->run->findings->arena, 1, sizeof *related);
    if (!related)
        return;
    related->span = frame_span(&shape->run->lines, first->begin, first->end);
    related->message = STR("the first of the two");
    f->related = related;
}

static bool report(void *context, const struct schema_report *r)
{
    struct shape_run *shape = context;
    struct engine_run *run = shape->run;
    struct finding_draft draft = {.begin = r->key ? r->key->key_begin : r->node->begin,
                                  .end = r->key ? r->key->key_end : r->node->end,
                                  .node = r->node,
                                  .path = r->path};
    struct finding *f =
        engine_fault(run, shape->object, faults[r->fault], &draft, "%.*s", STR_ARG(r->message));
    /* A field that a newer Kubernetes may have is no error of the object's. */
    if (f && r->newer && f->severity > SEVERITY_WARNING)
        f->severity = SEVERITY_WARNING;
    if (f && r->related)
        relate_first(shape, f, r->related);
    return !engine_is_full(run);
}

static bool any_enabled(const struct engine *engine)
{
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (engine->fault_rule[faults[i]] != NO_RULE)
            return true;
    return false;
}

static void check_version(struct engine_run *run, const struct object *object)
{
    const struct engine *engine = run->engine;
    const struct api_version *v = api_version_find(object->api_version, object->kind);
    const struct doc_node *node = doc_get(object->node, N_apiVersion);
    uint32_t minor = engine->kubernetes_minor == PSS_LATEST ? PSS_NEWEST : engine->kubernetes_minor;
    if (!v || minor < v->deprecated)
        return;
    node = node ? node : object->node; /* an item of a typed list need not say it */
    struct finding_draft draft = {.begin = node->begin, .end = node->end, .node = node};
    const char *use = v->instead[0] ? ": use " : "";
    if (v->removed && minor >= v->removed)
        engine_fault(run, object, FAULT_REMOVED_API, &draft,
                     "%s of %s is not served since Kubernetes v1.%u%s%s", v->kind, v->version,
                     v->removed, use, v->instead);
    else if (v->removed)
        engine_fault(
            run, object, FAULT_DEPRECATED_API, &draft,
            "%s of %s is deprecated since Kubernetes v1.%u and not served from v1.%u on%s%s",
            v->kind, v->version, v->deprecated, v->removed, use, v->instead);
    else
        engine_fault(run, object, FAULT_DEPRECATED_API, &draft,
                     "%s of %s is deprecated since Kubernetes v1.%u%s%s", v->kind, v->version,
                     v->deprecated, use, v->instead);
}

static void note_group(struct engine_run *run, struct str group, enum engine_group met)
{
    if (!run->groups || !group.len)
        return;
    uint32_t *bits = strmap_find(run->groups, group);
    if (!bits && run->groups->count <= LIMIT_API_GROUPS)
        bits = strmap_put(run->groups, arena_str(run->groups->arena, group), 0);
    if (bits)
        *bits |= met;
}

/* What a run over custom resources would need. */
static void note_custom(struct engine_run *run, const struct object *object,
                        const struct schema_type *type)
{
    if (!type) {
        run->undescribed++;
        note_group(run, object->group, ENGINE_UNDESCRIBED);
    }
    if (str_is(object->kind, "CustomResourceDefinition") &&
        str_is(object->group, "apiextensions.k8s.io")) {
        run->definitions++;
        note_group(run, doc_str(doc_get(doc_get(object->node, N_spec), N_group)), ENGINE_DEFINED);
    }
}

/* Never at admission: the API server has judged already, and may be newer than the schema. */
bool engine_shape(struct engine_run *run, const struct object *object)
{
    const struct engine *engine = run->engine;
    struct shape_run shape = {run, object};
    if (engine->view == POD_AS_ADMITTED)
        return true;
    check_version(run, object);
    if (!engine->schema || !any_enabled(engine))
        return true;
    const struct schema_type *type = schema_find(engine->schema, object->api_version, object->kind);
    note_custom(run, object, type);
    if (engine->judged && schema_find(engine->judged, object->api_version, object->kind))
        return true;
    return !type || schema_walk(engine->schema, type, object->node, report, &shape);
}

void engine_narrow(struct engine *engine, const struct schema *schema, const bool *none)
{
    struct engine narrow = *engine;
    narrow.enabled = none;
    narrow.pss = 0;
    for (int i = 0; i < PSS_CHECK_COUNT; i++)
        narrow.pss_rule[i] = NO_RULE;
    for (int i = 0; i < FAULT_COUNT; i++)
        narrow.fault_rule[i] = NO_RULE;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        narrow.fault_rule[faults[i]] = engine->fault_rule[faults[i]];
    narrow.judged = engine->schema;
    narrow.schema = schema;
    *engine = narrow;
}
