/* SPDX-License-Identifier: Apache-2.0
 *
 * What the engine says of an object. A finding outlives its file: it holds copies of the few
 * strings and lines it needs, in the arena of its findings list.
 */
#ifndef POLICY_FINDING_H
#define POLICY_FINDING_H

#include "base/vec.h"
#include "doc/position.h"
#include "policy/fingerprint.h"

struct rule;

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR, SEVERITY_COUNT };
const char *severity_name(enum severity severity);
/* False, and *severity untouched, when it is no severity's name. */
bool severity_parse(struct str name, enum severity *severity);

enum direction { DIRECTION_NONE, DIRECTION_INGRESS, DIRECTION_EGRESS };

struct finding_span {
    struct doc_position begin, end; /* end: the position after the last character */
};

/* Another place that belongs to the finding: the first of two equal keys. */
struct finding_related {
    struct finding_span span;
    struct str message;
};

struct finding_object { /* each cut at LIMIT_NAME_BYTES */
    struct str api_version, kind, namespace, name;
};

struct finding {
    const struct rule *rule;
    enum severity severity;
    struct str message;
    struct str file;     /* as shown to the user */
    uint32_t file_index; /* the order in which files were given: the first sort key */
    struct finding_span span;
    struct str path; /* spec.containers[0].image; may be empty */
    struct finding_object object;
    struct str container;  /* cut likewise; empty where none is meant */
    const char *pss_check; /* Pod Security findings: upstream's id, else NULL */
    const char *pss_reason;
    struct str pss_detail;
    const struct finding_related *related; /* NULL or one */
    enum direction direction;
    /* The line before, the line itself, the line after, cut to LIMIT_FRAME_BYTES; ptr is NULL where
     * there is none. Of a longer line a window around the span is kept, and no neighbours. */
    struct str frame[3];
    uint32_t frame_first;              /* line number of frame[0] */
    uint32_t frame_skip;               /* code points cut off the front of frame[1] */
    char fingerprint[FINGERPRINT_HEX]; /* stable when lines move; complete after findings_finish */
    struct {
        struct str by, reason; /* by is empty unless suppressed */
    } suppressed;
};

struct findings {
    struct arena *arena;
    VEC(struct finding) list;
    size_t dropped[SEVERITY_COUNT]; /* found and not kept: past LIMIT_FINDINGS_OBJECT or _TOTAL */
};

/* arena must outlive the findings. */
void findings_init(struct findings *findings, struct arena *arena);
/* Adds those of `from` (another thread's); their strings stay in from's arena. False when memory
 * ran out. */
bool findings_append(struct findings *findings, const struct findings *from);
/* Once all are there: sorts by file_index, line, column, rule id, path, message (a total order, so
 * output never depends on threads), cuts at LIMIT_FINDINGS_TOTAL and makes fingerprints unique.
 * False when memory ran out. */
bool findings_finish(struct findings *findings);

#endif
