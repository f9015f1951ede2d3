/* SPDX-License-Identifier: Apache-2.0
 *
 * A label selector (meta/v1 LabelSelector) as the API server applies it.
 */
#ifndef KUBE_SELECTOR_H
#define KUBE_SELECTOR_H

#include "doc/doc.h"

/* {} and one whose parts are empty select everything. NULL and null are no selector: false. */
bool selector_is_everything(const struct doc_node *selector);
/* Whether the labels (a map, or NULL) are selected. NULL and null select nothing; so does an
 * operator that is none. */
bool selector_matches(const struct doc_node *selector, const struct doc_node *labels);

#endif
