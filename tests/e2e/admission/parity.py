#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends the same reviews to Kubernetes' own Pod Security webhook and to rampart, and demands the same answers and the
same counters: from the decision alone (--driver), and from rampart-webhook over TLS (--webhook), there also from
eight clients at once.

  parity.py --reference PSA_WEBHOOK [--driver DRIVER] [--webhook RAMPART_WEBHOOK] [--count N] [--seed S] [--damage X]
            [--shared DIR] [--record FILE]

KUBECONFIG names a cluster without the PodSecurity and ServiceAccount plugins; namespaces and pods are created in it."""

import argparse
import collections
import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import cases
import reviews
import world

PORT = 19443


def kubectl(*args, stdin=None):
    p = subprocess.run(["kubectl", *args], input=stdin, capture_output=True, text=True)
    if p.returncode:
        sys.exit("kubectl %s: %s" % (" ".join(args), p.stderr))
    return p.stdout


def create(objects):
    kubectl("create", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))


def fill_cluster():
    kubectl("delete", "ns", "--ignore-not-found", "--wait=false", *world.NAMESPACES)
    create([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": n, "labels": l}} for n, l in world.NAMESPACES.items()])
    create([{"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "gvisor"}, "handler": "gvisor"}])
    for ns, pods in world.PODS.items():
        uids = {}
        for owner in sorted({o["name"] for p in pods for o in p["metadata"].get("ownerReferences", [])}):
            out = kubectl("create", "configmap", owner, "-n", ns, "-o", "json")
            uids[owner] = json.loads(out)["metadata"]["uid"]
        for p in json.loads(json.dumps(pods)):
            p["metadata"]["namespace"] = ns
            for o in p["metadata"].get("ownerReferences", []):
                o["uid"] = uids[o["name"]]
            create([p])


def dump_cluster():
    """The same, as rampart's informer and lists would see it."""
    namespaces = json.loads(kubectl("get", "--raw", "/api/v1/namespaces"))["items"]
    for ns in namespaces:
        ns["metadata"].pop("managedFields", None)
    pods = {ns: json.loads(kubectl("get", "--raw", "/api/v1/namespaces/%s/pods" % ns))["items"] for ns in world.PODS}
    keep = ("name", "ownerReferences")
    return {
        "namespaces": [{"metadata": {k: ns["metadata"].get(k) or {} for k in ("name", "labels")}} for ns in namespaces],
        "pods": {ns: [{"metadata": {k: p["metadata"][k] for k in keep if k in p["metadata"]}, "spec": p["spec"]} for p in items]
                 for ns, items in pods.items()}}


class Webhook:
    """One that runs, and one keep-alive connection to it."""

    def __init__(self, command, port, ready, log):
        self.log = open(log, "w")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.port = port
        self.tls = ssl._create_unverified_context()
        self.connection = None
        for _ in range(100):
            try:
                if ready(self) == 200:
                    return
            except OSError:
                pass
            time.sleep(.1)
        sys.exit("%s does not get ready: %s" % (command[0], open(log).read()))

    def request(self, method, path, body=None):
        if not self.connection:
            self.connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.tls, timeout=20)
        try:
            self.connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = self.connection.getresponse()
            return answer.status, answer.read().decode()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            self.connection = None
            raise

    def judge(self, suffix, body):
        try:
            return self.request("POST", self.path + suffix, body.encode())
        except http.client.HTTPException:
            return 0, "panic"

    def metrics(self):
        values = [line.rsplit(" ", 1) for line in self.metrics_text().splitlines() if line.startswith("pod_security_")]
        return {k: int(float(v)) for k, v in values if float(v)}

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


class Reference(Webhook):
    """The Go webhook. One connection, one request at a time: under concurrency it mixes up uids."""
    path = "/"

    def __init__(self, binary, config, folder):
        super().__init__(
            [binary, "--config", config, "--kubeconfig", os.environ["KUBECONFIG"], "--tls-cert-file", folder + "/cert.pem",
             "--tls-private-key-file", folder + "/key.pem", "--secure-port", str(PORT), "--bind-address", "127.0.0.1",
             "--client-qps-limit", "10000", "--client-qps-burst", "10000"],
            PORT, lambda w: w.request("GET", "/readyz")[0], folder + "/reference.log")

    def metrics_text(self):
        return self.request("GET", "/metrics")[1]


class Rampart(Webhook):
    path = "/validate"

    def __init__(self, binary, config, folder):
        super().__init__(
            [binary, "--pod-security-config", config, "--kubeconfig", os.environ["KUBECONFIG"], "--tls-cert-file", folder + "/cert.pem",
             "--tls-private-key-file", folder + "/key.pem", "--listen", "127.0.0.1:%d" % (PORT + 1), "--metrics-listen",
             "127.0.0.1:%d" % (PORT + 2), "--kubernetes-version", "v1.37"],
            PORT + 1, lambda w: w.plain("/readyz")[0], folder + "/rampart.log")

    def plain(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", PORT + 2, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def metrics_text(self):
        return self.plain("/metrics")[1]

    def metrics(self):
        """The reference build knows no version of its own, so it calls every v1.N `future`."""
        summed = collections.Counter()
        for key, value in super().metrics().items():
            summed[re.sub(r'policy_version="v1\.\d+"', 'policy_version="future"', key)] += value
        return dict(summed)

    def uids_of_others(self, stream, clients=8):
        """How many answers carry another request's uid when several clients ask at once."""
        right = []

        def ask(part):
            mine = object.__new__(Rampart)
            mine.port, mine.tls, mine.connection = self.port, self.tls, None
            for suffix, body in part:
                status, answer = mine.judge(suffix, body)
                if status == 400 or json.loads(answer)["response"]["uid"] == (json.loads(body.lstrip("\ufeff"))["request"].get("uid") or ""):
                    right.append(body)

        threads = [threading.Thread(target=ask, args=(stream[i::clients],)) for i in range(clients)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        return len(stream) - len(right)


def milliseconds(suffix):
    m = re.fullmatch(r"\?timeout=(-?\d+)s", suffix)
    if not m:
        return -1
    return max(int(m.group(1)) * 1000, 0)


def ours(driver, world_file, config, stream):
    lines = "".join("%d %s\n" % (milliseconds(s), b.replace("\n", " ")) for s, b in stream)
    p = subprocess.run([driver, world_file, config, "0"], input=lines.encode(), capture_output=True)
    if p.returncode:
        sys.exit("driver: %d: %s" % (p.returncode, p.stderr.decode()))
    out = p.stdout.decode().splitlines()
    answers = [line.split(" ", 1) for line in out[:-1]]
    return [(int(s), b) for s, b in answers], json.loads(out[-1])


DECODE = re.compile(r"^(failed to decode (?: ?old )?object: ).*", re.S)


def normal(status, body):
    """What must be equal: the response but for the words of a decoder."""
    if status != 200:
        return status, body.strip()
    response = json.loads(body)["response"]
    annotations = response.get("auditAnnotations") or {}
    if "error" in annotations:
        annotations["error"] = DECODE.sub(r"\1", annotations["error"])
    return status, response


def acceptable(theirs, mine):
    if theirs[0] == 0:  # they panicked: ours has to answer
        return mine[0] == 400 or (mine[0] == 200 and mine[1]["allowed"])
    return theirs == mine


def compare(name, stream, theirs, mine, limit=15):
    bad = 0
    kinds = collections.Counter()
    for (suffix, body), t, m in zip(stream, theirs, mine):
        t, m = normal(*t), normal(*m)
        kinds[t[0] if t[0] != 200 else (t[1].get("status", {}).get("code", "allowed") if not t[1]["allowed"] else "allowed")] += 1
        if acceptable(t, m):
            continue
        bad += 1
        if bad <= limit:
            print("%s: DIFFERENT %s\n  review: %s\n  theirs: %s\n  ours:   %s" % (name, suffix, body[:6000], t, m))
    print("%s: %d reviews, %d different; %s" % (name, len(stream), bad, dict(kinds)))
    return bad


def compare_metrics(name, theirs, mine):
    bad = 0
    for key in sorted(set(theirs) | set(mine)):
        if theirs.get(key, 0) != mine.get(key, 0):
            bad += 1
            print("%s: %s: theirs %d, ours %d" % (name, key, theirs.get(key, 0), mine.get(key, 0)))
    print("%s: %d counters, %d different" % (name, len(theirs), bad))
    return bad


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--reference", required=True)
    a.add_argument("--driver", help="driver_admission: the decision without a server")
    a.add_argument("--webhook", help="rampart-webhook")
    a.add_argument("--count", type=int, default=20000)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--shared", default=os.environ.get("SHARED"))
    a.add_argument("--damage", type=float, default=1, help="how much more often than usual objects hold wrong types")
    a.add_argument("--record", help="write what the reference says to the hand-made cases here, and do nothing else")
    a.add_argument("--save", help="keep reviews and the reference's answers here")
    a = a.parse_args()
    folder = tempfile.mkdtemp()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-keyout", folder + "/key.pem", "-out", folder + "/cert.pem"], check=True, capture_output=True)
    fill_cluster()
    cluster = dump_cluster()
    world_file = os.path.join(folder, "cluster.json")
    with open(world_file, "w") as f:
        json.dump(cluster, f)
    generator = reviews.Generator(a.seed, a.shared, a.damage)
    bad, recorded = 0, []
    for name, config in world.CONFIGS.items():
        config_file = os.path.join(folder, name + ".yaml")
        with open(config_file, "w") as f:
            f.write(config)
        hand = [c for c in cases.CASES if c["config"] == name]
        stream = [(c.get("suffix", ""), cases.body(c)) for c in hand]
        if not a.record:
            stream += [generator.next() for _ in range(a.count // len(world.CONFIGS))]
        reference = Reference(a.reference, config_file, folder)
        before = reference.metrics()
        theirs, deltas = [], []
        for s, b in stream:
            theirs.append(reference.judge(s, b))
            if a.record:
                now = reference.metrics()
                deltas.append({k: v - before.get(k, 0) for k, v in now.items() if v != before.get(k, 0)})
                before = now
        counters = reference.metrics()
        reference.stop()
        if a.record:
            recorded += [dict(c, status=t[0], answer=normal(*t)[1] if t[0] else None, metrics=d) for c, t, d in zip(hand, theirs, deltas)]
            continue
        if a.save:
            with open("%s-%s.json" % (a.save, name), "w") as f:
                json.dump({"stream": stream, "theirs": theirs, "metrics": counters}, f)
        if a.driver:
            mine, my_counters = ours(a.driver, world_file, config_file, stream)
            bad += compare(name + ", decision", stream, theirs, mine)
            bad += compare_metrics(name + ", decision", counters, my_counters)
        if a.webhook:
            rampart = Rampart(a.webhook, config_file, folder)
            mine = [rampart.judge(s, b) for s, b in stream]
            bad += compare(name + ", webhook", stream, theirs, mine)
            bad += compare_metrics(name + ", webhook", counters, rampart.metrics())
            wrong = rampart.uids_of_others(stream)
            print("%s, webhook: %d answers of %d carry another's uid, with 8 clients" % (name, wrong, len(stream)))
            bad += wrong
            rampart.stop()
    if a.save:
        shutil.copy(world_file, a.save + "-cluster.json")
    if a.record:
        with open(a.record, "w") as f:
            json.dump({"cluster": cluster, "configs": world.CONFIGS, "cases": recorded}, f, indent=1, sort_keys=True, ensure_ascii=False)
            f.write("\n")
    shutil.rmtree(folder)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
