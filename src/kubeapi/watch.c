/* SPDX-License-Identifier: Apache-2.0 */
#include "kubeapi/watch.h"

#include "base/uri.h"

#include <stdio.h>

void watch_init(struct watch *w, const char *resource, struct watch_sink sink, uint32_t seed)
{
    *w = (struct watch){.resource = resource, .sink = sink, .random = seed | 1u};
}

/* xorshift: jitter needs no better, and a seed makes a transcript repeatable. */
static uint32_t jitter(struct watch *w, uint32_t below)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 17;
    w->random ^= w->random << 5;
    return below ? w->random % below : 0;
}

/* Always in pages and consistent (no resourceVersion): the cache of the API server would answer a
 * list at once and whole, but memory would follow the size of the cluster, and an old answer could
 * let a pod in. */
static void list_path(const struct watch *w, struct buf *path)
{
    buf_printf(path, "%s?limit=%d", w->resource, WATCH_PAGE);
    if (w->token[0]) {
        buf_add_c(path, "&continue=");
        uri_add(path, str_from(w->token));
    }
}

static void stream_path(struct watch *w, struct buf *path)
{
    buf_printf(path, "%s?watch=1&allowWatchBookmarks=true&timeoutSeconds=%u&resourceVersion=",
               w->resource, WATCH_TIMEOUT_MIN + jitter(w, WATCH_TIMEOUT_MIN));
    uri_add(path, str_from(w->version));
}

enum watch_do watch_next(struct watch *w, millis_t now, struct buf *path)
{
    if (now < w->wake)
        return WATCH_WAIT;
    if (w->phase == WATCH_PHASE_LIST) {
        list_path(w, path);
        return WATCH_LIST;
    }
    w->began = now;
    w->any_event = false;
    stream_path(w, path);
    return WATCH_STREAM;
}

static bool copy_token(char to[WATCH_TOKEN], struct str from)
{
    if (from.len >= WATCH_TOKEN)
        return false;
    if (from.len)
        memcpy(to, from.ptr, from.len);
    to[from.len] = '\0';
    return true;
}

static void relist(struct watch *w)
{
    w->phase = WATCH_PHASE_LIST;
    w->listing = false;
    w->token[0] = '\0';
    w->relists++;
}

static void back_off(struct watch *w, millis_t now, uint32_t at_least)
{
    w->backoff = w->backoff ? w->backoff * 2 : WATCH_BACKOFF_MIN;
    if (w->backoff > WATCH_BACKOFF_MAX)
        w->backoff = WATCH_BACKOFF_MAX;
    uint32_t wait = w->backoff / 2 + jitter(w, w->backoff);
    w->wake = now + (wait > at_least ? wait : at_least);
}

bool watch_page(struct watch *w, const struct doc_node *list, millis_t now)
{
    const struct doc_node *metadata = doc_get(list, N_metadata), *items = doc_get(list, N_items);
    bool fits = copy_token(w->token, doc_str(doc_get(metadata, N_continue))) &&
                copy_token(w->version, doc_str(doc_get(metadata, N_resourceVersion)));
    if (!fits || !doc_is(metadata, DOC_MAP) || !(doc_is(items, DOC_SEQ) || doc_is_unset(items))) {
        relist(w);
        watch_failed(w, 0, 0, "the answer to a list is no list", now);
        return false;
    }
    if (!w->listing)
        w->sink.begin(w->sink.context);
    w->listing = true;
    doc_foreach_item (items, object)
        w->sink.put(w->sink.context, object);
    if (w->token[0])
        return true;
    w->sink.end(w->sink.context);
    w->listing = false;
    w->synced = true;
    w->phase = WATCH_PHASE_STREAM;
    w->error[0] = '\0';
    return true;
}

/* An ERROR event holds a Status: 410 (Expired, Gone) means that the version is too old to go on
 * from. */
static bool error_event(struct watch *w, const struct doc_node *status, millis_t now)
{
    const struct doc_node *code = doc_get(status, N_code);
    struct str message = doc_str(doc_get(status, N_message));
    char text[120];
    snprintf(text, sizeof text, "%.*s", (int)(message.len < 100 ? message.len : 100), message.ptr);
    watch_failed(
        w, doc_is(code, DOC_INT) && code->v.i > 0 && code->v.i < 1000 ? (unsigned)code->v.i : 500u,
        0, text, now);
    return false;
}

bool watch_event(struct watch *w, const struct doc_node *event, millis_t now)
{
    struct str type = doc_str(doc_get(event, N_type));
    const struct doc_node *object = doc_get(event, N_object);
    struct str version =
        doc_str(doc_at(object ? object : event, N_metadata, N_resourceVersion).node);
    if (str_is(type, "ERROR"))
        return error_event(w, object, now);
    if (!doc_is(object, DOC_MAP) || !version.len || !copy_token(w->version, version)) {
        relist(w);
        watch_failed(w, 0, 0, "a watch event that is none", now);
        return false;
    }
    w->any_event = true;
    w->events++;
    w->error[0] = '\0';
    if (str_is(type, "ADDED") || str_is(type, "MODIFIED"))
        w->sink.put(w->sink.context, object);
    else if (str_is(type, "DELETED"))
        w->sink.remove(w->sink.context, object);
    return true;
}

bool watch_lives(struct watch *w, millis_t now)
{
    if (!w->error[0] || now - w->began < WATCH_HEALTHY)
        return false;
    w->error[0] = '\0';
    return true;
}

/* A stream that ends at once and brought nothing is a fault, however politely it ended. */
void watch_closed(struct watch *w, millis_t now)
{
    if (now - w->began < 1000 && !w->any_event) {
        watch_failed(w, 0, 0, "the watch ended at once", now);
        return;
    }
    w->backoff = 0;
    w->error[0] = '\0';
}

void watch_failed(struct watch *w, unsigned status, uint32_t retry_after, const char *text,
                  millis_t now)
{
    w->failures++;
    if (status)
        snprintf(w->error, sizeof w->error, "%s: HTTP %u", text, status);
    else
        snprintf(w->error, sizeof w->error, "%s", text);
    /* Only the version or the page token is too old: nothing is broken, list again soon. */
    if (status == 410 && (w->phase == WATCH_PHASE_STREAM || w->token[0])) {
        relist(w);
        w->wake = now + jitter(w, WATCH_BACKOFF_MIN);
        return;
    }
    if (w->phase == WATCH_PHASE_LIST)
        relist(w);
    back_off(w, now, retry_after > 3600 ? 3600000 : retry_after * 1000);
}

void watch_broke(struct watch *w, const char *text, millis_t now)
{
    if (now - w->began >= WATCH_HEALTHY)
        w->backoff = 0;
    watch_failed(w, 0, 0, text, now);
}
