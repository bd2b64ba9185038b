#!/usr/bin/env python3
"""How the anomaly score does on series that had no part in choosing its constants.

usage: leave_one_out.py BENCHMARK_FOLDER ANOMALIES_SEARCH [MADE_FOLDER]

For each group of series the constants are chosen anew among CONFIGURATIONS on all other groups, and the group is scored with the mean of the
eight that did best there; with MADE_FOLDER also with those that did best on made series alone (made_series.py). Then the fixed configuration,
and how far its score may be luck: the series drawn again with replacement, 2,000 times.
"""
import importlib.util
import itertools
import json
import pathlib
import random
import statistics
import subprocess
import sys

GRID = {"surprise_asked": [2.8, 3.0, 3.2, 3.4, 3.6], "asked_per_decade": [0.5, 0.75, 1.0, 1.25], "habituation_step": [0.2, 0.3, 0.4]}
CONFIGURATIONS = [""] + [" ".join(f"{key}={value}" for key, value in zip(GRID, values)) for values in itertools.product(*GRID.values())]
BEST = 8


class Benchmark:
    def __init__(self, folder, scorer):
        scorer.HERE = folder
        labelled = json.loads((folder / "windows.json").read_text())
        self.windows = {name: len(windows) for name, windows in labelled.items()}
        self.weighed = {name: scorer.weigh(name, windows) for name, windows in labelled.items()}

    def gain(self, name, anomalies, false_alarm=0.11, miss=1.0):
        total, earned = 0.0, {}
        for index in anomalies:
            weight, where = self.weighed[name][index]
            if where is None:
                total += weight * false_alarm
            elif where != "probation":
                earned[where] = max(earned.get(where, -miss), weight)
        return total + sum(miss + weight for weight in earned.values())

    def score(self, gains, names=None):
        names = names or list(gains)
        return 100 * sum(gains[name] for name in names) / sum(2 * self.windows[name] for name in names)


def gains_of(benchmark, folder, search):
    """For each configuration what each series earns."""
    run = subprocess.run([search, folder], input="\n".join(CONFIGURATIONS) + "\n", capture_output=True, text=True, check=True)
    found, gains = [], {}
    for line in run.stdout.splitlines():
        if line == "end":
            found.append(gains)
            gains = {}
        else:
            name, *anomalies = line.rsplit(".csv", 1)[0] + ".csv", *line.rsplit(".csv", 1)[1].split()
            gains[name] = benchmark.gain(name, [int(index) for index in anomalies])
    return found


def best_of(scores):
    return sorted(range(len(scores)), key=lambda i: -scores[i])[:BEST]


def main(folder, search, made_folder):
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    benchmark = Benchmark(folder, scorer)
    found = gains_of(benchmark, folder, search)
    made_best = []
    if made_folder:
        made = Benchmark(made_folder, scorer)
        made_found = gains_of(made, made_folder, search)
        print(f"made series, fixed configuration: {made.score(made_found[0]):.1f}")
        made_best = best_of([made.score(gains) for gains in made_found])
    groups = sorted({name.split("/")[0] for name in benchmark.windows})
    left_out = from_made = 0.0
    for group in groups:
        inside = [name for name in benchmark.windows if name.startswith(group + "/")]
        outside = [name for name in benchmark.windows if name not in inside]
        chosen = best_of([benchmark.score(gains, outside) for gains in found])
        mean = statistics.mean(sum(found[i][name] for name in inside) for i in chosen)
        left_out += mean
        from_made += statistics.mean(sum(found[i][name] for name in inside) for i in made_best) if made_best else 0
        possible = sum(2 * benchmark.windows[name] for name in inside)
        fixed = sum(found[0][name] for name in inside)
        if possible:
            print(f"{group:24s} fixed {100 * fixed / possible:5.1f}   left out {100 * mean / possible:5.1f}")
    possible = sum(2 * count for count in benchmark.windows.values())
    print(f"{'all':24s} fixed {benchmark.score(found[0]):5.1f}   left out {100 * left_out / possible:5.1f}" +
          (f"   chosen on made series {100 * from_made / possible:5.1f}" if made_best else ""))
    rng, names = random.Random(5), list(benchmark.windows)
    draws = []
    for _ in range(2000):
        drawn = rng.choices(names, k=len(names))
        draws.append(100 * sum(found[0][n] for n in drawn) / max(1, sum(2 * benchmark.windows[n] for n in drawn)))
    draws.sort()
    print(f"fixed, series drawn again: {draws[100]:.1f} to {draws[1900]:.1f} in nine of ten draws")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None)
