#!/bin/bash
# build.sh PRESET JOBS: configures when needed, builds, and leaves build/tocsin and build/tocsin-agent as links to the last build.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1 jobs=${2:-2}
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >"/dev/stderr"
cmake --build --preset "$preset" -j "$jobs"
for program in tocsin tocsin-agent; do
  [ ! -x "build/$preset/$program" ] || ln -sfn "$preset/$program" "build/$program"
done
