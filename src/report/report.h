/* SPDX-License-Identifier: Apache-2.0
 *
 * Findings to bytes. One const struct per format; a format only reads the report and writes to the
 * buffer.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/buf.h"
#include "policy/engine.h"

/* An input that could not be read or parsed. */
struct report_error {
    struct str file;
    uint32_t file_index;
    struct doc_position position; /* line 0: no place in the file */
    struct str message;
};

struct report_skipped {
    struct str file, reason;
};

struct report {
    const struct rule_set *rules;
    const struct engine *engine;
    struct findings *findings;         /* sorted; suppressed ones included */
    const struct report_error *errors; /* by file_index, line */
    size_t error_count;
    const struct report_skipped *skipped_files;
    size_t skipped_file_count;
    size_t files, objects, skipped; /* skipped: documents and files that are no input */
    bool show_suppressed;
    bool color;
    bool quiet;          /* tty: findings only, no summary */
    bool statistics;     /* counts by rule, instead of the findings (tty) or beside them (json) */
    unsigned width;      /* of the terminal; 0 unknown */
    const char *version; /* rampart's */
    const char *pss_version; /* what latest meant: "v1.37" */
    const char *adopt_hint;  /* shown at the end of a tty report with findings; NULL: none */
    struct str root, prefix; /* the repository's "/home/x/shop/", and from there to the working
                                directory: "deploy/"; empty where there is none */
    enum severity fail_on;   /* junit: findings below it pass; SEVERITY_COUNT: all do */
    struct str category;     /* sarif: tells this run from others over the same commit; or empty */
};

struct report_format {
    const char *name; /* as --format takes it */
    void (*write)(const struct report *report, struct buf *out);
};

extern const struct report_format report_tty, report_json, report_sarif, report_junit,
    report_github, report_gitlab;

/* The format of that name, or NULL; report_formats is every one, NULL-terminated. */
const struct report_format *report_format_find(struct str name);
extern const struct report_format *const report_formats[];

/* Counts of findings that are not suppressed, by severity, those past a ceiling included. */
void report_count(const struct report *report, size_t count[SEVERITY_COUNT], size_t *suppressed);
/* Appends a file's path as sarif, github and gitlab want it: from the repository's root, without
 * "." and "..", absolute where it lies elsewhere. Nothing is escaped. out is empty and no stream.
 */
void report_path(const struct report *report, struct str file, struct buf *out);

/* How many findings were not kept: past a ceiling. */
size_t report_dropped(const struct report *report);

struct report_tally {
    const struct rule *rule;
    enum severity severity; /* the highest of its findings */
    size_t count;           /* of findings that are not suppressed */
};
/* The rules that found something, most severe first, then most frequent, then by id; from malloc,
 * the caller frees it. NULL when there are none, or, with out->failed set, when memory ran out. */
struct report_tally *report_by_rule(const struct report *report, struct buf *out, size_t *count);

#endif
