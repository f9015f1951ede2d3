/* SPDX-License-Identifier: Apache-2.0
 *
 * The Pod Security rules of a pod: evaluated once, one finding for each offender.
 */
#include "base/limits.h"
#include "policy/internal.h"

static void add_offender(struct rule_run *rule, const struct pss_result *result,
                         const struct pss_offender *offender, struct str detail)
{
    struct arena *arena = rule->run->findings->arena;
    if (rule_over_ceiling(rule))
        return;
    struct str message = pss_message(result, offender, rule->run->scratch);
    struct finding *f =
        rule_draft(rule, &(struct finding_draft){
                             .begin = offender->at->begin,
                             .end = offender->at->end,
                             .node = offender->at,
                             .container = offender->container.node ? &offender->container : NULL,
                             .message = arena_str(arena, str_take(message, LIMIT_MESSAGE_BYTES))});
    if (f && rule->run->engine->pss_only) {
        f->pss_check = pss_check_id(result->check);
        f->pss_reason = result->reason;
        f->pss_detail = detail;
    }
}

/* What the baseline check found that this one has in it, or NULL. */
static const struct pss_result *find_overridden(const struct pss_results *results,
                                                enum pss_check check)
{
    for (uint32_t i = 0; i < results->count; i++)
        if (pss_overrides(check) & 1u << results->items[i].check)
            return &results->items[i];
    return NULL;
}

/* What a baseline rule has told, as the graver fault, the restricted rule does not tell again. */
static void add_offenders(struct rule_run *rule, const struct pss_result *result,
                          const struct pss_result *told)
{
    struct str detail = rule->run->engine->pss_only
                            ? arena_str(rule->run->findings->arena, result->detail)
                            : STR_EMPTY;
    uint32_t next = 0;
    for (uint32_t i = 0; i < result->offender_count; i++) {
        const struct pss_offender *offender = &result->offenders[i];
        if (told && next < told->offender_count && told->offenders[next].at == offender->at)
            next++;
        else
            add_offender(rule, result, offender, detail);
    }
}

void engine_pod_security(struct engine_run *run, const struct object *object, const struct pod *pod)
{
    struct pss_results results;
    const struct engine *engine = run->engine;
    if (!engine->pss)
        return;
    /* Upstream's overriding belongs to a level as a whole. A profile holds rules of two severities,
     * and what breaks baseline is an error in all of them. */
    (engine->pss_only ? pss_evaluate : pss_evaluate_each)(&results, engine->pss, engine->pss_minor,
                                                          pod, run->scratch);
    if (run->scratch->failed)
        return;
    for (uint32_t i = 0; i < results.count; i++) {
        const struct pss_result *result = &results.items[i];
        size_t index = engine->pss_rule[result->check];
        if (index != NO_RULE)
            add_offenders(&(struct rule_run){run, index, object, pod}, result,
                          find_overridden(&results, result->check));
    }
}
