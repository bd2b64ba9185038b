#!/usr/bin/env python3
"""usage: request_figures.py TOCSIN REQUEST_LOAD [--seconds N] [--server-core 0] [--load-core 1] [--perf FOLDER]: what an authenticated request costs (README.md)"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests" / "abuse"), str(ROOT / "tests" / "support")]

from server_under_test import ServerUnderTest  # noqa: E402
from signed_call import Sender  # noqa: E402

ALARMS = 100
OPERATIONS = ("GetMetricData", "SetAlarmState", "PutEvents")
WANTED_PER_SECOND = 5000
TICKS = os.sysconf("SC_CLK_TCK")


def processor_s(process_id):
    fields = pathlib.Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def set_up(server):
    """A hundred hosts that reported for an hour, an alarm for each, and a rule that matches one event of a hundred."""
    sender = Sender(server)

    def call(service, target, document, version="1.0"):
        answer = sender.json(service, target, document, version)
        if answer.status != 200:
            raise SystemExit(f"{target}: {answer}")
    now = int(time.time()) // 60 * 60
    for host in range(ALARMS):
        dimensions = [{"Name": "Host", "Value": f"host-{host}"}]
        data = [{"MetricName": "Load", "Dimensions": dimensions, "Value": minute % 17, "Timestamp": now - 60 * minute} for minute in range(60)]
        call("monitoring", "GraniteServiceVersion20100801.PutMetricData", {"Namespace": "Bench", "MetricData": data})
        call("monitoring", "GraniteServiceVersion20100801.PutMetricAlarm", {
            "AlarmName": f"bench-{host}", "Namespace": "Bench", "MetricName": "Load", "Dimensions": dimensions, "Statistic": "Average", "Period": 3600, "EvaluationPeriods": 1,
            "Threshold": 50, "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "ignore"})
    call("events", "AWSEvents.PutRule", {"Name": "bench", "EventPattern": json.dumps({"source": ["shop.checkout"], "detail": {"host": ["host-7"]}})}, "1.1")


def measure(given, server, operation, rate, connections):
    used = processor_s(server.process.pid)
    began = time.monotonic()
    command = ["taskset", "-c", str(given.load_core), given.request_load, str(server.port()), operation, server.keys["access_key_id"], server.keys["secret_access_key"], server.keys["region"],
               str(connections), str(given.seconds), str(rate), str(ALARMS)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr + done.stdout)
    figures = json.loads(done.stdout)
    spent = processor_s(server.process.pid) - used
    figures["server_core_used"] = spent / (time.monotonic() - began)
    figures["us_each"] = 1e6 * spent / max(1, figures["per_second"] * (given.seconds + 1))
    return figures


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tocsin")
    arguments.add_argument("request_load")
    arguments.add_argument("--seconds", type=float, default=5)
    arguments.add_argument("--connections", type=int, default=32)
    arguments.add_argument("--server-core", type=int, default=0)
    arguments.add_argument("--load-core", type=int, default=1)
    arguments.add_argument("--operations", default=",".join(OPERATIONS))
    arguments.add_argument("--perf", help="a folder for perf's samples of each operation")
    given = arguments.parse_args()
    row("operation", "processor a request", "per second at most", "p50, p99 then", f"offered {WANTED_PER_SECOND // 2}/s: answered", "p50, p99, most", "of its core used")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-", dir=os.environ.get("BENCH_DIR")) as folder:
        server = ServerUnderTest(given.tocsin, pathlib.Path(folder) / "data")
        try:
            server.make_keys()
            server.start()
            subprocess.run(["taskset", "-a", "-cp", str(given.server_core), str(server.process.pid)], check=True, capture_output=True)
            set_up(server)
            for operation in given.operations.split(","):
                perf = given.perf and subprocess.Popen(["perf", "record", "-q", "-F", "999", "-g", "-p", str(server.process.pid), "-o", f"{given.perf}/{operation}.data"])
                most = measure(given, server, operation, 0, given.connections)
                if perf:
                    perf.send_signal(2)
                    perf.wait()
                time.sleep(2)
                half = measure(given, server, operation, WANTED_PER_SECOND / 2, given.connections)
                row(operation, f"{most['us_each']:.0f} µs", f"{most['per_second']:.0f}", f"{most['p50_ms']:.1f}, {most['p99_ms']:.1f} ms", f"{half['per_second']:.0f}",
                    f"{half['p50_ms']:.1f}, {half['p99_ms']:.1f}, {half['max_ms']:.1f} ms", f"{100 * half['server_core_used']:.0f} %")
                time.sleep(2)
            row("resident, highest", f"{server.memory_kb() / 1024:.0f}, {server.memory_kb('VmHWM') / 1024:.0f} MB", "", "", "", "", "")
        finally:
            server.kill()


if __name__ == "__main__":
    main()
