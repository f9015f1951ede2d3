/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the two halves of the importer. What returns false has set the diag.
 */
#ifndef KUBE_SCHEMA_IMPORT_TYPE_H
#define KUBE_SCHEMA_IMPORT_TYPE_H

#include "kube/schema_import.h"

bool schema_import_fail(struct schema_import *im, const struct doc_node *at, const char *what);
bool schema_import_no_memory(struct schema_import *im);
/* A new place in the table; `at` is where a complaint about too many points. */
bool schema_add_type(struct schema_import *im, const struct doc_node *at, struct schema_type type,
                     uint16_t *index);
/* The number of the type that a schema describes. */
bool schema_import_type(struct schema_import *im, const struct doc_node *node, uint16_t *type);
/* A schema with properties into *type, whose place in the table the caller knows. header: the
 * object is one that the API server stores, so it has apiVersion, kind and metadata. */
bool schema_import_object(struct schema_import *im, const struct doc_node *node, bool header,
                          struct schema_type *type);

#endif
