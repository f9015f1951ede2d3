/* SPDX-License-Identifier: Apache-2.0
 *
 * Optimal string alignment over three rows of the distance matrix.
 */
#include "base/nearest.h"

#include <stdbool.h>

enum { LONGEST_NAME = 96, MOST_EDITS = 3, LETTERS_AN_EDIT = 3 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned nearest_distance(struct str a, struct str b, unsigned limit)
{
    unsigned rows[3][LONGEST_NAME + 1];
    size_t gap = a.len > b.len ? a.len - b.len : b.len - a.len;
    if (a.len > LONGEST_NAME || b.len > LONGEST_NAME || gap >= limit)
        return limit;
    for (unsigned j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = a.ptr[i - 1] == b.ptr[j - 1];
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !same);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                row[j] = least(row[j], two[j - 2] + 1);
        }
    }
    return least(rows[a.len % 3][b.len], limit);
}

struct nearest nearest_to(struct str word)
{
    unsigned edits = least((unsigned)(word.len + 1) / LETTERS_AN_EDIT, MOST_EDITS);
    return (struct nearest){.word = word, .best = {NULL, 0}, .distance = edits + 1};
}

void nearest_offer(struct nearest *nearest, struct str candidate)
{
    unsigned distance = str_equal_nocase(nearest->word, candidate)
                            ? !str_equal(nearest->word, candidate)
                            : nearest_distance(nearest->word, candidate, nearest->distance);
    if (distance < nearest->distance) {
        nearest->best = candidate;
        nearest->distance = distance;
    }
}
