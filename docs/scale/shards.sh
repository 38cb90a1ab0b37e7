#!/usr/bin/env bash
# Shares one run among processes on this machine, one for each target file, and puts the parts together.
# Every target file must lead to a copy of the system of its own: parts that meet at one system disturb each other.
# Fails closed, as `merge` does: a part that is missing or does not fit ends it.
#
#   OUT=reports/merged docs/scale/shards.sh first.yaml second.yaml third.yaml
set -euo pipefail

binary="${TOETSSTEEN:-toetssteen}"
out="${OUT:-reports/merged}"
parts="${PARTS:-$out.parts}"

stop() {
  printf 'stopped: %s\n' "$1" >&2
  exit 2
}

[ "$#" -gt 0 ] || stop "no target file was given"
command -v "$binary" >/dev/null 2>&1 || stop "there is no $binary"
[ ! -e "$parts" ] || stop "$parts exists already: old parts must not pass for new ones"
mkdir -p "$parts"

running=()
index=0
for target in "$@"; do
  index=$((index + 1))
  "$binary" run --target "$target" --shard "$index/$#" --out "$parts/$index" >"$parts/$index.log" 2>&1 &
  running+=("$!")
done
# What each part concludes is said by the whole; here it only matters that all have ended.
for process in "${running[@]}"; do
  wait "$process" || true
done

folders=()
for ((index = 1; index <= $#; index++)); do
  [ -s "$parts/$index/report.json" ] || { cat "$parts/$index.log" >&2; stop "part $index left no report"; }
  folders+=("$parts/$index")
done
exec "$binary" merge "${folders[@]}" --out "$out"
