#!/usr/bin/env python3
"""usage: server_figures.py TOCSIN [--starts N] [--idle SECONDS]: cold start to the first answered call, and memory (README.md)"""
import argparse
import gzip
import pathlib
import socket
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests" / "abuse"), str(ROOT / "tests" / "support")]

from server_under_test import ServerUnderTest  # noqa: E402
from signed_call import Sender  # noqa: E402


def milliseconds_to_first_answer(server):
    began = time.monotonic()
    server.start()
    answer = Sender(server).identity()
    took = (time.monotonic() - began) * 1000
    if answer.status != 200:
        raise SystemExit(f"not answered: {answer}")
    return took


def row(what, figure):
    print(f"| {what} | {figure} |", flush=True)


def starts(server, count, what):
    """Leaves the server running after the last."""
    took = []
    for n in range(count):
        took.append(milliseconds_to_first_answer(server))
        if n + 1 < count:
            server.stop()
    row(f"{what}: exec to the first answered call, of {count} the least, median, most", f"{min(took):.0f}, {statistics.median(took):.0f}, {max(took):.0f} ms")


def memory(server, what):
    row(f"memory {what}: resident, highest", f"{server.memory_kb() / 1024:.1f} MB, {server.memory_kb('VmHWM') / 1024:.1f} MB")


def use(server, count):
    """What a small installation holds."""
    sender = Sender(server)
    for n in range(count):
        sender.json("ssm", "AmazonSSM.PutParameter", {"Name": f"/bench/{n}", "Value": "x" * 100, "Type": "String"}, "1.1")
        sender.json("monitoring", "GraniteServiceVersion20100801.PutMetricData", {"Namespace": "Bench", "MetricData": [{"MetricName": f"m{n}", "Value": n}]})
        sender.json("monitoring", "GraniteServiceVersion20100801.PutMetricAlarm", {
            "AlarmName": f"a{n}", "Namespace": "Bench", "MetricName": f"m{n}", "Statistic": "Sum", "Period": 10, "EvaluationPeriods": 1, "Threshold": 1e9, "ComparisonOperator": "GreaterThanThreshold"})


def idle_connections(server, count):
    return [socket.create_connection(("127.0.0.1", server.port())) for _ in range(count)]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tocsin")
    arguments.add_argument("--starts", type=int, default=15)
    arguments.add_argument("--idle", type=float, default=15)
    given = arguments.parse_args()
    print("| what | figure |\n|---|---|")
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        server = ServerUnderTest(given.tocsin, pathlib.Path(folder) / "data")
        try:
            server.make_keys()
            row("the very first start, empty: exec to the first answered call", f"{milliseconds_to_first_answer(server):.0f} ms")
            server.stop()
            starts(server, given.starts, "empty")
            memory(server, "after the first call")
            time.sleep(given.idle)
            memory(server, f"after {given.idle:.0f} idle seconds")
            use(server, 300)
            memory(server, "with 300 parameters, series and alarms")
            server.stop()
            starts(server, given.starts, "with 300 parameters, series and alarms")
            time.sleep(given.idle)
            memory(server, "of that, restarted, idle, alarms evaluating")
            held = idle_connections(server, 900)
            time.sleep(1)
            memory(server, "with 900 idle connections")
            [sock.close() for sock in held]
            sender, bomb = Sender(server), gzip.compress(bytes(60 << 20))
            sender.send("sqs", "application/x-amz-json-1.0", bomb, more={"content-encoding": "gzip", "x-amz-target": "AmazonSQS.ListQueues"})
            memory(server, "after a refused body that inflates to 60 MB")
        finally:
            server.kill()


if __name__ == "__main__":
    main()
