/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults of an object's shape as the engine tells them, by the registry's own rules.
 */
#include "load/json.h"
#include "policy/profile.h"
#include "rules/rules.h"

#include <criterion/criterion.h>

static struct arena arena;
static struct findings findings;
static struct profile profile;
static struct engine engine;

static void use(uint32_t minor, enum pod_view view)
{
    cr_assert(profile_init(&profile, &rules_all, PROFILE_BASELINE, &arena));
    for (size_t i = 0; i < rules_all.count; i++)
        profile.enabled[i] = rules_all.rules[i]->kind == RULE_SCHEMA;
    profile_engine(&profile, PSS_LATEST, minor, view, &engine);
}

static void begin(void)
{
    arena_init(&arena, 256 << 20);
    findings_init(&findings, &arena);
    use(PSS_LATEST, POD_AS_WRITTEN);
}

static void finish(void)
{
    arena_release(&arena);
}

TestSuite(shape, .init = begin, .fini = finish);

static const struct finding *judge(const char *text)
{
    struct json_reader reader;
    struct doc doc;
    struct diag diag = {0};
    struct engine_run run = {.engine = &engine, .scratch = &arena, .findings = &findings};
    size_t offset = 0, first = findings.list.count;
    json_reader_init(&reader);
    cr_assert(json_read_value(&reader, str_from(text), &offset, strlen(text), &arena, &doc, &diag));
    cr_assert(engine_document(&run, &doc));
    json_reader_release(&reader);
    return findings.list.count > first ? &findings.list.items[first] : NULL;
}

static void expect(const struct finding *f, const char *rule, enum severity severity,
                   const char *path)
{
    cr_assert_not_null(f, "no finding of %s", rule);
    cr_assert_str_eq(f->rule->id, rule);
    cr_assert_eq(f->severity, severity, "%s", rule);
    cr_assert(str_is(f->path, path), "%.*s", STR_ARG(f->path));
}

#define POD(spec) "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{" spec "}}"

Test(shape, an_unknown_field_is_shown_by_its_key)
{
    const struct finding *f = judge(POD("\"containers\":[],\"hostNetwrok\":true"));
    expect(f, "unknown-field", SEVERITY_ERROR, "spec.hostNetwrok");
    cr_assert_eq(f->span.begin.column, 57);
    cr_assert_eq(f->span.end.column - f->span.begin.column, strlen("\"hostNetwrok\""));
}

/* semantics: an error where a known name explains it, else a newer Kubernetes may have it. */
Test(shape, what_a_newer_kubernetes_may_know_is_a_warning)
{
    expect(judge(POD("\"containers\":[],\"frobnicate\":true")), "unknown-field", SEVERITY_WARNING,
           "spec.frobnicate");
    profile.severity[engine.fault_rule[FAULT_UNKNOWN_FIELD]] = SEVERITY_INFO;
    expect(judge(POD("\"containers\":[],\"frobnicate\":true")), "unknown-field", SEVERITY_INFO,
           "spec.frobnicate");
}

Test(shape, what_is_missing_has_its_path_and_a_fingerprint)
{
    const struct finding *f =
        judge("{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"spec\":{}}");
    expect(&f[0], "missing-field", SEVERITY_ERROR, "spec.selector");
    expect(&f[1], "missing-field", SEVERITY_ERROR, "spec.template");
    cr_assert_str_neq(f[0].fingerprint, f[1].fingerprint);
}

Test(shape, a_duplicate_item_names_the_first)
{
    const struct finding *f = judge(POD("\"containers\":[{\"name\":\"a\"},{\"name\":\"a\"}]"));
    expect(f, "duplicate-item", SEVERITY_ERROR, "spec.containers[1].name");
    cr_assert_not_null(f->related);
    cr_assert_lt(f->related->span.begin.column, f->span.begin.column);
}

#define EXTENSIONS "{\"apiVersion\":\"extensions/v1beta1\",\"kind\":\"Ingress\",\"frob\":1}"

/* deprecated in v1.14, removed in v1.22; no schema, so nothing is said of its fields */
Test(shape, the_version_of_the_cluster_decides_what_is_removed)
{
    use(13, POD_AS_WRITTEN);
    cr_assert_null(judge(EXTENSIONS));
    use(14, POD_AS_WRITTEN);
    expect(judge(EXTENSIONS), "deprecated-api", SEVERITY_WARNING, "apiVersion");
    use(21, POD_AS_WRITTEN);
    expect(judge(EXTENSIONS), "deprecated-api", SEVERITY_WARNING, "apiVersion");
    use(22, POD_AS_WRITTEN);
    expect(judge(EXTENSIONS), "removed-api", SEVERITY_ERROR, "apiVersion");
    use(PSS_LATEST, POD_AS_WRITTEN);
    expect(judge(EXTENSIONS), "removed-api", SEVERITY_ERROR, "apiVersion");
    /* removed in v1.38, which rampart does not know yet */
    expect(judge("{\"apiVersion\":\"resource.k8s.io/v1beta1\",\"kind\":\"ResourceClaim\"}"),
           "deprecated-api", SEVERITY_WARNING, "apiVersion");
}

Test(shape, nothing_is_said_at_admission_nor_of_custom_resources)
{
    cr_assert_null(judge("{\"apiVersion\":\"example.com/v1\",\"kind\":\"Pod\",\"spec\":7}"));
    use(PSS_LATEST, POD_AS_ADMITTED);
    cr_assert_null(judge(EXTENSIONS));
    cr_assert_null(judge(POD("\"frob\":1")));
}

/* The rest is counted, at little cost, and as grave as the rule is. */
Test(shape, the_faults_of_one_object_have_a_ceiling)
{
    struct buf text;
    buf_init(&text, 64 << 20);
    buf_add_c(&text, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"containers\":[]");
    for (unsigned i = 0; i < 100000; i++)
        buf_printf(&text, ",\"frob%u\":1", i);
    buf_add_c(&text, "}}");
    buf_add_char(&text, '\0');
    cr_assert_not_null(judge(text.ptr));
    cr_assert_eq(findings.list.count, LIMIT_FINDINGS_OBJECT);
    cr_assert_eq(findings.dropped[SEVERITY_ERROR], 100000 - LIMIT_FINDINGS_OBJECT);
    buf_release(&text);
}
