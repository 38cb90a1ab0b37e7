#!/usr/bin/env bash
# Runs Toetssteen in CI and fails closed: the job goes on only after exit code 0 and a report that follows from its
# recording. Copy it into your repository; TOETSSTEEN names the binary, TOETSSTEEN_TARGET the target file. With
# TOETSSTEEN_POLICY (and TOETSSTEEN_BASELINE, the report of an earlier run) a policy file decides instead of exit code 1 or 3;
# with TOETSSTEEN_ALLOW_EXEC the programs may be started that the target file names.
set -euo pipefail

binary="${TOETSSTEEN:-toetssteen}"
target="${TOETSSTEEN_TARGET:-toetssteen.yaml}"
out="${TOETSSTEEN_OUT:-reports/out}"
policy="${TOETSSTEEN_POLICY:-}"
baseline="${TOETSSTEEN_BASELINE:-}"
export CI=true

stop() {
  printf 'stopped: %s\n' "$1" >&2
  exit "${2:-1}"
}

decides() { [ -n "$policy" ]; }

command -v "$binary" >/dev/null 2>&1 || stop "there is no $binary: nothing was tested" 2
[ -s "$target" ] || stop "there is no target file $target: nothing was tested" 2
[ ! -e "$out" ] || stop "$out exists before the run: an old report must not pass for a new one" 2

# Whatever happens below, what an interrupted run left at the system under test goes again.
tidy() {
  local code=$?
  "$binary" clean --target "$target" --out "$out" || { [ "$code" -ne 0 ] || code=3; }
  exit "$code"
}
trap tidy EXIT

code=0
"$binary" run --target "$target" --out "$out" --report "junit=$out.junit.xml" --fail-on must \
  ${TOETSSTEEN_ALLOW_EXEC:+--allow-exec} || code=$?
case "$code" in
  0) ;;
  1) decides || stop "a MUST failed" 1 ;;
  2) stop "the target file, a secret or a certificate file is faulty" 2 ;;
  3) decides || stop "something selected was not judged" 3 ;;
  4) stop "Toetssteen itself failed" 4 ;;
  5) stop "nothing was selected, so nothing was tested" 5 ;;
  6) stop "a not-testable entry has expired or fits nothing" 6 ;;
  *) stop "the run ended with exit code $code" "$code" ;;
esac
[ -s "$out/report.json" ] || stop "the run ended well and left no report"
[ -s "$out.junit.xml" ] || stop "the run ended well and left no JUnit report"
again=0
"$binary" rejudge "$out" >/dev/null || again=$?
[ "$again" -eq "$code" ] || stop "the report does not follow from its recording"
if decides; then
  code=0
  "$binary" gate "$out" --policy "$policy" ${baseline:+--baseline "$baseline"} --report "markdown=$out.gate.md" || code=$?
  [ -s "$out.gate.md" ] || stop "the policy file, or the baseline, cannot be used" 2
  [ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat "$out.gate.md" >>"$GITHUB_STEP_SUMMARY"
  [ "$code" -eq 0 ] || stop "the policy is not satisfied" "$code"
fi
