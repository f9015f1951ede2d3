# SPDX-License-Identifier: Apache-2.0
"""What stands in the cluster while both webhooks are asked: namespaces with every kind of label, pods to be relabelled
over, and the configurations the webhooks run with."""

P = "pod-security.kubernetes.io/"


def labels(**kw):
    return {P + k.replace("_", "-"): v for k, v in kw.items()}


NAMESPACES = {
    "plain": {},
    "other-labels": {"team": "a"},
    "priv": labels(enforce="privileged", audit="privileged", warn="privileged"),
    "priv-old": labels(enforce="privileged", enforce_version="v1.20"),
    "base": labels(enforce="baseline"),
    "rest": labels(enforce="restricted"),
    "rest-22": labels(enforce="restricted", enforce_version="v1.22"),
    "rest-0": labels(enforce="restricted", enforce_version="v1.0"),
    "rest-99": labels(enforce="restricted", enforce_version="v1.99"),
    "warn-only": labels(warn="restricted"),
    "audit-only": labels(audit="restricted", audit_version="v1.25"),
    "three": labels(enforce="baseline", enforce_version="v1.34", audit="restricted", warn="restricted", warn_version="v1.18"),
    "base-warn-version": labels(enforce="baseline", warn_version="v1.20"),
    "base-warn-priv": labels(enforce="baseline", warn="privileged"),
    "version-only": labels(enforce_version="v1.22"),
    "bad-enforce": labels(enforce="foo"),
    "bad-version": labels(enforce="baseline", enforce_version="v2.0"),
    "bad-warn": labels(enforce="baseline", warn="Restricted"),
    "bad-audit": labels(audit="x", audit_version="v1.01", warn="baseline"),
    "bad-all": labels(enforce="a", enforce_version="b", audit="c", audit_version="d", warn="e", warn_version="f"),
    "bad-warn-only": labels(warn="x"),
    "empty": labels(enforce="", warn="restricted"),
    "exempt": labels(enforce="restricted"),
    "pods": labels(enforce="privileged"),
    "few": labels(enforce="privileged"),
    "kube-exempt": {},
}

GOOD = {"allowPrivilegeEscalation": False, "runAsNonRoot": True, "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"}}


def pod(name, security=None, owner=None, **spec):
    container = {"name": "c", "image": "registry.example.com/app:1"}
    if security is not None:
        container["securityContext"] = security
    metadata = {"name": name}
    if owner:
        metadata["ownerReferences"] = [
            {"apiVersion": "v1", "kind": "ConfigMap", "name": owner, "uid": owner, "controller": True}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container], **spec}}


# Owners are ConfigMaps of the same namespace, so that no controller removes their pods; uids are filled in.
PODS = {
    "pods": [
        pod("a-good", GOOD),
        pod("b-alone", {}),
        pod("c-privileged", {"privileged": True}),
        pod("d-first", {}, owner="owner-1"),
        pod("e-second", {}, owner="owner-1"),
        pod("f-third", {"privileged": True}, owner="owner-1"),
        pod("g-other", {}, owner="owner-2"),
        pod("h-host", GOOD, hostNetwork=True, hostPID=True),
        pod("i-host", GOOD, hostNetwork=True, hostPID=True),
        pod("j-sandboxed", {"privileged": True}, runtimeClassName="gvisor"),
    ],
    "few": [pod("only", {})],
}

HEAD = "apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n"
CONFIGS = {
    "none": HEAD,
    "exempt": HEAD + """exemptions:
  usernames: [alice, "system:serviceaccount:kube-system:replicaset-controller"]
  namespaces: [exempt, kube-exempt]
  runtimeClasses: [gvisor]
""",
    "strict": HEAD + """defaults:
  enforce: baseline
  enforce-version: v1.20
  audit: restricted
  warn: restricted
  warn-version: v1.22
exemptions:
  namespaces: [exempt]
  runtimeClasses: [gvisor]
""",
}
