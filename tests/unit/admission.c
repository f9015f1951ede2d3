/* SPDX-License-Identifier: Apache-2.0
 *
 * What the golden file cannot show: time, many pods, failures of the API server, settings, and what
 * is ours alone.
 */
#include "support/admission.h"

#include <criterion/criterion.h>
#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>

#define SECOND      INT64_C(1000000000)
#define MILLISECOND INT64_C(1000000)

static struct admission_world world;
static struct admission_config config;
static struct admission_result result;
static json_t *answer; /* .response of the last one */
static char *cluster;

static void finish(void)
{
    json_decref(answer);
    buf_release(&result.body);
    admission_world_release(&world);
    free(cluster);
}

static void use_cluster(json_t *root)
{
    cluster = json_dumps(root, 0);
    json_decref(root);
    admission_world_init(&world, str_from(cluster));
    world.page = 100;
}

static void begin(void)
{
    config = ADMISSION_CONFIG_DEFAULT;
    buf_init(&result.body, LIMIT_REQUEST_ARENA);
    answer = NULL;
    use_cluster(json_pack("{s[{s{ss s{ss}}}{s{ss}}] s{}}", "namespaces", "metadata", "name", "rest",
                          "labels", "pod-security.kubernetes.io/enforce", "restricted", "metadata",
                          "name", "asked", "pods"));
}

TestSuite(admission, .init = begin, .fini = finish);

static void run(const char *body, int64_t timeout)
{
    admission_run(&world, &config, str_from(body), timeout, &result, NULL, NULL);
    json_decref(answer);
    json_t *review = json_loadb(result.body.ptr, result.body.len, JSON_ALLOW_NUL, NULL);
    answer = json_incref(json_object_get(review, "response"));
    json_decref(review);
}

#define REVIEW(request)                                                                            \
    "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{"           \
    "\"uid\":\"u\"," request "}}"
#define POD_IN(ns, spec)                                                                           \
    REVIEW("\"kind\":{\"group\":\"\",\"version\":\"v1\",\"kind\":\"Pod\"},\"resource\":{"          \
           "\"group\":\"\",\"version\":\"v1\",\"resource\":\"pods\"},\"name\":\"p\","              \
           "\"namespace\":\"" ns "\",\"operation\":\"CREATE\",\"object\":{\"apiVersion\":\"v1\","  \
           "\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":" spec "}")
#define RELABEL(labels)                                                                            \
    REVIEW("\"kind\":{\"group\":\"\",\"version\":\"v1\",\"kind\":\"Namespace\"},\"resource\":{"    \
           "\"group\":\"\",\"version\":\"v1\",\"resource\":\"namespaces\"},\"name\":\"n\","        \
           "\"namespace\":\"n\",\"operation\":\"UPDATE\",\"object\":{\"apiVersion\":\"v1\","       \
           "\"kind\":\"Namespace\",\"metadata\":{\"name\":\"n\",\"labels\":" labels "}},"          \
           "\"oldObject\":{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":"   \
           "\"n\"}}")
#define TO_BASELINE RELABEL("{\"pod-security.kubernetes.io/enforce\":\"baseline\"}")

static const char *message(void)
{
    const char *text =
        json_string_value(json_object_get(json_object_get(answer, "status"), "message"));
    return text ? text : "";
}

static const char *annotation(const char *key)
{
    const char *text =
        json_string_value(json_object_get(json_object_get(answer, "auditAnnotations"), key));
    return text ? text : "";
}

static size_t warning_count(void)
{
    return json_array_size(json_object_get(answer, "warnings"));
}

static const char *warning(size_t i)
{
    const char *text = json_string_value(json_array_get(json_object_get(answer, "warnings"), i));
    return text ? text : "";
}

static json_t *make_pod(const char *name, bool host, const char *controller)
{
    json_t *pod = json_pack("{s{ss}s{sbs[{ss}]}}", "metadata", "name", name, "spec", "hostPID",
                            host, "containers", "name", "c");
    if (controller)
        json_object_set_new(json_object_get(pod, "metadata"), "ownerReferences",
                            json_pack("[{ss}{sssb}{sssb}]", "uid", "no controller", "uid",
                                      controller, "controller", true, "uid", "a second one",
                                      "controller", true));
    return pod;
}

/* Pods p00000 … of namespace n; every one `host` breaks baseline; `replicas` of them share one
 * controller and come first. */
static void use_pods(int count, int replicas, int every)
{
    json_t *pods = json_array();
    for (int i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "p%05d", i);
        json_array_append_new(pods,
                              make_pod(name, every && i % every == 0, i < replicas ? "rs" : NULL));
    }
    admission_world_release(&world);
    free(cluster);
    use_cluster(json_pack("{s[]s{so}}", "namespaces", "pods", "n", pods));
}

/* --- the pods of a relabelled namespace --- */

Test(admission, three_thousand_pods_are_checked)
{
    use_pods(3000, 0, 1);
    run(TO_BASELINE, -1);
    cr_expect_eq(warning_count(), 2);
    cr_expect_str_eq(warning(1), "p00000 (and 2999 other pods): host namespaces");
}

Test(admission, past_three_thousand_the_first_are_checked)
{
    use_pods(3005, 0, 1);
    run(TO_BASELINE, -1);
    cr_expect_eq(warning_count(), 3);
    cr_expect_str_eq(warning(0), "new PodSecurity enforce level only checked against the first "
                                 "3000 of 3005 existing pods");
    cr_expect_str_eq(warning(1), "existing pods in namespace \"n\" violate the new PodSecurity "
                                 "enforce level \"baseline:latest\"");
    cr_expect_str_eq(warning(2), "p00000 (and 2999 other pods): host namespaces");
}

/* 100 replicas come first, then 2950 pods of nobody: the first replica and those are 2951, so 49
 * more replicas are checked. */
Test(admission, replicas_are_checked_last)
{
    use_pods(3050, 100, 1);
    run(TO_BASELINE, -1);
    cr_expect_str_eq(warning(0), "new PodSecurity enforce level only checked against the first "
                                 "3000 of 3050 existing pods");
    use_pods(3050, 100, 0);
    run(TO_BASELINE, -1);
    cr_expect_eq(warning_count(), 1);
}

Test(admission, a_late_replica_is_not_among_the_first)
{
    json_t *pods = json_array();
    char name[16];
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "p%05d", i);
        json_array_append_new(pods, make_pod(name, false, NULL));
    }
    json_array_insert_new(pods, 0, make_pod("a-first", true, "rs"));
    json_array_insert_new(pods, 1, make_pod("b-replica", true, "rs"));
    admission_world_release(&world);
    free(cluster);
    use_cluster(json_pack("{s[]s{so}}", "namespaces", "pods", "n", pods));
    run(TO_BASELINE, -1);
    cr_expect_eq(warning_count(), 3);
    cr_expect_str_eq(warning(0), "new PodSecurity enforce level only checked against the first "
                                 "3000 of 3002 existing pods");
    cr_expect_str_eq(warning(2), "a-first: host namespaces");
}

Test(admission, one_pod_two_pods)
{
    use_pods(2, 0, 2);
    run(TO_BASELINE, -1);
    cr_expect_str_eq(warning(1), "p00000: host namespaces");
    use_pods(2, 0, 1);
    run(TO_BASELINE, -1);
    cr_expect_str_eq(warning(1), "p00000 (and 1 other pod): host namespaces");
}

/* --- time --- */

static const char list_failed[] =
    "failed to list pods while checking new PodSecurity enforce level";

Test(admission, a_slow_list_fails_whatever_the_timeout)
{
    use_pods(300, 0, 1);
    world.tick = 600 * MILLISECOND; /* the second look at the clock is past one second */
    run(TO_BASELINE, -1);
    cr_expect_eq(warning_count(), 1);
    cr_expect_str_eq(warning(0), list_failed);
    cr_expect(result.record.allowed);
}

Test(admission, half_of_the_time_left_is_taken)
{
    use_pods(50, 0, 1);
    world.tick = 15 * MILLISECOND;
    run(TO_BASELINE, 60 * MILLISECOND); /* begun at 15 ms of 60: until 37.5 ms; a page at 30 ms */
    cr_expect_eq(warning_count(), 3);
    cr_expect_str_eq(warning(0), "new PodSecurity enforce level only checked against the first 1 "
                                 "of 50 existing pods");
    cr_expect_str_eq(warning(2), "p00000: host namespaces");
}

Test(admission, time_that_runs_out_between_pages_fails_the_list)
{
    use_pods(300, 0, 1);
    world.tick = 15 * MILLISECOND;
    run(TO_BASELINE, 60 * MILLISECOND);
    cr_expect_eq(warning_count(), 1);
    cr_expect_str_eq(warning(0), list_failed);
}

Test(admission, enough_time_is_enough)
{
    use_pods(50, 0, 1);
    world.tick = MILLISECOND;
    run(TO_BASELINE, SECOND);
    cr_expect_eq(warning_count(), 2);
}

/* --- failures --- */

Test(admission, a_failed_list_is_one_warning)
{
    use_pods(3, 0, 1);
    world.failure = "etcdserver: leader changed";
    run(TO_BASELINE, -1);
    cr_expect_eq(warning_count(), 1);
    cr_expect_str_eq(warning(0), list_failed);
    cr_expect_eq(result.record.decision, DECISION_NOTICE);
}

Test(admission, a_failed_lookup_refuses_a_pod_in_the_servers_words)
{
    world.failure = "etcdserver: leader changed";
    run(POD_IN("asked", "{}"), -1);
    cr_expect_eq(result.record.code, 500);
    cr_expect_str_eq(message(), "Internal error occurred: failed to lookup namespace \"asked\"");
    cr_expect_str_eq(annotation("error"), "Internal error occurred: failed to lookup namespace "
                                          "\"asked\": etcdserver: leader changed");
    cr_expect_eq(result.record.decision, DECISION_ERROR);
}

Test(admission, too_little_memory_is_no_verdict)
{
    world.ceiling = 2048;
    run(POD_IN("rest", "{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]}"), -1);
    cr_expect_eq(result.status, 500);
    cr_expect_null(answer);
}

/* --- settings --- */

#define PROBE                                                                                      \
    "{\"containers\":[{\"name\":\"a\",\"livenessProbe\":{\"httpGet\":{\"host\":\"h\","             \
    "\"port\":1}}}]}"

Test(admission, latest_means_what_the_cluster_calls_so)
{
    run(POD_IN("rest", PROBE), -1);
    cr_expect(strstr(message(), "probe or lifecycle host"));
    config.latest = 33;
    run(POD_IN("rest", PROBE), -1);
    cr_expect_not(strstr(message(), "probe or lifecycle host"));
    cr_expect(strstr(message(), "violates PodSecurity \"restricted:latest\""));
}

static void keep_line(void *context, struct str line)
{
    snprintf(context, 512, "%.*s", STR_ARG(line));
}

Test(admission, versions_that_the_build_does_not_know_are_counted_as_future)
{
    static const struct {
        const char *version, *label;
    } rows[] = {{"latest", "latest"}, {"v1.37", "v1.37"}, {"v1.38", "future"}, {"v1.0", "v1.0"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pss_level_version *enforce = &config.pod_security.defaults.mode[PSS_ENFORCE];
        char line[512], wanted[512];
        *enforce = (struct pss_level_version){PSS_BASELINE, 0, str_from(rows[i].version)};
        cr_assert(pss_parse_version(enforce->version, &enforce->minor));
        admission_run(&world, &config, STR(POD_IN("asked", "{}")), -1, &result, keep_line, line);
        snprintf(wanted, sizeof wanted,
                 "pod_security_evaluations_total{decision=\"allow\",mode=\"enforce\",policy_level="
                 "\"baseline\",policy_version=\"%s\",request_operation=\"create\",resource="
                 "\"pod\",subresource=\"\"}",
                 rows[i].label);
        cr_expect_str_eq(line, wanted);
    }
}

/* --- what is ours --- */

/* The API server drops a warning with a control character; one that is escaped arrives. */
Test(admission, warnings_hold_no_control_characters)
{
    config.pod_security.defaults.mode[PSS_WARN] =
        (struct pss_level_version){PSS_BASELINE, PSS_LATEST, PSS_LATEST_VERSION};
    run(POD_IN("asked", "{\"containers\":[{\"name\":\"a\",\"securityContext\":{\"capabilities\":{"
                        "\"add\":[\"A\\nB\\u0000\\u0085\\u007f\\u00e9\"]}}}]}"),
        -1);
    cr_expect_str_eq(warning(0), "would violate PodSecurity \"baseline:latest\": non-default "
                                 "capabilities (container \"a\" must not include "
                                 "\"A\\nB\\u0000\\u0085\\u007f\u00e9\" in "
                                 "securityContext.capabilities.add)");
}

Test(admission, a_caller_can_deny)
{
    struct arena arena;
    struct doc doc;
    struct diag diag = {0};
    arena_init(&arena, LIMIT_REQUEST_ARENA);
    cr_assert(json_read(&world.reader, STR(POD_IN("rest", "{}")), &arena, &doc, &diag));
    struct admission *a = admission_begin(&doc, &config, &arena, ADMISSION_NO_DEADLINE);
    admission_deny(a, 429, "TooManyRequests", STR("slow down"));
    cr_expect_eq(admission_step(a, NULL, 0), ADMISSION_DONE);
    cr_expect_eq(admission_record(a)->decision, DECISION_DENY);
    buf_clear(&result.body);
    admission_response(a, &result.body);
    cr_expect(str_is(buf_str(&result.body),
                     "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\","
                     "\"response\":{\"uid\":\"u\",\"allowed\":false,\"status\":{\"metadata\":{},"
                     "\"status\":\"Failure\",\"message\":\"slow down\",\"reason\":"
                     "\"TooManyRequests\",\"code\":429}}}"),
              "%.*s", STR_ARG(buf_str(&result.body)));
    arena_release(&arena);
}

Test(admission, the_record_says_what_is_logged)
{
    struct arena arena;
    struct doc doc;
    struct diag diag = {0};
    arena_init(&arena, LIMIT_REQUEST_ARENA);
    cr_assert(json_read(
        &world.reader,
        STR(REVIEW("\"kind\":{\"group\":\"g\",\"version\":\"v\",\"kind\":\"K\"},\"resource\":{"
                   "\"group\":\"g\",\"version\":\"v\",\"resource\":\"rs\"},\"name\":\"n\","
                   "\"namespace\":\"rest\",\"operation\":\"UPDATE\",\"requestSubResource\":\"s\","
                   "\"dryRun\":true,\"userInfo\":{\"username\":\"who\",\"groups\":[\"g1\",null]}")),
        &arena, &doc, &diag));
    struct admission *a = admission_begin(&doc, &config, &arena, ADMISSION_NO_DEADLINE);
    const struct admission_record *r = admission_record(a);
    cr_expect_null(admission_refusal(a));
    cr_expect_eq(admission_step(a, world.inventory, 0), ADMISSION_DONE);
    cr_expect(str_is(r->uid, "u") && str_is(r->username, "who") && str_is(r->operation, "UPDATE"));
    cr_expect(str_is(r->kind.kind, "K") && str_is(r->resource.resource, "rs"));
    cr_expect(str_is(r->namespace, "rest") && str_is(r->name, "n") && r->dry_run);
    cr_expect(str_is(r->subresource, "s") && str_is(r->metric_operation, "update"));
    cr_expect_str_eq(r->metric_resource, "controller");
    cr_expect_eq(r->groups->len, 2);
    cr_expect_eq(r->decision, DECISION_ALLOW);
    cr_expect_str_eq(admission_decision_name(r->decision), "allow");
    arena_release(&arena);
}

Test(admission, findings_are_the_texts_of_what_was_broken)
{
    run(POD_IN("rest", "{\"hostPID\":true}"), -1);
    cr_expect_eq(result.record.decision, DECISION_DENY);
    cr_expect_eq(result.record.code, 403);
    run(POD_IN("asked", "{\"hostPID\":true}"), -1);
    cr_expect_eq(result.record.decision, DECISION_ALLOW);
}

/* In modes of the namespace, which the cluster of the suite has not. */
Test(admission, failed_checks_are_told_by_mode)
{
    const pss_set host = 1u << PSS_HOST_NAMESPACES, root = 1u << PSS_RUN_AS_NON_ROOT;
    const pss_set *failed = result.record.failed;
    admission_world_release(&world);
    free(cluster);
    use_cluster(json_pack("{s[{s{ss s{ss ss ss}}}] s{}}", "namespaces", "metadata", "name", "mixed",
                          "labels", "pod-security.kubernetes.io/enforce", "baseline",
                          "pod-security.kubernetes.io/audit", "restricted",
                          "pod-security.kubernetes.io/warn", "restricted", "pods"));
    run(POD_IN("mixed", "{\"hostPID\":true,\"containers\":[{\"name\":\"a\"}]}"), -1);
    cr_expect_eq(result.record.decision, DECISION_DENY);
    cr_expect_eq(failed[PSS_ENFORCE], host);
    cr_expect_eq(failed[PSS_AUDIT] & (host | root), host | root);
    cr_expect_eq(failed[PSS_WARN], 0, "who was refused is not warned");

    run(POD_IN("mixed", "{\"containers\":[{\"name\":\"a\"}]}"), -1);
    cr_expect_eq(result.record.decision, DECISION_NOTICE);
    cr_expect_eq(failed[PSS_ENFORCE], 0);
    cr_expect_eq(failed[PSS_AUDIT] & (host | root), root);
    cr_expect_eq(failed[PSS_WARN], failed[PSS_AUDIT]);
}

Test(admission, the_uid_is_echoed_whatever_it_is)
{
    run("{\"request\":{\"uid\":\"a\\\"\\u0000\\u2028\"}}", -1);
    size_t len = json_string_length(json_object_get(answer, "uid"));
    cr_expect_eq(len, 6);
    run("{\"request\":{}}", -1);
    cr_expect_str_eq(json_string_value(json_object_get(answer, "uid")), "");
}

Test(admission, a_body_that_is_no_review_is_refused)
{
    static const char *const bodies[] = {"",
                                         "{",
                                         "[]",
                                         "{\"request\":{\"uid\":\"a\",\"uid\":\"b\"}}",
                                         "{\"request\":{\"uid\":\"\\ud800\"}}",
                                         "{\"request\":{\"uid\":\"\xff\"}}",
                                         "{\"request\":{\"uid\":1e999}}"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        run(bodies[i], -1);
        cr_expect_eq(result.status, 400, "%s", bodies[i]);
        cr_expect(str_is(buf_str(&result.body), "unable to decode the request"));
    }
}

#define OBJECT(object)                                                                             \
    REVIEW("\"resource\":{\"version\":\"v1\",\"resource\":\"pods\"},\"namespace\":\"rest\","       \
           "\"operation\":\"CREATE\",\"object\":" object)

/* It is registered under any group and version, and its types are looked at there too. */
Test(admission, a_status_of_another_group_is_decoded)
{
    run(OBJECT("{\"apiVersion\":\"foo/v9\",\"kind\":\"Status\",\"status\":\"x\"}"), -1);
    cr_expect_str_eq(message(), "failed to decode pod");
    run(OBJECT("{\"apiVersion\":\"foo/v9\",\"kind\":\"Status\",\"status\":{}}"), -1);
    cr_expect_str_eq(message(), "failed to decode object");
}
