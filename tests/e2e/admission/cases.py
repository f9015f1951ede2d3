# SPDX-License-Identifier: Apache-2.0
"""Hand-made reviews, one or more for each rule of the admission logic. parity.py --record writes what Kubernetes' own
webhook answers to tests/golden/admission.json, which the unit test replays."""

import json

import world
from world import GOOD, P, labels, pod

CASES = []


def add(title, config="none", suffix="", /, review=None, raw=None, **request):
    request.setdefault("uid", "u-%d" % len(CASES))
    if review is None:
        review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
    CASES.append({"name": title, "config": config, "suffix": suffix, "body": raw if raw is not None else json.dumps(review, ensure_ascii=False)})


def body(case):
    return case["body"]


def gvk(group, version, kind):
    return {"group": group, "version": version, "kind": kind}


def gvr(group, version, resource):
    return {"group": group, "version": version, "resource": resource}


BAD = pod("p", {"privileged": True})
FINE = pod("p", GOOD)
PLAIN = pod("p")


def pods(name, obj, ns="rest", config="none", operation="CREATE", user="admin", **more):
    add(name, config, kind=gvk("", "v1", "Pod"), resource=gvr("", "v1", "pods"), name=more.pop("object_name", "p"), namespace=ns,
        operation=operation, userInfo={"username": user}, object=obj, **more)


def template(name, obj, ns="rest", config="none", group="apps", kind="Deployment", resource="deployments", operation="CREATE", user="admin", **more):
    if obj is not None:
        more["object"] = obj
    add(name, config, kind=gvk(group, "v1", kind), resource=gvr(group, "v1", resource), name="w", namespace=ns, operation=operation,
        userInfo={"username": user}, **more)


def deployment(p, kind="Deployment", api="apps/v1"):
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "w"}, "spec": {"template": {"metadata": p["metadata"], "spec": p["spec"]}}}


def ns_object(name, **kw):
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels(**kw)}}


def namespace(name, new, old=None, on="plain", config="none", operation=None, suffix="", **more):
    more.setdefault("object", ns_object(on, **new))
    if old is not None:
        more.setdefault("oldObject", ns_object(on, **old))
    add(name, config, suffix, kind=more.pop("kind", gvk("", "v1", "Namespace")), resource=gvr("", "v1", "namespaces"), name=more.pop("object_name", on),
        namespace=more.pop("ns", on), operation=operation or ("CREATE" if old is None else "UPDATE"), userInfo={"username": "admin"}, **more)


# --- the policy of a namespace ---
for ns in world.NAMESPACES:
    pods("policy of namespace %s" % ns, BAD, ns)
    template("policy of namespace %s for templates" % ns, deployment(BAD), ns)
    pods("policy of namespace %s with defaults" % ns, PLAIN, ns, "strict")

# --- pods ---
pods("good pod", FINE)
pods("no name", BAD, object_name="")
pods("a name to be quoted", BAD, object_name="a\"b<&>\u00e9\u2028")
for sub in ("exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status", "ephemeralcontainers", "resize", "future"):
    pods("subresource %s" % sub, BAD, requestSubResource=sub)
pods("the subresource after conversion is not looked at", BAD, subResource="status")
pods("exempt namespace", BAD, "exempt", "exempt")
pods("exempt user", BAD, "rest", "exempt", user="alice")
pods("exempt user in another case", BAD, "rest", "exempt", user="Alice")
pods("no user", BAD, "rest", "exempt", user="")
pods("exempt runtime class", pod("p", {"privileged": True}, runtimeClassName="gvisor"), "rest", "exempt")
pods("another runtime class", pod("p", {"privileged": True}, runtimeClassName="kata"), "rest", "exempt")
pods("no runtime class", pod("p", {"privileged": True}, runtimeClassName=""), "rest", "exempt")
pods("exempt runtime class, bad labels", pod("p", {"privileged": True}, runtimeClassName="gvisor"), "bad-all", "exempt")
pods("namespace exempt before user", BAD, "exempt", "exempt", user="alice")
for ns in ("absent", "", "a/b", "a%b", "%/", ".", "..", "UPPER"):
    pods("namespace %r" % ns, BAD, ns)
    template("namespace %r for templates" % ns, deployment(BAD), ns)
pods("privileged namespace: the pod is not decoded", {"apiVersion": "v1", "kind": "Pod", "spec": "x"}, "priv")
pods("privileged with a version", BAD, "priv-old")
pods("wrong type", {**BAD, "spec": {"containers": "x"}})
pods("wrong type in a field that no check reads", {**FINE, "status": {"phase": 5}})
pods("wrong type in metadata", {**FINE, "metadata": {"name": "p", "managedFields": [{"time": "yesterday"}]}})
pods("quantity", pod("p", GOOD, overhead={"cpu": "lots"}))
pods("a string for a bool", pod("p", {"privileged": "true"}))
pods("a float for an integer", pod("p", {**GOOD, "runAsUser": 1.5}))
pods("an integer out of range", pod("p", GOOD, priority=2 ** 31))
pods("an unknown field", pod("p", {**GOOD, "privilegd": 5}))
pods("a key in another case", pod("p", {**GOOD, "Privileged": "x"}))
pods("null object", None)
add("no object", kind=gvk("", "v1", "Pod"), resource=gvr("", "v1", "pods"), name="p", namespace="rest", operation="CREATE")
pods("another kind", {"apiVersion": "v1", "kind": "ConfigMap"})
pods("an unregistered kind", {"apiVersion": "v1", "kind": "Foo"})
pods("a pod list", {"apiVersion": "v1", "kind": "PodList", "items": []})
pods("a list", {"apiVersion": "v1", "kind": "List"})
pods("a status", {"apiVersion": "v1", "kind": "Status"})
pods("a review", {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"})
pods("a pod of another group", {**BAD, "apiVersion": "apps/v1"})
pods("kind and version from the request", {k: v for k, v in BAD.items() if k not in ("apiVersion", "kind")})
pods("kind in another case", {"KIND": "Pod", "ApiVersion": "v1", "metadata": {}, "spec": BAD["spec"]})
pods("three parts of a version", {**BAD, "apiVersion": "a/b/c"})
pods("kind is a number", {**BAD, "kind": 5})
pods("object is a list", [])
pods("object is a string", "x")
pods("no kind anywhere", {"spec": {}})
CASES[-1]["body"] = CASES[-1]["body"].replace('"kind": {"group": "", "version": "v1", "kind": "Pod"}', '"kind": {"group": "", "version": "", "kind": ""}')
pods("update: old missing", BAD, operation="UPDATE")
pods("update: old of another kind", BAD, operation="UPDATE", oldObject={"apiVersion": "v1", "kind": "ConfigMap"})
pods("update: old of wrong type", BAD, operation="UPDATE", oldObject={**BAD, "spec": 5})
pods("update: nothing changed", BAD, operation="UPDATE", oldObject=BAD)
pods("update: labels changed", {**BAD, "metadata": {"name": "p", "labels": {"a": "b"}}}, operation="UPDATE", oldObject=BAD)
pods("update: annotations changed", {**BAD, "metadata": {"name": "p", "annotations": {"container.apparmor.security.beta.kubernetes.io/c": "unconfined"}}}, operation="UPDATE", oldObject=BAD)
pods("update: resources changed", pod("p", {"privileged": True}, activeDeadlineSeconds=5), operation="UPDATE", oldObject=BAD, requestSubResource="resize")


def changed(key="containers", image="other"):
    p = json.loads(json.dumps(BAD))
    p["spec"].setdefault(key, [{"name": "x"}])[0]["image"] = image
    return p


def with_ephemeral(*names_images):
    p = json.loads(json.dumps(BAD))
    p["spec"]["ephemeralContainers"] = [{"name": n, "image": i} for n, i in names_images]
    return p


pods("update: an image changed", changed(), operation="UPDATE", oldObject=BAD)
pods("update: an init container added", changed("initContainers"), operation="UPDATE", oldObject=BAD)
pods("update: an init image changed", changed("initContainers", "a"), operation="UPDATE", oldObject=changed("initContainers", "b"))
pods("update: a container less", BAD, operation="UPDATE", oldObject={**BAD, "spec": {"containers": BAD["spec"]["containers"] * 2}})
pods("update: an ephemeral container added", with_ephemeral(("d", "i")), operation="UPDATE", oldObject=BAD, requestSubResource="ephemeralcontainers")
pods("update: an ephemeral container removed", BAD, operation="UPDATE", oldObject=with_ephemeral(("d", "i")))
pods("update: an ephemeral image changed", with_ephemeral(("d", "j")), operation="UPDATE", oldObject=with_ephemeral(("d", "i")))
pods("update: ephemeral containers in another order", with_ephemeral(("e", "j"), ("d", "i")), operation="UPDATE", oldObject=with_ephemeral(("d", "i"), ("e", "j")))
pods("update: of one name the first counts", with_ephemeral(("d", "i")), operation="UPDATE", oldObject=with_ephemeral(("d", "j"), ("d", "i")))
pods("update: good pod judged anew", pod("p", GOOD), operation="UPDATE", oldObject=changed())
pods("delete", BAD, operation="DELETE")
pods("create of an ephemeral container", with_ephemeral(("d", "i")), requestSubResource="ephemeralcontainers")
pods("dry run", BAD, dryRun=True)
pods("null container", {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [None], "volumes": [None]}})
pods("empty pod", {"apiVersion": "v1", "kind": "Pod"})
pods("baseline bad, audit and warn restricted", BAD, "three")
pods("baseline good, audit and warn restricted", PLAIN, "three")
pods("bad labels, good pod", FINE, "bad-all")

# --- templates ---
KINDS = [("", "ReplicationController", "replicationcontrollers", "v1"), ("apps", "ReplicaSet", "replicasets", "apps/v1"),
         ("apps", "Deployment", "deployments", "apps/v1"), ("apps", "StatefulSet", "statefulsets", "apps/v1"),
         ("apps", "DaemonSet", "daemonsets", "apps/v1"), ("batch", "Job", "jobs", "batch/v1")]
for group, kind, resource, api in KINDS:
    template("template of %s" % kind, deployment(BAD, kind, api), group=group, kind=kind, resource=resource)
    template("template of %s: absent" % kind, {"apiVersion": api, "kind": kind, "spec": {}}, "bad-warn", group=group, kind=kind, resource=resource)
template("template of PodTemplate", {"apiVersion": "v1", "kind": "PodTemplate", "template": {"spec": BAD["spec"]}}, group="", kind="PodTemplate", resource="podtemplates")
template("template of CronJob", {"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"jobTemplate": deployment(BAD)}}, group="batch", kind="CronJob", resource="cronjobs")
template("subresource scale", deployment(BAD), requestSubResource="scale")
template("good template", deployment(FINE))
template("exempt namespace, template", deployment(BAD), "exempt", "exempt")
template("exempt user, template", deployment(BAD), "rest", "exempt", user="system:serviceaccount:kube-system:replicaset-controller")
template("exempt runtime class, template", deployment(pod("p", {}, runtimeClassName="gvisor")), "rest", "exempt")
template("enforce does not matter", deployment(BAD), "base-warn-priv")
template("wrong type in a template", {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": "x"}})
template("no template kind", {"apiVersion": "v1", "kind": "ConfigMap", "data": {}})
template("no template kind, kind from the request", {"data": {}}, group="", kind="ConfigMap", resource="configmaps")
template("no template kind, version from the request", {"kind": "ConfigMap"}, group="", kind="ConfigMap", resource="configmaps")
template("unregistered group", {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress"}, group="networking.k8s.io", kind="Ingress", resource="ingresses")
template("old version", {"apiVersion": "apps/v1beta1", "kind": "Deployment"})
template("a pod under another resource", BAD, group="", kind="Pod", resource="things")
template("pods of another group", BAD, group="x", kind="Pod", resource="pods")
template("no object, template", None, operation="DELETE")
template("null object, template", None, object=None)
template("update of a template", deployment(BAD), operation="UPDATE", oldObject=deployment(BAD))
template("audit only", deployment(BAD), "audit-only")

# --- namespaces ---
namespace("create without labels", {})
namespace("create, every label good", dict(enforce="restricted", enforce_version="v1.22", audit="baseline", audit_version="latest", warn="privileged", warn_version="v1.0"))
namespace("create, one label bad", dict(enforce="foo"))
namespace("create, every label bad", dict(enforce="a", enforce_version="b", audit="c", audit_version="d", warn="e", warn_version="f"))
namespace("create, a value to be quoted", dict(enforce="a\"b<&>\u00e9\u2028\n"))
namespace("create, empty values", dict(enforce="", warn_version=""))
namespace("create, null value", dict(enforce=None))
namespace("create, a value of wrong type", dict(enforce=5))
for v in ("v1.9223372036854775807", "v1.9223372036854775808", "v1.01", "v1", "1.22", "v2.0", "v1.10000", "v1.4294967295", "latest ", "v1.4294967296"):
    namespace("create, version %r" % v, dict(enforce_version=v))
namespace("create, name missing in the request", dict(enforce="foo"), object_name="")
namespace("create, a grouped kind", dict(enforce="foo"), kind=gvk("g", "v1", "K"))
namespace("create, no kind", dict(enforce="foo"), kind=gvk("", "", ""))
namespace("create exempt, labels", dict(enforce="restricted"), on="exempt", config="exempt")
namespace("create exempt, all labels", dict(enforce="restricted", enforce_version="v1.0", audit="restricted", warn="baseline"), on="exempt", config="exempt")
namespace("create exempt, privileged", dict(enforce="privileged"), on="exempt", config="exempt")
namespace("create exempt, same as the defaults", dict(enforce="baseline", enforce_version="v1.20", audit="restricted", warn="restricted", warn_version="v1.22"), on="exempt", config="strict")
namespace("create exempt, a list that is empty", dict(), on="exempt", config="strict", object={"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "exempt", "labels": {P + "enforce": "privileged"}}})
namespace("create exempt by the request's namespace", dict(enforce="restricted"), on="plain", ns="exempt", config="exempt")
namespace("create exempt, bad label", dict(enforce="x"), on="exempt", config="exempt")
namespace("update to stricter over pods", dict(enforce="restricted"), dict(enforce="privileged"), on="pods")
namespace("update to baseline over pods", dict(enforce="baseline"), {}, on="pods")
namespace("update over pods, version in the text", dict(enforce="restricted", enforce_version="v1.7"), {}, on="pods")
namespace("update over pods, runtime class exempt", dict(enforce="baseline"), {}, on="pods", config="exempt")
namespace("update over one pod", dict(enforce="restricted"), {}, on="few")
namespace("update over no pod", dict(enforce="restricted"), {}, on="plain")
namespace("update, same level", dict(enforce="restricted"), dict(enforce="restricted"), on="pods")
namespace("update, less strict", dict(enforce="baseline"), dict(enforce="restricted"), on="pods")
namespace("update, less strict and another version", dict(enforce="baseline", enforce_version="v1.20"), dict(enforce="restricted"), on="pods")
namespace("update, another version", dict(enforce="baseline", enforce_version="v1.20"), dict(enforce="baseline"), on="pods")
namespace("update to privileged", dict(enforce="privileged"), dict(enforce="restricted"), on="pods")
namespace("update of warn only", dict(enforce="baseline", warn="restricted"), dict(enforce="baseline"), on="pods")
namespace("update, bad label kept", dict(enforce="foo"), dict(enforce="foo"), on="pods")
namespace("update, bad label changed", dict(enforce="foo"), dict(enforce="bar"), on="pods")
namespace("update, bad label new", dict(enforce="foo"), dict(enforce="baseline"), on="pods")
namespace("update, one of two bad labels gone", dict(enforce="foo"), dict(enforce="foo", warn="bar"), on="pods")
namespace("update, another bad label kept", dict(enforce="restricted", warn="x"), dict(enforce="baseline", warn="x"), on="pods")
namespace("update, bad enforce kept, version changed", dict(enforce="x", enforce_version="v1.20"), dict(enforce="x"), on="pods")
namespace("update exempt", dict(enforce="restricted"), dict(enforce="privileged"), on="exempt", config="exempt")
namespace("update exempt, warn only", dict(enforce="restricted", warn="baseline"), dict(enforce="restricted"), on="exempt", config="exempt")
namespace("update, no time", dict(enforce="restricted"), {}, on="pods", suffix="?timeout=0s")
namespace("update, less than no time", dict(enforce="restricted"), {}, on="pods", suffix="?timeout=-3s")
namespace("update, a name that cannot be listed", dict(enforce="restricted"), {}, on="a/b")
namespace("update, absent namespace", dict(enforce="restricted"), {}, on="absent")
namespace("namespace status", dict(enforce="foo"), on="pods", requestSubResource="status")
namespace("namespace delete", dict(enforce="foo"), operation="DELETE")
namespace("namespace delete without object", {}, operation="DELETE", object=None)
namespace("namespace connect", dict(enforce="foo"), operation="CONNECT")
namespace("namespace of wrong type", {}, object={"apiVersion": "v1", "kind": "Namespace", "spec": 5})
namespace("not a namespace", {}, object=BAD)
namespace("update, old of wrong type", dict(enforce="baseline"), {}, oldObject={"apiVersion": "v1", "kind": "Namespace", "status": []})
namespace("update, old is no namespace", dict(enforce="baseline"), {}, oldObject=BAD)
namespace("update, old is null", dict(enforce="baseline"), {}, oldObject=None)

# --- the review ---
add("request without anything")
add("review of another kind", review={"apiVersion": "v1", "kind": "Pod"})
add("review of another version", review={"apiVersion": "admission.k8s.io/v1beta1", "kind": "AdmissionReview", "request": {"uid": "u"}})
add("review without kind", review={"request": {"uid": "u"}})
add("uid of wrong type", uid=5)
add("dryRun of wrong type", dryRun="yes")
add("operation of wrong type", operation=[])
add("user of wrong type", userInfo={"username": 1})
add("groups of wrong type", userInfo={"groups": ["a", 1]})
add("request of wrong type", review={"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": []})
add("no request", review={"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"})
add("empty object", raw="{}")
add("a list", raw="[]")
add("not JSON", raw="{")
add("YAML", raw="apiVersion: v1")
add("two values", raw="{}{}")
add("byte order mark", raw="\ufeff" + json.dumps({"request": {"uid": "bom"}}))
