/* SPDX-License-Identifier: Apache-2.0
 *
 * The list-and-watch state machine on transcripts: what a real API server answers, and what it
 * answers on bad days.
 */
#include "kubeapi/watch.h"
#include "load/json.h"

#include <criterion/criterion.h>

#include <stdio.h>

static struct watch watch;
static struct json_reader reader;
static struct arena arena;
static struct buf path, names; /* names: what the sink was told, "+a -b [ ]" */
static millis_t now;

static void note(const char *sign, const struct doc_node *object)
{
    buf_add_c(&names, sign);
    buf_add_str(&names, doc_str(doc_at(object, N_metadata, N_name).node));
    buf_add_char(&names, ' ');
}

static void on_begin(void *context)
{
    (void)context;
    buf_add_c(&names, "[ ");
}

static void on_put(void *context, const struct doc_node *object)
{
    (void)context;
    note("+", object);
}

static void on_remove(void *context, const struct doc_node *object)
{
    (void)context;
    note("-", object);
}

static void on_end(void *context)
{
    (void)context;
    buf_add_c(&names, "] ");
}

static void begin(void)
{
    now = 1000000;
    arena_init(&arena, 1 << 20);
    json_reader_init(&reader);
    buf_init(&path, 1 << 16);
    buf_init(&names, 1 << 16);
    watch_init(&watch, "/api/v1/namespaces",
               (struct watch_sink){NULL, on_begin, on_put, on_remove, on_end}, 7);
}

static void finish(void)
{
    arena_release(&arena);
    json_reader_release(&reader);
    buf_release(&path);
    buf_release(&names);
}

TestSuite(watch, .init = begin, .fini = finish);

static const struct doc_node *json(const char *text)
{
    struct doc doc;
    struct diag diag = {0};
    cr_assert(json_read(&reader, str_from(text), &arena, &doc, &diag), "%s", diag.text);
    return doc.root;
}

static enum watch_do next(void)
{
    buf_clear(&path);
    enum watch_do what = watch_next(&watch, now, &path);
    buf_add_char(&path, '\0');
    return what;
}

static void expect_list(const char *wanted)
{
    cr_assert_eq(next(), WATCH_LIST);
    cr_assert_str_eq(path.ptr, wanted);
}

static void expect_stream(const char *version)
{
    cr_assert_eq(next(), WATCH_STREAM);
    char wanted[64];
    snprintf(wanted, sizeof wanted, "&resourceVersion=%s", version);
    cr_assert(str_ends_with(str_take(buf_str(&path), path.len - 1), str_from(wanted)), "%s",
              path.ptr);
    cr_assert(str_find_str(buf_str(&path),
                           STR("watch=1&allowWatchBookmarks=true&timeoutSeconds=")) < path.len);
}

static void expect_names(const char *wanted)
{
    cr_assert(str_is(buf_str(&names), wanted), "%.*s", STR_ARG(buf_str(&names)));
    buf_clear(&names);
}

static void synced(void)
{
    cr_assert_eq(next(), WATCH_LIST);
    cr_assert(watch_page(&watch,
                         json("{\"metadata\":{\"resourceVersion\":\"10\"},\"items\":[{\"metadata\":"
                              "{\"name\":\"a\"}}]}"),
                         now));
    expect_names("[ +a ] ");
}

Test(watch, a_list_in_pages_is_one_replacement)
{
    expect_list("/api/v1/namespaces?limit=500");
    cr_assert(watch_page(&watch,
                         json("{\"metadata\":{\"resourceVersion\":\"10\",\"continue\":\"x/"
                              "=\"},\"items\":[{\"metadata\":{\"name\":\"a\"}}]}"),
                         now));
    cr_assert(!watch.synced);
    expect_list("/api/v1/namespaces?limit=500&continue=x%2F%3D");
    cr_assert(watch_page(&watch,
                         json("{\"metadata\":{\"resourceVersion\":\"10\"},\"items\":[{\"metadata\":"
                              "{\"name\":\"b\"}}]}"),
                         now));
    cr_assert(watch.synced);
    expect_names("[ +a +b ] ");
    expect_stream("10");
}

Test(watch, a_silent_stream_is_back_once_it_has_lived)
{
    synced();
    expect_stream("10");
    cr_assert(!watch_lives(&watch, now + WATCH_HEALTHY)); /* nothing was wrong */
    watch_broke(&watch, "transfer closed", now);
    now = watch.wake;
    expect_stream("10");
    cr_assert(!watch_lives(&watch, now + WATCH_HEALTHY - 1));
    cr_assert(watch.error[0]);
    cr_assert(watch_lives(&watch, now + WATCH_HEALTHY));
    cr_assert(!watch.error[0]);
    cr_assert(!watch_lives(&watch, now + 2 * WATCH_HEALTHY));
}

Test(watch, events_move_the_version_and_bookmarks_do_only_that)
{
    synced();
    expect_stream("10");
    cr_assert(watch_event(&watch,
                          json("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"b\","
                               "\"resourceVersion\":\"11\"}}}"),
                          now));
    cr_assert(watch_event(&watch,
                          json("{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":\"b\","
                               "\"resourceVersion\":\"12\"}}}"),
                          now));
    cr_assert(watch_event(&watch,
                          json("{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"a\","
                               "\"resourceVersion\":\"13\"}}}"),
                          now));
    cr_assert(watch_event(
        &watch,
        json("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"20\"}}}"),
        now));
    expect_names("+b +b -a ");
    now += 300000;
    watch_closed(&watch, now);
    expect_stream("20");
    expect_names("");
}

Test(watch, an_expired_version_is_listed_again_soon)
{
    synced();
    expect_stream("10");
    cr_assert(!watch_event(&watch,
                           json("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,"
                                "\"message\":\"too old resource version\"}}"),
                           now));
    now += WATCH_BACKOFF_MIN;
    expect_list("/api/v1/namespaces?limit=500");
    cr_assert(watch.synced, "readiness never goes back for a lost watch");
}

Test(watch, an_expired_page_token_starts_the_list_again)
{
    cr_assert_eq(next(), WATCH_LIST);
    cr_assert(watch_page(&watch,
                         json("{\"metadata\":{\"resourceVersion\":\"10\",\"continue\":\"t\"},"
                              "\"items\":[{\"metadata\":{\"name\":\"a\"}}]}"),
                         now));
    cr_assert_eq(next(), WATCH_LIST);
    watch_failed(&watch, 410, 0, "expired", now);
    now += WATCH_BACKOFF_MIN;
    expect_list("/api/v1/namespaces?limit=500");
    cr_assert(watch_page(&watch,
                         json("{\"metadata\":{\"resourceVersion\":\"12\"},\"items\":[{\"metadata\":"
                              "{\"name\":\"c\"}}]}"),
                         now));
    expect_names("[ +a [ +c ] ");
}

Test(watch, failures_back_off_with_jitter_and_a_ceiling)
{
    millis_t longest = 0;
    for (int i = 0; i < 12; i++) {
        cr_assert_eq(next(), WATCH_LIST);
        watch_failed(&watch, 0, 0, "connection refused", now);
        millis_t wait = watch.wake - now;
        cr_assert(wait >= WATCH_BACKOFF_MIN / 2 && wait <= WATCH_BACKOFF_MAX * 3 / 2, "%ld",
                  (long)wait);
        longest = wait > longest ? wait : longest;
        cr_assert_eq(next(), WATCH_WAIT);
        now = watch.wake;
    }
    cr_assert(longest >= WATCH_BACKOFF_MAX / 2);
    cr_assert(str_is(str_from(watch.error), "connection refused"));
}

Test(watch, retry_after_is_honoured)
{
    cr_assert_eq(next(), WATCH_LIST);
    watch_failed(&watch, 429, 60, "too many requests", now);
    cr_assert(watch.wake >= now + 60000);
}

Test(watch, a_watch_that_ends_at_once_is_a_failure)
{
    synced();
    expect_stream("10");
    now += 10;
    watch_closed(&watch, now);
    cr_assert_eq(next(), WATCH_WAIT);
    now = watch.wake;
    expect_stream("10");
}

Test(watch, a_healthy_stream_forgets_old_failures)
{
    synced();
    expect_stream("10");
    watch_failed(&watch, 500, 0, "internal error", now);
    watch_failed(&watch, 500, 0, "internal error", now);
    cr_assert_gt(watch.backoff, WATCH_BACKOFF_MIN);
    now = watch.wake;
    expect_stream("10");
    now += 300000;
    watch_closed(&watch, now);
    cr_assert_eq(watch.backoff, 0);
}

/* An API server that is restarted every few seconds: each time it is found again at once, though
 * no stream lives until its first bookmark. */
Test(watch, a_stream_that_lived_and_broke_starts_with_a_short_wait)
{
    synced();
    for (int restart = 0; restart < 20; restart++) {
        expect_stream("10");
        now += 3000;
        watch_broke(&watch, "transfer closed", now);
        cr_assert_leq(watch.wake - now, WATCH_BACKOFF_MIN * 3 / 2);
        now = watch.wake;
        expect_stream("10");
        watch_failed(&watch, 0, 0, "connection refused", now);
        now = watch.wake;
    }
}

/* What breaks each stream as soon as it begins is not asked in a loop. */
Test(watch, a_stream_that_breaks_at_once_backs_off)
{
    synced();
    for (int i = 0; i < 8; i++) {
        expect_stream("10");
        watch_broke(&watch, "transfer closed", now);
        now = watch.wake;
    }
    cr_assert_eq(watch.backoff, WATCH_BACKOFF_MAX);
}

/* Else the log says that namespaces are watched again, with each event. */
Test(watch, the_first_event_ends_an_error)
{
    synced();
    expect_stream("10");
    watch_failed(&watch, 0, 0, "connection refused", now);
    cr_assert(str_is(str_from(watch.error), "connection refused"));
    now = watch.wake;
    expect_stream("10");
    cr_assert(watch_event(&watch,
                          json("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":"
                               "{\"resourceVersion\":\"11\"}}}"),
                          now));
    cr_assert_eq(watch.error[0], '\0');
}

Test(watch, what_is_no_list_and_no_event_is_refused)
{
    cr_assert_eq(next(), WATCH_LIST);
    cr_assert(!watch_page(&watch, json("{\"items\":5,\"metadata\":{}}"), now));
    now = watch.wake;
    cr_assert_eq(next(), WATCH_LIST);
    cr_assert(!watch_page(&watch, json("[]"), now));
    now = watch.wake;
    synced();
    expect_stream("10");
    cr_assert(!watch_event(&watch, json("{\"type\":\"ADDED\"}"), now));
    cr_assert(!watch_event(&watch, json("[1]"), now));
}

Test(watch, versions_and_tokens_are_bounded)
{
    static char text[3 * WATCH_TOKEN];
    int n = snprintf(text, sizeof text, "{\"metadata\":{\"resourceVersion\":\"1\",\"continue\":\"");
    memset(text + n, 'x', WATCH_TOKEN);
    snprintf(text + n + WATCH_TOKEN, sizeof text - (size_t)n - WATCH_TOKEN, "\"},\"items\":[]}");
    cr_assert_eq(next(), WATCH_LIST);
    cr_assert(!watch_page(&watch, json(text), now));
}
