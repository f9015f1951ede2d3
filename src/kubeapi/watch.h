/* SPDX-License-Identifier: Apache-2.0
 *
 * List and watch of one resource as a pure state machine: it says what to ask for next, and is told
 * what came back and when. No I/O, no clock, no random numbers of its own, so transcripts test it.
 *
 *   watch_next(w, now, path)     WATCH_LIST, WATCH_STREAM: GET that path; WATCH_WAIT: come back at
 *                                w->wake
 *   watch_page(w, doc, now)      the body of a 200 to a list
 *   watch_event(w, doc, now)     one line of a stream; false: cut the stream and ask again
 *   watch_lives(w, now)          the stream has begun, and is silent
 *   watch_closed(w, now)         the stream ended in order
 *   watch_broke(w, …, now)       the stream ended in the middle
 *   watch_failed(w, …, now)      any other status, or no answer
 *
 * Source: client-go's reflector: list, then watch from the list's version; 410 means list again.
 */
#ifndef KUBEAPI_WATCH_H
#define KUBEAPI_WATCH_H

#include "base/buf.h"
#include "doc/doc.h"

/* Milliseconds of any monotonic clock. */
typedef int64_t millis_t;

enum {
    WATCH_BACKOFF_MIN = 800,  /* doubles to the maximum, full jitter (client-go) */
    WATCH_BACKOFF_MAX = 5000, /* client-go waits 30 s, for there a whole fleet comes back at once;
                               * here it is two or three, and meanwhile labels grow old */
    WATCH_HEALTHY = 1000, /* a stream that lived this long resets the backoff: an API server that is
                           * restarted again and again is found again at once each time */
    WATCH_SILENCE = 150000, /* no byte for two bookmark periods and a half: the peer is dead */
    WATCH_TIMEOUT_MIN =
        300,            /* seconds a stream is asked to last: this much and up to as much again */
    WATCH_PAGE = 500,   /* objects a page */
    WATCH_TOKEN = 2048, /* bytes of a resourceVersion or continue token */
};

enum watch_do { WATCH_LIST, WATCH_STREAM, WATCH_WAIT };

/* What is done with the objects. A relist is begin, put…, end: what was not put again is gone. */
struct watch_sink {
    void *context;
    void (*begin)(void *context);
    void (*put)(void *context, const struct doc_node *object);
    void (*remove)(void *context, const struct doc_node *object);
    void (*end)(void *context);
};

enum watch_phase { WATCH_PHASE_LIST, WATCH_PHASE_STREAM };

struct watch {
    const char *resource; /* path, "/api/v1/namespaces" */
    struct watch_sink sink;
    enum watch_phase phase;
    bool listing; /* between the first and the last page */
    bool synced;  /* a list has ended once */
    char version[WATCH_TOKEN], token[WATCH_TOKEN];
    millis_t wake;    /* not before */
    millis_t began;   /* of the present stream */
    bool any_event;   /* in the present stream */
    uint32_t backoff; /* milliseconds, 0 when healthy */
    uint32_t random;  /* state of the jitter */
    uint64_t events, relists, failures;
    char error[160]; /* the last failure, for the log; empty when none since the last success */
};

void watch_init(struct watch *w, const char *resource, struct watch_sink sink, uint32_t seed);
enum watch_do watch_next(struct watch *w, millis_t now, struct buf *path);
/* False when doc is no list: treated as a failure. */
bool watch_page(struct watch *w, const struct doc_node *list, millis_t now);
bool watch_event(struct watch *w, const struct doc_node *event, millis_t now);
/* True when that is news: the failures before are over. To be told once a second or so: an API
 * server may have nothing to say for a minute, and one that ends each stream at once is no news. */
bool watch_lives(struct watch *w, millis_t now);
void watch_closed(struct watch *w, millis_t now);
/* The stream had begun, and broke. */
void watch_broke(struct watch *w, const char *text, millis_t now);
/* status: of the HTTP answer, 0 when there was none; retry_after: seconds, 0 when not said; text:
 * for the log. */
void watch_failed(struct watch *w, unsigned status, uint32_t retry_after, const char *text,
                  millis_t now);

#endif
