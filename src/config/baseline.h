/* SPDX-License-Identifier: Apache-2.0
 *
 * A baseline: findings that were there when rampart was adopted, by fingerprint. They count as
 * suppressed, so that only new ones fail.
 */
#ifndef CONFIG_BASELINE_H
#define CONFIG_BASELINE_H

#include "base/buf.h"
#include "base/diag.h"
#include "policy/finding.h"

struct baseline {
    struct str *fingerprints; /* sorted */
    size_t count;
};

/* Reads the file into the arena. False: diag says what was expected, with line and column where
 * there is one. */
bool baseline_read(struct baseline *baseline, const char *path, struct arena *arena,
                   struct diag *diag);
/* The same of a text that outlives the baseline; diag has the offsets. */
bool baseline_parse(struct baseline *baseline, struct str text, struct arena *arena,
                    struct diag *diag);
/* One that holds these findings, which were finished. False when memory ran out. */
bool baseline_of(struct baseline *baseline, const struct findings *findings, struct arena *arena);
/* Marks the findings that it holds, and nothing else suppresses, as suppressed; returns how many of
 * its entries no longer occur. by and reason must live as long as the findings. */
size_t baseline_apply(const struct baseline *baseline, struct findings *findings, struct str by,
                      struct str reason);
/* Writes the findings, in their order, as a file that baseline_read takes. */
void baseline_write(struct buf *out, const struct findings *findings);

#endif
