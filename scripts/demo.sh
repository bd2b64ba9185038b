#!/bin/bash
# Makes the demo's Python environment (once) and runs it; see examples/demo/demo.py for what can be set.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${DEMO_VENV:-.cache/demo-venv}
wanted=$(sha256sum examples/shop/requirements.txt)
if [ "$(cat "$venv/.wanted" 2>/dev/null)" != "$wanted" ]; then
  echo "installing the shop's Python packages" >&2
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install -q --disable-pip-version-check -r examples/shop/requirements.txt
  echo "$wanted" > "$venv/.wanted"
fi
export DEMO_PROGRAMS=${DEMO_PROGRAMS:-$PWD/build}
exec "$venv/bin/python" examples/demo/demo.py
