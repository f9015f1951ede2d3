/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the pod is in each kind, and the walk over its containers.
 */
#include "kube/pod.h"

enum { PATH_NAMES = 5 };

/* group "*": whatever the version. Sorted by what a reader looks for, not for the machine: the
 * table is short. */
static const struct workload {
    const char *group, *version, *kind;
    name_t path[PATH_NAMES]; /* to the map that holds metadata and spec; empty: the object itself */
} workloads[] = {
    {"", "v1", "Pod", {N_NONE}},
    {"", "v1", "PodTemplate", {N_template}},
    {"", "v1", "ReplicationController", {N_spec, N_template}},
    {"apps", "*", "DaemonSet", {N_spec, N_template}},
    {"apps", "*", "Deployment", {N_spec, N_template}},
    {"apps", "*", "ReplicaSet", {N_spec, N_template}},
    {"apps", "*", "StatefulSet", {N_spec, N_template}},
    {"extensions", "v1beta1", "DaemonSet", {N_spec, N_template}},
    {"extensions", "v1beta1", "Deployment", {N_spec, N_template}},
    {"extensions", "v1beta1", "ReplicaSet", {N_spec, N_template}},
    {"batch", "*", "Job", {N_spec, N_template}},
    {"batch", "*", "CronJob", {N_spec, N_jobTemplate, N_spec, N_template}},
    {"batch", "v2alpha1", "ScheduledJob", {N_spec, N_jobTemplate, N_spec, N_template}},
    {"batch", "v2alpha1", "JobTemplate", {N_template, N_spec, N_template}},
    /* Well-known custom resources whose pod template is Kubernetes' own type. */
    {"apps.openshift.io", "*", "DeploymentConfig", {N_spec, N_template}},
    {"argoproj.io", "*", "Rollout", {N_spec, N_template}},
    {"apps.kruise.io", "*", "CloneSet", {N_spec, N_template}},
    {"apps.kruise.io", "*", "DaemonSet", {N_spec, N_template}},
    {"apps.kruise.io", "*", "StatefulSet", {N_spec, N_template}},
    {"apps.kruise.io",
     "*",
     "AdvancedCronJob",
     {N_spec, N_template, N_jobTemplate, N_spec, N_template}},
    {"apps.kruise.io", "*", "BroadcastJob", {N_spec, N_template}},
    {"serving.knative.dev", "*", "Service", {N_spec, N_template}},
    {"serving.knative.dev", "*", "Configuration", {N_spec, N_template}},
    {"serving.knative.dev", "*", "Revision", {N_NONE}},
    {"jobset.x-k8s.io", "*", "JobTemplate", {N_template, N_spec, N_template}},
};

static const struct workload *find_workload(const struct object *o)
{
    for (size_t i = 0; i < sizeof workloads / sizeof workloads[0]; i++) {
        const struct workload *w = &workloads[i];
        if (str_is(o->kind, w->kind) && str_is(o->group, w->group) &&
            (w->version[0] == '*' || str_is(o->version, w->version)))
            return w;
    }
    return NULL;
}

static const struct doc_node *map_or_null(const struct doc_node *n)
{
    return doc_is(n, DOC_MAP) ? n : NULL;
}

void pod_of_node(struct pod *pod, const struct object *object, const struct doc_node *node,
                 bool is_template, enum pod_view view)
{
    *pod = (struct pod){
        .object = object,
        .node = node,
        .metadata = map_or_null(doc_get(node, N_metadata)),
        .spec = map_or_null(doc_get(node, N_spec)),
        .view = view,
        .is_template = is_template,
    };
    /* Every check walks the containers: the lists are looked up once. */
    pod->containers[CONTAINER_INIT] = doc_get(pod->spec, N_initContainers);
    pod->containers[CONTAINER_MAIN] = doc_get(pod->spec, N_containers);
    pod->containers[CONTAINER_EPHEMERAL] = doc_get(pod->spec, N_ephemeralContainers);
}

bool pod_view(struct pod *pod, const struct object *object, enum pod_view view)
{
    const struct workload *w = find_workload(object);
    if (!w)
        return false;
    const struct doc_node *node = object->node;
    for (size_t i = 0; i < PATH_NAMES && w->path[i] != N_NONE; i++)
        node = doc_get(node, w->path[i]);
    if (!doc_is(node, DOC_MAP))
        return false;
    pod_of_node(pod, object, node, w->path[0] != N_NONE, view);
    return true;
}

/* The container at index of the list of kind, or the first of a later list. */
static struct container container_from(const struct pod *pod, enum container_kind kind,
                                       uint32_t index)
{
    for (; kind <= CONTAINER_EPHEMERAL; kind++, index = 0) {
        const struct doc_node *list = pod->containers[kind];
        if (!doc_is(list, DOC_SEQ) || index >= list->len)
            continue;
        const struct doc_node *node = &list->v.item[index];
        return (struct container){node, doc_str(doc_get(node, N_name)), kind, index, pod};
    }
    return (struct container){0};
}

struct container pod_first_container(const struct pod *pod)
{
    return container_from(pod, CONTAINER_INIT, 0);
}

struct container pod_next_container(const struct container *c)
{
    return container_from(c->pod, c->kind, c->index + 1);
}

bool pod_is_windows(const struct pod *pod, bool selector_too)
{
    if (str_is(doc_str(doc_get(doc_get(pod->spec, N_os), N_name)), "windows"))
        return true;
    const struct doc_node *selector = doc_get(pod->spec, N_nodeSelector);
    return selector_too &&
           str_is(doc_str(doc_get_str(selector, STR("kubernetes.io/os"))), "windows");
}
