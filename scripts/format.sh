#!/bin/bash
# clang-format over our sources; CHECK=1 only tells.
set -euo pipefail
cd "$(dirname "$0")/.."
format=$(command -v clang-format-16 || command -v clang-format)
git ls-files '*.cpp' '*.h' | xargs -r -n 40 "$format" ${CHECK:+--dry-run --Werror} -i
