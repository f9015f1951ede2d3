/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jsonw.h"

#include "base/printable.h"
#include "base/utf8.h"

void jsonw_init(struct jsonw *w, struct buf *out, unsigned indent)
{
    *w = (struct jsonw){.out = out, .indent = indent, .first = true};
}

static void new_line(struct jsonw *w)
{
    if (!w->indent)
        return;
    buf_add_char(w->out, '\n');
    buf_add_fill(w->out, ' ', (size_t)w->depth * w->indent);
}

/* What goes before a value or a key: nothing after a key, else a comma unless it is the first. */
static void separate(struct jsonw *w)
{
    if (!w->after_key) {
        if (!w->first)
            buf_add_char(w->out, ',');
        if (w->depth)
            new_line(w);
    }
    w->after_key = false;
    w->first = false;
}

static void begin(struct jsonw *w, char bracket)
{
    separate(w);
    buf_add_char(w->out, bracket);
    w->depth++;
    w->first = true;
}

static void end(struct jsonw *w, char bracket)
{
    w->depth--;
    if (!w->first)
        new_line(w);
    buf_add_char(w->out, bracket);
    w->first = false;
    if (!w->depth && w->indent)
        buf_add_char(w->out, '\n');
}

void jsonw_object(struct jsonw *w)
{
    begin(w, '{');
}

void jsonw_object_end(struct jsonw *w)
{
    end(w, '}');
}

void jsonw_array(struct jsonw *w)
{
    begin(w, '[');
}

void jsonw_array_end(struct jsonw *w)
{
    end(w, ']');
}

void jsonw_key_str(struct jsonw *w, struct str key)
{
    separate(w);
    jsonw_escape(w->out, key);
    buf_add_c(w->out, w->indent ? ": " : ":");
    w->after_key = true;
}

void jsonw_key(struct jsonw *w, const char *key)
{
    jsonw_key_str(w, str_from(key));
}

void jsonw_str(struct jsonw *w, struct str value)
{
    separate(w);
    jsonw_escape(w->out, value);
}

void jsonw_c(struct jsonw *w, const char *value)
{
    jsonw_str(w, str_from(value));
}

void jsonw_int(struct jsonw *w, int64_t value)
{
    separate(w);
    if (value < 0)
        buf_add_char(w->out, '-');
    buf_add_uint(w->out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void jsonw_bool(struct jsonw *w, bool value)
{
    jsonw_raw(w, value ? STR("true") : STR("false"));
}

void jsonw_null(struct jsonw *w)
{
    jsonw_raw(w, STR("null"));
}

void jsonw_raw(struct jsonw *w, struct str json)
{
    separate(w);
    buf_add_str(w->out, json);
}

void jsonw_key_c(struct jsonw *w, const char *key, const char *value)
{
    jsonw_key(w, key);
    jsonw_c(w, value);
}

void jsonw_key_value(struct jsonw *w, const char *key, struct str value)
{
    jsonw_key(w, key);
    jsonw_str(w, value);
}

void jsonw_key_int(struct jsonw *w, const char *key, int64_t value)
{
    jsonw_key(w, key);
    jsonw_int(w, value);
}

void jsonw_key_bool(struct jsonw *w, const char *key, bool value)
{
    jsonw_key(w, key);
    jsonw_bool(w, value);
}

static const char *short_escape(unsigned char c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

/* C1 controls, line separators and direction marks are escaped too: no reader needs them raw, and a
 * terminal may obey them. */
static void escape_code_point(struct buf *out, struct str rest, size_t *len)
{
    int32_t c = utf8_decode(rest, len);
    if (c < 0)
        buf_add_c(out, "\xEF\xBF\xBD");
    else if (c > 0xFFFF && printable_hidden(c))
        buf_printf(out, "\\u%04x\\u%04x", 0xD7C0u + ((unsigned)c >> 10),
                   0xDC00u + ((unsigned)c & 0x3FF));
    else if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || printable_hidden(c))
        buf_printf(out, "\\u%04x", (unsigned)c);
    else
        buf_add(out, rest.ptr, *len);
}

void jsonw_escape(struct buf *out, struct str s)
{
    buf_add_char(out, '"');
    size_t plain = 0, i = 0;
    while (i < s.len) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
            i++;
            continue;
        }
        buf_add(out, s.ptr + plain, i - plain);
        const char *escape = short_escape(c);
        size_t len = 1;
        if (escape)
            buf_add_c(out, escape);
        else
            escape_code_point(out, str_skip(s, i), &len);
        i += len;
        plain = i;
    }
    if (i > plain) /* an empty string may have no address */
        buf_add(out, s.ptr + plain, i - plain);
    buf_add_char(out, '"');
}
