#!/bin/bash
# compare_builds.sh [JOBS]: builds the two programs twice, in two folders of different names, without a compiler cache, and compares them byte by byte. Takes two cold builds.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd) jobs=${1:-$(nproc)}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$project" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH CCACHE_DISABLE=1
for name in one quite-another-folder; do
  git -C "$project" worktree list >/dev/null 2>&1 && git -C "$project" archive HEAD | (mkdir -p "$scratch/$name" && tar -x -C "$scratch/$name")
  (cd "$scratch/$name" && cmake --preset release >cmake.log && cmake --build --preset release -j"$jobs" --target tocsin tocsin-agent >build.log)
done
different=0
for program in tocsin tocsin-agent; do
  for name in one quite-another-folder; do
    cp "$scratch/$name/build/release/$program" "$scratch/$name.$program"
    strip --strip-unneeded "$scratch/$name.$program"
  done
  if cmp -s "$scratch/one.$program" "$scratch/quite-another-folder.$program"; then
    echo "$program: the same bytes, $(sha256sum <"$scratch/one.$program" | cut -c1-64)"
  else
    echo "$program: different bytes" >&2
    different=1
  fi
done
exit $different
