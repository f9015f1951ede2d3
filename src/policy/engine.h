/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects in, findings out. An engine is immutable and shared by all threads; each unit of work has
 * its own run.
 */
#ifndef POLICY_ENGINE_H
#define POLICY_ENGINE_H

#include "base/strmap.h"
#include "kube/schema.h"
#include "policy/rule.h"

#define NO_RULE SIZE_MAX

/* Which rules run, and how: policy/profile.h makes one. */
struct engine {
    const struct rule_set *rules;
    const bool *enabled;              /* by rule index */
    const enum severity *severity;    /* by rule index */
    size_t pss_rule[PSS_CHECK_COUNT]; /* index of the enabled rule of each check, or NO_RULE */
    size_t fault_rule[FAULT_COUNT];   /* likewise of each fault */
    pss_set pss;                      /* the checks that the enabled rules make */
    uint32_t pss_minor;               /* the version that Pod Security is judged at */
    uint32_t kubernetes_minor;        /* which API versions count as removed */
    const struct schema *schema;      /* what objects are held to; NULL: nothing */
    const struct schema *judged;      /* kinds that another run holds to a schema; NULL: none */
    bool pss_only; /* --pss: nothing but the standards, and their texts in each finding */
    enum pod_view view;
};

/* What was met of an API group. */
enum engine_group {
    ENGINE_UNDESCRIBED = 1, /* an object of a kind that the schema lacks */
    ENGINE_DEFINED = 2,     /* a CustomResourceDefinition of the group */
};

/* One unit of work: a file or a request. */
struct engine_run {
    const struct engine *engine;
    struct arena *scratch;     /* the file's arena */
    struct findings *findings; /* where findings are copied to */
    struct str file;           /* shown name; a `# Source:` comment of a rendered chart wins */
    uint32_t file_index;
    bool json_file;              /* named .json: a document that is not JSON is a finding */
    uint32_t objects;            /* judged so far */
    uint32_t no_objects;         /* documents and list items without apiVersion and kind */
    uint32_t undescribed;        /* objects of kinds that the schema lacks */
    uint32_t definitions;        /* CustomResourceDefinitions */
    struct strmap *groups;       /* API group → bits of enum engine_group, added to; or NULL. With
                                    more than LIMIT_API_GROUPS some are left out */
    struct doc_lines lines;      /* the rest is the engine's own: made when a finding needs them */
    uint32_t object_findings;    /* of the present object, against LIMIT_FINDINGS_OBJECT */
    struct str shown;            /* file, or what `# Source:` says */
    struct finding_object names; /* of the present object, in the findings' arena */
    bool names_copied, shown_copied;
};

/* Makes of an engine one that only holds objects to a schema, and only those of kinds that the
 * engine's present one lacks. none: false for every rule. */
void engine_narrow(struct engine *engine, const struct schema *schema, const bool *none);
/* Judges every object of a document. False when memory ran out: the file is then an error. */
bool engine_document(struct engine_run *run, const struct doc *doc);
/* Judges one object, as engine_document does each of a document's. */
bool engine_object(struct engine_run *run, const struct object *object);

#endif
