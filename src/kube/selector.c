/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/selector.h"

static bool is_empty(const struct doc_node *n)
{
    return doc_is_unset(n) || ((n->kind == DOC_SEQ || n->kind == DOC_MAP) && n->len == 0);
}

bool selector_is_everything(const struct doc_node *selector)
{
    return doc_is(selector, DOC_MAP) && is_empty(doc_get(selector, N_matchLabels)) &&
           is_empty(doc_get(selector, N_matchExpressions));
}

/* A null label has the value "" (reference: pss.md 7.1 item 5). */
static bool label_is(const struct doc_node *label, const struct doc_node *value)
{
    return str_equal(doc_str(label), doc_str(value));
}

static bool is_among(const struct doc_node *label, const struct doc_node *values)
{
    doc_foreach_item (values, value)
        if (label_is(label, value))
            return true;
    return false;
}

static bool expression_matches(const struct doc_node *expression, const struct doc_node *labels)
{
    struct str operator= doc_str(doc_get(expression, N_operator));
    const struct doc_node *label = doc_get_str(labels, doc_str(doc_get(expression, N_key)));
    const struct doc_node *values = doc_get(expression, N_values);
    if (str_is(operator, "In"))
        return label && is_among(label, values);
    if (str_is(operator, "NotIn")) /* an absent label is not among them */
        return !label || !is_among(label, values);
    if (str_is(operator, "Exists"))
        return label != NULL;
    return str_is(operator, "DoesNotExist") && !label;
}

bool selector_matches(const struct doc_node *selector, const struct doc_node *labels)
{
    if (!doc_is(selector, DOC_MAP))
        return false;
    doc_foreach_entry (doc_get(selector, N_matchLabels), wanted) {
        const struct doc_node *label = doc_get_str(labels, doc_key(wanted));
        if (!label || !label_is(label, &wanted->value))
            return false;
    }
    doc_foreach_item (doc_get(selector, N_matchExpressions), expression)
        if (!expression_matches(expression, labels))
            return false;
    return true;
}
