/* SPDX-License-Identifier: Apache-2.0
 *
 * What the options of `rampart audit` mean: an engine, how inputs are taken, where reports go.
 */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "cli/audit.h"
#include "config/baseline.h"

/* Where a report goes. */
struct destination {
    const struct report_format *format;
    const char *path; /* NULL: standard output */
};

struct settings {
    struct engine engine;
    struct schema schema; /* of --schema */
    struct audit_inputs inputs;
    VEC(struct destination) destinations;
    enum severity fail_on;              /* SEVERITY_COUNT: never */
    struct baseline baseline, existing; /* of --baseline; of --new-from, once that was judged */
    char pss_version[sizeof "v1.4294967295"];
};

/* All of it lives in the arena. False: a usage error, diag says what was expected. */
bool settings_init(struct settings *settings, const struct options *options, struct arena *arena,
                   struct diag *diag);

#endif
