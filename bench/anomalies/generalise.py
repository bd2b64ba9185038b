#!/usr/bin/env python3
"""How much of a benchmark's score is luck: replays a folder of labelled series as they are and changed in ways that should not matter.

usage: generalise.py BENCHMARK_FOLDER TOCSIN      the folder holds series/, windows.json and score.py; TOCSIN is the program
"""
import csv
import pathlib
import random
import subprocess
import sys
import tempfile

CHANGES = {
    "as they are": lambda values, rng: values,
    "upside down": lambda values, rng: [-value for value in values],
    "in other units": lambda values, rng: [value * 1000 + 7 for value in values],
    "with some noise": lambda values, rng: noisy(values, 0.3 * typical_step(values), rng),
}


def typical_step(values):
    steps = sorted(abs(b - a) for a, b in zip(values, values[1:]))
    return steps[len(steps) // 2]


def noisy(values, size, rng):
    return [value + size * rng.gauss(0, 1) for value in values]


def replay(benchmark, tocsin, change):
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        rng = random.Random(7)
        for path in sorted((benchmark / "series").glob("*/*.csv")):
            rows = list(csv.reader(open(path)))
            values = change([float(row[1]) for row in rows[1:]], rng)
            name = path.relative_to(benchmark / "series")
            (scratch / "out" / name.parent).mkdir(parents=True, exist_ok=True)
            source = scratch / "in.csv"
            with open(source, "w") as file:
                file.write("timestamp,value\n" + "".join(f"{row[0]},{value!r}\n" for row, value in zip(rows[1:], values)))
            subprocess.run([tocsin, "replay", "anomaly", "--input", source, "--output", scratch / "out" / name], check=True)
        score = subprocess.run([sys.executable, benchmark / "score.py", scratch / "out", "0.5"], check=True, capture_output=True, text=True)
        return [line.split()[1] for line in score.stdout.splitlines()[:3]]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for name, change in CHANGES.items():
        standard, low_fp, low_fn = replay(pathlib.Path(sys.argv[1]), sys.argv[2], change)
        print(f"{name:18s} standard {standard}  low_fp {low_fp}  low_fn {low_fn}", flush=True)
