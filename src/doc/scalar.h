/* SPDX-License-Identifier: Apache-2.0
 *
 * What a plain YAML scalar means to Kubernetes: YAML 1.1 as the YAML reader of kubectl resolves it
 * (booleans y n yes no on off, ~ and null, 0o 0x 0b and leading-zero integers, underscores, floats,
 * .inf; timestamps stay strings), and then as the JSON that kubectl makes of it has it: 1.0 and 1e3
 * are written 1 and 1000, so they are whole numbers.
 */
#ifndef DOC_SCALAR_H
#define DOC_SCALAR_H

#include "doc/doc.h"

/* Sets kind, flags and value of node from the text of a plain scalar; the text must live as long as
 * the node. A real may be infinite or NaN: JSON has no such number, so kubectl refuses it. */
void doc_scalar_resolve(struct doc_node *node, struct str text);
/* The same for a scalar with a tag (tag:yaml.org,2002:int), quoted or not. An unknown tag makes a
 * string. False: the text is not what the tag says. */
bool doc_scalar_resolve_tag(struct doc_node *node, struct str tag, struct str text);
/* The string that a plain scalar becomes as a key: `yes` is true, 0x10 is 16, 1.50 is 1.5. Text
 * that stays as it is is borrowed, the rest lives in the arena. False where kubectl has no key for
 * it: null, and a whole number between 2^63 and 2^64. */
bool doc_scalar_key(struct arena *arena, struct str tag, struct str text, struct str *key);
/* The same for a value that was read before (an alias as a key). */
bool doc_scalar_node_key(struct arena *arena, const struct doc_node *node, struct str *key);

/* Reads a JSON number (already known to match JSON's grammar) into kind, flags and value; false:
 * not finite as a double. */
bool doc_scalar_number(struct doc_node *node, struct str text);
/* The same of a file, as kubectl sends it: 1.0 and 1e3 are whole numbers. */
bool doc_scalar_sent_number(struct doc_node *node, struct str text);

#endif
