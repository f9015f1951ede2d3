/* SPDX-License-Identifier: Apache-2.0
 *
 * Hand-made reviews, a few for each rule of upstream's admission logic, with what Kubernetes' own
 * webhook answered and counted: tests/golden/admission.json, written by tests/e2e/admission_parity
 * from its cases.py.
 */
#include "config/pod_security.h"
#include "support/admission.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>

struct golden {
    json_t *root;
    struct admission_world world;
    struct arena arena;
    struct admission_result result;
    char *cluster;
};

static void open_golden(struct golden *g)
{
    char path[1024];
    json_error_t error;
    snprintf(path, sizeof path, "%s/tests/golden/admission.json", getenv("SOURCE_DIR"));
    g->root = json_load_file(path, 0, &error);
    cr_assert(g->root, "%s:%d: %s", path, error.line, error.text);
    g->cluster = json_dumps(json_object_get(g->root, "cluster"), 0);
    admission_world_init(&g->world, str_from(g->cluster));
    arena_init(&g->arena, 16 << 20);
    buf_init(&g->result.body, LIMIT_REQUEST_ARENA);
}

static void close_golden(struct golden *g)
{
    buf_release(&g->result.body);
    arena_release(&g->arena);
    admission_world_release(&g->world);
    free(g->cluster);
    json_decref(g->root);
}

static void count(void *context, struct str line)
{
    json_t *counters = context;
    json_t *old = json_object_getn(counters, line.ptr, line.len);
    json_object_setn_new(counters, line.ptr, line.len, json_integer(1 + json_integer_value(old)));
}

/* What a decoder says is its own: that text ends at the colon in the golden file. */
static void cut_decoder(json_t *response)
{
    json_t *error = json_object_get(json_object_get(response, "auditAnnotations"), "error");
    const char *text = json_string_value(error), *end;
    if (!text || strncmp(text, "failed to decode ", 17) != 0)
        return;
    end = strstr(text, "object: ");
    if (end)
        json_string_setn(error, text, (size_t)(end - text) + strlen("object: "));
}

static void expect_json(const char *name, json_t *got, json_t *wanted)
{
    char *a = json_dumps(got, JSON_SORT_KEYS | JSON_ENCODE_ANY);
    char *b = json_dumps(wanted, JSON_SORT_KEYS | JSON_ENCODE_ANY);
    cr_expect_str_eq(a, b, "%s\n  got    %s\n  wanted %s", name, a, b);
    free(a);
    free(b);
}

static void expect_answer(const char *name, const json_t *c, struct str body)
{
    json_t *review = json_loadb(body.ptr, body.len, 0, NULL);
    cr_assert(review, "%s: not JSON: %.*s", name, STR_ARG(body));
    cr_expect_str_eq(json_string_value(json_object_get(review, "kind")), "AdmissionReview");
    cr_expect_str_eq(json_string_value(json_object_get(review, "apiVersion")),
                     "admission.k8s.io/v1");
    json_t *response = json_object_get(review, "response");
    cut_decoder(response);
    expect_json(name, response, json_object_get(c, "answer"));
    json_decref(review);
}

/* Upstream's webhook panics on some: what ours does there is its own. */
static void expect_instead_of_panic(const char *name, const struct admission_result *result)
{
    bool nothing_to_answer = strcmp(name, "no request") == 0 || strcmp(name, "empty object") == 0;
    cr_expect_eq(result->status, nothing_to_answer ? 400 : 200, "%s: %u", name, result->status);
    cr_expect_eq(result->record.allowed, !nothing_to_answer, "%s", name);
    cr_expect_eq(result->record.count_count, 0, "%s", name);
}

static int64_t timeout_of(const char *suffix)
{
    if (strcmp(suffix, "?timeout=0s") == 0)
        return 0;
    return strcmp(suffix, "?timeout=-3s") == 0 ? 0 : -1;
}

static void replay(struct golden *g, const json_t *c)
{
    const char *name = json_string_value(json_object_get(c, "name"));
    const json_t *configs = json_object_get(g->root, "configs");
    const char *file = json_string_value(
        json_object_get(configs, json_string_value(json_object_get(c, "config"))));
    struct admission_config config = ADMISSION_CONFIG_DEFAULT;
    struct pod_security_error error;
    config.known_minors = 0; /* as in the build that was asked: it knows no version of its own */
    cr_assert(pod_security_read(str_from(file), &g->arena, &config.pod_security, &error));
    json_t *counters = json_object();
    admission_run(&g->world, &config, str_from(json_string_value(json_object_get(c, "body"))),
                  timeout_of(json_string_value(json_object_get(c, "suffix"))), &g->result, count,
                  counters);
    unsigned wanted = (unsigned)json_integer_value(json_object_get(c, "status"));
    struct str body = buf_str(&g->result.body);
    if (wanted == 0) {
        expect_instead_of_panic(name, &g->result);
    } else {
        cr_expect_eq(g->result.status, wanted, "%s: %u", name, g->result.status);
        if (wanted == 200)
            expect_answer(name, c, body);
        else
            cr_expect(str_is(body, json_string_value(json_object_get(c, "answer"))), "%s: %.*s",
                      name, STR_ARG(body));
        expect_json(name, counters, json_object_get(c, "metrics"));
    }
    json_decref(counters);
}

static void replay_all(uint32_t page)
{
    struct golden g;
    size_t i;
    json_t *c;
    open_golden(&g);
    g.world.page = page;
    json_array_foreach(json_object_get(g.root, "cases"), i, c) replay(&g, c);
    cr_expect_gt(i, 250);
    close_golden(&g);
}

Test(admission_golden, answers_and_counters_are_upstreams)
{
    replay_all(2);
}

Test(admission_golden, pages_of_any_size_make_no_difference)
{
    replay_all(1);
    replay_all(500);
}
