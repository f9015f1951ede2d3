/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the files of this folder only.
 */
#ifndef POLICY_INTERNAL_H
#define POLICY_INTERNAL_H

#include "policy/engine.h"
#include "policy/fingerprint.h"

/* One rule on one object. */
struct rule_run {
    struct engine_run *run;
    size_t index; /* of the rule */
    const struct object *object;
    const struct pod *pod; /* NULL where the rule looks at objects */
};

/* What a finding is made from. */
struct finding_draft {
    uint32_t begin, end;               /* bytes in the source */
    const struct doc_node *node;       /* for the path; NULL: none */
    const struct container *container; /* NULL: none */
    struct str path;                   /* instead of the node's, unless empty */
    struct str message;                /* in the findings' arena */
};

/* Whether no more findings of this object, or of all, are kept. */
bool engine_is_full(const struct engine_run *run);
/* The same of a finding that is due: it is counted then, and neither it nor its message is made. */
bool rule_over_ceiling(struct rule_run *rule);
/* Makes a finding of a draft; NULL when memory ran out. */
struct finding *rule_draft(struct rule_run *rule, const struct finding_draft *draft);
/* Reports a fault of the object's shape, if its rule is enabled. The message is formatted only
 * then. */
struct finding *engine_fault(struct engine_run *run, const struct object *object,
                             enum rule_fault fault, const struct finding_draft *draft,
                             const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Whether the object's fields and API version are Kubernetes' own. False when memory ran out. */
bool engine_shape(struct engine_run *run, const struct object *object);
/* Runs the Pod Security rules. Out of memory: run->scratch->failed. */
void engine_pod_security(struct engine_run *run, const struct object *object,
                         const struct pod *pod);
/* The index of doc->text's lines, made once. False when memory ran out. */
bool engine_lines(struct engine_run *run, const struct doc *doc);

/* The span in lines and columns, cut to its first line. */
struct finding_span frame_span(const struct doc_lines *lines, uint32_t begin, uint32_t end);
/* Sets span and frame of a finding; copies go to the arena. */
void frame_place(struct finding *finding, const struct doc_lines *lines, uint32_t begin,
                 uint32_t end, const struct object *object, struct arena *arena);

/* Of a finding that is complete but for this: what it is about, never where it stands. */
void fingerprint_finding(struct finding *finding, const struct doc_node *root,
                         const struct doc_node *node);

#endif
