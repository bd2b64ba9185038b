#!/bin/bash
# What takes longer than CI allows: tests labelled long, thread sanitizer, the demo under its variations.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=$(nproc)
scripts/build.sh release "$jobs"
TOCSIN_LONG=1 ctest --test-dir build/release -L long --output-on-failure
scripts/build.sh tsan "$jobs"
TOCSIN_LONG=1 ctest --test-dir build/tsan -LE 'integration' -j "$jobs" --output-on-failure
