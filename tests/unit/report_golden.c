/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports of made-up findings, in every format, against tests/golden/CASE.FORMAT. UPDATE_GOLDEN=1
 * writes those files anew: look at what changed before it is committed.
 */
#include "report/report.h"
#include "support/support.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

static const struct rule privileged = {
    .id = "privileged",
    .title = "Container is privileged",
    .remediation = "Remove securityContext.privileged, or set it to false.",
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_POD_SECURITY,
    .admission = ADMISSION_DENY,
    .aliases = ALIASES("kube-linter:privileged-container", "trivy:KSV-0017"),
    .refs = REFS("PSS:baseline/privileged", "CWE:250"),
};
static const struct rule default_deny = {
    .id = "default-deny-missing",
    .title = "Namespace has no default-deny NetworkPolicy",
    .remediation = "Add a NetworkPolicy that selects every pod and allows nothing.",
    .severity = SEVERITY_INFO,
    .category = CATEGORY_NETWORK,
};
static const struct rule duplicate = {
    .id = "duplicate-key",
    .title = "Key is set twice in one map",
    .remediation = "Keep the value that is meant and remove the other.",
    .kind = RULE_SCHEMA,
    .severity = SEVERITY_ERROR,
    .category = CATEGORY_SCHEMA,
};
static const struct rule run_as_non_root = {
    .id = "run-as-non-root",
    .title = "Container may run as root",
    .remediation = "Set runAsNonRoot: true in the pod's or in each container's securityContext.",
    .severity = SEVERITY_WARNING,
    .category = CATEGORY_POD_SECURITY,
    .refs = REFS("PSS:restricted/runAsNonRoot"),
};
static const struct rule *const list[] = {&default_deny, &duplicate, &privileged, &run_as_non_root};
static const char *const markdown[] = {
    "A namespace without it is open.\n", "Two values, one is lost.\n",
    "A privileged container is root on the node.\n\n```yaml bad\nkind: Pod\n```\n",
    "Root in a container is root in many ways.\n"};
static const struct rule_set rules = {list, markdown, 4};
static const struct finding_related first_key = {{{4, 3}, {4, 16}},
                                                 {"the first value, which is ignored", 33}};

static struct arena arena;
static struct findings findings;
static struct engine engine = {.rules = &rules, .pss = 1};
static struct report report;

static void begin(void)
{
    arena_init(&arena, 16 << 20);
    findings_init(&findings, &arena);
    report = (struct report){
        .rules = &rules,
        .engine = &engine,
        .findings = &findings,
        .width = 80,
        .version = "0.1.0",
        .pss_version = "v1.37",
        .adopt_hint = "rampart audit --write-baseline .rampart-baseline.json",
    };
}

static void end(void)
{
    arena_release(&arena);
}

TestSuite(golden, .init = begin, .fini = end);

static struct finding *add(const struct rule *rule, const char *file, uint32_t line,
                           uint32_t column, uint32_t end_column, const char *message)
{
    struct finding *f = vec_push(&findings.list, &arena);
    cr_assert(f);
    *f = (struct finding){
        .rule = rule,
        .severity = rule->severity,
        .message = str_from(message),
        .file = str_from(file),
        .span = {{line, column}, {line, end_column}},
        .object = {STR("apps/v1"), STR("Deployment"), STR("shop"), STR("web")},
        .frame_first = line - 1,
    };
    snprintf(f->fingerprint, sizeof f->fingerprint, "%032zu", findings.list.count);
    return f;
}

static void frame(struct finding *f, const char *before, const char *line, const char *after)
{
    f->frame[0] = before ? str_from(before) : (struct str){NULL, 0};
    f->frame[1] = str_from(line);
    f->frame[2] = after ? str_from(after) : (struct str){NULL, 0};
}

static void compare(const char *name, const struct report_format *format)
{
    struct buf out;
    char path[512];
    const char *source = getenv("SOURCE_DIR");
    snprintf(path, sizeof path, "%s/tests/golden/%s.%s", source ? source : ".", name, format->name);
    buf_init(&out, 1 << 20);
    format->write(&report, &out);
    cr_assert_not(out.failed);
    if (getenv("UPDATE_GOLDEN")) {
        FILE *file = fopen(path, "wb");
        cr_assert(file && fwrite(out.ptr, 1, out.len, file) == out.len);
        fclose(file);
    }
    struct str expected = support_read_file(path);
    cr_expect(str_equal(expected, buf_str(&out)), "%s differs:\n%.*s", path,
              STR_ARG(buf_str(&out)));
    free((void *)(uintptr_t)expected.ptr);
    buf_release(&out);
}

static void compare_all(const char *name)
{
    for (const struct report_format *const *f = report_formats; *f; f++)
        compare(name, *f);
}

static void fill(void)
{
    struct finding *f = add(&duplicate, "deploy/web.yaml", 9, 3, 16,
                            "key \"restartPolicy\" is already set in line 4, and only this last "
                            "value counts");
    frame(f, "  terminationGracePeriodSeconds: 5", "  restartPolicy: Always", "  containers:");
    f->related = &first_key;
    f = add(&privileged, "deploy/web.yaml", 19, 11, 27,
            "container \"app\" must not set securityContext.privileged=true");
    f->container = STR("app");
    f->path = STR("spec.template.spec.containers[0].securityContext.privileged");
    f->pss_check = "privileged";
    f->pss_reason = "privileged";
    f->pss_detail = STR("containers \"app\", \"b\" must not set securityContext.privileged=true");
    frame(f, "        securityContext:", "          privileged: true", "        image: nginx");
    f = add(&run_as_non_root, "deploy/web.yaml", 19, 11, 27,
            "pod or container \"app\" must set securityContext.runAsNonRoot=true");
    f->container = STR("app");
    f = add(&privileged, "deploy/web.yaml", 40, 11, 27, "this message does not say where");
    f->container = STR("sidecar");
    frame(f, NULL, "\t\xE4\xB8\x96\xE7\x95\x8C: {a\t: true}", NULL);
    f->span.begin.column = 6;
    f->span.end.column = 15;
    f = add(&default_deny, "deploy/ns.yaml", 1, 5012, 5020,
            "namespace \"shop\" has no policy that isolates every pod for ingress");
    f->direction = DIRECTION_INGRESS;
    f->object = (struct finding_object){STR("v1"), STR("Namespace"), STR(""), STR("shop")};
    frame(f, NULL, "\"metadata\":{\"name\":\"shop\"},\"spec\":{\"finalizers\":[\"kubernetes\"]}",
          NULL);
    f->frame_skip = 5000;
    f = add(&run_as_non_root, "deploy/ns.yaml", 3, 1, 1, "it was like this before");
    f->suppressed.by = STR("baseline");
    f->suppressed.reason = STR("accepted in .rampart-baseline.json");
}

Test(golden, findings)
{
    const struct report_error errors[] = {
        {STR("broken.yaml"), 3, {7, 1}, STR("expected a key or the end of the map, found \"- \"")},
        {STR("secret.yaml"), 4, {0, 0}, STR("cannot be opened: Permission denied")},
    };
    const struct report_skipped skipped[] = {
        {STR("values.yaml"), STR("no apiVersion and kind at the top of any document")}};
    fill();
    report.files = 4;
    report.objects = 5;
    report.skipped = 1;
    report.errors = errors;
    report.error_count = 2;
    report.skipped_files = skipped;
    report.skipped_file_count = 1;
    report.prefix = STR("a b/");
    report.category = STR("kubernetes");
    compare_all("findings");
    report.color = true;
    compare("findings-color", &report_tty);
    report.color = false;
    report.show_suppressed = true;
    report.quiet = true;
    report.width = 0;
    compare("findings-suppressed", &report_tty);
    compare("findings-suppressed", &report_json);
    report.quiet = false;
    report.statistics = true;
    report.width = 50;
    compare("findings-statistics", &report_tty);
    compare("findings-statistics", &report_json);
}

Test(golden, clean)
{
    report.files = 1;
    report.objects = 1;
    compare_all("clean");
}

/* Names of an attacker: nothing of them may act on a terminal, a log or a parser. */
Test(golden, hostile)
{
    struct finding *f =
        add(&privileged, "a\x1b[2J\n::error::\"<b>&%,\xE2\x80\xAE.yaml", 2, 1, 5,
            "container \"\xff\x07]]>\xC2\x9B\" must not set\r\nsecurityContext.privileged=true "
            "[x](https://example.com) \xF3\xA0\x81\x81");
    f->object.name = STR("x</testcase>\x1b]0;title\x07");
    f->container = STR("app\x1b[31m");
    frame(f, "a\x1b[2J",
          "\xE2\x80\xAE"
          "abcd\x9b",
          "");
    findings.dropped[SEVERITY_ERROR] = 12;
    report.files = 1;
    report.objects = 1;
    compare_all("hostile");
}

Test(golden, a_format_is_found_by_its_name)
{
    for (const struct report_format *const *f = report_formats; *f; f++)
        cr_assert_eq(report_format_find(str_from((*f)->name)), *f);
    cr_assert_null(report_format_find(STR("xml")));
    cr_assert_null(report_format_find(STR("")));
}

Test(golden, counts_leave_out_what_is_suppressed)
{
    size_t count[SEVERITY_COUNT], suppressed, rule_count;
    struct buf out;
    fill();
    findings.dropped[SEVERITY_INFO] = 5;
    report_count(&report, count, &suppressed);
    cr_assert(count[SEVERITY_ERROR] == 3 && count[SEVERITY_WARNING] == 1);
    cr_assert(count[SEVERITY_INFO] == 6 && suppressed == 1);
    cr_assert_eq(report_dropped(&report), 5);
    buf_init(&out, 1);
    struct report_tally *tally = report_by_rule(&report, &out, &rule_count);
    cr_assert_eq(rule_count, 4);
    cr_assert(tally[0].rule == &privileged && tally[0].count == 2);
    cr_assert(tally[1].rule == &duplicate && tally[1].count == 1);
    cr_assert(tally[3].rule == &default_deny && tally[3].severity == SEVERITY_INFO);
    free(tally);
    buf_release(&out);
}

static void expect_path(const char *file, const char *expected)
{
    struct buf out;
    buf_init(&out, 1000);
    report_path(&report, str_from(file), &out);
    cr_expect(str_is(buf_str(&out), expected), "%s: %.*s, not %s", file, STR_ARG(buf_str(&out)),
              expected);
    buf_release(&out);
}

Test(golden, a_path_counts_from_the_root_of_the_repository)
{
    expect_path("./a.yaml", "a.yaml");
    expect_path("/srv/a.yaml", "/srv/a.yaml");
    report.root = STR("/home/shop/");
    report.prefix = STR("k8s/web/");
    expect_path("a.yaml", "k8s/web/a.yaml");
    expect_path("././x//a.yaml", "k8s/web/x/a.yaml");
    expect_path("../a.yaml", "k8s/a.yaml");
    expect_path("../../a.yaml", "a.yaml");
    expect_path("../../../a/../b.yaml", "../b.yaml");
    expect_path("/home/shop/k8s/../a.yaml", "a.yaml");
    expect_path("/home/shopping/a.yaml", "/home/shopping/a.yaml");
    expect_path("/srv/../../a.yaml", "/a.yaml");
}
