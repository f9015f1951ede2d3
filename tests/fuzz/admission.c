/* SPDX-License-Identifier: Apache-2.0
 *
 * Request bytes to response. Whatever comes in: 200 with a review that jansson reads and that
 * echoes the uid, or 400 with a text; what is denied says why; no warning holds a control
 * character; a pod is allowed under restricted only if its checks say so.
 */
#include "support/admission.h"

#include <jansson.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define DEMAND(condition) ((condition) ? (void)0 : demand_failed(#condition, __LINE__))

static void demand_failed(const char *what, int line)
{
    fprintf(stderr, "tests/fuzz/admission.c:%d: not so: %s\n", line, what);
    abort();
}

static const char cluster[] =
    "{\"namespaces\":[{\"metadata\":{\"name\":\"rest\",\"labels\":{\"pod-security.kubernetes.io/"
    "enforce\":\"restricted\",\"pod-security.kubernetes.io/audit\":\"baseline\"}}},"
    "{\"metadata\":{\"name\":\"base\",\"labels\":{\"pod-security.kubernetes.io/enforce\":"
    "\"baseline\",\"pod-security.kubernetes.io/warn\":\"restricted\"}}},"
    "{\"metadata\":{\"name\":\"bad\",\"labels\":{\"pod-security.kubernetes.io/enforce\":\"x\","
    "\"pod-security.kubernetes.io/warn-version\":\"y\"}}}],\"pods\":{\"n\":["
    "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"hostPID\":true}},"
    "{\"metadata\":{\"name\":\"b\"},\"spec\":{\"containers\":[{\"name\":\"c\"}]}},"
    "{\"metadata\":{\"name\":\"c\"},\"spec\":{\"runtimeClassName\":\"gvisor\"}}]}}";

static void check_status(const json_t *response)
{
    const json_t *status = json_object_get(response, "status");
    json_int_t code = json_integer_value(json_object_get(status, "code"));
    DEMAND(json_is_true(json_object_get(response, "allowed")) == !status);
    DEMAND(!status || code == 400 || code == 403 || code == 422 || code == 500);
    DEMAND(!status || json_string_length(json_object_get(status, "message")) > 0);
}

static void check_warnings(const json_t *response)
{
    size_t i;
    json_t *warning;
    json_array_foreach(json_object_get(response, "warnings"), i, warning)
    {
        const unsigned char *text = (const unsigned char *)json_string_value(warning);
        for (size_t k = 0; k < json_string_length(warning); k++)
            DEMAND(text[k] >= 0x20 && text[k] != 0x7f);
    }
}

/* A pod created in the restricted namespace and let in keeps every check, or is exempt. */
static void check_allowed(const struct doc *doc, const struct admission_record *r,
                          struct arena *arena)
{
    const struct doc_node *request = doc_get(doc->root, N_request);
    const struct doc_node *object = doc_get(request, N_object);
    struct object o = {.doc = doc, .node = object};
    struct pod pod;
    struct pss_results results;
    bool created = strcmp(r->metric_resource, "pod") == 0 && r->count_count == 1 &&
                   r->counts[0].metric == ADMISSION_EVALUATIONS &&
                   str_is(doc_str(doc_get(request, N_namespace)), "rest");
    if (!r->allowed || !created)
        return;
    DEMAND(doc_is(object, DOC_MAP));
    pod_of_node(&pod, &o, object, false, POD_AS_ADMITTED);
    pss_evaluate(&results, pss_level_checks(PSS_RESTRICTED), PSS_LATEST, &pod, arena);
    DEMAND(results.count == 0);
    DEMAND(!str_is(doc_str(doc_get(pod.spec, N_runtimeClassName)), "gvisor"));
}

static void check_review(struct admission_world *world, const struct admission_record *r,
                         struct str in, struct str out)
{
    json_error_t error;
    struct arena arena;
    struct doc doc;
    struct diag diag = {0};
    json_t *review = json_loadb(out.ptr, out.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    DEMAND(review);
    arena_init(&arena, LIMIT_REQUEST_ARENA);
    DEMAND(json_read(&world->reader, in, &arena, &doc, &diag));
    check_allowed(&doc, r, &arena);
    struct str uid = doc_str(doc_at(doc.root, N_request, N_uid).node);
    const json_t *response = json_object_get(review, "response");
    const json_t *echo = json_object_get(response, "uid");
    DEMAND(json_is_string(echo));
    DEMAND(str_equal(uid, (struct str){json_string_value(echo), json_string_length(echo)}));
    check_status(response);
    check_warnings(response);
    json_decref(review);
    arena_release(&arena);
}

static void check_record(const struct admission_record *r)
{
    bool denied = false;
    DEMAND(r->count_count <= ADMISSION_COUNTS);
    for (uint32_t i = 0; i < r->count_count; i++) {
        const struct admission_count *c = &r->counts[i];
        denied |= c->metric == ADMISSION_EVALUATIONS && strcmp(c->mode, "enforce") == 0 &&
                  strcmp(c->decision, "deny") == 0;
    }
    DEMAND(!denied || (!r->allowed && r->code == 403));
    DEMAND(r->allowed == (r->code == 0));
}

static void judge(struct admission_world *world, const struct admission_config *config,
                  struct str body, struct admission_result *result)
{
    admission_run(world, config, body, 1000, result, NULL, NULL);
    struct str out = buf_str(&result->body);
    DEMAND(result->status == 200 || result->status == 400);
    if (result->status == 400) {
        DEMAND(out.len > 0);
        return;
    }
    check_record(&result->record);
    check_review(world, &result->record, body, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct admission_world world;
    struct admission_result result = {0};
    const struct str exempt[] = {STR("gvisor")};
    struct admission_config config = ADMISSION_CONFIG_DEFAULT;
    config.pod_security.runtime_classes = (struct pss_names){exempt, 1};
    admission_world_init(&world, str_from(cluster));
    buf_init(&result.body, LIMIT_REQUEST_ARENA);
    judge(&world, &config, (struct str){(const char *)data, size}, &result);
    buf_release(&result.body);
    admission_world_release(&world);
    return 0;
}
