#!/usr/bin/env python3
"""usage: clients_test.py CLIENT --tocsin PROGRAM --agent PROGRAM --cache DIR [--only PART OF A NAME, "_" for every story] (README.md says what it holds)"""
import argparse
import concurrent.futures
import pathlib
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

from hands import Unavailable, boto3_hand, command_line_hand, spoken_hand  # noqa: E402
from server_under_test import server_under_test, skip  # noqa: E402
from stories import STORIES, Caller, identities, incidents, log_lines, messages, metrics_and_alarms, outage, repair  # noqa: E402,F401  each notes its stories

HANDS = {"boto3": boto3_hand.Boto3Hand, "awscli": command_line_hand.AwscliHand, "debian_awscli": command_line_hand.DebianAwscliHand, "go": spoken_hand.GoHand, "javascript": spoken_hand.JavascriptHand}


def run(story, me):
    """(story, "passed" or "skipped" or "failed", words, seconds)"""
    began = time.monotonic()
    try:
        skipped = story(me)
        outcome, words = ("skipped", skipped) if skipped else ("passed", "")
    except Exception as failed:
        words = str(failed) if isinstance(failed, AssertionError) else traceback.format_exc()
        where = traceback.extract_tb(failed.__traceback__)
        line = next((frame for frame in reversed(where) if "/stories/" in frame.filename), where[-1])
        outcome, words = "failed", f"{words}\n    at {pathlib.Path(line.filename).name}:{line.lineno}"
    return story, outcome, words, time.monotonic() - began


def is_wanted(name, hand, only):
    return only in name if only else any(part in name for part in hand.stories)


def tell(hand, server, agent, only):
    me = Caller(hand, server, agent, server.keys)
    able = [story for story in STORIES if is_wanted(story.__name__, hand, only) and (hand.services == "all" or story.services <= hand.services)]
    able.sort(key=lambda story: "alarm" not in story.__name__)  # those that wait for an alarm begin first
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(hand.parallel) as pool:
        for done in concurrent.futures.as_completed([pool.submit(run, story, me) for story in able]):
            story, outcome, words, seconds = done.result()
            print(f"{outcome:8}{seconds:6.1f} s  {story.__name__}{': ' + words if words else ''}", flush=True)
            failures += outcome == "failed"
    return failures


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("client", choices=HANDS)
    for name in ("--tocsin", "--agent", "--cache"):
        arguments.add_argument(name, required=True)
    arguments.add_argument("--only", default="")
    given = arguments.parse_args()
    with server_under_test(given.tocsin) as server:
        hand = HANDS[given.client](server)
        try:
            hand.prepare(given.cache)
            failures = tell(hand, server, given.agent, given.only)
        except Unavailable as missing:
            skip(missing)
        finally:
            hand.close()
        if failures:
            print(f"the server's last words:\n{server.last_words()}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
