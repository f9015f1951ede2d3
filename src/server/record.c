/* SPDX-License-Identifier: Apache-2.0
 *
 * What remains of a decision: counters, and a line in the audit log. Every text of a request may be
 * long and hostile, so it is cut here, and escaped where it is written.
 */
#include "base/jsonw.h"
#include "base/utf8.h"
#include "server/clock.h"
#include "server/internal.h"
#include "server/log.h"

enum { TEXT_BYTES = 1024, NAME_BYTES = 256, FINDINGS_BYTES = 16384, GROUPS = 64, NS_OF_US = 1000 };

/* A line that did not fit would be lost, so whoever writes the texts could choose to be on no
 * record: at worst each byte is \u00XX. */
enum { TEXTS = 11, KEYS_BYTES = 2048, ESCAPED = 6 };
_Static_assert((2 * FINDINGS_BYTES + (TEXTS + GROUPS) * TEXT_BYTES) * ESCAPED + KEYS_BYTES <=
                   LIMIT_AUDIT_LINE,
               "the longest line of a decision fits");

static const char *yes_no(bool b)
{
    return b ? "true" : "false";
}

const char *result_name(bool ok)
{
    return ok ? "success" : "failure";
}

static void text(struct jsonw *w, const char *key, struct str value)
{
    jsonw_key_value(w, key, utf8_cut(value, TEXT_BYTES));
}

static void groups(struct jsonw *w, const struct doc_node *list)
{
    unsigned count = 0;
    jsonw_key(w, "groups");
    jsonw_array(w);
    doc_foreach_item (list, group)
        if (count++ < GROUPS)
            jsonw_str(w, utf8_cut(doc_str(group), TEXT_BYTES));
    jsonw_array_end(w);
}

static void subject(struct jsonw *w, const struct admission_record *r)
{
    text(w, "uid", r->uid);
    text(w, "user", r->username);
    groups(w, r->groups);
    text(w, "operation", r->operation);
    text(w, "group", r->kind.group);
    text(w, "version", r->kind.version);
    text(w, "kind", r->kind.kind);
    text(w, "resource", r->resource.resource);
    text(w, "subresource", r->subresource);
    text(w, "namespace", r->namespace);
    text(w, "name", r->name);
}

void record_fields(struct buf *out, const struct decision *decision)
{
    const struct admission_record *r = decision->record;
    struct jsonw w;
    jsonw_init(&w, out, 0);
    jsonw_object(&w);
    jsonw_key_c(&w, "policy", decision->policy);
    subject(&w, r);
    jsonw_key_c(&w, "decision", admission_decision_name(r->decision));
    jsonw_key_bool(&w, "allowed", r->allowed);
    if (r->code != 0)
        jsonw_key_int(&w, "code", r->code);
    jsonw_key_value(&w, "findings", utf8_cut(r->findings, FINDINGS_BYTES));
    if (r->message.len > 0)
        jsonw_key_value(&w, "message", utf8_cut(r->message, FINDINGS_BYTES));
    if (r->error.len > 0)
        text(&w, "error", r->error);
    jsonw_key_int(&w, "latencyMicroseconds", decision->nanoseconds / NS_OF_US);
    jsonw_key_bool(&w, "dryRun", r->dry_run);
    jsonw_object_end(&w);
}

static void count_pod_security(struct service *service, unsigned loop,
                               const struct admission_record *r, const struct admission_count *c)
{
    struct str operation = r->metric_operation, resource = str_from(r->metric_resource);
    switch (c->metric) {
    case ADMISSION_EVALUATIONS:
        metrics_add(service->metrics, loop, METRIC_EVALUATIONS, 1,
                    LABELS(str_from(c->decision), str_from(c->mode), str_from(c->level), c->version,
                           operation, resource, r->subresource));
        break;
    case ADMISSION_EXEMPTIONS:
        metrics_add(service->metrics, loop, METRIC_EXEMPTIONS, 1,
                    LABELS(operation, resource, r->subresource));
        break;
    case ADMISSION_ERRORS:
        metrics_add(service->metrics, loop, METRIC_ERRORS, 1,
                    LABELS(str_from(c->fatal), operation, resource, r->subresource));
        break;
    }
}

/* A label that multiplies series is for those who ask for it. */
static struct str counted_namespace(const struct service *service, const struct admission_record *r)
{
    return service->options->metrics_namespaces ? r->namespace : STR_EMPTY;
}

static void count_findings(struct service *service, unsigned loop, const struct admission_record *r)
{
    for (enum pss_mode mode = PSS_ENFORCE; mode < PSS_MODE_COUNT; mode++)
        for (unsigned check = 0; r->failed[mode] >> check; check++)
            if (r->failed[mode] >> check & 1)
                metrics_add(service->metrics, loop, METRIC_FINDINGS, 1,
                            LABELS(str_from(admission_mode_name(mode)),
                                   counted_namespace(service, r),
                                   str_from(service->rule_ids[check])));
}

static void count(struct service *service, unsigned loop, const struct decision *decision)
{
    const struct admission_record *r = decision->record;
    count_findings(service, loop, r);
    for (uint32_t i = 0; i < r->count_count; i++)
        count_pod_security(service, loop, r, &r->counts[i]);
    metrics_add(service->metrics, loop, METRIC_REQUESTS, 1,
                LABELS(str_from(admission_decision_name(r->decision)), str_from(yes_no(r->dry_run)),
                       counted_namespace(service, r), r->operation, r->resource.resource,
                       r->subresource));
    metrics_observe(service->metrics, loop, METRIC_DURATION, (double)decision->nanoseconds / 1e9,
                    LABELS(r->resource.resource));
}

/* Dry runs are left out: who asks beforehand is not the one meant, and a log line is a trace. */
static void note_refusal(struct service *service, const struct admission_record *r)
{
    if (r->decision == DECISION_DENY && !r->dry_run &&
        refusals_add(service->refusals, r->username, clock_ms()))
        log_warning("user \"%.*s\" was refused %d times",
                    STR_ARG(utf8_cut(r->username, NAME_BYTES)), REFUSALS_THRESHOLD);
}

void record_line(struct service *service, const char *event, struct buf *object)
{
    /* The log writes the braces. A line that is too long, or for which there is no memory, is
     * counted as dropped there. */
    struct str members = buf_str(object);
    audit_log_add(service->audit, event,
                  object->failed ? (struct str){"", SIZE_MAX}
                                 : (struct str){members.ptr + 1, members.len - 2});
    buf_release(object);
}

void record_decision(struct service *service, unsigned loop, const struct decision *decision)
{
    const struct admission_record *r = decision->record;
    count(service, loop, decision);
    note_refusal(service, r);
    /* A dry run leaves no trace but in the metrics, unless everything is asked for. */
    if (!service->options->audit_all && (r->dry_run || r->decision == DECISION_ALLOW))
        return;
    struct buf line;
    buf_init(&line, LIMIT_AUDIT_LINE);
    record_fields(&line, decision);
    record_line(service, "decision", &line);
}
