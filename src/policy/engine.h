/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects in, findings out. An engine is immutable and shared by all threads; each unit of work has
 * its own run.
 */
#ifndef POLICY_ENGINE_H
#define POLICY_ENGINE_H

#include "policy/rule.h"

/* Which rules run, and how. Made by config from profile, --enable, --disable, --pss. */
struct engine {
    const struct rule_set *rules;
    const bool *enabled;           /* by rule index */
    const enum severity *severity; /* by rule index */
    uint32_t pss_minor;            /* the version that Pod Security is judged at */
    bool pss_only; /* --pss: nothing but the standards, and their texts in each finding */
    enum pod_view view;
};

/* One unit of work: a file or a request. */
struct engine_run {
    const struct engine *engine;
    struct arena *scratch;     /* the file's arena */
    struct findings *findings; /* where findings are copied to */
    struct str file;           /* shown name; replaced by `# Source:` of a rendered chart */
    uint32_t file_index;
    const struct doc_lines *lines; /* of the source; made when the first finding needs them */
    uint32_t object_findings;      /* of the present object, against LIMIT_FINDINGS_OBJECT */
    uint32_t objects;              /* judged so far */
};

/* Judges every object of a document. False when memory ran out: the file is then an error. */
bool engine_document(struct engine_run *run, const struct doc *doc);
/* The Pod Security set that the enabled rules make. */
pss_set engine_pss_set(const struct engine *engine);

#endif
