# SPDX-License-Identifier: Apache-2.0
"""A deterministic stream of AdmissionReviews: conformance fixtures and pods of our own, mutated, in every kind of
request. Each is (path suffix, body)."""

import copy
import glob
import json
import os
import random

import world
from world import P

LEVELS = ["privileged", "baseline", "restricted"]
BAD_LEVELS = ["", "foo", "Restricted", "restricted ", "<&>\u2028", "\"quoted\"", "priv\u00e9", None]
VERSIONS = ["latest"] + ["v1.%d" % n for n in (0, 1, 7, 8, 18, 19, 22, 23, 25, 27, 29, 31, 32, 34, 35, 36, 37, 38, 99, 10000)]
BAD_VERSIONS = ["", "v1", "v2.0", "v1.01", "1.22", "v1.9223372036854775807", "v1.9223372036854775808", "V1.2", "latest\n", "v1.4294967295",
                "v1.4294967296", "v1.18446744073709551616", None]
WRONG = [None, True, False, 0, 5, -1, 1.5, 2 ** 31, 2 ** 33, 2 ** 70, "", "x", "1", "true", [], {}, [None], [{}], ["x"], {"a": "b"}, {"a": None}]
LITERALS = ["1.0", "1e3", "-0", "0.5e1", "12345678901234567890", "-9223372036854775808"]
CAPABILITIES = ["ALL", "all", "NET_BIND_SERVICE", "CHOWN", "CAP_CHOWN", "NET_RAW", "SYS_ADMIN", "", "FOO", None]
SUBRESOURCES = ["exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status", "ephemeralcontainers", "resize", "future"]
VOLUMES = {
    "hostPath": {"path": "/"}, "emptyDir": {}, "configMap": {"name": "x"}, "secret": {"secretName": "x"}, "projected": {"sources": []},
    "downwardAPI": {}, "csi": {"driver": "d"}, "ephemeral": {}, "image": {"reference": "r"}, "persistentVolumeClaim": {"claimName": "c"},
    "nfs": {"server": "s", "path": "/"}, "iscsi": {"targetPortal": "t", "iqn": "i", "lun": 0}, "glusterfs": {"endpoints": "e", "path": "p"},
    "rbd": {"monitors": ["m"], "image": "i"}, "flexVolume": {"driver": "d"}, "cinder": {"volumeID": "v"}, "cephfs": {"monitors": ["m"]},
    "flocker": {}, "fc": {}, "azureFile": {"secretName": "s", "shareName": "n"}, "vsphereVolume": {"volumePath": "v"},
    "quobyte": {"registry": "r", "volume": "v"}, "azureDisk": {"diskName": "d", "diskURI": "u"}, "photonPersistentDisk": {"pdID": "p"},
    "portworxVolume": {"volumeID": "v"}, "scaleIO": {"gateway": "g", "system": "s", "secretRef": {}}, "storageos": {},
    "gcePersistentDisk": {"pdName": "p"}, "awsElasticBlockStore": {"volumeID": "v"}, "gitRepo": {"repository": "r"},
}
CONTROLLERS = [
    ("", "v1", "PodTemplate", "podtemplates"), ("", "v1", "ReplicationController", "replicationcontrollers"),
    ("apps", "v1", "ReplicaSet", "replicasets"), ("apps", "v1", "Deployment", "deployments"), ("apps", "v1", "StatefulSet", "statefulsets"),
    ("apps", "v1", "DaemonSet", "daemonsets"), ("batch", "v1", "Job", "jobs"), ("batch", "v1", "CronJob", "cronjobs")]
OTHERS = [
    ("", "v1", "ConfigMap", "configmaps"), ("", "v1", "Service", "services"), ("", "v1", "PodList", "pods"), ("", "v1", "List", "lists"),
    ("", "v1", "Status", "statuses"), ("foo", "v9", "Status", "statuses"), ("apps", "v1", "ControllerRevision", "controllerrevisions"),
    ("apps", "v1beta1", "Deployment", "deployments"), ("networking.k8s.io", "v1", "Ingress", "ingresses"), ("", "v1", "Pod", "things"),
    ("extensions", "v1", "Pod", "pods"), ("", "v1", "PodExecOptions", "pods"), ("batch", "v1", "JobTemplate", "x"), ("", "v1", "Namespace", "x"),
    ("apps", "v1", "DeploymentList", "deployments"), ("apps", "v1", "ListOptions", "x"), ("admission.k8s.io", "v1", "AdmissionReview", "x"),
    ("", "v1", "WatchEvent", "x"), ("policy", "v1", "Eviction", "pods"), ("autoscaling", "v1", "Scale", "deployments"), ("", "v2", "Pod", "pods")]
# Typed fields that no check reads: a wrong type there counts all the same.
SIDE_FIELDS = [
    (("spec", "containers", 0, "resources"), [{"limits": {"cpu": v}} for v in ("1", 1, 0.5, "1e3", "500m", "1Ki", "x", "", True, None, "1 ", "+1", "1E", "1.5Gi", "0x1")]),
    (("spec", "containers", 0, "env"), [[{"name": "A", "value": v}] for v in ("b", 1, None, True, {}, ["x"])]),
    (("spec", "containers", 0, "readinessProbe"), [{"httpGet": {"port": v, "host": h}} for v in (80, "http", 1.5, True, {}, 2 ** 33, None) for h in ("", "h", 5)]),
    (("spec", "containers", 0, "livenessProbe"), [{"tcpSocket": {"port": 1, "host": "h"}}, {"exec": {"command": "x"}}, {"periodSeconds": "1"}, {"periodSeconds": 1.0}, {"grpc": {"port": 1}}]),
    (("spec", "containers", 0, "lifecycle"), [{"preStop": {"httpGet": {"port": 1, "host": "a.com"}}}, {"postStart": {"tcpSocket": {"port": "x", "host": "::1"}}}, {"preStop": {"sleep": {"seconds": "1"}}}]),
    (("spec", "terminationGracePeriodSeconds"), [30, "30", 30.0, 2 ** 63, -2 ** 63, None, 1e3]),
    (("spec", "tolerations"), [[], [None], [{"key": 1}], [{"tolerationSeconds": 1}], {}]),
    (("spec", "nodeSelector"), [{}, {"a": "b"}, {"a": 1}, {"a": None}, []]),
    (("metadata", "creationTimestamp"), [None, "2024-01-01T00:00:00Z", "2024-01-01", "", 5, "2024-01-01T00:00:00+02:00", "2024-13-01T00:00:00Z", "2024-01-01T00:00:00.123Z"]),
    (("metadata", "managedFields"), [[], [{"fieldsV1": {"f:x": {}}}], [{"fieldsV1": 5}], [{"time": "x"}], "x", [{"fieldsType": 1}]]),
    (("metadata", "labels"), [{"a": "b"}, {"a": 1}, {"a": None}, [], None, "x"]),
    (("metadata", "ownerReferences"), [[{"controller": "true"}], [{"controller": True, "uid": "u"}], [None], {}]),
    (("metadata", "generation"), [1, "1", 1.0, None]),
    (("metadata", "finalizers"), [["a"], [1], [None], "a"]),
    (("status",), [{}, {"phase": "Running"}, {"phase": 1}, {"startTime": "x"}, [], None, {"conditions": [{"status": True}]}, {"podIPs": [{"ip": 1}]}, {"qosClass": "x"}]),
    (("spec", "overhead"), [{"cpu": "1"}, {"cpu": "x"}, {"cpu": None}]),
    (("spec", "hostAliases"), [[{"ip": "1"}], [{"hostnames": [1]}]]),
    (("spec", "activeDeadlineSeconds"), [1, "1", None]),
    (("spec", "unknownField"), [1, "x", {}, []]),
    (("spec", "containers", 0, "volumeDevices"), [[{"name": "a", "devicePath": "b"}], [1]]),
    (("spec", "imagePullSecrets"), [[{"name": "x"}], [{"name": 1}], ["x"]]),
    (("spec", "affinity"), [{}, {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": "x"}}}, {"podAffinity": None}]),
    (("spec", "topologySpreadConstraints"), [[{"maxSkew": 1}], [{"maxSkew": "1"}]]),
    (("spec", "dnsConfig"), [{"options": [{"name": "a", "value": 1}]}, {"nameservers": ["x"]}]),
]


# The schema's version and the reference's differ here.
NOT_IN_BOTH = {"nodeAllocatableResourceClaimStatuses"}


def put(obj, path, value):
    for step in path[:-1]:
        if isinstance(obj, list):
            if not (isinstance(step, int) and step < len(obj)):
                return
            obj = obj[step]
        elif isinstance(obj, dict):
            if not isinstance(obj.get(step), (dict, list)):
                obj[step] = {}
            obj = obj[step]
        else:
            return
    if isinstance(obj, dict):
        obj[path[-1]] = value


class Generator:
    def __init__(self, seed, shared, damage=1):
        self.r = random.Random(seed)
        self.rate = damage  # how much more often than usual objects are damaged
        self.uid = 0
        self.literals = {}
        self.fixtures = self.load(shared)
        found = sorted(glob.glob(os.path.join(shared, "kubernetes/schemas-*.json"))) if shared else []
        self.schemas = json.load(open(found[-1])) if found else {}

    def load(self, shared):
        import yaml
        found = {}
        for path in sorted(glob.glob(os.path.join(shared, "conformance/pss/*/*/*/*.yaml"))) if shared else []:
            with open(path) as f:
                found.setdefault(f.read(), path)
        pods = [yaml.safe_load(text) for text in sorted(found)]
        return pods or [world.pod("p", world.GOOD), world.pod("q", {})]

    def pick(self, *items):
        return self.r.choice(items)

    def chance(self, p):
        return self.r.random() < p

    # --- pods ---

    def container_context(self):
        r, c = self.r, {}
        if self.chance(.3):
            c["privileged"] = self.pick(True, False, None)
        if self.chance(.4):
            c["allowPrivilegeEscalation"] = self.pick(True, False, False, None)
        if self.chance(.4):
            c["capabilities"] = {}
            if self.chance(.6):
                c["capabilities"]["add"] = [r.choice(CAPABILITIES) for _ in range(r.randrange(4))]
            if self.chance(.6):
                c["capabilities"]["drop"] = [r.choice(["ALL", "ALL", "all", "NET_RAW", None])]
        if self.chance(.2):
            c["procMount"] = self.pick("Default", "Unmasked", "", "other", None)
        self.shared_context(c)
        return c

    def shared_context(self, c):
        if self.chance(.3):
            c["runAsNonRoot"] = self.pick(True, True, False, None)
        if self.chance(.2):
            c["runAsUser"] = self.pick(0, 1, 1000, None, -1)
        if self.chance(.3):
            c["seccompProfile"] = self.pick({"type": "RuntimeDefault"}, {"type": "Localhost", "localhostProfile": "x"}, {"type": "Unconfined"}, {}, None, {"type": "weird"})
        if self.chance(.15):
            c["appArmorProfile"] = self.pick({"type": "RuntimeDefault"}, {"type": "Unconfined"}, {}, None, {"type": "Localhost"})
        if self.chance(.15):
            c["seLinuxOptions"] = {k: self.r.choice(["", "container_t", "container_engine_t", "container_init_t", "spc_t", "u", None]) for k in self.r.sample(["type", "user", "role", "level"], 2)}
        if self.chance(.1):
            c["windowsOptions"] = self.pick({}, {"hostProcess": True}, {"hostProcess": False}, None, {"runAsUserName": "x"})

    def containers(self, spec):
        found = []
        for key in ("initContainers", "containers", "ephemeralContainers"):
            if isinstance(spec.get(key), list):
                found += [c for c in spec[key] if isinstance(c, dict)]
        return found

    def mutate_pod(self, p):
        spec = p.setdefault("spec", {})
        if not isinstance(spec, dict):
            return
        r = self.r
        which = r.randrange(17)
        cs = self.containers(spec)
        c = r.choice(cs) if cs else {}
        if which == 0:
            spec.setdefault("ephemeralContainers", []).append(
                {"name": self.pick("debug", "debug2", "debug"), "image": self.pick("busybox", "busybox:2"), **({"securityContext": self.container_context()} if self.chance(.7) else {})})
        elif which in (1, 2):
            c["securityContext"] = self.pick(self.container_context(), self.container_context(), {}, None)
        elif which == 3:
            s = {}
            self.shared_context(s)
            spec["securityContext"] = self.pick(s, s, {}, None)
        elif which == 4:
            spec[self.pick("hostNetwork", "hostPID", "hostIPC", "hostUsers", "hostUsers", "shareProcessNamespace")] = self.pick(True, False, None)
        elif which == 5:
            spec["os"] = self.pick({"name": "windows"}, {"name": "linux"}, {"name": "Windows"}, {}, None)
        elif which in (6, 7):
            v = {"name": "v%d" % r.randrange(3)}
            for kind in r.sample(sorted(VOLUMES), r.randrange(3)):
                v[kind] = self.pick(VOLUMES[kind], VOLUMES[kind], None)
            spec.setdefault("volumes", [])
            if isinstance(spec["volumes"], list):
                spec["volumes"].append(self.pick(v, v, v, None))
        elif which == 8:
            a = p.setdefault("metadata", {})
            if isinstance(a, dict):
                names = [str(x.get("name")) for x in cs] + ["absent", ""]
                key = self.pick("container.apparmor.security.beta.kubernetes.io/", "container.seccomp.security.alpha.kubernetes.io/") + r.choice(names)
                key = self.pick(key, key, "seccomp.security.alpha.kubernetes.io/pod")
                value = self.pick("runtime/default", "unconfined", "localhost/", "docker/default", "localhost/x", "", None, "a\"b\\c\u00e9", "\u2028\u0001")
                if not isinstance(a.get("annotations"), dict):
                    a["annotations"] = {}
                a["annotations"][key] = value
        elif which == 9:
            s = spec.get("securityContext")
            if not isinstance(s, dict):
                s = spec["securityContext"] = {}
            s["sysctls"] = [{"name": self.pick("kernel.shm_rmid_forced", "net.ipv4.tcp_rmem", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_notsent_lowat", "kernel.msgmax", "net/ipv4/tcp_rmem", "a"), "value": "1"} for _ in range(r.randrange(4))]
        elif which == 10:
            c["ports"] = [{"containerPort": 80, "hostPort": self.pick(0, 80, 443, 9100, 10, 20, None)} for _ in range(r.randrange(4))]
        elif which == 11:
            spec["runtimeClassName"] = self.pick("gvisor", "gvisor", "other", "", None)
        elif which == 12:
            path, values = r.choice(SIDE_FIELDS)
            put(p, path, copy.deepcopy(r.choice(values)))
        elif which == 13:
            spec.setdefault(self.pick("containers", "initContainers", "volumes"), [])
            if isinstance(spec.get("containers"), list):
                spec["containers"].append(self.pick(None, {}, {"name": "extra", "image": "i"}, {"name": "x<&>\"'", "image": "i"}))
        elif which == 14:
            c["name"] = self.pick("a", "\u00fcber", "tab-less", "long" * 20, None)
        elif which == 15:
            c["securityContext"] = dict(world.GOOD)
        else:
            spec["securityContext"] = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}

    def nodes(self, obj, out):
        for key in list(obj) if isinstance(obj, dict) else range(len(obj)):
            out.append((obj, key))
            if isinstance(obj[key], (dict, list)):
                self.nodes(obj[key], out)

    def field(self, name, depth=0):
        """A random field of a type of the API, however deep, with any value in it: {"spec": {"x": [5]}}"""
        schema = self.schemas.get(name, {})
        fields = schema.get("properties")
        if not fields or depth > 12 or (depth and self.chance(.04)):
            return copy.deepcopy(self.r.choice(WRONG))
        key = self.r.choice(sorted(set(fields) - NOT_IN_BOTH))
        at, wrap = fields[key], []
        while True:
            if at.get("allOf"):
                at = at["allOf"][0]
            if "items" in at:
                wrap.append(lambda v: [v])
                at = at["items"]
            elif isinstance(at.get("additionalProperties"), dict):
                wrap.append(lambda v: {"k": v})
                at = at["additionalProperties"]
            else:
                break
        value = self.field(at.get("$ref", "").rsplit("/", 1)[-1], depth + 1)
        for w in reversed(wrap):
            if self.chance(.97):
                value = w(value)
        return {key: value}

    def merge(self, obj, more):
        for key, value in more.items():
            if isinstance(value, dict) and isinstance(obj.get(key), dict):
                self.merge(obj[key], value)
            else:
                obj[key] = value

    def damage(self, obj):
        """A wrong type, a missing or an unknown field, at a random place."""
        group, _, version = str(obj.get("apiVersion", "")).rpartition("/") if isinstance(obj, dict) else ("", "", "")
        name = "io.k8s.api.%s.%s.%s" % (group or "core", version, obj.get("kind")) if version else ""
        if name in self.schemas and self.chance(.5):
            found = self.field(name)
            if not found.keys() & {"apiVersion", "kind"}: # those are disguise()'s
                self.merge(obj, found)
            return
        places = []
        self.nodes(obj, places)
        if not places:
            return
        parent, key = self.r.choice(places)
        which = self.r.randrange(8)
        if which < 4:
            parent[key] = copy.deepcopy(self.r.choice(WRONG))
        elif which == 4 and isinstance(parent, dict):
            del parent[key]
        elif which == 5 and isinstance(parent[key], dict):
            parent[key]["unknown"] = self.r.choice(WRONG)
        elif which == 6:
            token = "LITERAL-%d-" % len(self.literals)
            self.literals['"%s"' % token] = self.r.choice(LITERALS)
            parent[key] = token
        elif isinstance(parent, dict) and isinstance(key, str):
            parent[self.pick(key.capitalize(), key.upper(), key + "s")] = parent.pop(key)

    def a_pod(self):
        p = copy.deepcopy(self.r.choice(self.fixtures)) if self.chance(.75) else world.pod("p", copy.deepcopy(self.pick(world.GOOD, {}, None)))
        for _ in range(self.pick(0, 0, 1, 1, 2, 3)):
            self.mutate_pod(p)
        return p

    # --- requests ---

    def finish(self, request, suffix=""):
        self.uid += 1
        request = {"uid": "uid-%d" % self.uid, **request}
        if self.chance(.02):
            request["dryRun"] = True
        review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
        if self.chance(.02):
            del review["apiVersion"], review["kind"]
        if self.chance(.01):
            self.damage(review)
        body = json.dumps(review, ensure_ascii=self.chance(.5))
        for token, literal in self.literals.items():
            body = body.replace(token, literal)
        self.literals = {}
        return suffix, body

    def user(self):
        return {"username": self.pick("admin", "admin", "alice", "bob", "", "system:serviceaccount:kube-system:replicaset-controller"), "groups": ["g"], "extra": {"k": ["v"]}}

    def namespace(self):
        if self.chance(.03):
            return self.pick("absent", "", "a/b", "a%b", "%/", ".", "..", "UPPER")
        return self.r.choice(sorted(world.NAMESPACES))

    def disguise(self, obj):
        """What the object says it is: as it should, nothing, another case, something else."""
        if not isinstance(obj, dict) or self.chance(.85):
            return obj
        which = self.r.randrange(9)
        if which == 0:
            obj.pop("kind", None)
            obj.pop("apiVersion", None)
        elif which == 1:
            obj.pop("kind", None)
        elif which == 2:
            obj.pop("apiVersion", None)
        elif which == 3:
            obj["kind"] = self.pick("ConfigMap", "Pod", "PodList", "Nope", "", None, 5, "Status", "List", "pod")
        elif which == 4:
            obj["apiVersion"] = self.pick("v2", "apps/v1", "a/b/c", "", None, 5, "/", "/v1", "apps/", "batch/v1", "v1beta1")
        elif which == 5:
            obj["Kind"] = obj.pop("kind", "Pod")
        elif which == 6:
            obj["APIVERSION"] = obj.pop("apiVersion", "v1")
        elif which == 7:
            obj["KIND"] = self.pick("Pod", "ConfigMap", None, 1)
        else:
            return self.pick(None, [], "x", 5, True, {})
        return obj

    def old_of(self, obj):
        old = copy.deepcopy(obj)
        if self.chance(.6):
            self.mutate_pod(old)
        spec = old.get("spec")
        if isinstance(spec, dict) and self.chance(.5):
            for key in ("containers", "initContainers", "ephemeralContainers"):
                if isinstance(spec.get(key), list) and spec[key] and self.chance(.4):
                    c = self.r.choice(spec[key])
                    if isinstance(c, dict) and self.chance(.7):
                        c["image"] = self.pick("changed", None, "")
                    elif self.chance(.5):
                        spec[key].pop()
                    else:
                        self.r.shuffle(spec[key])
        return old

    def pod_request(self):
        p = self.a_pod()
        operation = self.pick("CREATE", "CREATE", "UPDATE", "DELETE", "CONNECT", "") if self.chance(.3) else self.pick("CREATE", "UPDATE")
        old = self.old_of(p) if operation == "UPDATE" and self.chance(.95) else None
        if self.chance(.12 * self.rate):
            self.damage(p)
        if old and self.chance(.06 * self.rate):
            self.damage(old)
        request = {
            "kind": {"group": "", "version": "v1", "kind": "Pod"}, "resource": {"group": "", "version": "v1", "resource": "pods"},
            "name": self.pick("p", "p", "", "with \"quotes\" & <x>", None), "namespace": self.namespace(), "operation": operation,
            "userInfo": self.user(), "object": self.disguise(p)}
        if old is not None:
            request["oldObject"] = self.disguise(old)
        if self.chance(.2):
            request["requestSubResource"] = self.r.choice(SUBRESOURCES)
        if self.chance(.05):
            request["subResource"] = self.r.choice(SUBRESOURCES)
        return self.finish(request)

    def wrap(self, kind, template):
        if kind == "PodTemplate":
            return {"template": template}
        if kind == "CronJob":
            return {"spec": {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": template}}}}
        if kind == "Pod":
            return template or {}
        return {"spec": {"template": template, "replicas": 1, "selector": self.pick({}, {"matchLabels": {"a": "b"}}, None)}}

    def template_request(self):
        group, version, kind, resource = self.r.choice(CONTROLLERS) if self.chance(.88) else self.r.choice(OTHERS)
        template = self.a_pod()
        for key in ("apiVersion", "kind"):
            template.pop(key, None)
        if self.chance(.05):
            template = self.pick(None, {}, {"spec": None}, {"metadata": {"annotations": {"a": None}}})
        obj = {"apiVersion": "/".join(x for x in (group, version) if x), "kind": kind, "metadata": {"name": "w"}, **self.wrap(kind, template)}
        if self.chance(.15 * self.rate):
            self.damage(obj)
        operation = self.pick("CREATE", "UPDATE", "CREATE", "DELETE") if self.chance(.5) else "CREATE"
        request = {
            "kind": {"group": group, "version": version, "kind": kind}, "resource": {"group": group, "version": version, "resource": resource},
            "name": "w", "namespace": self.namespace(), "operation": operation, "userInfo": self.user(), "object": self.disguise(obj)}
        if self.chance(.05):
            request["requestSubResource"] = self.pick("scale", "status", "x")
        if self.chance(.02):
            del request["object"]
        return self.finish(request)

    def some_labels(self):
        r, out = self.r, {}
        for mode in ("enforce", "audit", "warn"):
            if self.chance(.55):
                out[P + mode] = r.choice(LEVELS) if self.chance(.9) else r.choice(BAD_LEVELS)
            if self.chance(.35):
                out[P + mode + "-version"] = r.choice(VERSIONS) if self.chance(.9) else r.choice(BAD_VERSIONS)
        if self.chance(.2):
            out["a"] = "b"
        return out

    def namespace_object(self, name, labels):
        metadata = {"name": name}
        if labels or self.chance(.5):
            metadata["labels"] = self.pick(labels, labels, labels, labels or None)
        return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}

    def namespace_request(self):
        name = self.pick("pods", "pods", "few", "plain", "exempt", "kube-exempt", "absent", "a/b")
        new = self.some_labels()
        old = dict(new) if self.chance(.3) else self.some_labels()
        if self.chance(.3):
            old = dict(new)
            old[P + "enforce"] = self.r.choice(LEVELS)
        operation = self.pick("CREATE", "UPDATE", "UPDATE", "UPDATE") if self.chance(.95) else self.pick("DELETE", "CONNECT")
        obj, before = self.namespace_object(name, new), self.namespace_object(name, old)
        if self.chance(.08 * self.rate):
            self.damage(obj)
        if self.chance(.05 * self.rate):
            self.damage(before)
        # An empty name would list every namespace's pods; rampart does not (docs: admission).
        metadata = obj.get("metadata")
        if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str) or not metadata["name"]:
            operation = "CREATE"
        request = {
            "kind": {"group": self.pick("", "", "", "g"), "version": "v1", "kind": self.pick("Namespace", "Namespace", "Namespace", "K")},
            "resource": {"group": "", "version": "v1", "resource": "namespaces"}, "name": self.pick(name, name, "", "other"),
            "namespace": self.pick(name, name, name, "exempt", ""), "operation": operation, "userInfo": self.user(), "object": self.disguise(obj)}
        if operation == "UPDATE" and self.chance(.97):
            request["oldObject"] = self.disguise(before)
        if self.chance(.05):
            request["requestSubResource"] = self.pick("status", "finalize")
        o = request["object"]
        if operation == "UPDATE" and not (isinstance(o, dict) and isinstance(o.get("metadata"), dict) and o["metadata"].get("name")):
            request["operation"] = "CREATE"
        return self.finish(request, self.pick("", "", "", "?timeout=5s", "?timeout=0s", "?timeout=-1s", "?timeout=bogus"))

    def odd_request(self):
        which = self.r.randrange(8)
        base = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "odd"}}
        if which == 0:
            base.update(self.pick({"kind": "Pod", "apiVersion": "v1"}, {"kind": "Foo"}, {"apiVersion": "admission.k8s.io/v1beta1"}, {"apiVersion": "v1", "kind": "Status"}, {"kind": 5}, {"kind": None}))
        elif which == 1:
            base["request"] = self.r.choice(WRONG)
        elif which == 2:
            base["request"][self.pick("uid", "dryRun", "kind", "name", "operation", "userInfo", "resource", "namespace", "requestSubResource", "requestKind")] = self.r.choice(WRONG)
        elif which == 3:
            base["request"]["userInfo"] = {self.pick("username", "uid", "groups", "extra"): self.r.choice(WRONG)}
        elif which == 4:
            base["response"] = self.r.choice(WRONG)
        elif which == 5:
            return "", self.pick("[]", "5", "\"x\"", "{", "null", "{}", "x", "{}x", "a: b", "\ufeff{}", " " + json.dumps(base) + "\n\t", json.dumps(base) + "}", "true")
        elif which == 6:
            base["response"] = {self.pick("uid", "allowed", "status", "patch", "patchType", "auditAnnotations", "warnings"): self.r.choice(WRONG)}
        return "", json.dumps(base)

    def next(self):
        x = self.r.random()
        if x < .50:
            return self.pod_request()
        if x < .77:
            return self.template_request()
        if x < .98:
            return self.namespace_request()
        return self.odd_request()
