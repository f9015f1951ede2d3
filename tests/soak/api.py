# SPDX-License-Identifier: Apache-2.0
"""The API server under the soak: one of our own (apiserver.py), or a real one. Both are killed without warning, and both
give the namespace `turning` another level with each start, so that a stale snapshot gives a wrong verdict."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ENFORCE = "pod-security.kubernetes.io/enforce"
OTHERS, PODS = 500, 20


def level_of_turning(generation):
    return "restricted" if generation % 2 else "privileged"


class FakeApi:
    def __init__(self, folder, certificates, port):
        self.folder, self.port, self.generation, self.process = folder, port, 0, None
        self.kubeconfig = f"{folder}/kubeconfig"
        shutil.copy(f"{certificates.mount}/tls.crt", f"{folder}/api.crt")
        shutil.copy(f"{certificates.mount}/tls.key", f"{folder}/api.key")
        with open(self.kubeconfig, "w", encoding="ascii") as f:
            json.dump({"apiVersion": "v1", "kind": "Config", "current-context": "c",
                       "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
                       "users": [{"name": "u", "user": {"token": "t"}}],
                       "clusters": [{"name": "c", "cluster": {"server": f"https://127.0.0.1:{port}",
                                                              "certificate-authority": certificates.ca}}]}, f)

    def start(self):
        self.generation += 1
        self.process = subprocess.Popen([sys.executable, f"{HERE}/apiserver.py", str(self.port), f"{self.folder}/api.crt",
                                         f"{self.folder}/api.key", str(self.generation)], stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def wait(self):
        pass  # it is up within its two seconds

    def stop(self):
        if self.process:
            self.kill()


class RealApi:
    """Through the adapter that scripts/e2e describes, which has started it. `restart` kills and starts at once, so start
    only waits until the namespace can be turned."""

    def __init__(self, tool):
        self.tool, self.generation, self.running = tool, 0, []
        self.kubeconfig = os.environ["KUBECONFIG"]

    def create(self):
        def named(name, level):
            return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {ENFORCE: level}}}
        pods = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"old-{i}", "namespace": "open"},
                 "spec": {"hostNetwork": True, "containers": [{"name": "c", "image": "x"}]}} for i in range(PODS)]
        namespaces = [named("restricted", "restricted"), named("open", "privileged"),
                      named("turning", level_of_turning(1))] + [named(f"other-{i}", "baseline") for i in range(OTHERS)]
        for items in namespaces, pods:
            with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="ascii") as f:
                json.dump({"apiVersion": "v1", "kind": "List", "items": items}, f)
                f.flush()
                command = f"for i in $(seq 40); do kubectl apply -f {f.name} && exit; sleep 0.5; done; exit 1"
                subprocess.run(["bash", "-c", command], check=True, stdout=subprocess.DEVNULL)

    def start(self):
        self.generation += 1
        if self.generation == 1:
            self.create()
            return
        label = f"kubectl label --overwrite namespace turning {ENFORCE}={level_of_turning(self.generation)}"
        self.spawn(["bash", "-c", f"until {label}; do sleep 0.2; done"])

    def kill(self):
        self.spawn([self.tool, "restart", "kube-apiserver"])

    def wait(self):
        """Until it is up: on a busy machine a start takes longer than the pause between two kills, and one in fifty
        starts of an API server ends at once, for nothing here starts it again as a kubelet does."""
        command = "for i in $(seq 75); do kubectl get --raw /readyz --request-timeout=2s && exit; sleep 0.2; done; exit 1"
        for _ in range(4):
            if subprocess.run(["bash", "-c", command], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
                return
            print("    the API server did not come back: started again", flush=True)
            self.kill()
        raise SystemExit("the API server does not come back")

    def spawn(self, command):
        self.running = [p for p in self.running if p.poll() is None]
        self.running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def stop(self):
        for process in self.running:
            process.kill()
            process.wait()
