#!/usr/bin/env python3
"""usage: peer_figures.py REQUEST_LOAD -- COMMAND…: the same requests to another server of the same APIs; {port} in its command is where it shall listen (README.md)"""
import json
import socket
import subprocess
import sys
import time

from request_figures import ALARMS, OPERATIONS, processor_s


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def main():
    load, command, port = sys.argv[1], sys.argv[sys.argv.index("--") + 1:], free_port()
    process = subprocess.Popen([part.replace("{port}", str(port)) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        subprocess.run(["taskset", "-a", "-cp", "0", str(process.pid)], check=True, capture_output=True)
        set_up(port)
        print("| operation | processor a request | per second at most | p50, p99 then |\n|---|---|---|---|")
        for operation in OPERATIONS:
            used, seconds = processor_s(process.pid), 5
            done = subprocess.run(["taskset", "-c", "1", load, str(port), operation, "test", "test", "us-east-1", "32", str(seconds), "0", str(ALARMS)], capture_output=True, text=True)
            if not done.stdout:
                print(f"| {operation} | not answered: {done.stderr.strip()[:100]} | | |")
                continue
            figures = json.loads(done.stdout)
            each = (processor_s(process.pid) - used) / max(1, figures["per_second"] * (seconds + 1)) * 1e6
            failed = f" ({figures['failed']} failed)" if figures["failed"] else ""
            print(f"| {operation} | {each:.0f} µs | {figures['per_second']:.0f}{failed} | {figures['p50_ms']:.1f}, {figures['p99_ms']:.1f} ms |", flush=True)
    finally:
        process.kill()
        process.wait()


def set_up(port):
    import boto3
    client = boto3.client("cloudwatch", endpoint_url=f"http://127.0.0.1:{port}", aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    now = time.time() // 60 * 60
    for host in range(ALARMS):
        dimensions = [{"Name": "Host", "Value": f"host-{host}"}]
        client.put_metric_data(Namespace="Bench", MetricData=[{"MetricName": "Load", "Dimensions": dimensions, "Value": minute % 17, "Timestamp": now - 60 * minute} for minute in range(60)])
        client.put_metric_alarm(AlarmName=f"bench-{host}", Namespace="Bench", MetricName="Load", Dimensions=dimensions, Statistic="Average", Period=3600, EvaluationPeriods=1, Threshold=50, ComparisonOperator="GreaterThanThreshold")


if __name__ == "__main__":
    main()
