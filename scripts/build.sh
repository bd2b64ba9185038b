#!/bin/bash
# build.sh PRESET JOBS [TARGET …]: configures when needed, builds (everything when no target is named), and leaves build/tocsin and build/tocsin-agent as links to what was
# built last without a sanitizer.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1 jobs=${2:-2}
shift $(($# > 2 ? 2 : $#))
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >&2
cmake --build --preset "$preset" -j "$jobs" ${*:+--target "$@"}
case "$preset" in asan | tsan) exit 0 ;; esac
for program in tocsin tocsin-agent; do
  [ ! -x "build/$preset/$program" ] || ln -sfn "$preset/$program" "build/$program"
done
