/* SPDX-License-Identifier: Apache-2.0
 *
 * One pod under the three modes of a namespace: what is denied, noted, warned and counted.
 *
 * Rules beyond Pod Security join here, after it: a denial by Pod Security stands alone.
 */
#include "admission/internal.h"
#include "base/unset.h"

bool is_exempt(const struct pss_names *names, struct str name)
{
    for (size_t i = 0; name.len && i < names->count; i++) {
        if (str_equal(names->items[i], name))
            return true;
    }
    return false;
}

void evaluate_checks(struct pss_results *results, const struct admission *admission,
                     const struct pss_level_version *lv, const struct pod *pod, struct arena *arena)
{
    uint32_t latest = admission->config->latest;
    results->count = 0;
    if (lv->level != PSS_PRIVILEGED)
        pss_evaluate(results, pss_level_checks(lv->level), lv->minor < latest ? lv->minor : latest,
                     pod, arena);
}

/* Modes of one level and version share one evaluation: the usual case, as warn follows enforce. */
struct verdicts {
    struct admission *admission;
    const struct pod *pod;
    struct str details[PSS_MODE_COUNT]; /* empty: allowed */
    bool known[PSS_MODE_COUNT];
};

static pss_set failed_checks(const struct pss_results *results)
{
    pss_set failed = 0;
    for (uint32_t i = 0; i < results->count; i++)
        failed |= 1u << results->items[i].check;
    return failed;
}

static struct str verdict(struct verdicts *v, enum pss_mode mode)
{
    const struct pss_level_version *modes = v->admission->policy.policy.mode;
    pss_set *failed = v->admission->record.failed;
    for (unsigned other = 0; other < PSS_MODE_COUNT; other++) {
        if (v->known[other] && level_version_equal(&modes[other], &modes[mode])) {
            failed[mode] = failed[other];
            return v->details[other];
        }
    }
    struct pss_results results UNSET;
    struct arena *arena = v->admission->arena;
    evaluate_checks(&results, v->admission, &modes[mode], v->pod, arena);
    failed[mode] = failed_checks(&results);
    v->known[mode] = true;
    v->details[mode] = results.count ? pss_details_text(&results, arena) : STR_EMPTY;
    return v->details[mode];
}

static struct str violation(const struct admission *a, enum pss_mode mode, const char *verb,
                            struct str details)
{
    struct str policy = level_version_text(&a->policy.policy.mode[mode], a->arena);
    return TEXT(a->arena, str_from(verb), STR(" PodSecurity "), text_quote(a->arena, policy),
                STR(": "), details);
}

static void deny_pod(struct admission *a, struct str details)
{
    struct admission_record *r = &a->record;
    struct str name =
        r->name.len ? TEXT(a->arena, STR(" "), text_quote(a->arena, r->name)) : STR_EMPTY;
    answer_deny(a, 403, "Forbidden",
                TEXT(a->arena, r->resource.resource, name, STR(" is forbidden: "),
                     violation(a, PSS_ENFORCE, "violates", details)));
    a->answer.details.name = r->name;
    a->answer.details.kind = r->resource.resource;
    a->answer.details.group = r->resource.group;
}

static void note_findings(struct admission *a, struct str details)
{
    if (!a->record.findings.len)
        a->record.findings = details;
}

static void enforce_mode(struct admission *a, struct verdicts *v)
{
    const struct pss_level_version *lv = &a->policy.policy.mode[PSS_ENFORCE];
    a->answer.enforce_policy = level_version_text(lv, a->arena);
    struct str details = verdict(v, PSS_ENFORCE);
    count_evaluation(a, details.len > 0, lv, PSS_ENFORCE);
    if (!details.len)
        return;
    note_findings(a, details);
    deny_pod(a, details);
}

void evaluate_pod(struct admission *a, const struct pod *pod, bool enforce)
{
    if (is_exempt(&a->config->pod_security.runtime_classes,
                  doc_str(doc_get(pod->spec, N_runtimeClassName)))) {
        a->answer.exempt = STR("runtimeClass");
        count_exemption(a);
        return;
    }
    if (a->policy.error_count) {
        a->record.error = TEXT(a->arena, STR("Failed to parse policy: "),
                               namespace_policy_errors(&a->policy, a->arena));
        count_error(a, false);
    }
    struct verdicts v = {.admission = a, .pod = pod};
    if (enforce)
        enforce_mode(a, &v);
    struct str details = verdict(&v, PSS_AUDIT);
    if (details.len) {
        note_findings(a, details);
        a->answer.audit_violations = violation(a, PSS_AUDIT, "would violate", details);
        count_evaluation(a, true, &a->policy.policy.mode[PSS_AUDIT], PSS_AUDIT);
    }
    if (!a->record.allowed)
        return;
    details = verdict(&v, PSS_WARN);
    if (details.len) {
        note_findings(a, details);
        answer_warn(a, violation(a, PSS_WARN, "would violate", details));
        count_evaluation(a, true, &a->policy.policy.mode[PSS_WARN], PSS_WARN);
    }
}
