#!/usr/bin/env python3
"""Kills the server at seeded moments under load and compares what it kept with the senders' ledgers. Exit 1 when something was lost, 77 when there is no server to try."""
import argparse
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import traceback

from aws_client import Refused
from senders import SENDERS
from server_process import ServerProcess


class Campaign:
    def __init__(self, server, seed, moment_s_max):
        self.server, self.random, self.moment_s_max = server, random.Random(seed), moment_s_max
        self.senders = [kind(server.address, seed * 100 + number, number) for number, kind in enumerate(SENDERS)]
        self.ending, self.broken = threading.Event(), []

    def run(self, kills):
        self.server.start()
        for sender in list(self.senders):
            try:
                sender.set_up()
            except Refused as refused:
                # a build without that service is tried with the others
                if refused.status != 501:
                    raise
                print(f"  {sender.name:10} left out: {refused}")
                self.senders.remove(sender)
        threads = [threading.Thread(target=self.keep_sending, args=(sender,), daemon=True) for sender in self.senders]
        for thread in threads:
            thread.start()
        for _ in range(kills):
            time.sleep(self.random.uniform(0, self.moment_s_max))
            self.server.kill()
            self.server.start()
        time.sleep(0.5)
        self.ending.set()
        for thread in threads:
            thread.join(60)

    def keep_sending(self, sender):
        try:
            while not self.ending.is_set():
                unknown = sender.unknown
                sender.step()
                if sender.unknown != unknown:
                    time.sleep(0.02)
        except Exception:
            self.broken.append(f"{sender.name}: {traceback.format_exc()}")

    def faults(self):
        found = list(self.broken)
        for sender in self.senders:
            try:
                found += sender.check()
            except Exception:
                found.append(f"{sender.name}: {traceback.format_exc()}")
        return found


def report(campaign, server, seed, kills):
    for sender in campaign.senders:
        print(f"  {sender.name:10} {sender.acknowledged:7} acknowledged {sender.unknown:5} unknown {sender.refused:5} refused")
    starts = sorted(server.start_times_s)
    print(f"  {kills} kills; ready again after {starts[len(starts) // 2]:.2f} s (median), {starts[-1]:.2f} s (most)")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server", help="the tocsin program")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--moment-s-max", type=float, default=2.0, help="longest time between a start and the next kill")
    parser.add_argument("--keep", action="store_true", help="leave the data directory")
    options = parser.parse_args()
    if not os.access(options.server, os.X_OK):
        print(f"there is no {options.server}")
        return 77
    print(f"repeat with: {sys.argv[0]} {options.server} --seed {options.seed} --kills {options.kills} --moment-s-max {options.moment_s_max}", flush=True)
    folder = tempfile.mkdtemp(prefix="tocsin-kill-")
    data = os.path.join(folder, "data")
    os.mkdir(data)
    server = ServerProcess(options.server, data)
    try:
        campaign = Campaign(server, options.seed, options.moment_s_max)
        campaign.run(options.kills)
        faults = campaign.faults()
        report(campaign, server, options.seed, options.kills)
    finally:
        if server.process and server.process.poll() is None:
            server.kill()
    for fault in faults[:50]:
        print("FAULT", fault)
    if faults or options.keep:
        print(f"data directory and server log: {folder}")
    else:
        shutil.rmtree(folder)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
