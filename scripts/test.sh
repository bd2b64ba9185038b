#!/bin/bash
# Everything CI runs: the release build with unit, story and integration tests and the demo once; then the units and the fuzzing under ASan and UBSan.
# QUICK=1 leaves out the sanitizers and the demo.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=$(nproc)
say() { printf '\n=== %s (%ss)\n' "$*" "$SECONDS"; }

say "release build"
scripts/build.sh release "$jobs"
say "unit, story and integration tests (release)"
ctest --test-dir build/release -LE long -j "$jobs" --output-on-failure
say "vectors of the protocols, by protocol"
ctest --test-dir build/release -R '^protocol_vectors$' --verbose | grep -o 'vectors [a-z0-9.-]*: .*'
[ -z "${QUICK:-}" ] || exit 0
say "the demo, once"
ONCE=1 scripts/demo.sh
say "address and undefined-behaviour sanitizers: build of the units and fuzzers"
scripts/build.sh asan "$jobs" unit_tests
say "address and undefined-behaviour sanitizers: units, fuzzing"
ctest --test-dir build/asan -L unit -j "$jobs" --output-on-failure
say "done"
