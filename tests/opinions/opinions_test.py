#!/usr/bin/env python3
"""Asks others what the corpus and random queries answer, and tells where they differ. usage: opinions_test.py interpreter|engines --answers PROGRAM [--cache FOLDER] [--random N]"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parent / "clients")]
from corpus import task_of  # noqa: E402
from random_queries import random_task  # noqa: E402

ENGINE_PINS = ("duckdb==2.0.1", "chdb==4.4.0")
CORPUS = HERE.parent.parent / "src/diagnose/log_query/testdata/corpus"


def answers_of(program, task, where="waiting"):
    done = subprocess.run([program, where], input=json.dumps(task), capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise SystemExit(f"log_query_answers failed: {done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def alike(ours, theirs):
    """The same rows in the same order; numbers may differ in their last shown digit, for sums are made in another order."""
    if len(ours) != len(theirs):
        return False
    return all(mine == other or (len(mine) == len(other) and all(a == b or near(a, b) for a, b in zip(mine, other))) for mine, other in zip(ours, theirs))


def near(a, b):
    if a[0] != b[0]:
        return False
    try:
        x, y = float(a[1]), float(b[1])
    except ValueError:
        return False
    if "." not in a[1] + b[1] and "e" not in a[1] + b[1]:
        return abs(x) > 1e15 and abs(x - y) <= 1e-12 * abs(x)
    return abs(x - y) <= max(1.1e-4 if abs(x) >= 0.1 else 1e-12, (1e-12 if abs(x) >= 0.1 else 1.1e-3) * abs(x))


def show(rows):
    return "\n".join("    = " + " ; ".join(f"{name}={value[:200]}" for name, value in row) for row in rows[:8]) or "    no row"


class Report:
    def __init__(self, name):
        self.name, self.compared, self.left_out, self.differ = name, 0, collections.Counter(), []

    def compare(self, query, ours, theirs):
        self.compared += 1
        if not alike(ours, theirs):
            self.differ.append(f"{query['where']}: {query['text']}\n  ours\n{show(ours)}\n  {self.name}\n{show(theirs)}")

    def tell(self):
        print(f"{self.name}: {self.compared} queries compared, {len(self.differ)} differ, {sum(self.left_out.values())} left out")
        for what, count in self.left_out.most_common():
            print(f"  left out, {count} ×: {what}")
        for each in self.differ[:40]:
            print(each)
        return not self.differ


def tasks(count, seed):
    for file in sorted(CORPUS.glob("*.txt")):
        yield task_of(file)
    for number in range(count):
        yield random_task(seed + number)


def interpreter(arguments, report):
    from insights_interpreter import Interpreter
    from insights_reader import NotRead
    for task in tasks(arguments.random, arguments.seed):
        queries = [query for query in task["queries"] if query["language"] == "CWLI"]
        answers = answers_of(arguments.answers, {**task, "queries": queries}, ("waiting", "blocks", "merged")[arguments.seed % 3])
        for query, answer in zip(queries, answers):
            if "rows" not in answer:
                if not query["refused"]:
                    report[0].differ.append(f"{query['where']}: {query['text']}\n  ours: {answer}")
                continue
            try:
                theirs = Interpreter(task).answer(query["text"], query["groups"])
            except NotRead as left_out:
                report[0].left_out[str(left_out)] += 1
                continue
            report[0].compare(query, answer["rows"], theirs)


def engines(arguments, reports):
    from engines import ClickHouse, DuckDb, shown
    prelude = json.loads(subprocess.run([arguments.answers, "prelude"], capture_output=True, text=True, check=True).stdout)
    others = [(DuckDb(prelude["duckdb"]), reports[0]), (ClickHouse(prelude["clickhouse"]), reports[1])]
    for task in tasks(arguments.random, arguments.seed):
        answers = answers_of(arguments.answers, task)
        for engine, report in others:
            engine.load(task)
            for query, answer in zip(task["queries"], answers):
                if "rows" not in answer:
                    continue
                said = answer["sql"][engine.name]
                if "left_out" in said:
                    report.left_out[said["left_out"]] += 1
                    continue
                try:
                    theirs = shown(engine.ask(said["text"]), said["columns"])
                except Exception as failure:  # noqa: BLE001: each engine has its own
                    report.compared += 1
                    report.differ.append(f"{query['where']}: {query['text']}\n  {engine.name} failed: {str(failure)[:600]}\n  {said['text'][:3000] if arguments.sql else ''}")
                    continue
                report.compare(query, answer["rows"], theirs)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("opinion", choices=["interpreter", "engines"])
    parser.add_argument("--answers", required=True)
    parser.add_argument("--cache", default=".cache/opinions")
    parser.add_argument("--random", type=int, default=400 if os.environ.get("TOCSIN_LONG") else 12, help="how many made sets of rows, 25 queries each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sql", action="store_true", help="show the SQL that failed")
    arguments = parser.parse_args()
    began = time.monotonic()
    if arguments.opinion == "interpreter":
        reports = [Report("interpreter")]
        interpreter(arguments, reports)
    else:
        from hands import Unavailable, fetched
        try:
            sys.path.insert(0, str(fetched.python_packages(arguments.cache, *ENGINE_PINS)))
            import chdb  # noqa: F401
            import duckdb  # noqa: F401
        except (Unavailable, ImportError) as why:
            from server_under_test import skip
            skip(f"{' and '.join(ENGINE_PINS)} cannot be had: {why}")
        reports = [Report("duckdb"), Report("clickhouse")]
        engines(arguments, reports)
    well = all([report.tell() for report in reports])
    print(f"{time.monotonic() - began:.1f} s")
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
