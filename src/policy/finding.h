/* SPDX-License-Identifier: Apache-2.0
 *
 * What the engine says of an object. A finding outlives its file: it holds copies of the few
 * strings and lines it needs, in the arena of its findings list.
 */
#ifndef POLICY_FINDING_H
#define POLICY_FINDING_H

#include "base/vec.h"
#include "doc/position.h"

struct rule;

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR, SEVERITY_COUNT };
const char *severity_name(enum severity severity);

enum direction { DIRECTION_NONE, DIRECTION_INGRESS, DIRECTION_EGRESS };

struct finding_span {
    struct doc_position begin, end; /* end: the position after the last character */
};

/* Another place that belongs to the finding: the first of two equal keys. */
struct finding_related {
    struct finding_span span;
    struct str message;
};

struct finding {
    const struct rule *rule;
    enum severity severity;
    struct str message;
    struct str file;     /* as shown to the user */
    uint32_t file_index; /* the order in which files were given: the first sort key */
    struct finding_span span;
    struct str path; /* spec.containers[0].image; may be empty */
    struct {
        struct str api_version, kind, namespace, name;
    } object;
    struct str container;  /* empty where none is meant */
    const char *pss_check; /* Pod Security findings: upstream's id, else NULL */
    const char *pss_reason;
    struct str pss_detail;
    const struct finding_related *related; /* NULL or one */
    enum direction direction;
    struct str
        frame[3]; /* the line before, the line itself, the line after; cut to LIMIT_FRAME_BYTES */
    uint32_t
        frame_first; /* line number of frame[0]; lines that do not exist are empty with ptr NULL */
    char fingerprint[33]; /* 128 bits in hex: stable when lines move */
    struct {
        struct str by, reason; /* by is empty unless suppressed */
    } suppressed;
};

struct findings {
    struct arena *arena;
    VEC(struct finding) list;
    size_t dropped; /* past LIMIT_FINDINGS_TOTAL */
};

/* By file_index, line, column, rule id, path, message: a total order, so output never depends on
 * threads. */
void findings_sort(struct findings *findings);

#endif
