/* SPDX-License-Identifier: Apache-2.0
 *
 * What a plain YAML scalar means to Kubernetes: YAML 1.1 as the YAML reader of kubectl resolves it
 * (booleans y n yes no on off, ~ and null, 0o 0x 0b and leading-zero integers, underscores, floats,
 * .inf; timestamps stay strings).
 */
#ifndef DOC_SCALAR_H
#define DOC_SCALAR_H

#include "doc/doc.h"

/* Sets kind, flags and value of node from the text of a plain scalar; the text must live as long as
 * the node. */
void doc_scalar_resolve(struct doc_node *node, struct str text);
/* Reads a JSON number (already known to match JSON's grammar) into kind, flags and value; false:
 * not finite as a double. */
bool doc_scalar_number(struct doc_node *node, struct str text);

#endif
