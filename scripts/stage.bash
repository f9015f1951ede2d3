# SPDX-License-Identifier: Apache-2.0
# Sourced by .ci/run and scripts/nightly, in the top folder: stages with a time budget each (seconds). Over budget is said,
# a failed stage does not hide the next, what was skipped is counted; finish prints "N passed, N failed, N skipped".
# shellcheck shell=bash
passed=0 failed=0 skipped=0 report=()

stage() { # NAME BUDGET COMMAND...
  local name=$1 budget=$2 start=$SECONDS log status=0 line took said=ok
  shift 2
  log=build/ci-$name.log
  echo "=== $name: $*"
  timeout -s KILL $((budget * 3)) "$@" >"$log" 2>&1 </dev/null || status=$?
  took=$((SECONDS - start))
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -n 1)
  grep -E '^(# )?skipped: |^Left out' "$log" | sort -u
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + ${BASH_REMATCH[4]:-0}))
    ((status == 0 || BASH_REMATCH[2] > 0)) || failed=$((failed + 1))
  elif ((status == 77)); then
    skipped=$((skipped + 1))
  elif ((status == 0)); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
  if ((status != 0 && status != 77)); then
    echo "--- $name failed with status $status; the end of $log:"
    tail -n 60 "$log"
  fi
  ((took <= budget)) || echo "--- $name took $took s, its budget is $budget s"
  case $status in
    0) ;;
    77) said=skipped ;;
    *) said="status $status" ;;
  esac
  report+=("$(printf '%-20s %5d s of %5d  %s' "$name" "$took" "$budget" "$said")")
}

finish() {
  echo
  printf '%s\n' "${report[@]}"
  echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0))
}
