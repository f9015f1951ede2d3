/* SPDX-License-Identifier: Apache-2.0
 *
 * The strings that are more than a slice of plain ASCII, in two passes over blocks of 64 bytes: the
 * first finds the end and checks all, the second decodes and cannot fail. What a block holds of
 * each sort is a bit set, so that dense escapes (JSON within JSON, as kubectl's
 * last-applied-configuration) cost no more than their number.
 */
#include "load/json_string.h"

#include "base/utf8.h"

enum {
    BLOCK = 64,
    STRIDE = 16, /* runs are copied in pieces of this size, so the output needs as much room more */
};

struct block {
    /* A bit a byte, the lowest the first. others: control characters, and all beyond ASCII. */
    uint64_t quotes, backslashes, others;
};

static uint64_t bits_below(size_t n)
{
    return n < BLOCK ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
}

#ifdef __SSE2__
static inline uint64_t mask(__m128i v, unsigned at)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8(v) << at;
}

static inline void classify_16(struct block *b, const char *p, unsigned at)
{
    const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + at));
    b->quotes |= mask(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), at);
    b->backslashes |= mask(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')), at);
    /* As signed bytes, control characters and all beyond ASCII are less than a space. */
    b->others |= mask(_mm_cmplt_epi8(v, _mm_set1_epi8(' ')), at);
}

static inline struct block classify(const char *p)
{
    struct block b = {0};
    classify_16(&b, p, 0);
    classify_16(&b, p, 16);
    classify_16(&b, p, 32);
    classify_16(&b, p, 48);
    return b;
}
#else
static inline struct block classify(const char *p)
{
    struct block b = {0};
    for (unsigned i = 0; i < BLOCK; i++) {
        unsigned char c = (unsigned char)p[i];
        b.quotes |= (uint64_t)(c == '"') << i;
        b.backslashes |= (uint64_t)(c == '\\') << i;
        b.others |= (uint64_t)(c < ' ' || c >= 0x80) << i;
    }
    return b;
}
#endif

/* The block at p; copied to padded, with spaces after it, where the text ends before the block. */
static inline const char *whole_block(const char *p, const char *end, char padded[BLOCK + STRIDE])
{
    if (end - p >= BLOCK + STRIDE)
        return p;
    size_t len = (size_t)(end - p);
    memset(padded, ' ', BLOCK + STRIDE);
    memcpy(padded, p, len);
    return padded;
}

/* Of the backslashes of a block those that begin an escape, not the second of a pair. *carry: the
 * block's first byte is escaped by the one before; then likewise for the next block. A run of
 * backslashes alternates, so what tells is whether it begins at an odd or an even place: the
 * subtraction carries through each run (the method is simdjson's). */
static inline uint64_t escape_bits(uint64_t backslashes, uint64_t *carry)
{
    const uint64_t odd = 0xAAAAAAAAAAAAAAAAu;
    const uint64_t possible = backslashes & ~*carry;
    const uint64_t codes = (((possible << 1) | odd) - possible) ^ odd;
    const uint64_t escapes = codes & backslashes;
    *carry = escapes >> 63;
    return escapes;
}

/* --- First pass --- */

static bool fail(struct json_reader *r, enum diag_code code, const char *begin, const char *end,
                 const char *text)
{
    return diag_set(r->builder.diag, code, json_offset(r, begin), json_offset(r, end), "%s", text);
}

static bool control_character(struct json_reader *r, const char *p)
{
    if (!*p)
        return fail(r, DIAG_ENCODING, p, p + 1, "expected text, found a NUL byte");
    return diag_set(r->builder.diag, DIAG_SYNTAX, json_offset(r, p), json_offset(r, p + 1),
                    "expected an escape like \"\\n\" in a string, found control character 0x%02x",
                    (unsigned)(unsigned char)*p);
}

static const char plain_escapes[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

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

static bool is_high_half(int32_t unit)
{
    return unit >= 0xD800 && unit < 0xDC00;
}

static bool is_low_half(int32_t unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

/* Bytes of the escape at p, 0 with the error noted. Go's decoder puts U+FFFD for half a pair; a
 * text that two programs read differently is refused here. */
static size_t check_escape(struct json_reader *r, const char *p)
{
    if (r->end - p >= 2 && plain_escapes[(unsigned char)p[1]])
        return 2;
    size_t left = (size_t)(r->end - p);
    const char *end = p + (left < 2 ? left : 2);
    if (left < 2 || p[1] != 'u')
        return fail(r, DIAG_SYNTAX, p, end,
                    "expected one of \" \\ / b f n r t u after a backslash in a string");
    int32_t unit = code_unit(p, r->end);
    if (unit < 0)
        return fail(r, DIAG_SYNTAX, p, end, "expected four hexadecimal digits after \"\\u\"");
    if (is_high_half(unit) && is_low_half(code_unit(p + 6, r->end)))
        return 12;
    if (!r->opaque && (is_high_half(unit) || is_low_half(unit)))
        return fail(r, DIAG_ENCODING, p, p + 6,
                    "expected both halves of a surrogate pair, found one alone");
    return 6;
}

static bool check_escapes(struct json_reader *r, const char *p, uint64_t escapes, size_t *skip)
{
    size_t done = *skip;
    for (; escapes; escapes &= escapes - 1) {
        size_t at = (size_t)__builtin_ctzll(escapes);
        if (at < done)
            continue; /* second half of a surrogate pair */
        size_t len = check_escape(r, p + at);
        if (!len)
            return false;
        done = at + len;
    }
    *skip = done > BLOCK ? done - BLOCK : 0;
    return true;
}

/* What the first pass learns of a string; text is between the quotes. */
struct extent {
    struct str text;
    bool escapes, high;
};

/* Notes what is beyond ASCII among the others of a block, and refuses control characters. */
static __attribute__((noinline)) bool check_others(struct json_reader *r, const char *p,
                                                   uint64_t others, struct extent *x)
{
    for (; others; others &= others - 1) {
        const char *at = p + __builtin_ctzll(others);
        if ((unsigned char)*at < ' ')
            return control_character(r, at);
        x->high = true;
    }
    return true;
}

/* False with the error noted. text.ptr is set. */
static bool find_end(struct json_reader *r, struct extent *x)
{
    uint64_t carry = 0;
    size_t skip = 0;
    char padded[BLOCK + STRIDE];
    for (const char *p = x->text.ptr; p < r->end; p += BLOCK) {
        struct block b = classify(whole_block(p, r->end, padded));
        uint64_t escaped = carry, escapes = escape_bits(b.backslashes, &carry);
        escaped |= escapes << 1;
        uint64_t quotes = b.quotes & ~escaped;
        size_t len = quotes ? (size_t)__builtin_ctzll(quotes) : BLOCK;
        uint64_t inside = bits_below(len);
        if (b.others & inside && !check_others(r, p, b.others & inside, x))
            return false;
        escapes &= inside;
        x->escapes |= escapes != 0;
        /* What stands before a quote or a backslash is an escape and needs no look. */
        escapes &= ~((b.quotes | b.backslashes) >> 1);
        if ((escapes | skip) && !check_escapes(r, p, escapes, &skip))
            return false;
        if (quotes) {
            x->text.len = (size_t)(p - x->text.ptr) + len;
            return true;
        }
    }
    return fail(r, DIAG_SYNTAX, x->text.ptr - 1, r->end,
                "expected a closing double quote, found the end");
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

/* --- Second pass --- */

/* A checked \u escape: the bytes written; *len becomes those read. */
static size_t decode_unicode(const char *p, const char *end, char *out, size_t *len)
{
    uint32_t c = (uint32_t)code_unit(p, end);
    *len = 6;
    if (is_high_half((int32_t)c)) {
        c = 0x10000u + ((c - 0xD800u) << 10) + ((uint32_t)code_unit(p + 6, end) - 0xDC00u);
        *len = 12;
    }
    return utf8_encode(out, c);
}

/* May write STRIDE bytes too many, and read as many. */
static inline char *copy_run(char *out, const char *from, size_t len)
{
    size_t i = 0;
    do
        memcpy(out + i, from + i, STRIDE);
    while ((i += STRIDE) < len);
    return out + len;
}

/* Decodes a checked text to out, which has room for it as it is and STRIDE bytes; the length. No
 * escape is shorter than what it stands for. */
static size_t decode(const struct json_reader *r, struct str text, char *out)
{
    char *const begin = out;
    uint64_t carry = 0;
    size_t done = 0; /* bytes of the block that are decoded */
    char padded[BLOCK + STRIDE];
    for (size_t at = 0; at < text.len; at += BLOCK) {
        const char *p = text.ptr + at, *block = whole_block(p, r->end, padded);
        size_t len = text.len - at < BLOCK ? text.len - at : BLOCK;
        struct block b = classify(block);
        uint64_t escapes = escape_bits(b.backslashes, &carry) & bits_below(len);
        /* Before a quote or a backslash: those stand for themselves. */
        const uint64_t simple = (b.quotes | b.backslashes) >> 1;
        for (; escapes; escapes &= escapes - 1) {
            size_t i = (size_t)__builtin_ctzll(escapes), used = 2;
            if (i < done)
                continue; /* second half of a surrogate pair */
            out = copy_run(out, block + done, i - done);
            done = i + 1;
            if (simple >> i & 1)
                continue;
            *out = plain_escapes[(unsigned char)p[i + 1]];
            out += *out ? 1 : decode_unicode(p + i, r->end, out, &used);
            done = i + used;
        }
        if (done < len)
            out = copy_run(out, block + done, len - done);
        done = done > len ? done - len : 0;
    }
    return (size_t)(out - begin);
}

const char *json_string_slow(struct json_reader *r, const char *p, bool keep)
{
    struct extent x = {.text = {p + 1, 0}};
    if (!find_end(r, &x) || (x.high && !r->opaque && !check_encoding(r, x.text)))
        return NULL;
    const char *end = x.text.ptr + x.text.len;
    if (keep && x.escapes) {
        char *out = arena_alloc(r->builder.arena, x.text.len + STRIDE);
        if (!out) {
            doc_builder_no_memory(&r->builder);
            return NULL;
        }
        x.text = (struct str){out, decode(r, x.text, out)};
    }
    r->string = x.text;
    return end + 1;
}
