/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests for namespaces: labels that say nothing readable are refused, and a stricter policy
 * warns of the pods it would refuse (pss.md 2.3).
 */
#include "admission/internal.h"

/* Decodes the request's namespace; false: the decision is over. The doubled spaces are upstream's.
 */
static bool read_namespace(struct admission *a, const struct doc_node *raw, struct object *object,
                           bool old)
{
    struct str error = STR_EMPTY;
    enum decoded decoded = decode_object(object, raw, &a->record, a->doc, a->arena, &error);
    if (decoded == DECODED_OBJECT && object_is(object, "", "Namespace"))
        return true;
    if (decoded == DECODED_ERROR)
        answer_bad_request(a, old ? "failed to decode  old object" : "failed to decode object",
                           error);
    else
        answer_bad_request(
            a, old ? "failed to decode  old namespace" : "failed to decode namespace", STR_EMPTY);
    return false;
}

static void deny_labels(struct admission *a)
{
    struct admission_record *r = &a->record;
    struct answer_cause *causes = arena_zalloc(a->arena, a->policy.error_count, sizeof *causes);
    struct str kind =
        r->kind.group.len ? TEXT(a->arena, r->kind.kind, STR("."), r->kind.group) : r->kind.kind;
    answer_deny(a, 422, "Invalid",
                TEXT(a->arena, kind, STR(" "), text_quote(a->arena, r->name), STR(" is invalid: "),
                     namespace_policy_errors(&a->policy, a->arena)));
    a->answer.details.name = r->name;
    a->answer.details.group = r->kind.group;
    a->answer.details.kind = r->kind.kind;
    for (uint32_t i = 0; causes && i < a->policy.error_count; i++)
        causes[i] = (struct answer_cause){STR("FieldValueInvalid"), a->policy.errors[i].message,
                                          a->policy.errors[i].field};
    a->answer.causes = causes;
    a->answer.cause_count = causes ? a->policy.error_count : 0;
}

/* Whether the namespace is exempt; its labels are then told to have no effect. */
static bool warn_exempt(struct admission *a, const struct object *object,
                        const struct namespace_labels *labels)
{
    const struct pss_config *config = &a->config->pod_security;
    if (!is_exempt(&config->namespaces, a->record.namespace))
        return false;
    struct str warning =
        namespace_exempt_warning(object->name, &a->policy, labels, &config->defaults, a->arena);
    if (warning.len)
        answer_warn(a, warning);
    return true;
}

/* Whether the change of the enforced policy can make a running pod a violation. */
static bool is_stricter(const struct pss_level_version *now, const struct pss_level_version *old)
{
    if (level_version_equal(now, old) || now->level == PSS_PRIVILEGED)
        return false;
    return !str_equal(now->version, old->version) || now->level > old->level;
}

static enum admission_state judge_update(struct admission *a, const struct object *object,
                                         const struct namespace_labels *labels, int64_t now)
{
    struct object old_object;
    struct namespace_labels old_labels;
    struct namespace_policy old;
    if (!read_namespace(a, a->old_object, &old_object, true))
        return ADMISSION_DONE;
    namespace_labels_of_metadata(&old_labels, old_object.metadata);
    namespace_policy(&old, &old_labels, &a->config->pod_security.defaults, a->arena);
    if (a->policy.error_count && !namespace_policy_same_errors(&a->policy, &old)) {
        deny_labels(a);
        return ADMISSION_DONE;
    }
    const struct pss_level_version *enforce = &a->policy.policy.mode[PSS_ENFORCE];
    if (!is_stricter(enforce, &old.policy.mode[PSS_ENFORCE]) || warn_exempt(a, object, labels))
        return ADMISSION_DONE;
    return existing_begin(a, object->name, enforce, now);
}

enum admission_state namespaces_step(struct admission *a, int64_t now)
{
    struct object object;
    struct namespace_labels labels;
    if (a->phase != PHASE_START)
        return existing_step(a, now);
    if (a->record.subresource.len || !read_namespace(a, a->object, &object, false))
        return ADMISSION_DONE;
    namespace_labels_of_metadata(&labels, object.metadata);
    namespace_policy(&a->policy, &labels, &a->config->pod_security.defaults, a->arena);
    if (str_is(a->record.operation, "CREATE")) {
        if (a->policy.error_count)
            deny_labels(a);
        else
            warn_exempt(a, &object, &labels);
        return ADMISSION_DONE;
    }
    if (str_is(a->record.operation, "UPDATE"))
        return judge_update(a, &object, &labels, now);
    return ADMISSION_DONE;
}
