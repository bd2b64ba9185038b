#!/bin/bash
# What takes longer than CI allows: kill campaigns, power cuts at a thousand moments, weeks of faults, fuzzing, thread sanitizer, the demo under its variations.
# FUZZ_INPUTS=N tries so many inputs a target instead of ten million.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=$(nproc)
scripts/build.sh release "$jobs"
TOCSIN_LONG=1 ctest --test-dir build/release -L long --output-on-failure
# the whole server in virtual time: power cuts in the midst of outages, weeks with faults, clocks that are set, a day of load
for stories in scenarios_test simulation_durable_parts_test storage_conformance_test; do TOCSIN_LONG=1 "build/release/tests/$stories"; done
scripts/fuzz.sh build/release/tests "${FUZZ_INPUTS:-10000000}"
# the demo's variations: each kind of fault, the fault in another service and under another name, kills at seeded moments, ten minutes without a fault
FAULT_SERVICE=checkout SHOP_POOL_PARAMETER_CHECKOUT=/renamed/tuning/checkout-connections ONCE=1 scripts/demo.sh
FAULT_SERVICE=catalog ONCE=1 scripts/demo.sh
# where no network namespaces can be made
DEMO_PLAIN=1 ONCE=1 scripts/demo.sh
KILLS=10 SEED="${SEED:-1}" ONCE=1 scripts/demo.sh
for fault in crash slow-dependency disk-full memory-leak; do FAULT=$fault ONCE=1 scripts/demo.sh; done
CALM_MINUTES=10 ONCE=1 scripts/demo.sh
scripts/build.sh tsan "$jobs"
ctest --test-dir build/tsan -LE 'integration' -j "$jobs" --output-on-failure
