/* SPDX-License-Identifier: Apache-2.0
 *
 * Follows resolve.go of go.yaml.in/yaml/v2 and YAMLToJSON of sigs.k8s.io/yaml, which kubectl 1.36
 * reads manifests with; oddities (08 is eight, 0b-1 is minus one) are theirs and kept, for the
 * object that reaches the API server has them.
 */
#include "doc/scalar.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PLAIN_MAX = 1100,   /* a number with underscores and more bytes than this is taken for text */
    FLOAT32_DIGITS = 9, /* enough for any float to be read back */
    DOUBLE_DIGITS = 17,
};

#define TAG_PREFIX "tag:yaml.org,2002:"

/* What a text is before JSON has its say. */
enum type { STRING, NIL, BOOL, INT, UINT, FLOAT };

struct scalar {
    enum type type;
    bool b;
    int64_t i;
    uint64_t u; /* of a UINT: at least 2^63 */
    double r;
};

/* --- Words --- */

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The word in small letters, NULL-terminated, in low; false where it is not written `word`, `Word`
 * or `WORD`. */
static bool lower_word(struct str text, char *low)
{
    bool capital = is_upper(text.ptr[0]), all = text.len > 1 && is_upper(text.ptr[1]);
    for (size_t i = 0; i < text.len; i++) {
        if (i && is_upper(text.ptr[i]) != (all && capital))
            return false;
        low[i] = is_upper(text.ptr[i]) ? (char)(text.ptr[i] + ('a' - 'A')) : text.ptr[i];
    }
    low[text.len] = '\0';
    return true;
}

static bool is_among(const char *low, const char *const *words)
{
    for (; *words; words++)
        if (low[0] == (*words)[0] && strcmp(low, *words) == 0)
            return true;
    return false;
}

/* text is not empty. */
static bool read_word(struct scalar *s, struct str text)
{
    static const char *const yes[] = {"true", "yes", "y", "on", NULL};
    static const char *const no[] = {"false", "no", "n", "off", NULL};
    static const char *const nil[] = {"null", "~", NULL};
    char low[sizeof "false"];
    if (text.len >= sizeof low || !lower_word(text, low))
        return false;
    s->b = is_among(low, yes);
    s->type = is_among(low, nil) ? NIL : BOOL;
    return s->b || s->type == NIL || is_among(low, no);
}

static bool is_one_of(struct str text, const char *const *words)
{
    for (; *words; words++)
        if (str_is(text, *words))
            return true;
    return false;
}

/* .inf and .nan with their signs; +.nan is none of them. */
static bool read_special(struct scalar *s, struct str text)
{
    static const char *const inf[] = {".inf", ".Inf", ".INF", NULL};
    static const char *const nan[] = {".nan", ".NaN", ".NAN", NULL};
    bool negative = text.len && text.ptr[0] == '-';
    bool sign = negative || (text.len && text.ptr[0] == '+');
    if (text.len != sizeof ".inf" - 1 + sign || text.ptr[sign] != '.')
        return false;
    s->type = FLOAT;
    s->r = negative ? (double)-INFINITY : (double)INFINITY;
    if (is_one_of(str_skip(text, sign), inf))
        return true;
    s->r = (double)NAN;
    return !sign && is_one_of(text, nan);
}

/* --- Numbers --- */

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return 16;
}

/* False: no digits, others than the base has, or too large for 64 bits. */
static bool read_digits(struct str digits, unsigned base, uint64_t *value)
{
    uint64_t u = 0;
    for (size_t i = 0; i < digits.len; i++) {
        unsigned d = digit_value(digits.ptr[i]);
        if (d >= base || u > (UINT64_MAX - d) / base)
            return false;
        u = u * base + d;
    }
    *value = u;
    return digits.len > 0;
}

/* The base that 0x, 0o, 0b or a leading zero tells; digits becomes what follows. */
static unsigned take_base(struct str *digits)
{
    if (digits->len < 2 || digits->ptr[0] != '0')
        return 10;
    char letter = digits->ptr[1];
    if (digits->len > 2 && (letter == 'x' || letter == 'X' || letter == 'o' || letter == 'O' ||
                            letter == 'b' || letter == 'B')) {
        *digits = str_skip(*digits, 2);
        return letter == 'x' || letter == 'X' ? 16 : letter == 'o' || letter == 'O' ? 8 : 2;
    }
    *digits = str_skip(*digits, 1);
    return 8;
}

static bool set_integer(struct scalar *s, bool negative, uint64_t u)
{
    if (u <= (uint64_t)INT64_MAX + negative) {
        s->type = INT;
        s->i = negative ? (int64_t)(0 - u) : (int64_t)u;
        return true;
    }
    s->type = UINT;
    s->u = u;
    return !negative;
}

/* 0b-1 is read as -1: the library strips its own 0b and hands the rest to Go's parser. */
static bool read_signed_binary(struct scalar *s, struct str plain)
{
    uint64_t u;
    if (plain.len < 4 || memcmp(plain.ptr, "0b", 2) != 0)
        return false;
    bool negative = plain.ptr[2] == '-';
    return (negative || plain.ptr[2] == '+') && read_digits(str_skip(plain, 3), 2, &u) &&
           set_integer(s, negative, u) && s->type == INT;
}

static bool read_integer(struct scalar *s, struct str plain)
{
    bool negative = plain.ptr[0] == '-';
    bool sign = negative || plain.ptr[0] == '+';
    struct str digits = str_skip(plain, sign);
    unsigned base = take_base(&digits);
    uint64_t u;
    if (!read_digits(digits, base, &u))
        return false;
    return set_integer(s, negative, u) && (s->type == INT || !sign);
}

static size_t skip_digits(struct str s, size_t at)
{
    while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9')
        at++;
    return at;
}

/* ^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$ */
static bool is_float(struct str s)
{
    size_t at = s.len && (s.ptr[0] == '-' || s.ptr[0] == '+');
    size_t whole = skip_digits(s, at), end = whole;
    if (whole < s.len && s.ptr[whole] == '.') {
        end = skip_digits(s, whole + 1);
        if (whole == at && end == whole + 1)
            return false;
    } else if (whole == at) {
        return false;
    }
    if (end < s.len && (s.ptr[end] == 'e' || s.ptr[end] == 'E')) {
        end++;
        end += end < s.len && (s.ptr[end] == '-' || s.ptr[end] == '+');
        size_t digits = end;
        end = skip_digits(s, end);
        if (end == digits)
            return false;
    }
    return end == s.len;
}

/* A number beyond double's range stays text. */
static bool read_float(struct scalar *s, struct str plain)
{
    struct doc_node n = {0};
    if (!is_float(plain) || !doc_scalar_number(&n, str_skip(plain, plain.ptr[0] == '+')))
        return false;
    s->type = FLOAT;
    s->r = n.kind == DOC_INT ? (double)n.v.i : n.v.r;
    return true;
}

typedef bool read_fn(struct scalar *s, struct str plain);

/* In a function of its own: few numbers need the room. */
static bool read_stripped(struct scalar *s, struct str text, read_fn *read)
{
    char plain[PLAIN_MAX];
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '_')
            plain[n++] = text.ptr[i];
    return n && read(s, (struct str){plain, n});
}

static bool read_plain(struct scalar *s, struct str plain)
{
    return read_integer(s, plain) || read_float(s, plain) || read_signed_binary(s, plain);
}

static bool read_number(struct scalar *s, struct str text)
{
    if (str_find(text, '_') == text.len)
        return read_plain(s, text);
    return text.len <= PLAIN_MAX && read_stripped(s, text, read_plain);
}

/* From a point on, an underscore stands between two digits or the whole is text. */
static bool read_fraction(struct scalar *s, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '_' &&
            (skip_digits(text, i - 1) != i || skip_digits(text, i + 1) == i + 1))
            return false;
    if (str_find(text, '_') == text.len)
        return read_float(s, text);
    return text.len <= PLAIN_MAX && read_stripped(s, text, read_float);
}

static struct scalar resolve(struct str text)
{
    struct scalar s = {.type = NIL};
    if (!text.len)
        return s;
    bool known = false;
    switch (text.ptr[0]) {
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
    case '-':
    case '+':
        known = read_special(&s, text) || read_number(&s, text);
        break;
    case '.':
        known = read_special(&s, text) || read_fraction(&s, text);
        break;
    case '~':
    case 'y':
    case 'Y':
    case 'n':
    case 'N':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'o':
    case 'O':
        known = read_word(&s, text);
        break;
    }
    if (!known)
        s.type = STRING;
    return s;
}

/* --- As JSON has it --- */

/* Go writes the fewest digits that are read back as r, and zeros up to the point: from 2^53 on that
 * is not r's own value. The API server reads these digits. */
static void set_large(struct doc_node *node, double r)
{
    char text[32];
    int digits = 0;
    do
        snprintf(text, sizeof text, "%.*e", digits, r);
    while (strtod(text, NULL) != r && ++digits < DOUBLE_DIGITS);
    char whole[32];
    size_t len = 0;
    for (const char *p = text; *p != 'e'; p++)
        if (*p != '.')
            whole[len++] = *p;
    size_t size = (size_t)strtod(strchr(text, 'e') + 1, NULL) + 1 + (r < 0);
    while (len < size)
        whole[len++] = '0';
    doc_scalar_number(node, (struct str){whole, len});
}

static void set_real(struct doc_node *node, double r)
{
    const double exact = 9007199254740992.0, exponent = 1e21; /* 2^53; Go writes 1e+21 so */
    if (fabs(r) < exact && (double)(int64_t)r == r) {
        node->kind = DOC_INT;
        node->v.i = (int64_t)r;
    } else if (fabs(r) >= exact && fabs(r) < exponent) {
        set_large(node, r);
    } else {
        node->kind = DOC_REAL;
        node->v.r = r;
    }
}

bool doc_scalar_sent_number(struct doc_node *node, struct str text)
{
    if (!doc_scalar_number(node, text))
        return false;
    if (node->kind == DOC_REAL && !(node->flags & DOC_TOO_LARGE))
        set_real(node, node->v.r);
    return true;
}

static void set_node(struct doc_node *node, const struct scalar *s, struct str text)
{
    switch (s->type) {
    case NIL:
        node->kind = DOC_NULL;
        break;
    case BOOL:
        node->kind = DOC_BOOL;
        node->v.b = s->b;
        break;
    case INT:
        node->kind = DOC_INT;
        node->v.i = s->i;
        break;
    case UINT:
        node->kind = DOC_REAL;
        node->flags |= DOC_TOO_LARGE;
        node->v.r = (double)s->u;
        break;
    case FLOAT:
        set_real(node, s->r);
        break;
    case STRING:
        node->kind = DOC_STR;
        node->len = (uint32_t)text.len;
        node->v.s = text.ptr;
        break;
    }
}

void doc_scalar_resolve(struct doc_node *node, struct str text)
{
    if (text.len > sizeof "false" - 1 && text.ptr[0] >= 'A') { /* most texts */
        node->kind = DOC_STR;
        node->len = (uint32_t)text.len;
        node->v.s = text.ptr;
        return;
    }
    struct scalar s = resolve(text);
    set_node(node, &s, text);
}

/* --- Tags --- */

/* YYYY-M-D, and after it T, t or a space and H:M:S with a fraction; a zone after T and t only. */
static bool read_field(struct str *s, size_t most, unsigned low, unsigned high, unsigned *value)
{
    size_t n = skip_digits(str_take(*s, most), 0);
    unsigned v = 0;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + (unsigned)(s->ptr[i] - '0');
    *s = str_skip(*s, n);
    *value = v;
    return n && v >= low && v <= high;
}

static bool take(struct str *s, char c)
{
    bool found = s->len && s->ptr[0] == c;
    *s = str_skip(*s, found);
    return found;
}

static bool read_zone(struct str *s)
{
    unsigned hours, minutes;
    if (take(s, 'Z'))
        return true;
    if (s->len != sizeof "+00:00" - 1 || (s->ptr[0] != '+' && s->ptr[0] != '-'))
        return false;
    *s = str_skip(*s, 1);
    return read_field(s, 2, 0, 24, &hours) && take(s, ':') && read_field(s, 2, 0, 60, &minutes);
}

static bool is_timestamp(struct str s)
{
    static const unsigned days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year, month, day, x;
    if (skip_digits(s, 0) != 4 || !read_field(&s, 4, 0, 9999, &year) || !take(&s, '-') ||
        !read_field(&s, 2, 1, 12, &month) || !take(&s, '-') || !read_field(&s, 2, 1, 31, &day))
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day > days[month] + (month == 2 && leap))
        return false;
    if (!s.len)
        return true;
    bool zone = !take(&s, ' ');
    if (zone && !take(&s, 'T') && !take(&s, 't'))
        return false;
    if (!read_field(&s, 2, 0, 23, &x) || !take(&s, ':') || !read_field(&s, 2, 0, 59, &x) ||
        !take(&s, ':') || !read_field(&s, 2, 0, 59, &x))
        return false;
    if (s.len && (s.ptr[0] == '.' || s.ptr[0] == ',')) {
        size_t end = skip_digits(s, 1);
        if (end == 1)
            return false;
        s = str_skip(s, end);
    }
    return (!zone || read_zone(&s)) && !s.len;
}

/* False: the text is not what the tag says. */
static bool resolve_tag(struct scalar *s, struct str tag, struct str text)
{
    *s = resolve(text);
    if (!tag.len)
        return true;
    struct str name =
        str_starts_with(tag, STR(TAG_PREFIX)) ? str_skip(tag, sizeof TAG_PREFIX - 1) : STR_EMPTY;
    if (str_is(name, "null"))
        return s->type == NIL;
    if (str_is(name, "bool"))
        return s->type == BOOL;
    if (str_is(name, "int"))
        return s->type == INT || s->type == UINT;
    if (str_is(name, "float")) {
        if (s->type == INT)
            *s = (struct scalar){.type = FLOAT, .r = (double)s->i};
        return s->type == FLOAT;
    }
    s->type = STRING;
    return !str_is(name, "timestamp") || is_timestamp(text);
}

bool doc_scalar_resolve_tag(struct doc_node *node, struct str tag, struct str text)
{
    struct scalar s;
    if (!resolve_tag(&s, tag, text))
        return false;
    set_node(node, &s, text);
    return true;
}

/* --- Keys --- */

/* As Go's FormatFloat(r, 'g', -1, 32): the fewest digits that make the same float. */
static struct str float_key(struct arena *arena, double r)
{
    if (isnan(r))
        return STR(".nan");
    float f = (float)r;
    if (isinf(f))
        return f > 0 ? STR(".inf") : STR("-.inf");
    char text[32];
    int digits = 0;
    do
        snprintf(text, sizeof text, "%.*e", digits, (double)f);
    while (strtof(text, NULL) != f && ++digits < FLOAT32_DIGITS);
    size_t e = str_find(str_from(text), 'e');
    double exponent = strtod(text + e + 1, NULL);
    if (exponent < -4 || exponent >= 6) /* Go's bounds for digits without an exponent */
        return arena_str(arena, str_from(text));
    int decimals = digits - (int)exponent;
    return arena_printf(arena, "%.*f", decimals > 0 ? decimals : 0, (double)f);
}

/* text: of a string. */
static bool write_key(struct arena *arena, const struct scalar *s, struct str text, struct str *key)
{
    switch (s->type) {
    case STRING:
        *key = text;
        return true;
    case BOOL:
        *key = s->b ? STR("true") : STR("false");
        return true;
    case INT:
        *key = arena_printf(arena, "%lld", (long long)s->i);
        return true;
    case FLOAT:
        *key = float_key(arena, s->r);
        return true;
    case NIL:
    case UINT:
        return false;
    }
    return false;
}

bool doc_scalar_key(struct arena *arena, struct str tag, struct str text, struct str *key)
{
    struct scalar s;
    return resolve_tag(&s, tag, text) && write_key(arena, &s, text, key);
}

bool doc_scalar_node_key(struct arena *arena, const struct doc_node *n, struct str *key)
{
    struct scalar s = {.type = NIL};
    if (n->kind == DOC_STR)
        s.type = STRING;
    else if (n->kind == DOC_BOOL)
        s = (struct scalar){.type = BOOL, .b = n->v.b};
    else if (n->kind == DOC_INT)
        s = (struct scalar){.type = INT, .i = n->v.i};
    else if (n->kind == DOC_REAL && !(n->flags & DOC_TOO_LARGE))
        s = (struct scalar){.type = FLOAT, .r = n->v.r};
    return write_key(arena, &s, doc_str(n), key);
}
