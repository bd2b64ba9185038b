#!/usr/bin/env python3
"""Metrics beside a peer: the same remote write requests, then the same range reads. usage: run.py TOCSIN METRICS_BENCH [VICTORIA_METRICS]"""
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.parse

SERIES, STEPS, STEP_S, CONNECTIONS = int(os.environ.get("SERIES", 100_000)), int(os.environ.get("STEPS", 30)), 60, 4
TICKS = os.sysconf("SC_CLK_TCK")


def processor_s(process_id):
    fields = pathlib.Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(process_id):
    for line in pathlib.Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024


def disk_bytes(folder):
    return sum(each.stat().st_blocks * 512 for each in pathlib.Path(folder).rglob("*") if each.is_file())


def wait_for(port, path):
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing answers on {port}")


def start_tocsin(program, folder):
    process = subprocess.Popen([program, "serve", "--dev", "--data", folder, "--listen", "127.0.0.1:0", "--log-level", "warning"])
    endpoints = pathlib.Path(folder, "endpoints.json")
    while not endpoints.exists():
        time.sleep(0.1)
    port = urllib.parse.urlsplit(json.loads(endpoints.read_text())["urls"][0]).port
    wait_for(port, "/readyz")
    return process, port


def start_peer(program, folder):
    port = 18428
    process = subprocess.Popen([program, f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=1y", "-loggerLevel=ERROR"])
    wait_for(port, "/health")
    return process, port


def tocsin_read(port, hosts, stat, expression=None):
    """One page of GetMetricData: a metric for each host, by the minute."""
    now = int(time.time())
    queries = [{"Id": f"m{i}", "ReturnData": expression is None,
                "MetricStat": {"Period": 60, "Stat": stat, "Metric": {"Namespace": "Prometheus", "MetricName": f"bench_metric_{i % 20}", "Dimensions": [
                    {"Name": "host", "Value": f"host-{i // 20:05}"}, {"Name": "job", "Value": "bench"}, {"Name": "zone", "Value": f"eu-{i // 20 % 3}"}]}}}
               for i in range(hosts)]
    if expression:
        queries.append({"Id": "e1", "Expression": expression})
    body = json.dumps({"StartTime": now - STEPS * STEP_S - 60, "EndTime": now + 60, "MetricDataQueries": queries})
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/", body, {
        "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "GraniteServiceVersion20100801.GetMetricData",
        "X-Amz-Date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()),
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0"})
    answer = connection.getresponse()
    data = answer.read()
    if answer.status != 200:
        raise SystemExit(data[:500])
    return data


def peer_read(port, query):
    now = int(time.time())
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/api/v1/query_range?" + urllib.parse.urlencode(
        {"query": query, "start": now - STEPS * STEP_S - 60, "end": now + 60, "step": "60s", "nocache": 1}))
    return connection.getresponse().read()


def timed(read, times=5):
    best = min(_one(read) for _ in range(times))
    return best * 1000


def _one(read):
    begun = time.perf_counter()
    read()
    return time.perf_counter() - begun


def measure(name, start, reads):
    with tempfile.TemporaryDirectory() as folder:
        process, port = start(folder)
        try:
            for kind in ("new series", "known series"):
                before = processor_s(process.pid)
                sent = subprocess.run([sys.argv[2], str(port), str(SERIES), str(STEPS if kind == "known series" else 1), str(STEP_S), str(CONNECTIONS)],
                                      check=True, capture_output=True, text=True).stdout.strip()
                used = processor_s(process.pid) - before
                points = SERIES * (STEPS if kind == "known series" else 1)
                print(f"{name}: {kind}: {sent} processor_seconds={used:.2f} points_per_processor_second={points / max(used, 0.01):.0f}", flush=True)
            for label, read in reads(port):
                print(f"{name}: {label}: {timed(read):.1f} ms", flush=True)
            print(f"{name}: memory at most {memory_mb(process.pid):.0f} MB", flush=True)
        finally:
            process.terminate()
            process.wait(60)
        size = disk_bytes(folder)
        print(f"{name}: {size / 1e6:.1f} MB on disk, {size / (SERIES * (STEPS + 1)):.2f} bytes a point", flush=True)


def main():
    measure("tocsin", lambda folder: start_tocsin(sys.argv[1], folder), lambda port: [
        ("range of 500 series, average", lambda: tocsin_read(port, 500, "Average")),
        ("range of 100 series, p99", lambda: tocsin_read(port, 100, "p99")),
        ("sum over 50 series", lambda: tocsin_read(port, 50, "Average", "SUM(METRICS())")),
    ])
    if len(sys.argv) > 3:
        measure("peer", lambda folder: start_peer(sys.argv[3], folder), lambda port: [
            ("range of 500 series, average", lambda: peer_read(port, 'avg_over_time({job="bench",host=~"host-000(0.|1.|2[0-4])"}[1m])')),
            ("range of 100 series, p99", lambda: peer_read(port, 'quantile_over_time(0.99,{job="bench",host=~"host-0000[0-4]"}[1m])')),
            ("sum over 50 series", lambda: peer_read(port, 'sum(avg_over_time({job="bench",host=~"host-0000[01]"}[1m])) + sum(avg_over_time({job="bench",host="host-00002",__name__=~"bench_metric_."}[1m]))')),
        ])


if __name__ == "__main__":
    main()
