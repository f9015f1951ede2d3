/* SPDX-License-Identifier: Apache-2.0
 *
 * Policy files and baselines: any text is taken or refused with a reason and a place in it, and
 * what is taken holds together.
 */
#include "config/baseline.h"
#include "config/policy_file.h"
#include "rules/rules.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DEMAND(condition) ((condition) ? (void)0 : demand_failed(#condition, __LINE__))

static void demand_failed(const char *what, int line)
{
    fprintf(stderr, "tests/fuzz/config.c:%d: not so: %s\n", line, what);
    abort();
}

static void check_refusal(const struct diag *diag, struct str text)
{
    DEMAND(diag->code != DIAG_NONE && diag->text[0]);
    DEMAND(diag->begin <= text.len);
}

static void check_policy(struct str text, struct arena *arena)
{
    struct profile profile = {0};
    struct engine engine;
    struct diag diag = {0};
    if (!policy_file_parse(&profile, text, &rules_all, arena, &diag)) {
        check_refusal(&diag, text);
        return;
    }
    DEMAND(profile.rules == &rules_all && profile.enabled && profile.severity);
    for (size_t i = 0; i < rules_all.count; i++)
        DEMAND(profile.severity[i] < SEVERITY_COUNT);
    profile_engine(&profile, PSS_LATEST, PSS_LATEST, POD_AS_WRITTEN, &engine);
}

static void check_baseline(struct str text, struct arena *arena)
{
    struct baseline baseline;
    struct findings none;
    struct diag diag = {0};
    if (!baseline_parse(&baseline, text, arena, &diag)) {
        check_refusal(&diag, text);
        return;
    }
    for (size_t i = 1; i < baseline.count; i++)
        DEMAND(str_compare(baseline.fingerprints[i - 1], baseline.fingerprints[i]) <= 0);
    findings_init(&none, arena);
    DEMAND(baseline_apply(&baseline, &none, STR("x"), STR("")) == baseline.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct str text = {size ? (const char *)data : "", size};
    arena_init(&arena, 64 << 20);
    check_policy(text, &arena);
    arena_clear(&arena);
    check_baseline(text, &arena);
    arena_release(&arena);
    return 0;
}
