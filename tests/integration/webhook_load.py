# SPDX-License-Identifier: Apache-2.0
"""Calls the webhook as an API server does: POST over kept connections, each now and then replaced by a new one.

webhook_load.py PORT BODY SECONDS CONNECTIONS RATE: prints "calls N failed M"; exit status 1 when any failed.
A call on a kept connection that the server closed before the first byte of the request was sent is not a failed one,
as it is none for Go's client; every other error is.
"""
import http.client
import json
import ssl
import sys
import threading
import time

port, body = int(sys.argv[1]), open(sys.argv[2], "rb").read()
seconds, connections, rate = float(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
context = ssl.create_default_context(cafile="ca.crt")
lock = threading.Lock()
calls, errors = 0, []
end = time.monotonic() + seconds


def closed(connection):
    """Whether the server ended a kept connection, as a client's reader would have noticed by now."""
    sock = connection.sock
    if sock is None:
        return True
    sock.settimeout(0)
    try:
        return sock.recv(1) == b""
    except (ssl.SSLWantReadError, BlockingIOError):
        return False
    except OSError:
        return True
    finally:
        if connection.sock:
            sock.settimeout(10)


def run(index):
    global calls
    connection, count = None, 0
    while time.monotonic() < end:
        uid = f"{index}-{count}"
        try:
            if connection is None or closed(connection) or count % 50 == 49:
                if connection:
                    connection.close()
                connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
                connection.connect()
            connection.request("POST", "/validate?timeout=5s", body.replace(b"11111111-2222-3333-4444-555555555555", uid.encode()),
                               {"Content-Type": "application/json"})
            response = connection.getresponse()
            text = response.read()
            answer = json.loads(text)["response"] if response.status == 200 else {}
            if answer.get("uid") != uid:
                raise ValueError(f"status {response.status}: {text[:100]!r}")
        except Exception as error:  # whatever it is, it is a failed call
            with lock:
                errors.append(f"{time.time():.3f} {uid}: {error!r}")
            connection = None
        count += 1
        with lock:
            calls += 1
        time.sleep(connections / rate)


threads = [threading.Thread(target=run, args=(i,)) for i in range(connections)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"calls {calls} failed {len(errors)}")
for error in errors[:100]:
    print(error)
sys.exit(1 if errors or not calls else 0)
