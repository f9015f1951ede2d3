/* SPDX-License-Identifier: Apache-2.0
 *
 * [selector, labels] as JSON: one that selects everything matches, and In and NotIn are each
 * other's opposite.
 */
#include "kube/selector.h"

#include "load/json.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool matches_one(struct doc_node expression, const char *operator_text,
                        const struct doc_node *labels)
{
    struct doc_entry parts[3] = {{.name = N_NONE}}, whole = {.name = N_matchExpressions};
    const name_t names[3] = {N_key, N_operator, N_values};
    struct doc_node selector = {.kind = DOC_MAP, .len = 1}, item = {.kind = DOC_MAP, .len = 3};
    for (size_t i = 0; i < 3; i++) {
        const struct doc_node *part = doc_get(&expression, names[i]);
        parts[i].name = names[i];
        parts[i].key = name_text(names[i]).ptr;
        parts[i].key_len = (uint32_t)name_text(names[i]).len;
        if (part)
            parts[i].value = *part;
    }
    parts[1].value = (struct doc_node){.kind = DOC_STR, .len = (uint32_t)strlen(operator_text)};
    parts[1].value.v.s = operator_text;
    item.v.entry = parts;
    whole.value = (struct doc_node){.kind = DOC_SEQ, .len = 1};
    whole.value.v.item = &item;
    selector.v.entry = &whole;
    return selector_matches(&selector, labels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_reader reader;
    struct arena arena;
    struct doc doc;
    struct diag diag = {0};
    arena_init(&arena, 16 << 20);
    json_reader_init(&reader);
    if (json_read(&reader, (struct str){(const char *)data, size}, &arena, &doc, &diag) &&
        doc_is(doc.root, DOC_SEQ) && doc.root->len >= 2) {
        const struct doc_node *selector = &doc.root->v.item[0], *labels = &doc.root->v.item[1];
        bool matched = selector_matches(selector, labels);
        if (selector_is_everything(selector) && !matched)
            abort();
        doc_foreach_item (doc_get(selector, N_matchExpressions), expression)
            if (matches_one(*expression, "In", labels) == matches_one(*expression, "NotIn", labels))
                abort();
    }
    json_reader_release(&reader);
    arena_release(&arena);
    return 0;
}
