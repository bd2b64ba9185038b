#!/bin/bash
# clang-tidy over our sources, with the compile commands of the debug build.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -f build/debug/compile_commands.json ] || cmake --preset debug >/dev/null
tidy=$(command -v clang-tidy-16 || command -v clang-tidy)
# the two extra arguments let clang see std::expected in GCC 12's library
git ls-files 'src/*.cpp' | xargs -r -n 8 -P "$(nproc)" "$tidy" --quiet -p build/debug --extra-arg=-D__cpp_concepts=202002L --extra-arg=-Wno-builtin-macro-redefined
