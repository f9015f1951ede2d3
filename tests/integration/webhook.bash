# SPDX-License-Identifier: Apache-2.0
# Sourced by the webhook_* scripts: a running rampart-webhook with certificates of its own, and ways to call it.
# shellcheck shell=bash
# shellcheck source=tests/integration/lib.bash
. "${SOURCE_DIR:?run it through ctest}/tests/integration/lib.bash"
webhook=$BIN/rampart-webhook
[[ -x $webhook ]] || { echo "$webhook is not built"; exit 1; }
for tool in curl openssl; do
  command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
# libh2o keeps memory for each thread until the process ends.
export LSAN_OPTIONS=suppressions=$SOURCE_DIR/tests/integration/lsan.supp:print_suppressions=0
pid= api= # the webhook, and an API server of a test's
trap 'stop_hard; chmod -R u+rwX "$dir"; rm -rf "$dir" "$dir.out" "$dir.err"' EXIT

# certificate NAME [-days N ...]: NAME.crt and NAME.key, signed by ca.crt, for localhost and 127.0.0.1.
certificate() {
  local name=$1
  shift
  [[ -f ca.crt ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt \
    -days 30 -subj "/CN=test CA" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$name.key" -out "$name.csr" \
    -subj "/CN=$name" 2>/dev/null
  openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -out "$name.crt" -days 30 "$@" \
    -extfile <(printf 'subjectAltName=DNS:localhost,DNS:%s,IP:127.0.0.1' "$name") 2>/dev/null ||
    flaw "no certificate $name"
}

# start OPTION...: on ports of the kernel's choice, left in $port and $ops; logs in err.log, audit lines in audit.log.
start() {
  [[ -f serving.crt ]] || certificate serving
  [[ -d state ]] || { mkdir state; namespaces >state/namespaces.yaml; }
  local where=(--state state)
  [[ $* != *--kubeconfig* ]] || where=()
  : >err.log
  "$webhook" --listen 127.0.0.1:0 --metrics-listen 127.0.0.1:0 --tls-cert-file serving.crt \
    --tls-private-key-file serving.key "${where[@]}" --drain-delay 0 "$@" >audit.log 2>err.log </dev/null &
  pid=$!
  for ((i = 0; i < 200; i++)); do
    grep -q "info: serving" err.log && break
    kill -0 $pid 2>/dev/null || break
    sleep 0.05
  done
  port=$(sed -n 's/.*reviews on .*:\([0-9]*\), metrics .*/\1/p' err.log)
  ops=$(sed -n 's/.*metrics on 127.0.0.1:\([0-9]*\).*/\1/p' err.log)
  [[ -n $port && -n $ops ]] || { flaw "the webhook does not start: $(cat err.log)"; finish; }
  for ((i = 0; i < 100; i++)); do
    [[ $(timeout 5 curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$ops/readyz") == 200 ]] && return
    sleep 0.05
  done
  flaw "the webhook does not become ready: $(timeout 5 curl -s "http://127.0.0.1:$ops/readyz?verbose") $(cat err.log)"
}

worker() { pgrep -P "$pid" | head -n 1; }

# stop STATUS: SIGTERM, and the status that it exits with.
stop() {
  local expected=$1 status=0
  kill -TERM "$pid"
  wait "$pid" || status=$?
  pid=
  [[ $status == "$expected" ]] || flaw "the webhook exits with $status, expected $expected: $(tail -n 20 err.log)"
  ! grep -qE 'Sanitizer|runtime error' err.log || flaw "a sanitizer speaks: $(grep -A 20 -E 'Sanitizer|runtime error' err.log | head -n 30)"
}

stop_hard() {
  [[ -z $pid ]] || kill -KILL "$pid" 2>/dev/null
  [[ -z $api ]] || kill "$api" 2>/dev/null # it may be a timeout(1), which passes this signal on
}

# Kills the worker, and returns when another one serves.
crash() { # WHAT
  local i served
  served=$(grep -c "info: serving" err.log)
  kill -KILL "$(worker)"
  for ((i = 0; i < 200; i++)); do
    (($(grep -c "info: serving" err.log) > served)) && return
    sleep 0.02
  done
  flaw "$1: no worker after the crash: $(tail -n 5 err.log)"
  finish
}

write_kubeconfig() { # SERVER [KEY: VALUE of the user] [KEY: VALUE of the cluster]
  printf 'apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: "%s"%s}}]\nusers: [{name: u, user: {%s}}]\n' \
    "$1" "${3:+, $3}" "${2:-}"
}

# start_api GENERATION [silent]: tests/soak/apiserver.py, always at the same address, which the file kubeconfig names. Its
# namespace `turning` is restricted in odd generations, and privileged in even ones.
start_api() {
  : "${api_port:=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}"
  write_kubeconfig "https://127.0.0.1:$api_port" "token: t" "certificate-authority: ca.crt" >kubeconfig
  python3 "$SOURCE_DIR/tests/soak/apiserver.py" "$api_port" serving.crt serving.key "$@" 2>/dev/null &
  api=$!
}
stop_api() {
  kill -KILL "$api"
  wait "$api" 2>/dev/null
  api=
}

namespaces() {
  local level
  for level in privileged baseline restricted; do
    printf 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: %s\n  labels: {pod-security.kubernetes.io/enforce: %s}\n---\n' \
      $level $level
  done
}

# review NAMESPACE SPEC [UID]: an AdmissionReview that creates a pod.
review() {
  printf '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"%s","kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},"name":"p","namespace":"%s","operation":"CREATE","userInfo":{"username":"alice","groups":["dev"]},"object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","namespace":"%s"},"spec":%s}}}' \
    "${3:-11111111-2222-3333-4444-555555555555}" "$1" "$1" "$2"
}
good_spec='{"containers":[{"name":"app","image":"app:1"}]}'
bad_spec='{"hostNetwork":true,"containers":[{"name":"app","image":"app:1"}]}'

# call [CURL OPTION...]: status in $code, body in the file body.
call() {
  code=$(timeout -s KILL 30 curl -s --cacert ca.crt -o body -w '%{http_code}' "$@") || true
}
post() { # FILE [CURL OPTION...]
  local file=$1
  shift
  call -X POST -H 'Content-Type: application/json' --data-binary "@$file" "https://127.0.0.1:$port/validate" "$@"
}
expect() { # WHAT STATUS [TEXT]
  [[ $code == "$2" ]] || flaw "$1: HTTP status $code, expected $2: $(head -c 300 body)"
  [[ -z ${3:-} ]] || grep -qF -- "$3" body || flaw "$1: the body lacks '$3': $(head -c 300 body)"
}
metric() { # NAME WITH LABELS: its value, or nothing
  timeout 5 curl -s "http://127.0.0.1:$ops/metrics" | awk -v name="$1" 'index($0, name " ") == 1 { print $NF }'
}
