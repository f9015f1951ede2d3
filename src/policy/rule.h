/* SPDX-License-Identifier: Apache-2.0
 *
 * All that a rule's file includes. A rule is a const struct with its metadata and check functions;
 * it cannot fail, do I/O or keep state: it reads a view and reports findings.
 */
#ifndef POLICY_RULE_H
#define POLICY_RULE_H

#include "kube/pod.h"
#include "policy/finding.h"
#include "pss/pss.h"

struct rule_run; /* one rule on one object; policy/internal.h */

/* The least built-in profile that holds the rule; a profile holds all that lesser ones do. */
enum profile_level { PROFILE_BASELINE, PROFILE_RESTRICTED, PROFILE_HARDENED, PROFILE_ALL };

enum rule_kind {
    RULE_PSS,    /* Pod Security: .pss names the check that pss_evaluate runs */
    RULE_POD,    /* any workload: .pod */
    RULE_OBJECT, /* any object: .object */
    RULE_SCHEMA, /* found by the reader or the schema walk: metadata only */
    RULE_META,   /* about the input or the audit itself: metadata only */
};

/* RULE_SCHEMA: which fault of an object's shape it names. The reader and the schema walk know
 * faults, not rules. */
enum rule_fault {
    FAULT_NONE,
    FAULT_DUPLICATE_KEY,
    FAULT_NOT_JSON,
    FAULT_UNKNOWN_FIELD,
    FAULT_WRONG_TYPE,
    FAULT_INVALID_VALUE,
    FAULT_MISSING_FIELD,
    FAULT_DUPLICATE_ITEM,
    FAULT_REMOVED_API,
    FAULT_DEPRECATED_API,
    FAULT_COUNT
};

/* What it may do in the webhook (shared reference: semantics.md 1). */
enum rule_admission { ADMISSION_NONE, ADMISSION_WARN, ADMISSION_DENY };
enum rule_os { OS_LINUX, OS_ANY };

enum rule_category {
    CATEGORY_POD_SECURITY,
    CATEGORY_SCHEMA,
    CATEGORY_WORKLOAD,
    CATEGORY_NETWORK,
    CATEGORY_IMAGE,
    CATEGORY_SECRET,
    CATEGORY_RBAC,
    CATEGORY_META,
    CATEGORY_COUNT
};
const char *category_name(enum rule_category category);

#define WORKLOAD_KINDS "workload" /* .kinds of rules on any pod or pod template */
#define ALIASES(...)                                                                               \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }
#define REFS(...)                                                                                  \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

struct rule {
    const char *id;          /* kebab-case, equal to the file's stem with - for _ */
    const char *title;       /* constant, names the fault */
    const char *remediation; /* what to change */
    enum rule_kind kind;
    enum severity severity;
    enum rule_category category;
    enum profile_level profile;
    enum rule_admission admission;
    enum rule_os os;
    const char *kinds; /* what it looks at, for readers: WORKLOAD_KINDS, "any", "NetworkPolicy" … */
    const char *const *aliases; /* NULL-terminated, or NULL; "tool:ID" */
    const char *const *refs;    /* NULL-terminated, or NULL; "PSS:restricted/runAsNonRoot" … */
    enum pss_check pss;         /* RULE_PSS */
    enum rule_fault fault;      /* RULE_SCHEMA */
    void (*pod)(struct rule_run *run, const struct pod *pod);          /* RULE_POD */
    void (*object)(struct rule_run *run, const struct object *object); /* RULE_OBJECT */
};

/* A set of rules sorted by id; the registry of src/rules is one. Passed to the engine, so policy
 * never names a rule. */
struct rule_set {
    const struct rule *const *rules;
    const char *const *markdown; /* the .md of each */
    size_t count;
};

/* Reports a finding at a node (at.node if there is one, else at.nearest). container may be NULL.
 * The message holds no position and no secret: it is printed everywhere. */
void rule_finding(struct rule_run *rule, struct doc_at at, const struct container *container,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Index of the rule with that id, or set->count. */
size_t rule_set_index(const struct rule_set *set, struct str id);
/* The rule that reports a Pod Security check, or NULL. */
const struct rule *rule_set_of_check(const struct rule_set *set, enum pss_check check);
/* As many rules may have one alias; a test of the registry holds it to that. */
enum { RULE_SET_MATCHES = 16 };
/* Indexes of the rules that have the alias: written "tool:ID", or just the ID ("DL3008",
 * "CKV_K8S_23", "KSV-0012"), in any case. Returns how many there are. */
size_t rule_set_find_alias(const struct rule_set *set, struct str alias,
                           size_t indexes[RULE_SET_MATCHES]);
/* The rules that a user means by a name: the one of that id, else those that have the alias. */
size_t rule_set_resolve(const struct rule_set *set, struct str name,
                        size_t indexes[RULE_SET_MATCHES]);
/* The known id or alias nearest to a misspelt one, or NULL when none is near. */
const char *rule_set_nearest(const struct rule_set *set, struct str id);

#endif
