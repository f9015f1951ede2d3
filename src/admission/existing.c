/* SPDX-License-Identifier: Apache-2.0
 *
 * The running pods of a namespace whose enforced policy gets stricter: which of them the new policy
 * would refuse (pss.md 2.5).
 *
 * Upstream lists all pods, sorts them and judges the first 3000: those without a controller and the
 * first of each controller before further replicas. Here they come in pages and are judged as they
 * come, so that memory holds one page: of each group the first 3000 verdicts are kept, which are
 * all that can be among the first 3000.
 */
#include "admission/internal.h"

#include <stdlib.h>

#define SECOND   INT64_C(1000000000)
#define NO_GROUP UINT32_MAX

/* The last pods' names and texts are all that such a list leaves in memory. */
enum { PODS_CHECKED = 3000 };

enum admission_state existing_failed(struct admission *a)
{
    answer_warn(a, STR("failed to list pods while checking new PodSecurity enforce level"));
    a->phase = PHASE_DONE;
    return ADMISSION_DONE;
}

enum admission_state existing_begin(struct admission *a, struct str namespace,
                                    const struct pss_level_version *policy, int64_t now)
{
    int64_t budget = SECOND;
    if (a->deadline != ADMISSION_NO_DEADLINE && (a->deadline - now) / 2 < budget)
        budget = (a->deadline - now) / 2;
    a->existing = (struct existing_pods){
        .policy = *policy, .namespace = namespace, .token = STR_EMPTY, .deadline = now + budget};
    /* A name that is no path segment fails in upstream's client; an empty one would list the pods
     * of every namespace, which no API server asks for. */
    if (budget <= 0 || name_fault(namespace, a->arena).len)
        return existing_failed(a);
    a->phase = PHASE_LIST;
    return ADMISSION_NEED_PODS;
}

void existing_page(struct admission *a, const struct doc_node *list, struct arena *scratch)
{
    struct existing_pods *e = &a->existing;
    e->list = doc_get(list, N_items);
    e->scratch = scratch;
    e->next = 0;
    e->token = arena_str(a->arena, doc_str(doc_at(list, N_metadata, N_continue).node));
    a->phase = PHASE_JUDGE;
}

/* Whether the uid was met before; it is kept then. */
static bool met_controller(struct admission *a, struct str uid)
{
    struct existing_pods *e = &a->existing;
    size_t low = 0, high = e->controllers.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(e->controllers.items[middle], uid);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (!vec_push(&e->controllers, a->arena))
        return false;
    struct str *items = e->controllers.items;
    memmove(items + low + 1, items + low, (e->controllers.count - 1 - low) * sizeof *items);
    items[low] = arena_str(a->arena, uid);
    return false;
}

/* The uid of the first owner that is the controller; false when there is none. */
static bool find_controller(const struct doc_node *metadata, struct str *uid)
{
    doc_foreach_item (doc_get(metadata, N_ownerReferences), owner) {
        if (doc_is_true(doc_get(owner, N_controller))) {
            *uid = doc_str(doc_get(owner, N_uid));
            return true;
        }
    }
    return false;
}

/* Index of the group with that text, made when new. */
static uint32_t group_of(struct admission *a, struct str reasons)
{
    struct existing_pods *e = &a->existing;
    for (size_t i = 0; i < e->reasons.count; i++) {
        if (str_equal(e->reasons.items[i].reasons, reasons))
            return (uint32_t)i;
    }
    struct existing_group *group = vec_push(&e->reasons, a->arena);
    if (!group)
        return NO_GROUP;
    group->reasons = arena_str(a->arena, reasons);
    return (uint32_t)(e->reasons.count - 1);
}

static void judge_one(struct admission *a, const struct doc_node *node)
{
    struct existing_pods *e = &a->existing;
    struct object object = {.doc = a->doc, .node = node, .kind = STR("Pod"), .version = STR("v1")};
    struct pod pod;
    struct str uid;
    pod_of_node(&pod, &object, node, false, POD_AS_ADMITTED);
    if (is_exempt(&a->config->pod_security.runtime_classes,
                  doc_str(doc_get(pod.spec, N_runtimeClassName))))
        return;
    e->total++;
    if (e->first.count == PODS_CHECKED)
        return;
    bool replica = find_controller(pod.metadata, &uid) && met_controller(a, uid);
    if (replica && e->others.count == PODS_CHECKED)
        return;
    struct existing_pod *kept =
        replica ? vec_push(&e->others, a->arena) : vec_push(&e->first, a->arena);
    if (!kept)
        return;
    struct pss_results results;
    evaluate_checks(&results, a, &e->policy, &pod, e->scratch);
    kept->group = NO_GROUP;
    if (results.count) {
        kept->name = arena_str(a->arena, doc_str(doc_get(pod.metadata, N_name)));
        kept->group = group_of(a, pss_reasons_text(&results, e->scratch));
    }
    a->arena->failed |= e->scratch->failed; /* who answers looks only there */
}

static void add_to_group(struct existing_pods *e, const struct existing_pod *pod)
{
    if (pod->group == NO_GROUP)
        return;
    struct existing_group *group = &e->reasons.items[pod->group];
    if (!group->count++ || str_compare(pod->name, group->name) < 0)
        group->name = pod->name;
}

static struct str group_text(const struct existing_group *group, struct arena *arena)
{
    struct str others = STR_EMPTY;
    if (group->count == 2)
        others = STR(" (and 1 other pod)");
    else if (group->count > 2)
        others =
            TEXT(arena, STR(" (and "), text_uint(arena, group->count - 1), STR(" other pods)"));
    return TEXT(arena, group->name, others, STR(": "), group->reasons);
}

static void warn_of_groups(struct admission *a)
{
    struct existing_pods *e = &a->existing;
    struct str *texts = arena_zalloc(a->arena, e->reasons.count, sizeof *texts);
    size_t count = 0;
    for (size_t i = 0; texts && i < e->reasons.count; i++) {
        if (e->reasons.items[i].count)
            texts[count++] = group_text(&e->reasons.items[i], a->arena);
    }
    if (!count)
        return;
    answer_warn(a, TEXT(a->arena, STR("existing pods in namespace "),
                        text_quote(a->arena, e->namespace),
                        STR(" violate the new PodSecurity enforce level "),
                        text_quote(a->arena, level_version_text(&e->policy, a->arena))));
    qsort(texts, count, sizeof *texts, str_order);
    for (size_t i = 0; i < count; i++)
        answer_warn(a, texts[i]);
}

/* All pods are known, or as many as there was time for. */
static enum admission_state conclude(struct admission *a, size_t unseen)
{
    struct existing_pods *e = &a->existing;
    size_t total = e->total + unseen, checked = e->first.count;
    for (size_t i = 0; i < e->first.count; i++)
        add_to_group(e, &e->first.items[i]);
    for (size_t i = 0; i < e->others.count && checked < PODS_CHECKED; i++, checked++)
        add_to_group(e, &e->others.items[i]);
    if (checked < total)
        answer_warn(a, TEXT(a->arena,
                            STR("new PodSecurity enforce level only checked against the first "),
                            text_uint(a->arena, checked), STR(" of "), text_uint(a->arena, total),
                            STR(" existing pods")));
    warn_of_groups(a);
    a->phase = PHASE_DONE;
    return ADMISSION_DONE;
}

/* Pods of this page that there is no time for: they count, and so do not the exempt ones. */
static size_t count_unseen(const struct admission *a)
{
    const struct existing_pods *e = &a->existing;
    size_t unseen = 0;
    for (uint32_t i = e->next; doc_is(e->list, DOC_SEQ) && i < e->list->len; i++) {
        const struct doc_node *spec = doc_get(&e->list->v.item[i], N_spec);
        unseen += !is_exempt(&a->config->pod_security.runtime_classes,
                             doc_str(doc_get(spec, N_runtimeClassName)));
    }
    return unseen;
}

enum admission_state existing_step(struct admission *a, int64_t now)
{
    struct existing_pods *e = &a->existing;
    bool more = e->token.len > 0, late = now > e->deadline;
    if (a->phase == PHASE_LIST)
        return ADMISSION_NEED_PODS;
    if (late && (more || !e->next))
        return existing_failed(a); /* the list was too slow, and how many are left is not known */
    if (late)
        return conclude(a, count_unseen(a));
    if (doc_is(e->list, DOC_SEQ) && e->next < e->list->len) {
        judge_one(a, &e->list->v.item[e->next++]);
        return ADMISSION_AGAIN;
    }
    if (!more)
        return conclude(a, 0);
    a->phase = PHASE_LIST;
    return ADMISSION_NEED_PODS;
}
