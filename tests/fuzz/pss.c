/* SPDX-License-Identifier: Apache-2.0
 *
 * Any document, taken for a pod and for whatever it says it is, through every check of every
 * version, as written and as admitted. Nothing may crash; a result has a reason, an offender with a
 * place, and a text; `latest` is the newest version.
 */
#include "pss/pss.h"

#include "load/stream.h"

#include <stdlib.h>

enum { ARENA = 64 << 20, PAST_NEWEST = PSS_NEWEST + 2 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_result(const struct pss_result *result, struct arena *arena)
{
    require(result->reason[0] && result->offender_count > 0);
    /* Upstream's text of a sysctl without a name is empty. */
    require(result->detail.len || result->check == PSS_SYSCTLS);
    for (uint32_t i = 0; i < result->offender_count; i++) {
        const struct pss_offender *offender = &result->offenders[i];
        struct str detail = pss_detail(result, offender, 1, arena);
        require(offender->at != NULL);
        require(arena->failed || pss_message(result, offender, arena).len);
        require(arena->failed || detail.len || result->check == PSS_SYSCTLS);
    }
}

static struct str details(const struct pod *pod, enum pss_level level, uint32_t minor,
                          struct arena *arena)
{
    struct pss_results results;
    pss_evaluate(&results, pss_level_checks(level), minor, pod, arena);
    for (uint32_t i = 0; i < results.count && !arena->failed; i++)
        check_result(&results.items[i], arena);
    return pss_details_text(&results, arena);
}

static void judge(const struct pod *pod, struct arena *arena)
{
    for (enum pss_level level = PSS_BASELINE; level <= PSS_RESTRICTED; level++) {
        struct str newest = details(pod, level, PSS_NEWEST, arena);
        struct str latest = details(pod, level, PSS_LATEST, arena);
        require(arena->failed || str_equal(newest, latest));
        for (uint32_t minor = 0; minor <= PAST_NEWEST && !arena->failed; minor++)
            details(pod, level, minor, arena);
    }
}

static bool judge_object(void *context, const struct object *object)
{
    struct arena *arena = context;
    for (enum pod_view view = POD_AS_WRITTEN; view <= POD_AS_ADMITTED; view++) {
        struct pod pod;
        pod_of_node(&pod, object, object->node, false, view);
        judge(&pod, arena);
        if (pod_view(&pod, object, view))
            judge(&pod, arena);
    }
    return !arena->failed;
}

static bool judge_item(void *context, const struct stream_item *item)
{
    return !item->doc || object_foreach(item->doc, judge_object, context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct source source = {STR("fuzz"), {(const char *)data, size}};
    arena_init(&arena, ARENA);
    stream_read(&source, &arena, judge_item, &arena);
    arena_release(&arena);
    return 0;
}
