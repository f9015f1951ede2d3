/* SPDX-License-Identifier: Apache-2.0
 *
 * What a decision says: the answer while it grows, and its JSON.
 */
#include "admission/internal.h"
#include "base/jsonw.h"
#include "base/utf8.h"

/* C0, DEL and C1: what Go's unicode.IsControl takes. */
static bool is_control(int32_t c)
{
    return (c >= 0 && c < 0x20) || (c >= 0x7f && c < 0xa0);
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        /* 0xC2 0x80..0x9F is C1; a name that is not ASCII is rare enough to be looked at. */
        if (c < 0x20 || c == 0x7f || c == 0xc2)
            return true;
    }
    return false;
}

/* The API server silently drops a warning that holds a control character. So that it is seen, the
 * character is written as a Go string would show it; texts without one stay byte for byte. */
static struct str printable(struct arena *arena, struct str s)
{
    struct buf buf;
    buf_init(&buf, LIMIT_REQUEST_ARENA);
    while (s.len) {
        size_t len;
        int32_t c = utf8_decode(s, &len);
        if (is_control(c))
            buf_printf(&buf, c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\u%04x", (unsigned)c);
        else
            buf_add(&buf, s.ptr, len);
        s = str_skip(s, len);
    }
    arena->failed |= buf.failed;
    struct str text = arena_str(arena, buf_str(&buf));
    buf_release(&buf);
    return text;
}

/* Total length and number of warnings are the API server's business: past 4096 runes it cuts every
 * one to 256, those of other webhooks too, and a cut of ours would take away what it still shows.
 */
void answer_warn(struct admission *a, struct str text)
{
    struct str *warning = vec_push(&a->answer.warnings, a->arena);
    if (warning)
        *warning = has_control(text) ? printable(a->arena, text) : text;
}

void answer_deny(struct admission *a, unsigned code, const char *reason, struct str message)
{
    a->record.allowed = false;
    a->record.code = code;
    a->record.message = message;
    a->answer.reason = str_from(reason);
}

void answer_bad_request(struct admission *a, const char *message, struct str cause)
{
    struct str text = str_from(message);
    answer_deny(a, 400, "BadRequest", text);
    a->failed = true;
    a->record.error = cause.len ? TEXT(a->arena, text, STR(": "), cause) : text;
}

const char *admission_mode_name(enum pss_mode mode)
{
    static const char *const names[PSS_MODE_COUNT] = {
        [PSS_ENFORCE] = "enforce", [PSS_AUDIT] = "audit", [PSS_WARN] = "warn"};
    return names[mode];
}

static struct admission_count *add_count(struct admission *a, enum admission_metric metric)
{
    struct admission_count *count = &a->record.counts[a->record.count_count++];
    *count = (struct admission_count){.metric = metric};
    return count;
}

void count_evaluation(struct admission *a, bool deny, const struct pss_level_version *lv,
                      enum pss_mode mode)
{
    struct admission_count *count = add_count(a, ADMISSION_EVALUATIONS);
    count->decision = deny ? "deny" : "allow";
    count->mode = admission_mode_name(mode);
    count->level = pss_level_name(lv->level);
    if (lv->level == PSS_PRIVILEGED || lv->minor == PSS_LATEST)
        count->version = PSS_LATEST_VERSION;
    else
        count->version = lv->minor < a->config->known_minors ? lv->version : STR("future");
}

void count_exemption(struct admission *a)
{
    add_count(a, ADMISSION_EXEMPTIONS);
}

void count_error(struct admission *a, bool fatal)
{
    add_count(a, ADMISSION_ERRORS)->fatal = fatal ? "true" : "false";
    a->failed |= fatal;
}

static void write_if(struct jsonw *w, const char *key, struct str value)
{
    if (value.len)
        jsonw_key_value(w, key, value);
}

static void write_causes(struct jsonw *w, const struct answer *answer)
{
    jsonw_key(w, "causes");
    jsonw_array(w);
    for (uint32_t i = 0; i < answer->cause_count; i++) {
        jsonw_object(w);
        write_if(w, "reason", answer->causes[i].reason);
        write_if(w, "message", answer->causes[i].message);
        write_if(w, "field", answer->causes[i].field);
        jsonw_object_end(w);
    }
    jsonw_array_end(w);
}

static void write_details(struct jsonw *w, const struct answer *answer)
{
    if (!answer->details.name.len && !answer->details.group.len && !answer->details.kind.len &&
        !answer->cause_count)
        return;
    jsonw_key(w, "details");
    jsonw_object(w);
    write_if(w, "name", answer->details.name);
    write_if(w, "group", answer->details.group);
    write_if(w, "kind", answer->details.kind);
    if (answer->cause_count)
        write_causes(w, answer);
    jsonw_object_end(w);
}

static void write_status(struct jsonw *w, const struct admission *a)
{
    jsonw_key(w, "status");
    jsonw_object(w);
    jsonw_key(w, "metadata");
    jsonw_object(w);
    jsonw_object_end(w);
    jsonw_key_c(w, "status", "Failure");
    write_if(w, "message", a->record.message);
    write_if(w, "reason", a->answer.reason);
    write_details(w, &a->answer);
    jsonw_key_int(w, "code", a->record.code);
    jsonw_object_end(w);
}

static void write_annotations(struct jsonw *w, const struct admission *a)
{
    const struct answer *answer = &a->answer;
    if (!answer->exempt.len && !answer->enforce_policy.len && !answer->audit_violations.len &&
        !a->record.error.len)
        return;
    jsonw_key(w, "auditAnnotations");
    jsonw_object(w);
    write_if(w, "audit-violations", answer->audit_violations);
    write_if(w, "enforce-policy", answer->enforce_policy);
    write_if(w, "error", a->record.error);
    write_if(w, "exempt", answer->exempt);
    jsonw_object_end(w);
}

static void write_warnings(struct jsonw *w, const struct answer *answer)
{
    if (!answer->warnings.count)
        return;
    jsonw_key(w, "warnings");
    jsonw_array(w);
    for (size_t i = 0; i < answer->warnings.count; i++)
        jsonw_str(w, answer->warnings.items[i]);
    jsonw_array_end(w);
}

void admission_response(const struct admission *a, struct buf *out)
{
    static const char head[] =
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"response\":";
    struct jsonw w;
    buf_add(out, head, sizeof head - 1);
    jsonw_init(&w, out, 0);
    jsonw_object(&w);
    jsonw_key_value(&w, "uid", a->record.uid);
    jsonw_key_bool(&w, "allowed", a->record.allowed);
    if (!a->record.allowed)
        write_status(&w, a);
    write_annotations(&w, a);
    write_warnings(&w, &a->answer);
    jsonw_object_end(&w);
    buf_add_char(out, '}');
}
