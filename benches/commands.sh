#!/usr/bin/env bash
# Times whole commands with hyperfine, and takes their peak memory: what docs/performance.md tells.
# It measures and judges nothing. Run it on a quiet machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

need() {
  command -v "$1" >/dev/null 2>&1 || { printf 'error: %s is missing: %s\n' "$1" "$2" >&2; exit 1; }
}
need hyperfine "install the package hyperfine"
need /usr/bin/time "install the package time"

cargo build --release
bin="$PWD/target/release/toetssteen"
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT

printf '%s\n' "$(uname -sm), $(nproc) cores"
printf 'binary: %s bytes\n' "$(stat -c %s "$bin")"

# A catalogue with 2,000 cases more, copies of its own.
cp -r profiles testcases "$out/"
number=0
while [ "$number" -lt 2000 ]; do
  for case in testcases/*/*.yaml; do
    case "$case" in */defects.yaml | testcases/cast/* | testcases/requests/*) continue ;; esac
    [ "$number" -lt 2000 ] || break
    cp "$case" "$out/${case%.yaml}-copy-$number.yaml"
    number=$((number + 1))
  done
done
"$bin" demo --seed 1 --out "$out/run" >/dev/null 2>&1

hyperfine --style basic --warmup 2 --shell none "$bin --version" "$bin list" "$bin lint"
hyperfine --style basic --runs 5 --shell none "$bin --catalogue $out lint"
hyperfine --style basic --runs 5 --shell none "$bin rejudge $out/run"
hyperfine --style basic --runs 5 --prepare "rm -rf $out/again" --shell none "$bin demo --seed 1 --out $out/again"
hyperfine --style basic --runs 1 --shell none "$bin prove --no-impostors --rounds 2 --jobs 6"

for command in "--catalogue $out lint" "rejudge $out/run" "demo --seed 1 --out $out/memory" "prove --no-impostors --rounds 2 --jobs 6"; do
  # shellcheck disable=SC2086  # the words of the command
  /usr/bin/time -f "%M KiB at most: ${command//$out\//}" "$bin" $command >/dev/null 2>"$out/said"
  tail -n 1 "$out/said"
done

# 500 reports of products that differ: in name, and in the outcome of every so many lines.
mkdir "$out/many"
for number in $(seq 500); do
  sed -e "s/\"name\": \"reference\"/\"name\": \"product $number\"/" -e "0~$((number + 60))s/\"outcome\": \"pass\"/\"outcome\": \"fail\"/" \
    "$out/run/report.json" >"$out/many/$number.json"
done
printf '500 reports of %s bytes\n' "$(stat -c %s "$out/run/report.json")"
/usr/bin/time -f "compare: %e s by the clock, %U s of processor time, %M KiB at most" \
  "$bin" compare "$out"/many/*.json --out "$out/compared" >/dev/null 2>"$out/said"
tail -n 1 "$out/said"
ls -l "$out/compared"
