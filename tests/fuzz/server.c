/* SPDX-License-Identifier: Apache-2.0
 *
 * What the server makes of bytes that a client chose, besides the review itself (fuzz.admission):
 * the head of a request, its query, label values of metrics, texts in the audit log. The first byte
 * says which.
 */
#include "base/duration.h"
#include "base/jsonw.h"
#include "server/framing.h"
#include "server/internal.h"
#include "server/query.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define DEMAND(condition) ((condition) ? (void)0 : demand_failed(#condition, __LINE__))

static void demand_failed(const char *what, int line)
{
    fprintf(stderr, "tests/fuzz/server.c:%d: not so: %s\n", line, what);
    abort();
}

/* Lines of a head that tell its length, counted another way. */
static unsigned count_lengths(const char *head)
{
    static const char *const names[] = {"\nContent-Length", "\nTransfer-Encoding"};
    unsigned count = 0;
    for (; *head; head++) {
        if (strncmp(head, "\n\n", 2) == 0 || strncmp(head, "\n\r\n", 3) == 0)
            break;
        for (size_t i = 0; i < 2; i++)
            count += strncasecmp(head, names[i], strlen(names[i])) == 0 &&
                     strchr(": \t", head[strlen(names[i])]) && head[strlen(names[i])];
    }
    return count;
}

static void fuzz_framing(struct str in)
{
    static const char line[] = "POST / HTTP/1.1\r\n";
    char head[4096];
    if (in.len > sizeof head - sizeof line || memchr(in.ptr, 0, in.len))
        return;
    snprintf(head, sizeof head, "%s%.*s", line, STR_ARG(in));
    if (!framing_fault(str_from(head)))
        DEMAND(count_lengths(head) <= 1);
}

static void fuzz_query(struct str in)
{
    struct str value;
    int64_t timeout;
    if (query_value(in, STR("timeout"), &value)) {
        DEMAND(value.ptr >= in.ptr && value.ptr + value.len <= in.ptr + in.len);
        DEMAND(str_find(value, '&') == value.len);
        duration_parse(value, &timeout);
    }
    /* With a unit put after it, what was read is read again, in another unit. */
    if (duration_parse(in, &timeout) && timeout % 1000000000 == 0 && in.len < 100) {
        char text[64];
        int64_t again;
        snprintf(text, sizeof text, "%jds", (intmax_t)(timeout / 1000000000));
        DEMAND(duration_parse(str_from(text), &again) && again == timeout);
    }
}

/* Lines of the exposition: NAME{LABEL="VALUE",...} NUMBER, or comments. */
static void check_line(struct str line)
{
    if (line.len > 0 && line.ptr[0] == '#')
        return;
    size_t quotes = 0;
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '\\')
            i++;
        else if (line.ptr[i] == '"')
            quotes++;
    }
    DEMAND(quotes == 2);
    DEMAND(str_starts_with(line, STR("rampart_admission_errors_total{reason=\"")));
    DEMAND(str_ends_with(line, STR("\"} 1")));
}

static void fuzz_metrics(struct str in)
{
    struct buf out;
    struct metrics *metrics = metrics_new(1);
    DEMAND(metrics);
    buf_init(&out, LIMIT_METRICS_BYTES);
    metrics_add(metrics, 0, METRIC_REQUEST_ERRORS, 1, LABELS(in));
    metrics_write(metrics, &out);
    DEMAND(!out.failed);
    struct str rest = buf_str(&out);
    size_t lines = 0;
    for (; rest.len > 0; lines++) {
        struct str line = str_take(rest, str_find(rest, '\n'));
        rest = str_skip(rest, line.len + 1);
        check_line(line);
    }
    DEMAND(lines == 3);
    buf_release(&out);
    metrics_free(metrics);
}

static void fuzz_record(struct str in)
{
    struct str half = str_take(in, in.len / 2), other = str_skip(in, in.len / 2);
    struct admission_record record = {.uid = half,
                                      .username = other,
                                      .operation = in,
                                      .namespace = half,
                                      .name = other,
                                      .subresource = in,
                                      .decision = DECISION_DENY,
                                      .message = in,
                                      .findings = other,
                                      .error = half,
                                      .metric_resource = "pod"};
    struct buf out;
    json_error_t error;
    buf_init(&out, LIMIT_AUDIT_LINE);
    record_fields(&out, &(struct decision){.record = &record, .policy = "x", .nanoseconds = 1});
    DEMAND(!out.failed);
    for (size_t i = 0; i < out.len; i++)
        DEMAND((unsigned char)out.ptr[i] >= 0x20);
    json_t *line = json_loadb(out.ptr, out.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    DEMAND(line && json_object_get(line, "findings"));
    json_decref(line);
    buf_release(&out);
}

/* A digest does not depend on the value of uid, wherever it stands. */
static void fuzz_digest(struct str in)
{
    struct buf one, two;
    struct str value = str_take(in, str_find(in, '"'));
    buf_init(&one, LIMIT_REQUEST_BYTES);
    buf_init(&two, LIMIT_REQUEST_BYTES);
    buf_add_c(&one, "{\"uid\":\"");
    buf_add_c(&two, "{\"uid\":\"another");
    buf_add_str(&one, in);
    buf_add_str(&two, str_skip(in, value.len));
    DEMAND(crash_digest(buf_str(&one)) == crash_digest(buf_str(&two)));
    buf_release(&one);
    buf_release(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const parts[])(struct str) = {fuzz_framing, fuzz_query, fuzz_metrics, fuzz_record,
                                                fuzz_digest};
    if (size > 0)
        parts[data[0] % 5]((struct str){(const char *)data + 1, size - 1});
    return 0;
}
