/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/secret.h"

/* Parts of names, lower case; `-` stands for any of - _ . or nothing. */
static const char *const words[] = {
    "password", "passwd",     "passphrase",  "pwd",      "secret",     "token",
    "api-key",  "access-key", "private-key", "auth-key", "credential", "encryption-key",
};

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool is_joint(char c)
{
    return c == '-' || c == '_' || c == '.';
}

static bool begins_with_word(struct str s, const char *word)
{
    size_t i = 0;
    for (; *word; word++) {
        if (*word == '-') {
            i += i < s.len && is_joint(s.ptr[i]);
            continue;
        }
        if (i >= s.len || lower(s.ptr[i]) != *word)
            return false;
        i++;
    }
    return true;
}

bool secret_name(struct str name)
{
    for (size_t at = 0; at < name.len; at++)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (begins_with_word(str_skip(name, at), words[i]))
                return true;
    return false;
}

static bool is_leaf(const struct doc_node *n)
{
    return n->kind != DOC_MAP && n->kind != DOC_SEQ && n->kind != DOC_NULL;
}

static bool overlaps(const struct doc_node *n, uint32_t from, uint32_t to)
{
    return n->begin < to && from < n->end;
}

static bool is_secret(const struct doc_steps *s, const struct doc_node *value)
{
    const struct doc_node *map = s->step[s->count - 1].parent;
    if (map->kind != DOC_MAP || !is_leaf(value))
        return false;
    const struct doc_entry *entry = &map->v.entry[s->step[s->count - 1].index];
    if (entry->name == N_value)
        return secret_name(doc_str(doc_get(map, N_name)));
    if (s->count < 2 || s->step[s->count - 2].parent->kind != DOC_MAP)
        return false;
    const struct doc_entry *above =
        &s->step[s->count - 2].parent->v.entry[s->step[s->count - 2].index];
    return above->name == N_data && secret_name(doc_key(entry));
}

static void add(struct secret_spans *spans, const struct doc_node *value)
{
    if (spans->count == SECRET_SPANS) {
        spans->more = true;
        return;
    }
    spans->span[spans->count].begin = value->begin;
    spans->span[spans->count++].end = value->end;
}

static const struct doc_node *child_at(const struct doc_node *parent, uint32_t index)
{
    if (index >= parent->len || parent->flags & DOC_OPAQUE)
        return NULL;
    return parent->kind == DOC_MAP ? &parent->v.entry[index].value : &parent->v.item[index];
}

void secret_find(struct secret_spans *spans, const struct doc_node *root, uint32_t from,
                 uint32_t to)
{
    struct doc_steps s = {.count = 0};
    *spans = (struct secret_spans){.count = 0};
    if (root->kind == DOC_MAP)
        s.step[s.count++].parent = root;
    while (s.count) {
        uint32_t *index = &s.step[s.count - 1].index;
        const struct doc_node *child = child_at(s.step[s.count - 1].parent, *index);
        bool here = child && overlaps(child, from, to);
        if (here && is_secret(&s, child))
            add(spans, child);
        if (here && !is_leaf(child) && child->kind != DOC_NULL && s.count < LIMIT_DOC_DEPTH) {
            s.step[s.count].parent = child;
            s.step[s.count++].index = 0;
        } else if (child) {
            ++*index;
        } else if (--s.count) {
            s.step[s.count - 1].index++;
        }
    }
}
