/* SPDX-License-Identifier: Apache-2.0
 *
 * POST /validate: body in, verdict out. Nothing here waits: a decision that needs the API server is
 * parked, and goes on when the answer comes by message, or when its time is up.
 */
#include "base/duration.h"
#include "base/unset.h"
#include "load/json.h"
#include "server/clock.h"
#include "server/internal.h"
#include "server/log.h"
#include "server/query.h"

#include <stdlib.h>

enum { SPARES = 4, NS_OF_MS = 1000000, NAME_BYTES = 256 };

/* A question to the cluster. It outlives a review that is gone, for its answer is on its way. */
struct question {
    struct http_message message; /* first */
    struct cluster_request request;
    struct http *http;
    struct review *review; /* NULL: nobody waits any more */
    unsigned loop;
    char text[]; /* name and token */
};

struct review {
    struct http_message again; /* first */
    struct review_loop *loop;
    struct review *next, **link; /* in the list of those that wait; or of the spares */
    struct http_request *request;
    struct snapshot *snapshot;
    struct admission *admission;
    struct question *question; /* asked */
    struct question *answer;   /* answered, and in use by the decision */
    int64_t began, deadline;   /* nanoseconds */
    bool posted;               /* `again` is under way: the memory must stay */
    bool outlined;             /* its objects were left out */
    struct arena arena;
    struct doc doc;
};

struct review_loop {
    struct service *service;
    unsigned index, spare_count, waiting_count;
    struct review *spares, *waiting;
    struct json_reader reader;
    struct buf out;
};

struct review_loop *review_loops_new(struct service *service, unsigned count)
{
    struct review_loop *loops = calloc(count, sizeof *loops);
    for (unsigned i = 0; loops && i < count; i++) {
        loops[i].service = service;
        loops[i].index = i;
        json_reader_init(&loops[i].reader);
        buf_init(&loops[i].out, LIMIT_RESPONSE_BYTES);
    }
    return loops;
}

static void review_free(struct review *review)
{
    arena_release(&review->arena);
    free(review);
}

void review_loops_free(struct review_loop *loops, unsigned count)
{
    for (unsigned i = 0; loops && i < count; i++) {
        struct review_loop *loop = &loops[i];
        while (loop->spares) {
            struct review *review = loop->spares;
            loop->spares = review->next;
            review_free(review);
        }
        json_reader_release(&loop->reader);
        buf_release(&loop->out);
    }
    free(loops);
}

/* Lifetimes */

static struct review *review_new(struct review_loop *loop, struct http_request *request)
{
    struct review *review = loop->spares;
    if (review) {
        loop->spares = review->next;
        loop->spare_count--;
    } else {
        review = malloc(sizeof *review);
        if (!review)
            return NULL;
        arena_init(&review->arena, LIMIT_REQUEST_ARENA);
    }
    struct arena arena = review->arena;
    *review = (struct review){.loop = loop,
                              .request = request,
                              .snapshot = snapshot_hold(loop->service),
                              .began = clock_ns(),
                              .arena = arena};
    return review;
}

static void question_free(struct question *question)
{
    if (!question)
        return;
    cluster_request_release(&question->request);
    free(question);
}

static void review_unlink(struct review *review)
{
    if (!review->link)
        return;
    *review->link = review->next;
    if (review->next)
        review->next->link = review->link;
    review->link = NULL;
    review->loop->waiting_count--;
}

static void review_end(struct review *review)
{
    struct review_loop *loop = review->loop;
    review_unlink(review);
    if (review->question)
        review->question->review = NULL;
    question_free(review->answer);
    snapshot_drop(review->snapshot);
    if (loop->spare_count < SPARES) {
        arena_clear(&review->arena);
        review->next = loop->spares;
        loop->spares = review;
        loop->spare_count++;
    } else {
        review_free(review);
    }
}

/* The connection broke while the review waited. */
static void on_gone(struct http_request *request)
{
    struct review *review = request->user;
    review->request = NULL;
    if (!review->posted)
        review_end(review);
}

/* Answers */

const char *request_error_name(enum request_error error)
{
    static const char *const names[] = {
#define ERROR(id, name) name,
        REQUEST_ERRORS(ERROR)
#undef ERROR
    };
    return names[error];
}

static void count_error(struct review_loop *loop, enum request_error error)
{
    metrics_add(loop->service->metrics, loop->index, METRIC_REQUEST_ERRORS, 1,
                LABELS(str_from(request_error_name(error))));
}

static void answer_error(struct review_loop *loop, struct http_request *request, unsigned status,
                         enum request_error error, const char *text)
{
    count_error(loop, error);
    http_respond(request, &(struct http_response){.status = status, .body = str_from(text)});
}

/* Ends the review first: answering may end the request. */
static void review_fail(struct review *review, unsigned status, enum request_error error,
                        const char *text)
{
    struct review_loop *loop = review->loop;
    struct http_request *request = review->request;
    request->gone = NULL;
    /* text may live in the review's arena. */
    buf_clear(&loop->out);
    buf_add_c(&loop->out, text);
    buf_add(&loop->out, "\n", 2); /* and its end */
    review_end(review);
    answer_error(loop, request, status, error, loop->out.failed ? "" : loop->out.ptr);
}

/* One huge answer must not keep its memory for ever. */
static void out_clear(struct buf *out)
{
    if (out->cap > LIMIT_RESPONSE_KEPT) {
        buf_release(out);
        buf_init(out, LIMIT_RESPONSE_BYTES);
    }
    buf_clear(out);
}

static void review_again_smaller(struct review *review);

static void review_answer(struct review *review)
{
    struct review_loop *loop = review->loop;
    struct http_request *request = review->request;
    out_clear(&loop->out);
    admission_response(review->admission, &loop->out);
    if (review->arena.failed || loop->out.failed) {
        review_again_smaller(review);
        return;
    }
    record_decision(loop->service, loop->index,
                    &(struct decision){.record = admission_record(review->admission),
                                       .policy = review->snapshot->digest,
                                       .nanoseconds = clock_ns() - review->began});
    request->gone = NULL;
    review_end(review);
    http_respond(request, &(struct http_response){.status = 200,
                                                  .content_type = "application/json",
                                                  .body = buf_str(&loop->out)});
    out_clear(&loop->out);
}

/* Waiting */

static void review_go(struct review *review);

static void review_park(struct review *review)
{
    struct review_loop *loop = review->loop;
    review->request->user = review;
    review->request->gone = on_gone;
    if (review->link)
        return;
    review->link = &loop->waiting;
    review->next = loop->waiting;
    if (review->next)
        review->next->link = &review->next;
    loop->waiting = review;
    loop->waiting_count++;
}

static void on_again(struct http_message *message)
{
    struct review *review = (struct review *)message;
    review->posted = false;
    if (review->request)
        review_go(review);
    else
        review_end(review);
}

static void review_yield(struct review *review)
{
    review_park(review);
    review->again.run = on_again;
    review->posted = true;
    http_post(review->request->http, review->loop->index, &review->again);
}

static void supply(struct review *review, struct question *question)
{
    const struct cluster_request *r = &question->request;
    struct admission *admission = review->admission;
    switch (r->answer) {
    case CLUSTER_NOT_FOUND:
        admission_supply_not_found(admission);
        return;
    case CLUSTER_ERROR:
        admission_supply_error(admission, r->message.len ? r->message : str_from(r->error));
        return;
    case CLUSTER_FOUND:
        break;
    }
    if (r->question == CLUSTER_NAMESPACE)
        admission_supply_namespace(admission, doc_get(r->doc.root, N_metadata));
    else
        admission_supply_pods(admission, r->doc.root, &question->request.arena);
}

static void on_answer(struct http_message *message)
{
    struct question *question = (struct question *)message;
    struct review *review = question->review;
    if (!review) {
        question_free(question);
        return;
    }
    review->question = NULL;
    review->answer = question;
    supply(review, question);
    review_go(review);
}

/* On a thread of the cluster's. */
static void on_done(struct cluster_request *request)
{
    struct question *question = request->asker;
    http_post(question->http, question->loop, &question->message);
}

static struct question *question_new(struct review *review, enum cluster_question what,
                                     const struct admission_need *need)
{
    struct question *q = calloc(1, sizeof *q + need->namespace.len + need->token.len);
    if (!q)
        return NULL;
    memcpy(q->text, need->namespace.ptr, need->namespace.len);
    memcpy(q->text + need->namespace.len, need->token.ptr, need->token.len);
    q->request.question = what;
    q->request.name = (struct str){q->text, need->namespace.len};
    q->request.token = (struct str){q->text + need->namespace.len, need->token.len};
    q->request.deadline = need->deadline;
    q->request.done = on_done;
    q->request.asker = q;
    q->message.run = on_answer;
    q->http = review->request->http;
    q->review = review;
    q->loop = review->loop->index;
    return q;
}

/* Of the client's time a lookup gets half: an answer on the last millisecond comes too late, and a
 * call that failed is one that failurePolicy: Ignore lets through. */
static struct admission_need need_of(const struct review *review, enum cluster_question what)
{
    struct admission_need need = admission_need(review->admission);
    if (what == CLUSTER_NAMESPACE)
        need.deadline = review->began + (need.deadline - review->began) / 2;
    return need;
}

/* False: it could not be asked, and the decision was told so. */
static bool review_ask(struct review *review, enum cluster_question what)
{
    struct review_loop *loop = review->loop;
    struct admission_need need = need_of(review, what);
    struct question *question =
        loop->waiting_count < LIMIT_PARKED ? question_new(review, what, &need) : NULL;
    if (!question) {
        admission_supply_error(review->admission, STR("too many requests wait for the API server"));
        return false;
    }
    review->question = question;
    review->deadline = need.deadline;
    review_park(review);
    cluster_submit(loop->service->cluster, &question->request);
    return true;
}

/* Judging */

static enum admission_state step(struct review *review)
{
    struct review_loop *loop = review->loop;
    const struct inventory *inventory = cluster_inventory(loop->service->cluster);
    crash_enter(loop->index, review->request->body);
    enum admission_state state = admission_step(review->admission, inventory, clock_ns());
    crash_leave(loop->index);
    inventory_drop(inventory);
    if (state != ADMISSION_AGAIN) {
        question_free(review->answer);
        review->answer = NULL;
    }
    return state;
}

/* Until it is done, or waits for something. */
static void review_go(struct review *review)
{
    for (;;) {
        switch (step(review)) {
        case ADMISSION_DONE:
            review_answer(review);
            return;
        case ADMISSION_AGAIN:
            review_yield(review);
            return;
        case ADMISSION_NEED_NAMESPACE:
            if (review_ask(review, CLUSTER_NAMESPACE))
                return;
            break;
        case ADMISSION_NEED_PODS:
            if (review_ask(review, CLUSTER_PODS))
                return;
            break;
        }
    }
}

/* The cluster promises an answer by the deadline; this is for when it breaks its word. */
void review_tick(void *context, unsigned index)
{
    struct service *service = context;
    struct review_loop *loop = &service->loops[index];
    int64_t late = clock_ns() - (int64_t)LIMIT_SWEEP_MS * NS_OF_MS;
    for (struct review *at = loop->waiting, *next; at; at = next) {
        next = at->next;
        if (!at->question || at->deadline > late)
            continue;
        at->question->review = NULL;
        at->question = NULL;
        admission_supply_error(at->admission, STR("context deadline exceeded"));
        review_yield(at); /* not now: it may end others of the list */
    }
}

static int64_t client_deadline(const struct http_request *request, int64_t now)
{
    struct str text;
    int64_t timeout = 0;
    if (!query_value(request->query, STR("timeout"), &text) || !duration_parse(text, &timeout))
        timeout = (int64_t)LIMIT_REVIEW_MS * NS_OF_MS;
    if (timeout > (int64_t)LIMIT_REVIEW_MAX_MS * NS_OF_MS)
        timeout = (int64_t)LIMIT_REVIEW_MAX_MS * NS_OF_MS;
    return now + timeout;
}

static bool review_outline(struct review *review, struct diag *diag)
{
    review->outlined = true;
    arena_clear(&review->arena);
    diag_clear(diag);
    return json_read_outline(&review->loop->reader, review->request->body, &review->arena,
                             &review->doc, diag);
}

/* Over a ceiling the objects are left out, and the decision treats them as what cannot be decoded:
 * a tenant must not get a pod past `failurePolicy: Ignore` by making it too large to be judged. */
static bool review_parse(struct review *review, struct diag *diag)
{
    return json_read(&review->loop->reader, review->request->body, &review->arena, &review->doc,
                     diag) ||
           ((diag->code == DIAG_LIMIT || diag->code == DIAG_MEMORY) &&
            review_outline(review, diag));
}

static bool review_read(struct review *review)
{
    struct diag diag UNSET;
    diag_clear(&diag);
    if (review_parse(review, &diag))
        return true;
    if (diag.code == DIAG_MEMORY)
        review_fail(review, 500, REQUEST_ERROR_MEMORY, "not enough memory for this review");
    else
        review_fail(review, 400, REQUEST_ERROR_UNDECODABLE, admission_undecodable);
    return false;
}

static bool review_begin(struct review *review)
{
    int64_t deadline = client_deadline(review->request, review->began);
    review->admission =
        admission_begin(&review->doc, &review->snapshot->config, &review->arena, deadline);
    const char *refusal = review->admission ? admission_refusal(review->admission) : NULL;
    if (review->admission && !refusal)
        return true;
    if (refusal)
        review_fail(review, 400, REQUEST_ERROR_REFUSED, refusal);
    else
        review_fail(review, 500, REQUEST_ERROR_MEMORY, "not enough memory for this review");
    return false;
}

/* The texts about it took too much memory. What a namespace needs is its labels, and the pods in
 * it; without them there is no answer. */
static void review_again_smaller(struct review *review)
{
    struct diag diag UNSET;
    diag_clear(&diag);
    bool namespace = strcmp(admission_record(review->admission)->metric_resource, "namespace") == 0;
    review_unlink(review);
    if (!namespace && !review->outlined && review_outline(review, &diag)) {
        if (review_begin(review))
            review_go(review);
        return;
    }
    review_fail(review, 500, REQUEST_ERROR_MEMORY, "not enough memory for this review");
}

static void limit_rate(struct review *review)
{
    struct service *service = review->loop->service;
    const struct admission_record *record = admission_record(review->admission);
    if (!service->rate ||
        rate_take(service->rate, record->username, (uint64_t)(review->began / NS_OF_MS)))
        return;
    metrics_add(service->metrics, review->loop->index, METRIC_RATE_LIMITED, 1, NO_LABELS);
    admission_deny(review->admission, 429, "TooManyRequests",
                   STR("too many requests of this user, please try again later"));
}

static bool is_utf8(struct str charset)
{
    bool quoted = charset.len >= 2 && charset.ptr[0] == '"';
    if (quoted)
        charset = str_skip(str_take(charset, charset.len - 1), 1);
    return str_equal_nocase(charset, STR("utf-8")) || str_equal_nocase(charset, STR("utf8"));
}

/* JSON is UTF-8 (RFC 8259, 8.1); whoever says otherwise sends something else. */
static bool is_json(struct str type)
{
    size_t end = str_find(type, ';');
    struct str rest = str_skip(type, end + 1);
    while (rest.len > 0) {
        size_t len = str_find(rest, ';');
        struct str parameter = str_trim(str_take(rest, len));
        size_t equals = str_find(parameter, '=');
        if (str_equal_nocase(str_take(parameter, equals), STR("charset")) &&
            !is_utf8(str_skip(parameter, equals + 1)))
            return false;
        rest = str_skip(rest, len + 1);
    }
    return str_equal_nocase(str_trim(str_take(type, end)), STR("application/json"));
}

/* True when a review may be in it. */
static bool request_is_fit(struct review_loop *loop, struct http_request *request)
{
    if (!str_is(request->path, "/validate") && !str_is(request->path, "/"))
        answer_error(loop, request, 404, REQUEST_ERROR_PATH, "reviews are expected at /validate\n");
    else if (!str_is(request->method, "POST")) {
        count_error(loop, REQUEST_ERROR_METHOD);
        http_respond(request, &(struct http_response){.status = 405,
                                                      .allow = "POST",
                                                      .body = STR("POST is expected\n")});
    } else if (!is_json(request->content_type))
        answer_error(loop, request, 415, REQUEST_ERROR_TYPE,
                     "Content-Type application/json is expected\n");
    else if (request->body.len == 0)
        answer_error(loop, request, 400, REQUEST_ERROR_EMPTY, "request body is empty\n");
    else if (crash_is_poison(loop->service->crash, request->body)) {
        log_error("a body that crashed a worker came again and was refused unread");
        answer_error(loop, request, 500, REQUEST_ERROR_POISON,
                     "a review like this one crashed the server\n");
    } else
        return true;
    return false;
}

void review_handle(void *context, struct http_request *request)
{
    struct service *service = context;
    struct review_loop *loop = &service->loops[request->loop];
    if (!request_is_fit(loop, request))
        return;
    struct review *review = review_new(loop, request);
    if (!review) {
        answer_error(loop, request, 500, REQUEST_ERROR_MEMORY,
                     "not enough memory for this review\n");
        return;
    }
    crash_enter(loop->index, request->body);
    bool begun = review_read(review) && review_begin(review);
    crash_leave(loop->index);
    if (!begun)
        return;
    limit_rate(review);
    review_go(review);
}
