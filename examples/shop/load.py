#!/usr/bin/env python3
"""The steady load: visits and purchases at a fixed rate, whether or not the shop keeps up, and a ledger of what was answered.

  load.py URL LEDGER.jsonl [visits a second, default 20]
A third of the visits look at the list, the others buy. A line a second: {"t": epoch s, "sent": n, "ok": n, "failed": n}."""
import collections
import concurrent.futures
import json
import sys
import threading
import time
import urllib.error
import urllib.request


class Ledger:
    def __init__(self, path):
        self.file, self.lock, self.counts = open(path, "a", buffering=1), threading.Lock(), collections.Counter()

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    def write_second(self, now):
        with self.lock:
            counts, self.counts = self.counts, collections.Counter()
        self.file.write(json.dumps({"t": int(now), "sent": counts["sent"], "ok": counts["ok"], "failed": counts["failed"]}) + "\n")


def visit(base, number, ledger):
    ledger.count("sent")
    request = urllib.request.Request(base + "/") if number % 3 == 0 else urllib.request.Request(f"{base}/buy/{number % 20 + 1}", data=b"", method="POST")
    try:
        with urllib.request.urlopen(request, timeout=6) as answer:
            answer.read()
        ledger.count("ok")
    except (urllib.error.URLError, OSError):
        ledger.count("failed")


def main():
    base, path, rate = sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 20.0
    ledger, started, number = Ledger(path), time.monotonic(), 0
    with concurrent.futures.ThreadPoolExecutor(64) as visitors:
        while True:
            number += 1
            time.sleep(max(0.0, started + number / rate - time.monotonic()))
            visitors.submit(visit, base, number, ledger)
            if number % int(rate) == 0:
                ledger.write_second(time.time())


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
