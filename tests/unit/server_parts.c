/* SPDX-License-Identifier: Apache-2.0 */
#include "base/duration.h"
#include "server/crash.h"
#include "server/framing.h"
#include "server/internal.h"
#include "server/query.h"

#include <criterion/criterion.h>

#include <stdio.h>

#define HEAD "POST / HTTP/1.1\r\nHost: a\r\n"

Test(framing, one_length_is_fine)
{
    static const char *const fine[] = {
        HEAD "\r\n",
        HEAD "Content-Length: 12\r\n\r\nContent-Length: 13\r\n",
        HEAD "content-length:12\r\n\r\n",
        HEAD "Transfer-Encoding: chunked\r\n\r\n",
        "\r\n" HEAD "Content-Length: 1\r\n\r\n",
        "POST / HTTP/1.1\nHost: a\nContent-Length: 1\n\nx",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.0\r\nhost: a\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        cr_assert_null(framing_fault(str_from(fine[i])), "%zu: %s", i, fine[i]);
}

Test(framing, two_answers_are_refused)
{
    static const char *const bad[] = {
        HEAD "Content-Length: 12\r\nContent-Length: 13\r\n\r\n",
        HEAD "Content-Length: 12\r\nContent-Length: 12\r\n\r\n",
        HEAD "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n",
        HEAD "transfer-encoding: chunked\r\ncontent-length: 12\r\n\r\n",
        HEAD "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
        HEAD "Content-Length: 12, 13\r\n\r\n",
        HEAD "Content-Length: +12\r\n\r\n",
        HEAD "Content-Length:\r\n\r\n",
        HEAD "Content-Length : 12\r\n\r\n",
        HEAD "X: a\r\n Transfer-Encoding: chunked\r\n\r\n",
        HEAD "no colon\r\n\r\n",
        HEAD "Content-Length\t: 12\r\n\r\n",
        HEAD "X: a\rContent-Length: 12\r\n\r\n",
        HEAD ": a\r\n\r\n",
        HEAD "Host: a\r\n\r\n",
        "POST / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not_null(framing_fault(str_from(bad[i])), "%zu: %s", i, bad[i]);
}

Test(duration, what_go_reads)
{
    static const struct {
        const char *text;
        int64_t nanoseconds;
    } cases[] = {{"5s", 5000000000},
                 {"1m30s", 90000000000},
                 {"1.5h", 5400000000000},
                 {"0", 0},
                 {"0s", 0},
                 {"-1s", -1000000000},
                 {"+2ms", 2000000},
                 {".5s", 500000000},
                 {"1.s", 1000000000},
                 {"10us", 10000},
                 {"7ns", 7},
                 {"3\xc2\xb5s", 3000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t got = 42;
        cr_assert(duration_parse(str_from(cases[i].text), &got), "%s", cases[i].text);
        cr_assert_eq(got, cases[i].nanoseconds, "%s is %jd", cases[i].text, (intmax_t)got);
    }
}

Test(duration, what_go_refuses)
{
    static const char *const bad[] = {"",   "5",  "s",   "-",   "+",     ".s",   "5 s",
                                      "5S", "1d", "x5s", "5s ", "1..5s", "--1s", "9999999999h"};
    int64_t ignored;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not(duration_parse(str_from(bad[i]), &ignored), "%s", bad[i]);
}

Test(query, the_first_value_counts)
{
    struct str value;
    cr_assert(query_value(STR("a=1&timeout=5s&timeout=6s"), STR("timeout"), &value));
    cr_assert(str_is(value, "5s"));
    cr_assert(query_value(STR("verbose"), STR("verbose"), &value));
    cr_assert_eq(value.len, 0);
    cr_assert_not(query_value(STR("xtimeout=1&timeoutx=2"), STR("timeout"), &value));
    cr_assert_not(query_value(STR(""), STR("timeout"), &value));
}

Test(crash, the_same_object_again_has_the_same_digest)
{
    uint64_t one = crash_digest(STR("{\"request\":{\"uid\":\"a-1\",\"object\":{\"spec\":1}}}"));
    cr_assert_eq(one, crash_digest(STR("{\"request\":{\"uid\":\"b\",\"object\":{\"spec\":1}}}")));
    cr_assert_neq(one,
                  crash_digest(STR("{\"request\":{\"uid\":\"a-1\",\"object\":{\"spec\":2}}}")));
    cr_assert_neq(one,
                  crash_digest(STR("{\"request\":{\"gid\":\"a-1\",\"object\":{\"spec\":1}}}")));
    /* Cut in the middle of a value, and empty. */
    cr_assert_eq(crash_digest(STR("{\"uid\":\"abc")), crash_digest(STR("{\"uid\":\"")));
    cr_assert_neq(crash_digest(STR("")), crash_digest(STR("\"")));
}

Test(crash, what_a_worker_left_is_poison)
{
    uint64_t out[LIMIT_LOOPS];
    struct crash *crash = crash_new();
    struct str body = STR("{\"uid\":\"1\",\"x\":2}");
    cr_assert_not_null(crash);
    cr_assert_not(crash_is_poison(crash, body));
    crash->crashed[0] = crash_digest(body);
    crash->crashed_count = 1;
    cr_assert_eq(crash_collect(crash, out), 1);
    cr_assert_eq(crash_collect(crash, out), 0);
    cr_assert(crash_is_poison(crash, body));
    cr_assert(crash_is_poison(crash, STR("{\"uid\":\"2\",\"x\":2}")));
    cr_assert_not(crash_is_poison(crash, STR("{\"uid\":\"1\",\"x\":3}")));
    /* The newest are kept. */
    for (uint64_t i = 0; i < LIMIT_POISON; i++) {
        crash->crashed[0] = i;
        crash->crashed_count = 1;
        crash_collect(crash, out);
    }
    cr_assert_not(crash_is_poison(crash, body));
}

Test(rate, a_bucket_empties_and_fills)
{
    struct rate *rate = rate_new(10, 3);
    for (int i = 0; i < 3; i++)
        cr_assert(rate_take(rate, STR("alice"), 1000));
    cr_assert_not(rate_take(rate, STR("alice"), 1000));
    cr_assert(rate_take(rate, STR("bob"), 1000));
    cr_assert_not(rate_take(rate, STR("alice"), 1099));
    cr_assert(rate_take(rate, STR("alice"), 1101));
    cr_assert_not(rate_take(rate, STR("alice"), 1102));
    /* A long rest gives no more than the burst. */
    for (int i = 0; i < 3; i++)
        cr_assert(rate_take(rate, STR("alice"), 1000000));
    cr_assert_not(rate_take(rate, STR("alice"), 1000000));
    rate_free(rate);
}

Test(rate, many_users_cost_no_more)
{
    struct rate *rate = rate_new(1, 1);
    char name[32];
    for (unsigned i = 0; i < 3 * LIMIT_USERS; i++) {
        snprintf(name, sizeof name, "user-%u", i);
        cr_assert(rate_take(rate, str_from(name), i));
    }
    rate_free(rate);
}

Test(refusals, a_user_is_over_until_it_was_not_refused_for_a_while)
{
    struct refusals *refusals = refusals_new();
    uint64_t now = 1000;
    for (unsigned i = 1; i < REFUSALS_THRESHOLD; i++)
        cr_assert_not(refusals_add(refusals, STR("alice"), now += REFUSALS_PAUSE_MS - 1));
    cr_assert_eq(refusals_over(refusals, now), 0);
    cr_assert(refusals_add(refusals, STR("alice"), now), "said once");
    cr_assert_not(refusals_add(refusals, STR("alice"), now));
    cr_assert_not(refusals_add(refusals, STR("bob"), now));
    cr_assert_eq(refusals_over(refusals, now), 1);
    cr_assert_eq(refusals_over(refusals, 0), 1, "a clock of another thread may be behind");
    cr_assert_eq(refusals_over(refusals, now + REFUSALS_PAUSE_MS - 1), 1);
    now += REFUSALS_PAUSE_MS;
    cr_assert_eq(refusals_over(refusals, now), 0);
    /* It begins anew. */
    for (unsigned i = 1; i < REFUSALS_THRESHOLD; i++)
        cr_assert_not(refusals_add(refusals, STR("alice"), now));
    cr_assert(refusals_add(refusals, STR("alice"), now));
    cr_assert_eq(refusals_over(refusals, now), 1);
    refusals_free(refusals);
}

Test(refusals, a_flood_of_users_has_a_ceiling)
{
    struct refusals *refusals = refusals_new();
    char name[32];
    for (unsigned i = 0; i < 3 * LIMIT_USERS; i++) {
        snprintf(name, sizeof name, "user-%u", i);
        for (unsigned k = 0; k < REFUSALS_THRESHOLD; k++)
            refusals_add(refusals, str_from(name), i + 1);
    }
    unsigned over = refusals_over(refusals, 3 * LIMIT_USERS);
    cr_assert(over > LIMIT_USERS / 2 && over <= LIMIT_USERS, "%u", over);
    refusals_free(refusals);
}

Test(authn, ten_lines_a_minute_stand_for_all)
{
    static const uint64_t minute = 60000;
    struct authn authn = {.lock = PTHREAD_MUTEX_INITIALIZER};
    uint64_t now = 7 * minute, told = 0;
    for (unsigned i = 0; i < LIMIT_AUTHN_LINES; i++)
        cr_assert_eq(authn_due(&authn, now + i), 1);
    for (unsigned i = 0; i < 1000; i++)
        cr_assert_eq(authn_due(&authn, now + minute - 1), 0);
    cr_assert_eq(authn_due(&authn, now + minute), 1001);
    for (unsigned i = 0; i < 2 * LIMIT_AUTHN_LINES; i++)
        told += authn_due(&authn, now + minute + i);
    cr_assert_eq(told, LIMIT_AUTHN_LINES - 1);
}

static const char *exposition(struct metrics *metrics, struct buf *out)
{
    buf_init(out, 16u << 20);
    metrics_write(metrics, out);
    buf_add_char(out, '\0');
    cr_assert_not(out->failed);
    return out->ptr;
}

Test(metrics, shards_are_added_up_and_labels_escaped)
{
    struct metrics *m = metrics_new(2);
    struct buf out;
    struct str odd = STR("a\"b\\c\nd");
    metrics_add(m, 0, METRIC_REQUEST_ERRORS, 2, LABELS(odd));
    metrics_add(m, 1, METRIC_REQUEST_ERRORS, 3, LABELS(odd));
    metrics_add(m, 1, METRIC_RATE_LIMITED, 0, NO_LABELS);
    const char *text = exposition(m, &out);
    cr_assert_not_null(
        strstr(text, "\nrampart_admission_errors_total{reason=\"a\\\"b\\\\c\\nd\"} 5\n"), "%s",
        text);
    cr_assert_not_null(strstr(text, "# TYPE rampart_rate_limited_total counter\n"
                                    "rampart_rate_limited_total 0\n"),
                       "%s", text);
    cr_assert_null(strstr(text, "rampart_build_info"), "without series nothing is printed");
    buf_release(&out);
    metrics_free(m);
}

Test(metrics, histograms_are_cumulative)
{
    struct metrics *m = metrics_new(1);
    struct buf out;
    struct str pods = STR("pods");
    metrics_observe(m, 0, METRIC_DURATION, 0.00004, LABELS(pods));
    metrics_observe(m, 0, METRIC_DURATION, 0.3, LABELS(pods));
    metrics_observe(m, 0, METRIC_DURATION, 60, LABELS(pods));
    const char *text = exposition(m, &out);
    cr_assert_not_null(strstr(text, "_bucket{resource=\"pods\",le=\"5e-05\"} 1\n"), "%s", text);
    cr_assert_not_null(strstr(text, "_bucket{resource=\"pods\",le=\"0.1\"} 1\n"), "%s", text);
    cr_assert_not_null(strstr(text, "_bucket{resource=\"pods\",le=\"0.5\"} 2\n"), "%s", text);
    cr_assert_not_null(strstr(text, "_bucket{resource=\"pods\",le=\"+Inf\"} 3\n"), "%s", text);
    cr_assert_not_null(strstr(text, "_count{resource=\"pods\"} 3\n"), "%s", text);
    buf_release(&out);
    metrics_free(m);
}

static size_t count_lines(const char *text, const char *begin)
{
    size_t lines = 0;
    for (const char *at = text; (at = strstr(at, begin)); at++)
        lines++;
    return lines;
}

Test(metrics, a_namespace_is_given_up_before_the_rest)
{
    struct metrics *m = metrics_new(1);
    struct buf out;
    char name[16];
    metrics_add(m, 0, METRIC_FINDINGS, 1, LABELS(STR("enforce"), STR(""), STR("r")));
    for (unsigned i = 0; i < LIMIT_METRIC_NAMESPACED + 9; i++) {
        snprintf(name, sizeof name, "n%u", i);
        metrics_add(m, 0, METRIC_FINDINGS, 1, LABELS(STR("enforce"), str_from(name), STR("r")));
    }
    metrics_add(m, 0, METRIC_FINDINGS, 1, LABELS(STR("enforce"), STR("n0"), STR("r")));
    metrics_add(m, 0, METRIC_FINDINGS, 1, LABELS(STR("warn"), STR(""), STR("r")));
    const char *text = exposition(m, &out);
    cr_expect(strstr(text, "_total{mode=\"enforce\",rule=\"r\"} 1\n"), "%s", text);
    cr_expect(strstr(text, "_total{mode=\"enforce\",namespace=\"n0\",rule=\"r\"} 2\n"));
    cr_expect(strstr(text, "_total{mode=\"enforce\",namespace=\"other\",rule=\"r\"} 10\n"));
    cr_expect(strstr(text, "_total{mode=\"warn\",rule=\"r\"} 1\n"));
    cr_expect_eq(count_lines(text, "\nrampart_findings_total{"), LIMIT_METRIC_NAMESPACED + 2);
    buf_release(&out);
    metrics_free(m);
}

Test(metrics, a_flood_of_labels_has_a_ceiling)
{
    struct metrics *m = metrics_new(3);
    struct buf out;
    char value[2 * LIMIT_LABEL_BYTES];
    memset(value, 'x', sizeof value);
    for (unsigned i = 0; i < 3 * LIMIT_METRIC_SERIES; i++) {
        int n = snprintf(value, sizeof value, "%u", i);
        value[n] = 'x';
        metrics_add(m, i % 3, METRIC_REQUEST_ERRORS, 1, LABELS((struct str){value, sizeof value}));
    }
    const char *text = exposition(m, &out);
    cr_assert_eq(count_lines(text, "\nrampart_admission_errors_total{"), LIMIT_METRIC_SERIES + 1);
    cr_assert_not_null(strstr(text, "{reason=\"other\"} 1000\n"));
    buf_release(&out);
    metrics_free(m);
}
