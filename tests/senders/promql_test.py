#!/usr/bin/env python3
"""promql_test.py TELEMETRY_PROMQL_TEST COUNT [SEED]: asks a stock Prometheus queries at random, and has our evaluator give the same numbers. The seed changes by the day."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

RECORDER = pathlib.Path(__file__).parents[2] / "src/telemetry/promql/testdata/record_answers.py"

if not shutil.which("prometheus") or not shutil.which("promtool"):
    print("there is no prometheus here")
    sys.exit(77)
seed = sys.argv[3] if len(sys.argv) > 3 else str(int(time.time()) // 86_400)
print("seed", seed, flush=True)
with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.executable, "-B", RECORDER, folder, sys.argv[2], seed], check=True)
    sys.exit(subprocess.run([sys.argv[1], "--gtest_filter=*StockPrometheus*"], env=os.environ | {"TOCSIN_PROMQL_ANSWERS": folder}).returncode)
