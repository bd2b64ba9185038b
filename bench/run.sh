#!/bin/bash
# Builds the benchmarks and runs each beside its peer, one after another; each prints its figures and docs/performance/LEAF.md says what they mean.
# usage: run.sh [NAME …]    wire http storage events patterns alarms anomalies logs server demo (all when none is named)
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
scripts/build.sh release "$(nproc)" tocsin tocsin-agent wire_bench bench_http_echo storage_bench events_bench patterns_bench alarms_bench anomalies_bench logs_bench
for name in ${@:-wire http storage events patterns alarms anomalies logs server demo}; do
  printf '\n=== %s\n' "$name"
  case $name in
    http) python3 bench/http/run.py build/release/bench_http_echo ;;
    server) python3 bench/server/server_figures.py build/release/tocsin ;;
    demo) python3 bench/server/demo_memory.py ;;
    *) "build/release/bench/${name}_bench" "$scratch" ;;
  esac
done
