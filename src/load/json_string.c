/* SPDX-License-Identifier: Apache-2.0
 *
 * The strings that are more than a slice of the text: escapes, UTF-8 beyond ASCII, and those in
 * error.
 */
#include "load/json_string.h"

#include "base/utf8.h"

static const char *fail(struct json_reader *r, enum diag_code code, const char *begin,
                        const char *end, const char *text)
{
    diag_set(r->builder.diag, code, json_offset(r, begin), json_offset(r, end), "%s", text);
    return NULL;
}

static const char *control_character(struct json_reader *r, const char *p)
{
    if (!*p)
        return fail(r, DIAG_ENCODING, p, p + 1, "expected text, found a NUL byte");
    diag_set(r->builder.diag, DIAG_SYNTAX, json_offset(r, p), json_offset(r, p + 1),
             "expected an escape like \"\\n\" in a string, found control character 0x%02x",
             (unsigned)(unsigned char)*p);
    return NULL;
}

/* The closing quote of the string that opens at p. */
static const char *find_end(struct json_reader *r, const char *p, unsigned *high, bool *escapes)
{
    const char *stop = p + 1;
    for (;;) {
        stop = json_scan(stop, r->end, high);
        if (stop == r->end)
            break;
        if (*stop == '"')
            return stop;
        if (*stop != '\\')
            return control_character(r, stop);
        *escapes = true;
        if (r->end - stop < 2)
            break;
        *high |= (unsigned char)stop[1] & 0x80u;
        stop += 2;
    }
    return fail(r, DIAG_SYNTAX, p, r->end, "expected a closing double quote, found the end");
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The code unit of the \uXXXX at p, -1 where there is none. */
static int32_t code_unit(const char *p, const char *end)
{
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    int32_t unit = 0;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/* The bytes of the code point, 1 to 4. */
static size_t encode(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out = (char)c;
        return 1;
    }
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80u | (c & 0x3Fu));
    out[0] = (char)((0xF00u >> len & 0xF0u) | c);
    return len;
}

/* The \u escape at *p, with its second half where it is a surrogate pair; moves *p behind it. Go's
 * decoder puts U+FFFD for a lone half; a text that two programs read differently is refused here.
 */
static size_t unicode_escape(struct json_reader *r, const char **p, const char *end, char *out)
{
    const char *at = *p;
    int32_t unit = code_unit(at, end);
    if (unit < 0) {
        fail(r, DIAG_SYNTAX, at, at + 2, "expected four hexadecimal digits after \"\\u\"");
        return 0;
    }
    *p = at + 6;
    if (unit < 0xD800 || unit > 0xDFFF)
        return encode(out, (uint32_t)unit);
    int32_t low = unit < 0xDC00 ? code_unit(at + 6, end) : -1;
    if (low < 0xDC00 || low > 0xDFFF) {
        fail(r, DIAG_ENCODING, at, at + 6,
             "expected both halves of a surrogate pair, found one alone");
        return 0;
    }
    *p = at + 12;
    return encode(out, 0x10000u + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(low - 0xDC00));
}

static char plain_escape(char c)
{
    switch (c) {
    case '"':
    case '\\':
    case '/':
        return c;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    }
    return '\0';
}

/* Decodes the escape at *p and moves *p behind it; the bytes written to out, 0 after an error. */
static size_t escape(struct json_reader *r, const char **p, const char *end, char *out)
{
    char c = (*p)[1];
    if (c == 'u')
        return unicode_escape(r, p, end, out);
    *out = plain_escape(c);
    if (!*out) {
        fail(r, DIAG_SYNTAX, *p, *p + 2,
             "expected one of \" \\ / b f n r t u after a backslash in a string");
        return 0;
    }
    *p += 2;
    return 1;
}

/* Decodes raw to out, which has as many bytes: no escape is shorter than what it stands for. out
 * NULL: only checks. False after an error. */
static bool decode(struct json_reader *r, struct str raw, char *out, size_t *len)
{
    const char *p = raw.ptr, *end = p + raw.len;
    for (*len = 0;;) {
        const char *run = memchr(p, '\\', (size_t)(end - p));
        size_t plain = (size_t)((run ? run : end) - p);
        if (out)
            memcpy(out + *len, p, plain);
        *len += plain;
        if (!run)
            return true;
        p = run;
        char scratch[4];
        size_t bytes = escape(r, &p, end, out ? out + *len : scratch);
        if (!bytes)
            return false;
        *len += bytes;
    }
}

static bool check_encoding(struct json_reader *r, struct str raw)
{
    size_t bad = utf8_check(raw);
    if (bad == raw.len)
        return true;
    return diag_set(r->builder.diag, DIAG_ENCODING, json_offset(r, raw.ptr + bad),
                    json_offset(r, raw.ptr + bad + 1), "expected UTF-8, found byte 0x%02x",
                    (unsigned)(unsigned char)raw.ptr[bad]);
}

static bool decode_escapes(struct json_reader *r, struct str raw, struct str *s)
{
    size_t len;
    if (!s)
        return decode(r, raw, NULL, &len);
    char *out = arena_alloc(r->builder.arena, raw.len);
    if (!out)
        return diag_set(r->builder.diag, DIAG_MEMORY, 0, 0, "out of memory");
    if (!decode(r, raw, out, &len))
        return false;
    *s = (struct str){out, len};
    return true;
}

const char *json_string_slow(struct json_reader *r, const char *p, struct str *s)
{
    unsigned high = 0;
    bool escapes = false;
    const char *end = find_end(r, p, &high, &escapes);
    if (!end)
        return NULL;
    struct str raw = {p + 1, (size_t)(end - p - 1)};
    if (high && !check_encoding(r, raw))
        return NULL;
    if (escapes && !decode_escapes(r, raw, s))
        return NULL;
    if (s && !escapes)
        *s = raw;
    return end + 1;
}
