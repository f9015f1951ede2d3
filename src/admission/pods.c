/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests for pods and for what holds a pod template: the order of steps is upstream's, since what
 * is not looked at cannot fail (pss.md 2.6, 2.7, 2.9).
 */
#include "admission/internal.h"

#include <stdlib.h>

static bool is_ignored_subresource(struct str s)
{
    /* Any other is taken for a pod: a new subresource must not be a way around the policy. */
    static const char *const ignored[] = {"exec", "attach",      "binding", "eviction",
                                          "log",  "portforward", "proxy",   "status"};
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) {
        if (str_is(s, ignored[i]))
            return true;
    }
    return false;
}

/* Whether namespace or user is exempt, which ends the decision. */
static bool take_exemption(struct admission *a)
{
    const struct pss_config *config = &a->config->pod_security;
    if (is_exempt(&config->namespaces, a->record.namespace))
        a->answer.exempt = STR("namespace");
    else if (is_exempt(&config->usernames, a->record.username))
        a->answer.exempt = STR("user");
    else
        return false;
    count_exemption(a);
    return true;
}

static const struct doc_node *item_at(const struct doc_node *list, uint32_t i)
{
    return &list->v.item[i];
}

static uint32_t length(const struct doc_node *list)
{
    return doc_is(list, DOC_SEQ) ? list->len : 0;
}

/* Whether number or images of a list of containers differ, by index. */
static bool images_differ(const struct doc_node *now, const struct doc_node *old)
{
    if (length(now) != length(old))
        return true;
    for (uint32_t i = 0; i < length(now); i++) {
        if (!str_equal(doc_str(doc_get(item_at(now, i), N_image)),
                       doc_str(doc_get(item_at(old, i), N_image))))
            return true;
    }
    return false;
}

static struct str name_of(const struct doc_node *container)
{
    return doc_str(doc_get(container, N_name));
}

/* By name, and those of one name as they came. */
static int compare_containers(const void *a, const void *b)
{
    const struct doc_node *x = *(const struct doc_node *const *)a;
    const struct doc_node *y = *(const struct doc_node *const *)b;
    int order = str_compare(name_of(x), name_of(y));
    return order ? order : (x > y) - (x < y);
}

/* The first of that name in a sorted list; NULL: none. */
static const struct doc_node *first_named(const struct doc_node *const *sorted, size_t count,
                                          struct str name)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(name_of(sorted[middle]), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && str_equal(name_of(sorted[low]), name) ? sorted[low] : NULL;
}

/* Whether an ephemeral container is new or has another image than the first old one of its name;
 * removal is nothing. Thousands are storable, so each is not looked for among all. */
static bool ephemeral_differ(const struct doc_node *now, const struct doc_node *old,
                             struct arena *arena)
{
    size_t count = length(old);
    const struct doc_node **sorted = arena_zalloc(arena, count, sizeof *sorted);
    for (uint32_t i = 0; sorted && i < count; i++)
        sorted[i] = item_at(old, i);
    if (sorted && count)
        qsort(sorted, count, sizeof *sorted, compare_containers);
    doc_foreach_item (now, container) {
        const struct doc_node *match =
            sorted ? first_named(sorted, count, name_of(container)) : NULL;
        if (!match ||
            !str_equal(doc_str(doc_get(container, N_image)), doc_str(doc_get(match, N_image))))
            return true;
    }
    return false;
}

/* Whether the update changes what Pod Security looks at (pss.md 2.7); if so all is judged anew. */
static bool is_significant(const struct pod *now, const struct pod *old, struct arena *arena)
{
    const struct doc_node *a = now->spec, *b = old->spec;
    return images_differ(doc_get(a, N_containers), doc_get(b, N_containers)) ||
           images_differ(doc_get(a, N_initContainers), doc_get(b, N_initContainers)) ||
           ephemeral_differ(doc_get(a, N_ephemeralContainers), doc_get(b, N_ephemeralContainers),
                            arena);
}

/* Decodes one of the request's pods; false: the decision is over. */
static bool read_pod(struct admission *a, const struct doc_node *raw, struct object *object,
                     struct pod *pod, bool old)
{
    struct str error = STR_EMPTY;
    enum decoded decoded = decode_object(object, raw, &a->record, a->doc, a->arena, &error);
    if (decoded == DECODED_OBJECT && object_is(object, "", "Pod")) {
        object_pod(pod, object);
        return true;
    }
    count_error(a, true);
    if (decoded == DECODED_ERROR)
        answer_bad_request(a, old ? "failed to decode old object" : "failed to decode object",
                           error);
    else
        answer_bad_request(a, old ? "failed to decode old pod" : "failed to decode pod", STR_EMPTY);
    return false;
}

static void deny_lookup(struct admission *a)
{
    struct str inner = TEXT(a->arena, STR("failed to lookup namespace "),
                            text_quote(a->arena, a->record.namespace));
    struct answer_cause *cause = arena_zalloc(a->arena, 1, sizeof *cause);
    count_error(a, true);
    answer_deny(a, 500, "InternalError", TEXT(a->arena, STR("Internal error occurred: "), inner));
    a->record.error = TEXT(a->arena, a->record.message, STR(": "), a->namespace_error);
    if (!cause)
        return;
    cause->message = inner;
    a->answer.causes = cause;
    a->answer.cause_count = 1;
}

static void judge_pod(struct admission *a)
{
    struct object object, old_object;
    struct pod pod, old;
    if (a->namespace_error.len) {
        deny_lookup(a);
        return;
    }
    if (!a->policy.error_count && policy_is_privileged(&a->policy.policy)) {
        count_evaluation(a, false, &a->policy.policy.mode[PSS_ENFORCE], PSS_ENFORCE);
        a->answer.enforce_policy = STR("privileged:latest");
        return;
    }
    if (!read_pod(a, a->object, &object, &pod, false))
        return;
    if (str_is(a->record.operation, "UPDATE")) {
        if (!read_pod(a, a->old_object, &old_object, &old, true) ||
            !is_significant(&pod, &old, a->arena))
            return;
    }
    evaluate_pod(a, &pod, true);
}

/* False: the namespace must be asked for first. */
static bool have_namespace(struct admission *a, const struct inventory *inventory)
{
    return a->phase == PHASE_NAMESPACE_HERE || lookup_namespace(a, inventory);
}

enum admission_state pods_step(struct admission *a, const struct inventory *inventory)
{
    if (a->phase == PHASE_START &&
        (is_ignored_subresource(a->record.subresource) || take_exemption(a)))
        return ADMISSION_DONE;
    if (!have_namespace(a, inventory))
        return ADMISSION_NEED_NAMESPACE;
    judge_pod(a);
    return ADMISSION_DONE;
}

static void note_error(struct admission *a, struct str error)
{
    count_error(a, true);
    a->record.error = error;
}

/* Errors never block what only holds a template. */
static void judge_template(struct admission *a)
{
    struct object object;
    struct pod pod;
    struct str error;
    if (a->namespace_error.len) {
        note_error(a,
                   TEXT(a->arena, STR("failed to lookup namespace "),
                        text_quote(a->arena, a->record.namespace), STR(": "), a->namespace_error));
        return;
    }
    const struct pss_level_version *modes = a->policy.policy.mode;
    if (!a->policy.error_count && modes[PSS_WARN].level == PSS_PRIVILEGED &&
        modes[PSS_AUDIT].level == PSS_PRIVILEGED)
        return;
    enum decoded decoded = decode_object(&object, a->object, &a->record, a->doc, a->arena, &error);
    if (decoded == DECODED_NOTHING)
        return; /* upstream's webhook panics here (pss.md 7.1 item 2) */
    if (decoded == DECODED_ERROR) {
        note_error(a, TEXT(a->arena, STR("failed to decode object: "), error));
        return;
    }
    enum template_found found = object_pod(&pod, &object);
    if (found == TEMPLATE_FOUND)
        evaluate_pod(a, &pod, false);
    else if (found == TEMPLATE_NONE)
        note_error(a,
                   TEXT(a->arena, STR("failed to extract pod template: unexpected object type: "),
                        object_written_gvk(&object, a->arena)));
}

enum admission_state templates_step(struct admission *a, const struct inventory *inventory)
{
    if (a->phase == PHASE_START && (a->record.subresource.len || take_exemption(a)))
        return ADMISSION_DONE;
    if (!have_namespace(a, inventory))
        return ADMISSION_NEED_NAMESPACE;
    judge_template(a);
    return ADMISSION_DONE;
}
