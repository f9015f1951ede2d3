/* SPDX-License-Identifier: Apache-2.0
 *
 * The state of one walk; schema_walk.c makes the steps, schema_fault.c the reports.
 */
#ifndef KUBE_SCHEMA_WALK_H
#define KUBE_SCHEMA_WALK_H

#include "kube/schema.h"

/* A map or list that is being walked, and which of its children. */
struct schema_step {
    const struct schema_type *type;
    const struct doc_node *node;
    const struct doc_entry *key; /* of a map */
    uint32_t index;              /* of a list */
};

struct schema_walk {
    const struct schema *schema;
    schema_report_fn *report; /* NULL: decode only, and the first fault ends the walk */
    void *context;
    struct diag *diag;     /* decode only */
    struct buf path, text; /* of the report in the making; cut at their ceilings */
    bool strict;           /* unknown fields are faults */
    bool no_memory;
    bool bare;   /* faults are reported without their words */
    bool judged; /* missing fields, enums and duplicates are faults */
    uint32_t depth;
    struct schema_step steps[LIMIT_DOC_DEPTH + 2]; /* an expanded alias may be one deeper */
};

/* report NULL: decode only. The steps are left as they are: they are many. */
void schema_walk_init(struct schema_walk *w, const struct schema *schema, schema_report_fn *report,
                      void *context);

/* Each reports one fault of the innermost step, and returns false when the walk is to end. */
bool schema_fault_unknown(struct schema_walk *w, const struct doc_entry *key);
bool schema_fault_type(struct schema_walk *w, const struct schema_type *expected,
                       const struct doc_node *node);
bool schema_fault_missing(struct schema_walk *w, const struct schema_field *field);
bool schema_fault_value(struct schema_walk *w, const struct schema_type *expected,
                        const struct doc_node *node);
/* Of a list that has been walked: two of its items, and the values that both have for its keys. */
bool schema_fault_duplicate(struct schema_walk *w, const struct schema_type *list,
                            const struct doc_node *node, const struct doc_node *first,
                            const struct doc_node *again, const struct doc_node *const *values);

#endif
