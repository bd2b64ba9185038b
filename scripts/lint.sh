#!/bin/bash
# lint.sh [FILE …]: clang-tidy over our sources, or those named, with the compile commands of the debug build.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -f build/debug/compile_commands.json ] || cmake --preset debug >/dev/null
tidy=$(command -v clang-tidy-16 || command -v clang-tidy) || { echo "clang-tidy is not installed (Debian: clang-tidy-16)" >&2; exit 1; }
[ $# -gt 0 ] || mapfile -t files < <(git ls-files 'src/*.cpp')
# clang 16 calls the standard c++2b, and with its concepts told as newer it sees std::expected in GCC 12's library
printf '%s\n' "${files[@]:-$@}" | xargs -r -n 4 -P "$(nproc)" "$tidy" --quiet -p build/debug --extra-arg=-std=c++2b --extra-arg=-U__cpp_concepts --extra-arg=-D__cpp_concepts=202002L \
  --extra-arg=-Wno-builtin-macro-redefined --extra-arg=-Wno-unknown-warning-option
