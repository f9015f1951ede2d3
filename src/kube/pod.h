/* SPDX-License-Identifier: Apache-2.0
 *
 * The pod in any workload, and the only way to its containers: nobody can forget the init or
 * ephemeral ones.
 */
#ifndef KUBE_POD_H
#define KUBE_POD_H

#include "kube/object.h"

/* Whose bytes they are (shared reference: semantics.md 2). Files lack what the API server fills in,
 * so a reader of a file applies its defaults; a request has been defaulted, and nothing is
 * defaulted twice. */
enum pod_view { POD_AS_WRITTEN, POD_AS_ADMITTED };

struct pod {
    const struct object *object;          /* the Pod, or the workload it is the template of */
    const struct doc_node *node;          /* holds metadata and spec: the Pod or the template */
    const struct doc_node *metadata;      /* of the pod (of the template); NULL when absent */
    const struct doc_node *spec;          /* NULL when absent or no map */
    const struct doc_node *containers[3]; /* the lists of spec by enum container_kind, or NULL */
    enum pod_view view;
    bool is_template;
};

/* True when the object is a Pod or holds a pod template at a place the table in pod.c knows
 * (built-in workloads of each API version that had them, and well-known custom resources); *pod is
 * then set. */
bool pod_view(struct pod *pod, const struct object *object, enum pod_view view);
/* The pod itself under another hand: metadata and spec of node (a template or a Pod), whatever the
 * object's kind. */
void pod_of_node(struct pod *pod, const struct object *object, const struct doc_node *node,
                 bool is_template, enum pod_view view);

enum container_kind { CONTAINER_INIT, CONTAINER_MAIN, CONTAINER_EPHEMERAL };

struct container {
    const struct doc_node *node; /* of kind DOC_NULL for `- null`, which is read as an empty one */
    struct str name;             /* empty when absent */
    enum container_kind kind;
    uint32_t index; /* in its own list */
    const struct pod *pod;
};

/* Iteration in the order of upstream messages: init, main, ephemeral. `c` is a struct container,
 * valid in the body. */
#define pod_foreach_container(p, c)                                                                \
    for (struct container c = pod_first_container(p); c.node; c = pod_next_container(&c))
struct container pod_first_container(const struct pod *pod);
struct container pod_next_container(const struct container *c);

/* Whether spec.os.name is windows, or, with selector_too, the nodeSelector says so
 * (kubernetes.io/os). */
bool pod_is_windows(const struct pod *pod, bool selector_too);

#endif
