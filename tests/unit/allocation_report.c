/* SPDX-License-Identifier: Apache-2.0
 *
 * A document to findings and findings to each format, with every allocation failing in turn: never
 * a crash, never a leak, never a report that looks whole and is not.
 */
#include "load/json.h"
#include "policy/profile.h"
#include "report/report.h"
#include "rules/rules.h"
#include "support/failmalloc.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

static const char text[] =
    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"name\":\"q\"},\n"
    "\"spec\":{\"hostNetwork\":true,\"containers\":[{\"name\":\"a\",\"ports\":[{\"hostPort\":80}],"
    "\n"
    "\"securityContext\":{\"privileged\":true,\"capabilities\":{\"add\":[\"SYS_ADMIN\"]}}},\n"
    "{\"name\":\"b\",\"securityContext\":{\"procMount\":\"Unmasked\"}}]}}\n";

struct audit {
    struct arena scratch, kept;
    struct findings findings;
    struct engine engine;
};

/* False when memory ran out: then nothing is said of the document. */
static bool judge(struct audit *a)
{
    struct profile profile;
    struct json_reader reader;
    struct doc doc;
    struct diag diag = {0};
    size_t offset = 0;
    struct engine_run run = {.engine = &a->engine,
                             .scratch = &a->scratch,
                             .findings = &a->findings,
                             .file = STR("a.json")};
    if (!profile_init(&profile, &rules_all, PROFILE_ALL, &a->kept))
        return false;
    profile_engine(&profile, PSS_LATEST, 36, POD_AS_WRITTEN, &a->engine);
    json_reader_init(&reader);
    bool ok =
        json_read_value(&reader, str_from(text), &offset, strlen(text), &a->scratch, &doc, &diag) &&
        engine_document(&run, &doc) && findings_finish(&a->findings);
    json_reader_release(&reader);
    return ok;
}

static void audit_init(struct audit *a)
{
    arena_init(&a->scratch, 16 << 20);
    arena_init(&a->kept, 16 << 20);
    findings_init(&a->findings, &a->kept);
}

static void audit_release(struct audit *a)
{
    arena_release(&a->scratch);
    arena_release(&a->kept);
}

/* Changes with any finding that is lost or lacks a word. */
static size_t measure(const struct findings *findings)
{
    size_t sum = 0;
    for (size_t i = 0; i < findings->list.count; i++) {
        const struct finding *f = &findings->list.items[i];
        sum += 1 + f->message.len + f->path.len + f->container.len + f->object.name.len +
               f->frame[1].len + strlen(f->fingerprint) + (f->related != NULL);
    }
    return sum;
}

Test(allocation_report, an_audit_without_memory_is_never_clean)
{
    struct audit all;
    audit_init(&all);
    cr_assert(judge(&all) && all.findings.list.count > 8);
    size_t whole = measure(&all.findings);
    audit_release(&all);
    for (int onwards = 1; onwards >= 0; onwards--) {
        for (unsigned long n = 1;; n++) {
            struct audit a;
            long before = failmalloc_live();
            audit_init(&a);
            failmalloc_arm(n, onwards);
            bool ok = judge(&a);
            bool reached = failmalloc_disarm();
            size_t sum = measure(&a.findings);
            audit_release(&a);
            cr_assert_eq(failmalloc_live(), before, "allocation %lu leaks", n);
            cr_assert(!ok || sum == whole, "allocation %lu: %zu, not %zu, in %zu findings", n, sum,
                      whole, a.findings.list.count);
            if (!reached) {
                cr_assert(ok);
                break;
            }
        }
    }
}

static struct str write(const struct report *report, const struct report_format *format,
                        struct buf *out)
{
    buf_init(out, 16 << 20);
    format->write(report, out);
    return buf_str(out);
}

Test(allocation_report, a_report_without_memory_says_so)
{
    struct audit a;
    audit_init(&a);
    cr_assert(judge(&a));
    struct report report = {.rules = &rules_all,
                            .engine = &a.engine,
                            .findings = &a.findings,
                            .files = 1,
                            .objects = 1,
                            .version = "0",
                            .pss_version = "v1.37",
                            .category = STR("c"),
                            .statistics = true};
    for (const struct report_format *const *f = report_formats; *f; f++) {
        struct buf whole;
        struct str expected = write(&report, *f, &whole);
        cr_assert(!whole.failed && expected.len);
        for (unsigned long n = 1;; n++) {
            struct buf out;
            long before = failmalloc_live();
            failmalloc_arm(n, false);
            struct str written = write(&report, *f, &out);
            bool reached = failmalloc_disarm();
            cr_assert(out.failed || str_equal(written, expected), "%s, allocation %lu", (*f)->name,
                      n);
            buf_release(&out);
            cr_assert_eq(failmalloc_live(), before, "%s, allocation %lu leaks", (*f)->name, n);
            if (!reached)
                break;
        }
        buf_release(&whole);
    }
    audit_release(&a);
}
