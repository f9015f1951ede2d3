# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts of this folder: a directory of their own, and checks that say what they expected.
# shellcheck shell=bash
set -uo pipefail
rampart=$BIN/rampart
[[ -x $rampart ]] || { echo "$rampart is not built"; exit 1; }
dir=$(mktemp -d)
trap 'chmod -R u+rwX "$dir"; rm -rf "$dir"' EXIT
cd "$dir" || exit
export LC_ALL=C
unset NO_COLOR COLUMNS
failed=0

flaw() {
  echo "FAILED: $*"
  failed=$((failed + 1))
}

# run STATUS COMMAND...: output goes to the files out and err beside $dir, the status is compared.
run() {
  local expected=$1 status=0
  shift
  timeout -s KILL 60 "$@" >"$dir.out" 2>"$dir.err" </dev/null || status=$?
  [[ $status == "$expected" ]] || flaw "status $status, expected $expected: $*: $(head -c 400 "$dir.err")"
}

out_has() { grep -qF -- "$1" "$dir.out" || flaw "standard output lacks '$1': $(head -c 400 "$dir.out")"; }
err_has() { grep -qF -- "$1" "$dir.err" || flaw "standard error lacks '$1': $(head -c 400 "$dir.err")"; }
err_empty() { [[ ! -s $dir.err ]] || flaw "standard error is not empty: $(head -c 400 "$dir.err")"; }
out_empty() { [[ ! -s $dir.out ]] || flaw "standard output is not empty: $(head -c 400 "$dir.out")"; }

# json EXPRESSION: Python over the report j in the last output; must be true.
json() {
  python3 -c 'import json, sys; j = json.load(open(sys.argv[1], encoding="utf-8")); sys.exit(0 if eval(sys.argv[2]) else 1)' \
    "$dir.out" "$1" || flaw "not so of the JSON report: $1: $(head -c 600 "$dir.out")"
}

good_pod() {
  cat <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: good, namespace: shop}
spec:
  automountServiceAccountToken: false
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: app
    image: registry.example.com/app:1.2.3
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL]}
    resources: {limits: {cpu: 100m, memory: 64Mi}, requests: {cpu: 100m, memory: 64Mi}}
YAML
}

bad_pod() { printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec:\n  hostNetwork: true\n  containers: [{name: app, image: nginx}]\n'; }

finish() {
  rm -f "$dir.out" "$dir.err"
  ((failed == 0)) || { echo "$failed checks failed"; exit 1; }
}
