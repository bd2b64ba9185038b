#!/bin/bash
# fuzz.sh PROGRAMS [INPUTS]: every fuzz test of the test programs that lie there (build/release/tests), with so many inputs each; ten million when it is not said.
set -euo pipefail
programs=$1
export TOCSIN_FUZZ_INPUTS=${2:-10000000}
failed=0 targets=0
for program in "$programs"/*_test; do
  fuzz_tests=$("$program" --gtest_list_tests --gtest_filter='*Fuzz*.*' | grep -c '^  ' || true)
  [ "$fuzz_tests" -gt 0 ] || continue
  targets=$((targets + fuzz_tests))
  began=$SECONDS
  if "$program" --gtest_brief=1 --gtest_filter='*Fuzz*.*' >/tmp/tocsin-fuzz.$$ 2>&1; then
    echo "$(basename "$program"): $fuzz_tests targets, $TOCSIN_FUZZ_INPUTS inputs each, $((SECONDS - began)) s"
  else
    failed=1
    echo "$(basename "$program") FAILED" >&2
    tail -30 /tmp/tocsin-fuzz.$$ >&2
  fi
  rm -f /tmp/tocsin-fuzz.$$
done
echo "$targets fuzz targets"
exit $failed
