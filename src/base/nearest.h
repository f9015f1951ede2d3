/* SPDX-License-Identifier: Apache-2.0
 *
 * "Did you mean": the candidate nearest to a misspelt word.
 *
 *   struct nearest n = nearest_to(word);
 *   for each candidate: nearest_offer(&n, candidate);
 *   n.best is the answer, with ptr NULL when none is near.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/str.h"

struct nearest {
    struct str word, best; /* best.ptr is NULL when nothing offered is near; borrowed */
    unsigned distance;     /* of best; a candidate must be nearer than this */
};

/* A third of the word may differ, at most three edits: more is another word. */
struct nearest nearest_to(struct str word);
/* The first of equally near candidates stays. A change of case only counts as one edit. */
void nearest_offer(struct nearest *nearest, struct str candidate);
/* Edits (insert, remove, replace, swap neighbours) from a to b; limit when there are as many or
 * more, or when a word is longer than any name. */
unsigned nearest_distance(struct str a, struct str b, unsigned limit);

#endif
