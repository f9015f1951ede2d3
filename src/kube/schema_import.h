/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes a schema of documents: an API server's OpenAPI (v3: components.schemas, v2: definitions, or
 * the bare map of schemas) and CustomResourceDefinitions. The result has the form of the built-in
 * one. scripts/update-schema prints it as schema.def; --schema uses it as it is.
 */
#ifndef KUBE_SCHEMA_IMPORT_H
#define KUBE_SCHEMA_IMPORT_H

#include "base/strmap.h"
#include "base/vec.h"
#include "kube/schema.h"

struct schema_import {
    struct arena *arena; /* of the result */
    struct diag *diag;
    const struct schema *base;
    VEC(struct schema_type) types;
    VEC(struct schema_kind) kinds; /* of the imported documents */
    struct strmap named;           /* io.k8s.api.core.v1.Pod → type */
    struct strmap names;           /* field names that doc/names.def lacks → number */
    uint16_t metadata;             /* type of ObjectMeta, or SCHEMA_ANY */
    bool custom;                   /* in a CustomResourceDefinition: pruned, validated, not Go's */
    bool open;                     /* whose spec.preserveUnknownFields is true */
};

/* base: its types and kinds are part of the result, and imported kinds replace its own; NULL: start
 * empty. All memory comes from the arena. */
void schema_import_init(struct schema_import *im, const struct schema *base, struct arena *arena,
                        struct diag *diag);
/* Reads one document. False: diag says what and where; a document that is neither OpenAPI nor a
 * CustomResourceDefinition is an error. Of a List the definitions are read. */
bool schema_import_document(struct schema_import *im, const struct doc *doc);
/* The finished schema, which lives as long as the arena. False: out of memory. */
bool schema_import_finish(struct schema_import *im, struct schema *out);

/* Whether a document is one that schema_import_document reads. */
bool schema_import_knows(const struct doc_node *root);

#endif
