# SPDX-License-Identifier: Apache-2.0
"""As much of an API server as rampart-webhook watches: namespaces and pods, list and watch, over TLS. It is a process
of its own so that SIGKILL drops its connections as a crash does. apiserver.py PORT CERTIFICATE KEY GENERATION [silent]:
a silent one says nothing in a watch."""
import http.server
import json
import ssl
import sys
import time

from api import ENFORCE, OTHERS, PODS, level_of_turning

PORT, CERTIFICATE, KEY, GENERATION = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
SILENT = sys.argv[5:] == ["silent"]
BOOKMARK_EVERY_S = 1


def version():
    return str(int(time.time() * 1000))


def namespace(name, level):
    labels = {"kubernetes.io/metadata.name": name, ENFORCE: level}
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
            "metadata": {"name": name, "labels": labels, "resourceVersion": version()}}


def namespaces():
    return [namespace("restricted", "restricted"), namespace("open", "privileged"),
            namespace("turning", level_of_turning(GENERATION))] + [namespace(f"other-{i}", "baseline") for i in range(OTHERS)]


def pods(name):
    return [{"metadata": {"name": f"old-{i}", "namespace": name}, "spec": {"hostNetwork": True, "containers": [
        {"name": "c", "image": "x"}]}} for i in range(PODS)]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together, and neither waits 40 ms for an acknowledgement
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def chunk(self, value):
        line = json.dumps(value).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))

    def watch(self):
        """First what a client may have missed, then bookmarks and a busy namespace until one side dies."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        while SILENT:
            time.sleep(BOOKMARK_EVERY_S)
        for item in namespaces()[:3]:
            self.chunk({"type": "MODIFIED", "object": item})
        while True:
            self.chunk({"type": "MODIFIED", "object": namespace("other-0", "baseline")})
            self.chunk({"type": "BOOKMARK", "object": {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
                                                       "metadata": {"resourceVersion": version()}}})
            self.wfile.flush()
            time.sleep(BOOKMARK_EVERY_S)

    def do_GET(self):
        if not self.headers.get("User-Agent", "").startswith("rampart-webhook/"):
            self.answer({"kind": "Status", "code": 400, "message": "a User-Agent is expected"}, 400)
            return
        path, _, query = self.path.partition("?")
        parts = path.strip("/").split("/")
        if path == "/version":
            self.answer({"major": "1", "minor": "36", "gitVersion": "v1.36.0"})
        elif parts == ["api", "v1", "namespaces"] and "watch=1" in query:
            self.watch()
        elif parts == ["api", "v1", "namespaces"]:
            self.answer({"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                         "metadata": {"resourceVersion": version()}, "items": namespaces()})
        elif parts[:3] == ["api", "v1", "namespaces"] and parts[4:] == ["pods"]:
            self.answer({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": pods(parts[3])})
        elif parts[:3] == ["api", "v1", "namespaces"] and len(parts) == 4:
            found = [n for n in namespaces() if n["metadata"]["name"] == parts[3]]
            self.answer(found[0]) if found else self.answer(
                {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404,
                 "message": f'namespaces "{parts[3]}" not found'}, 404)
        else:
            self.answer({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404, "message": path}, 404)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", PORT), Handler)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(CERTIFICATE, KEY)

    def finish_request(self, request, client_address):
        """The handshake is here, on the connection's own thread, so that a silent client stops nobody."""
        request.settimeout(30)
        super().finish_request(self.context.wrap_socket(request, server_side=True), client_address)

    def handle_error(self, request, client_address):
        pass  # clients are killed on purpose


Server().serve_forever()
