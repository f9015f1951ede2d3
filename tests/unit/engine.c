/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents to findings, with rules made up here: which objects are judged, where findings stand,
 * what they keep, and what happens when there is too much or no memory.
 */
#include "base/utf8.h"
#include "load/json.h"
#include "policy/profile.h"
#include "policy/secret.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

static void each_container(struct rule_run *run, const struct pod *pod)
{
    pod_foreach_container (pod, c)
        rule_finding(run, doc_at(c.node, N_image), &c, "image of %.*s", STR_ARG(c.name));
}

static void each_object(struct rule_run *run, const struct object *object)
{
    rule_finding(run, (struct doc_at){NULL, NULL}, NULL, "object %.*s", STR_ARG(object->name));
}

static const struct rule duplicate = {
    .id = "duplicate-key", .kind = RULE_SCHEMA, .fault = FAULT_DUPLICATE_KEY, .severity = 2};
static const struct rule ports = {.id = "host-ports", .kind = RULE_PSS, .pss = PSS_HOST_PORTS};
static const struct rule host_path = {.id = "host-path-volumes",
                                      .kind = RULE_PSS,
                                      .pss = PSS_HOST_PATH_VOLUMES,
                                      .severity = SEVERITY_ERROR};
static const struct rule image = {
    .id = "image", .kind = RULE_POD, .pod = each_container, .profile = PROFILE_ALL};
static const struct rule not_json = {
    .id = "not-json", .kind = RULE_SCHEMA, .fault = FAULT_NOT_JSON};
static const struct rule object_rule = {
    .id = "object", .kind = RULE_OBJECT, .object = each_object, .profile = PROFILE_HARDENED};
static const struct rule non_root = {.id = "run-as-non-root",
                                     .kind = RULE_PSS,
                                     .pss = PSS_RUN_AS_NON_ROOT,
                                     .profile = PROFILE_RESTRICTED};
static const struct rule volumes = {.id = "restricted-volumes",
                                    .kind = RULE_PSS,
                                    .pss = PSS_RESTRICTED_VOLUMES,
                                    .severity = SEVERITY_WARNING,
                                    .profile = PROFILE_RESTRICTED};
static const struct rule *const list[] = {&duplicate, &host_path,   &ports,   &image,
                                          &not_json,  &object_rule, &volumes, &non_root};
static const struct rule_set rules = {list, NULL, sizeof list / sizeof *list};

static struct arena scratch, kept;
static struct findings findings;
static struct engine engine;
static struct engine_run run;

static void use(enum profile_level level)
{
    struct profile profile;
    cr_assert(profile_init(&profile, &rules, level, &kept));
    profile_engine(&profile, PSS_LATEST, 36, POD_AS_WRITTEN, &engine);
}

/* No rule but one, Pod Security aside. */
static void only(const char *rule)
{
    static bool enabled[sizeof list / sizeof *list];
    for (size_t i = 0; i < rules.count; i++)
        enabled[i] = strcmp(list[i]->id, rule) == 0;
    engine.enabled = enabled;
}

static void begin(void)
{
    arena_init(&scratch, 64 << 20);
    arena_init(&kept, 64 << 20);
    findings_init(&findings, &kept);
    run = (struct engine_run){
        .engine = &engine, .scratch = &scratch, .findings = &findings, .file = STR("a.json")};
    use(PROFILE_ALL);
}

static void end(void)
{
    arena_release(&scratch);
    arena_release(&kept);
}

TestSuite(engine, .init = begin, .fini = end);

/* Every value of a JSON text. */
static bool judge(struct str text)
{
    struct json_reader reader;
    size_t offset = 0;
    bool well = true;
    json_reader_init(&reader);
    for (;;) {
        struct doc doc;
        struct diag diag = {0};
        cr_assert(json_read_value(&reader, text, &offset, text.len, &scratch, &doc, &diag), "%s",
                  diag.text);
        if (!doc.root)
            break;
        well &= engine_document(&run, &doc);
    }
    json_reader_release(&reader);
    return well;
}

static void judge_c(const char *text)
{
    cr_assert(judge(str_from(text)));
    cr_assert(findings_finish(&findings));
}

static const struct finding *find(const char *rule, size_t nth)
{
    for (size_t i = 0; i < findings.list.count; i++)
        if (strcmp(findings.list.items[i].rule->id, rule) == 0 && !nth--)
            return &findings.list.items[i];
    return NULL;
}

static size_t count_of(const char *rule)
{
    size_t n = 0;
    while (find(rule, n))
        n++;
    return n;
}

static void forget(void)
{
    findings_init(&findings, &kept);
    run.objects = run.no_objects = 0;
}

#define POD(name, rest)                                                                            \
    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" name "\"},\"spec\":{" rest \
    "}}\n"

Test(engine, a_finding_says_what_where_and_of_whom)
{
    judge_c("\n{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\n"
            "\"metadata\":{\"name\":\"web\",\"namespace\":\"shop\"},\n"
            "\"spec\":{\"template\":{\"spec\":{\"containers\":[\n"
            "  {\"name\":\"\xC3\xA9\",\"image\":\"nginx\"}]}}}}\n");
    const struct finding *f = find("image", 0);
    cr_assert(f && run.objects == 1);
    cr_assert(str_is(f->message, "image of \xC3\xA9"));
    cr_assert(str_is(f->file, "a.json") && str_is(f->container, "\xC3\xA9"));
    cr_assert(str_is(f->path, "spec.template.spec.containers[0].image"));
    cr_assert(f->span.begin.line == 5 && f->span.begin.column == 23, "%u:%u", f->span.begin.line,
              f->span.begin.column);
    cr_assert(f->span.end.line == 5 && f->span.end.column == 30);
    cr_assert(str_is(f->object.kind, "Deployment") && str_is(f->object.name, "web"));
    cr_assert(str_is(f->object.namespace, "shop") && str_is(f->object.api_version, "apps/v1"));
    cr_assert(f->frame_first == 4 && !f->frame_skip);
    cr_assert(str_is(f->frame[1], "  {\"name\":\"\xC3\xA9\",\"image\":\"nginx\"}]}}}}"));
    cr_assert(str_is(f->frame[0], "\"spec\":{\"template\":{\"spec\":{\"containers\":["));
    cr_assert_null(f->frame[2].ptr);
    cr_assert_eq(strlen(f->fingerprint), 32);
}

Test(engine, each_offender_is_a_finding_and_carries_upstreams_texts_with_pss_only)
{
    struct profile profile;
    const char *text =
        POD("p", "\"containers\":[{\"name\":\"a\",\"ports\":[{\"hostPort\":80},"
                 "{\"hostPort\":81}]},{\"name\":\"b\",\"ports\":[{\"hostPort\":82}]}]");
    judge_c(text);
    cr_assert_geq(count_of("host-ports"), 2);
    cr_assert_null(find("host-ports", 0)->pss_check);
    forget();
    cr_assert(profile_init_pss(&profile, &rules, PSS_BASELINE, &kept));
    profile_engine(&profile, PSS_LATEST, 36, POD_AS_WRITTEN, &engine);
    judge_c(text);
    cr_assert_eq(count_of("host-ports"), findings.list.count);
    const struct finding *f = find("host-ports", 0);
    cr_assert_str_eq(f->pss_check, "hostPorts");
    cr_assert_str_eq(f->pss_reason, "hostPort");
    cr_assert(str_is(f->pss_detail, "containers \"a\", \"b\" use hostPorts 80, 81, 82"), "%.*s",
              STR_ARG(f->pss_detail));
    cr_assert(str_is(f->container, "a"));
    cr_assert(str_is(f->message, "container \"a\" uses hostPort 80"), "%.*s", STR_ARG(f->message));
}

Test(engine, what_breaks_baseline_is_told_as_that_and_once)
{
    struct profile profile;
    const char *text =
        POD("p", "\"containers\":[],\"volumes\":[{\"name\":\"a\",\"nfs\":{}},"
                 "{\"name\":\"b\",\"hostPath\":{}},{\"name\":\"c\",\"flexVolume\":{}},"
                 "{\"name\":\"d\",\"hostPath\":{}}]");
    judge_c(text);
    cr_assert_eq(count_of("host-path-volumes"), 2);
    cr_assert_eq(count_of("restricted-volumes"), 2);
    cr_assert(str_is(find("restricted-volumes", 1)->path, "spec.volumes[2].flexVolume"));
    /* The standard itself tells it with the restricted check only. */
    forget();
    cr_assert(profile_init_pss(&profile, &rules, PSS_RESTRICTED, &kept));
    profile_engine(&profile, PSS_LATEST, 36, POD_AS_WRITTEN, &engine);
    judge_c(text);
    cr_assert_eq(count_of("host-path-volumes"), 0);
    cr_assert_eq(count_of("restricted-volumes"), 4);
}

Test(engine, a_list_is_its_items)
{
    judge_c("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":["
            "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"},"
            "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}},"
            "{\"kind\":\"Pod\"}, 7,"
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"y\"}}]}");
    cr_assert_eq(run.objects, 2);
    cr_assert_eq(run.no_objects, 2);
    cr_assert(str_is(find("object", 0)->object.name, "x"));
    cr_assert(str_is(find("object", 1)->object.name, "y"));
    cr_assert(str_is(find("image", 0)->path, "spec.containers[0].image"));
}

Test(engine, what_is_no_object_is_counted_and_not_judged)
{
    judge_c("{\"replicas\":3} [1] 5 {\"apiVersion\":\"v1\",\"apiVersion\":\"v2\"}");
    cr_assert_eq(run.objects, 0);
    cr_assert_eq(run.no_objects, 4);
    cr_assert_eq(findings.list.count, 0);
}

Test(engine, a_duplicate_key_names_both_places)
{
    judge_c(
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\n\"data\":{\n\"a\":\"1\",\n\"a\":\"2\"}}");
    const struct finding *f = find("duplicate-key", 0);
    cr_assert(f && f->related);
    cr_assert_eq(f->severity, SEVERITY_ERROR);
    cr_assert(f->span.begin.line == 4 && f->span.begin.column == 1 && f->span.end.column == 4);
    cr_assert(f->related->span.begin.line == 3 && f->related->span.begin.column == 1);
    cr_assert(str_is(f->path, "data.a"));
    cr_assert(str_find_str(f->message, STR("\"a\"")) < f->message.len);
    cr_assert(str_find_str(f->message, STR("line 3")) < f->message.len);
}

Test(engine, duplicate_keys_of_a_list_stand_at_their_object_or_at_the_list)
{
    judge_c("{\"apiVersion\":\"v1\",\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":["
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}},"
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"y\"},"
            "\"data\":{\"k\":\"\",\"k\":\"\"}}]}");
    cr_assert_eq(count_of("duplicate-key"), 2);
    cr_assert(str_is(find("duplicate-key", 0)->object.kind, "List"));
    cr_assert(str_is(find("duplicate-key", 1)->object.name, "y"));
    cr_assert(str_is(find("duplicate-key", 1)->path, "data.k"));
}

Test(engine, not_json_is_told_of_files_that_are_named_so)
{
    struct json_reader reader;
    struct doc doc;
    struct diag diag = {0};
    json_reader_init(&reader);
    cr_assert(json_read(&reader, STR("{\"apiVersion\":\"v1\",\"kind\":\"Node\"}"), &scratch, &doc,
                        &diag));
    json_reader_release(&reader);
    doc.json = false; /* as the YAML reader leaves it */
    cr_assert(engine_document(&run, &doc));
    cr_assert_eq(count_of("not-json"), 0);
    run.json_file = true;
    cr_assert(engine_document(&run, &doc));
    cr_assert_eq(count_of("not-json"), 1);
    doc.json = true;
    cr_assert(engine_document(&run, &doc));
    cr_assert_eq(count_of("not-json"), 1);
}

Test(engine, a_profile_runs_its_rules_and_no_others)
{
    const char *text = POD("p", "\"containers\":[{\"name\":\"a\"}]");
    use(PROFILE_BASELINE);
    judge_c(text);
    cr_assert_eq(findings.list.count, 0);
    use(PROFILE_RESTRICTED);
    judge_c(text);
    cr_assert_eq(findings.list.count, 1);
    cr_assert_eq(count_of("run-as-non-root"), 1);
}

Test(engine, linux_rules_leave_windows_pods_alone)
{
    judge_c(POD("p", "\"os\":{\"name\":\"windows\"},\"containers\":[{\"name\":\"a\"}]"));
    cr_assert_eq(count_of("image"), 0);
    judge_c(POD("p", "\"nodeSelector\":{\"kubernetes.io/os\":\"windows\"},"
                     "\"containers\":[{\"name\":\"a\"}]"));
    cr_assert_eq(count_of("image"), 0);
    engine.view = POD_AS_ADMITTED;
    judge_c(POD("p", "\"nodeSelector\":{\"kubernetes.io/os\":\"windows\"},"
                     "\"containers\":[{\"name\":\"a\"}]"));
    cr_assert_eq(count_of("image"), 1);
}

static char first_fingerprint[33];

static void expect_fingerprint(bool same, const char *text)
{
    forget();
    judge_c(text);
    cr_assert(find("image", 0), "%s", text);
    bool is = strcmp(find("image", 0)->fingerprint, first_fingerprint) == 0;
    cr_assert_eq(is, same, "%s", text);
}

Test(engine, a_fingerprint_stays_when_lines_move_and_changes_with_what_it_is_about)
{
    only("image");
    judge_c(POD("p", "\"containers\":[{\"name\":\"a\",\"image\":\"x:1\"}]"));
    memcpy(first_fingerprint, find("image", 0)->fingerprint, sizeof first_fingerprint);
    expect_fingerprint(true, "\n\n{ \"kind\": \"Pod\", \"apiVersion\": \"v1\",\n\"spec\": {"
                             "\"containers\":\n [{\"image\": \"x:1\", \"name\": \"a\"}]},"
                             "\"metadata\": {\"name\": \"p\"} }");
    expect_fingerprint(false, POD("q", "\"containers\":[{\"name\":\"a\",\"image\":\"x:1\"}]"));
    expect_fingerprint(false, POD("p", "\"containers\":[{\"name\":\"b\",\"image\":\"x:1\"}]"));
    expect_fingerprint(false, POD("p", "\"containers\":[{\"name\":\"a\",\"image\":\"x:2\"}]"));
    expect_fingerprint(false, POD("p", "\"initContainers\":[{\"name\":\"a\",\"image\":\"x:1\"}]"));
    run.file = STR("b.json");
    expect_fingerprint(false, POD("p", "\"containers\":[{\"name\":\"a\",\"image\":\"x:1\"}]"));
}

Test(engine, another_place_in_its_list_leaves_a_fingerprint_as_it_is)
{
    only("image");
    judge_c(POD("p", "\"containers\":[{\"name\":\"a\",\"image\":\"x\"}]"));
    memcpy(first_fingerprint, find("image", 0)->fingerprint, sizeof first_fingerprint);
    forget();
    judge_c(POD("p", "\"containers\":[{\"name\":\"0\",\"image\":\"x\"},"
                     "{\"name\":\"a\",\"image\":\"x\"}]"));
    cr_assert_str_eq(find("image", 1)->fingerprint, first_fingerprint);
}

Test(engine, equal_findings_have_fingerprints_of_their_own)
{
    judge_c(POD("p", "\"containers\":[{\"name\":\"a\"}]") POD(
        "p", "\"containers\":[{\"name\":\"a\"}]") POD("p", "\"containers\":[{\"name\":\"a\"}]"));
    cr_assert_eq(count_of("image"), 3);
    for (size_t i = 0; i < findings.list.count; i++)
        for (size_t j = 0; j < i; j++)
            cr_assert_str_neq(findings.list.items[i].fingerprint,
                              findings.list.items[j].fingerprint);
}

Test(engine, a_frame_shows_nothing_of_another_object_nor_of_a_secret)
{
    judge_c("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\n\"data\":{\"k\":\"hunter2\"}}\n"
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"} {\"apiVersion\":\"v1\",\n"
            "\"kind\":\"Secret\",\"data\":{\"k\":\"hunter2\"}}\n");
    cr_assert_eq(findings.list.count, 3);
    for (size_t i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            struct str line = findings.list.items[i].frame[j];
            cr_assert(!line.ptr || str_find_str(line, STR("hunter2")) == line.len);
        }
    cr_assert_null(findings.list.items[0].frame[1].ptr);
    cr_assert(
        str_is(findings.list.items[1].frame[1], "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"}"));
    cr_assert_null(findings.list.items[1].frame[0].ptr);
}

Test(engine, a_frame_hides_what_goes_under_the_name_of_a_secret)
{
    only("image");
    judge_c(POD("p", "\"containers\":[{\"name\":\"a\",\n\"image\":\"i\",\"env\":[{\"name\":"
                     "\"DB_PASSWORD\",\"value\":\"h\xC3\xA9nter2\"},{\"name\":\"HOST\","
                     "\"value\":\"db\"}]\n,\"x\":[{\"value\":12345,\"name\":\"my.apiKey\"}]}]"));
    const struct finding *f = find("image", 0);
    cr_assert(f);
    cr_assert(str_is(f->frame[1], "\"image\":\"i\",\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":"
                                  "*********},{\"name\":\"HOST\",\"value\":\"db\"}]"),
              "%.*s", STR_ARG(f->frame[1]));
    cr_assert(str_is(f->frame[2], ",\"x\":[{\"value\":*****,\"name\":\"my.apiKey\"}]}]}}"), "%.*s",
              STR_ARG(f->frame[2]));
    forget();
    only("object");
    judge_c(
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"TOKEN\":\"xyz\",\"a\":\"b\"}}");
    cr_assert(str_is(find("object", 0)->frame[1], "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\","
                                                  "\"data\":{\"TOKEN\":*****,\"a\":\"b\"}}"));
}

Test(engine, names_tell_secrets)
{
    const char *const secret[] = {"password",  "DB_PASSWORD", "apikey",        "API_KEY",
                                  "x.api-key", "githubToken", "CLIENT_SECRET", "AWS_ACCESS_KEY_ID"};
    const char *const plain[] = {"", "HOST", "KEY", "PASS_THROUGH", "MONKEY", "accesskit"};
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
        cr_expect(secret_name(str_from(secret[i])), "%s", secret[i]);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        cr_expect_not(secret_name(str_from(plain[i])), "%s", plain[i]);
}

Test(engine, of_a_long_line_the_frame_is_a_window_around_the_span)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_add_c(&text, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"");
    for (int i = 0; i < 400; i++)
        buf_add_c(&text, "\xC3\xA9");
    buf_add_c(&text, "\"},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"here\"");
    for (int i = 0; i < 400; i++)
        buf_add_c(&text, ",\"x\":\"\xC3\xA9\"");
    buf_add_c(&text, "}]}}");
    only("image");
    engine.fault_rule[FAULT_DUPLICATE_KEY] = NO_RULE;
    cr_assert(judge(buf_str(&text)));
    const struct finding *f = find("image", 0);
    cr_assert(f && f->frame[1].len <= LIMIT_FRAME_BYTES && f->frame_skip);
    cr_assert_eq(utf8_check(f->frame[1]), f->frame[1].len);
    size_t in_frame = f->span.begin.column - 1 - f->frame_skip;
    size_t at = 0;
    for (size_t i = 0; i < in_frame; i++) {
        size_t len;
        utf8_decode(str_skip(f->frame[1], at), &len);
        at += len;
    }
    cr_assert(str_starts_with(str_skip(f->frame[1], at), STR("\"here\"")));
    buf_release(&text);
}

Test(engine, past_a_ceiling_findings_are_counted)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_add_c(&text, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"containers\":[{}");
    for (int i = 1; i < 1500; i++)
        buf_add_c(&text, ",{}");
    buf_add_c(&text, "]}}");
    only("image");
    engine.pss = 0;
    cr_assert(judge(buf_str(&text)));
    cr_assert_eq(findings.list.count, LIMIT_FINDINGS_OBJECT);
    cr_assert_eq(findings.dropped[SEVERITY_INFO], 1500 - LIMIT_FINDINGS_OBJECT);
    cr_assert(judge(buf_str(&text)));
    cr_assert_eq(findings.list.count, 2 * LIMIT_FINDINGS_OBJECT);
    buf_release(&text);
}

Test(engine, without_memory_a_document_is_never_clean)
{
    const char *text = POD("p", "\"hostNetwork\":true,\"containers\":[{\"name\":\"a\",\"ports\":["
                                "{\"hostPort\":80}]}]");
    bool ended_well = false;
    for (size_t ceiling = 0; ceiling < 64 << 10 && !ended_well; ceiling += 64) {
        struct arena small;
        arena_init(&small, ceiling);
        findings_init(&findings, &small);
        ended_well = judge(str_from(text)) && findings_finish(&findings);
        cr_assert(!ended_well || findings.list.count == 4, "%zu", findings.list.count);
        arena_release(&small);
    }
    cr_assert(ended_well);
}

Test(engine, the_order_does_not_depend_on_who_found_what_first)
{
    struct findings other, both;
    findings_init(&other, &kept);
    findings_init(&both, &kept);
    run.file_index = 7;
    judge_c(POD("late", "\"containers\":[{\"name\":\"b\"},{\"name\":\"a\"}]"));
    run.findings = &other;
    run.file_index = 2;
    cr_assert(judge(str_from(POD("early", "\"containers\":[{\"name\":\"a\"}]"))));
    cr_assert(findings_append(&both, &findings) && findings_append(&both, &other));
    cr_assert(findings_finish(&both));
    cr_assert_eq(both.list.count, findings.list.count + other.list.count);
    cr_assert_eq(both.list.items[0].file_index, 2);
    for (size_t i = 1; i < both.list.count; i++) {
        const struct finding *a = &both.list.items[i - 1], *b = &both.list.items[i];
        cr_assert(
            a->file_index < b->file_index ||
            (a->file_index == b->file_index && (a->span.begin.column < b->span.begin.column ||
                                                (a->span.begin.column == b->span.begin.column &&
                                                 strcmp(a->rule->id, b->rule->id) <= 0))));
    }
}

static void expect_source(const char *text, const char *expected)
{
    forget();
    use(PROFILE_ALL);
    judge_c(text);
    cr_assert(str_is(find("object", 0)->file, expected), "%s: %.*s", text,
              STR_ARG(find("object", 0)->file));
}

/* The reader under this test skips no comments, so each text is judged from its first brace on. */
static void expect_head(const char *head, const char *expected)
{
    struct json_reader reader;
    struct doc doc;
    struct diag diag = {0};
    char text[400];
    snprintf(text, sizeof text, "%s{\"apiVersion\":\"v1\",\"kind\":\"Node\"}", head);
    size_t offset = strlen(head);
    json_reader_init(&reader);
    cr_assert(
        json_read_value(&reader, str_from(text), &offset, strlen(text), &scratch, &doc, &diag));
    json_reader_release(&reader);
    forget();
    cr_assert(engine_document(&run, &doc));
    cr_assert(str_is(find("object", 0)->file, expected), "%s: %.*s", head,
              STR_ARG(find("object", 0)->file));
}

Test(engine, a_source_comment_at_the_head_names_the_file)
{
    expect_source(POD("p", ""), "a.json");
    expect_head("---\n# Source: chart/templates/x.yaml\n", "chart/templates/x.yaml");
    expect_head("# Source: c/x.yaml\r\n# by hand\r\n\r\n  ", "c/x.yaml");
    expect_head("# Source: c/x.yaml\n---\n", "a.json");
    expect_head("# Source: c/x.yaml\nkind: Pod\n---\n# other\n", "a.json");
    expect_head("# Source:\n", "a.json");
}
