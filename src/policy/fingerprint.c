/* SPDX-License-Identifier: Apache-2.0
 *
 * What a finding is about, as 128 bits: rule, file, object, the way to the node with names for list
 * indexes, and the value there. No line, no format, no wording, so that it stays when text moves,
 * is written anew, or a message is said better in the next release.
 */
#include "policy/internal.h"

/* FNV-1a, 128 bits: draft-eastlake-fnv-17. The prime is 2^88 + 0x13b. */
enum { FNV_PRIME_LOW = 0x13b, FNV_PRIME_SHIFT = 88 };

struct fingerprint fingerprint_init(void)
{
    return (struct fingerprint){0x6c62272e07bb0142u, 0x62b821756295c58du};
}

/* By value, and the low half by one multiplication, so that a byte waits for little of the one
 * before. */
static inline struct fingerprint add_byte(struct fingerprint f, unsigned char byte)
{
    uint64_t low = f.low ^ byte;
    uint64_t low_half = (low & 0xffffffffu) * FNV_PRIME_LOW;
    uint64_t carry = ((low >> 32) * FNV_PRIME_LOW + (low_half >> 32)) >> 32;
    uint64_t shifted = low << (FNV_PRIME_SHIFT - 64);
    return (struct fingerprint){f.high * FNV_PRIME_LOW + carry + shifted, low * FNV_PRIME_LOW};
}

void fingerprint_add(struct fingerprint *f, struct str s)
{
    struct fingerprint sum = *f;
    for (size_t i = 0; i < s.len; i++)
        sum = add_byte(sum, (unsigned char)s.ptr[i]);
    *f = add_byte(sum, 0xff); /* a byte that UTF-8 does not have: the end */
}

void fingerprint_write(const struct fingerprint *f, char hex[FINGERPRINT_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (unsigned i = 0; i < 16; i++) {
        hex[i] = digits[f->high >> (60 - 4 * i) & 15];
        hex[16 + i] = digits[f->low >> (60 - 4 * i) & 15];
    }
    hex[FINGERPRINT_HEX - 1] = '\0';
}

/* An item of a list is known by its name; a list without names gives no word of its own. */
static void add_path(struct fingerprint *f, const struct doc_node *root,
                     const struct doc_node *node)
{
    struct doc_steps steps;
    if (!doc_find(&steps, root, node))
        return;
    for (size_t i = 0; i < steps.count; i++) {
        const struct doc_node *p = steps.step[i].parent;
        uint32_t index = steps.step[i].index;
        fingerprint_add(f, p->kind == DOC_MAP ? doc_key(&p->v.entry[index])
                                              : doc_str(doc_get(&p->v.item[index], N_name)));
    }
}

/* A value that changes is another finding: SYS_ADMIN for NET_RAW. */
static void add_value(struct fingerprint *f, const struct doc_node *n)
{
    if (n->kind == DOC_STR)
        fingerprint_add(f, doc_str(n));
    else if (n->kind == DOC_BOOL)
        fingerprint_add(f, n->v.b ? STR("true") : STR("false"));
    else if (n->kind == DOC_INT || n->kind == DOC_REAL)
        fingerprint_add(f, (struct str){(const char *)&n->v, sizeof n->v});
}

/* A short secret could be guessed from its hash; and a fault of shape may be at any value. */
static bool tells_value(const struct finding *f)
{
    return f->rule->kind != RULE_SCHEMA && f->rule->category != CATEGORY_SECRET &&
           !str_is(f->object.kind, "Secret");
}

/* The node of a missing field is the map that lacks it. */
static struct str last_name(struct str path)
{
    size_t dot = str_rfind(path, '.');
    return dot < path.len ? str_skip(path, dot + 1) : path;
}

void fingerprint_finding(struct finding *finding, const struct doc_node *root,
                         const struct doc_node *node)
{
    struct fingerprint f = fingerprint_init();
    fingerprint_add(&f, str_from(finding->rule->id));
    fingerprint_add(&f, finding->file);
    fingerprint_add(&f, finding->object.api_version);
    fingerprint_add(&f, finding->object.kind);
    fingerprint_add(&f, finding->object.namespace);
    fingerprint_add(&f, finding->object.name);
    fingerprint_add(&f, finding->container);
    if (node) {
        add_path(&f, root, node);
        if (finding->rule->fault == FAULT_MISSING_FIELD)
            fingerprint_add(&f, last_name(finding->path));
        if (tells_value(finding))
            add_value(&f, node);
    }
    fingerprint_write(&f, finding->fingerprint);
}
