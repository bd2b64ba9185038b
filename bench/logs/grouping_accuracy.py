#!/usr/bin/env python3
"""How well templates group labelled lines: the share of lines whose group has exactly the lines that the labels put together.

usage: grouping_accuracy.py --tocsin PROGRAM FILE…    a FILE has a line a log line: LABEL, a tab, the line
"""
import argparse
import collections
import csv
import pathlib
import subprocess
import tempfile


def accuracy(tocsin, file):
    rows = [line.split("\t", 1) for line in pathlib.Path(file).read_text().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        given, found = pathlib.Path(folder) / "in.log", pathlib.Path(folder) / "out.csv"
        given.write_text("".join(line + "\n" for _, line in rows))
        subprocess.run([tocsin, "patterns", "--input", str(given), "--output", str(found)], check=True, capture_output=True)
        with open(found, newline="") as opened:
            templates = list(csv.reader(opened))[-len(rows):]
    labelled, grouped = collections.defaultdict(set), collections.defaultdict(set)
    for place, ((label, _), (_, identity, _)) in enumerate(zip(rows, templates)):
        labelled[label].add(place)
        grouped[identity].add(place)
    right = sum(len(group) for group in grouped.values() if group == labelled[rows[min(group)][0]])
    return len(rows), len(labelled), len(grouped), right / len(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tocsin", required=True)
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    print("| lines of | lines | labels | templates | accuracy |\n|---|---|---|---|---|")
    for file in arguments.files:
        lines, labels, templates, share = accuracy(arguments.tocsin, file)
        print(f"| {pathlib.Path(file).stem} | {lines} | {labels} | {templates} | {share:.3f} |")


if __name__ == "__main__":
    main()
