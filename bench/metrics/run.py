#!/usr/bin/env python3
"""Metrics beside a peer: the same remote write requests, then range reads of the same numbers. usage: run.py METRICS_SERVER METRICS_BENCH [VICTORIA_METRICS]"""
import http.client
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.parse

TICKS = os.sysconf("SC_CLK_TCK")
PORTS = {"tocsin": 18466, "peer": 18428}
WIDE = {"series": int(os.environ.get("SERIES", 100_000)), "steps": int(os.environ.get("STEPS", 20)), "step_s": 60}
LONG = {"series": 1_000, "steps": 1_440, "step_s": 60}


def processor_s(process_id):
    fields = pathlib.Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(process_id):
    for line in pathlib.Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024


def disk_bytes(folder):
    return sum(each.stat().st_blocks * 512 for each in pathlib.Path(folder).rglob("*") if each.is_file())


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def start(name, folder):
    port = PORTS[name]
    command = [sys.argv[1], folder, str(port)] if name == "tocsin" else [
        sys.argv[3], f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=1y", "-loggerLevel=ERROR", "-search.maxUniqueTimeseries=1000000"]
    process = subprocess.Popen(command)
    for _ in range(300):
        try:
            get(port, "/health")
            return process
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{name} does not answer")


def send(name, process, series, steps, step_s):
    before = processor_s(process.pid)
    sent = subprocess.run([sys.argv[2], str(PORTS[name]), str(series), str(steps), str(step_s), "4"], check=True, capture_output=True, text=True).stdout.strip()
    used = processor_s(process.pid) - before
    return f"{sent} processor_seconds={used:.2f} points_per_processor_second={series * steps / max(used, 0.01):.0f}"


def reads(name):
    if name == "tocsin":
        return {"500 series, average by the minute": "/read?series=500&stat=Average", "100 series, p99": "/read?series=100&stat=p99",
                "sum over 50 series": "/read?series=50&stat=Average&sum=1"}
    now = int(time.time())
    # the same series: 20 names on each host, 25 hosts; a point by the minute over the last day
    some = {500: '{job="bench",host=~"host-000([01].|2[0-4])"}', 100: '{job="bench",host=~"host-0000[0-4]"}', 60: '{job="bench",host=~"host-0000[0-2]"}'}
    queries = {"500 series, average by the minute": f"avg_over_time({some[500]}[1m])", "100 series, p99": f"quantile_over_time(0.99,{some[100]}[1m])",
               "sum over 50 series (60 here)": f"sum(avg_over_time({some[60]}[1m]))"}
    return {label: "/api/v1/query_range?" + urllib.parse.urlencode({"query": query, "start": now - 86_400, "end": now, "step": "60s", "nocache": 1})
            for label, query in queries.items()}


def best_ms(process, port, path):
    times, before = [], processor_s(process.pid)
    for _ in range(10):
        begun = time.perf_counter()
        status, body = get(port, path)
        times.append(time.perf_counter() - begun)
        if status != 200:
            raise SystemExit(body[:300])
    return min(times) * 1000, (processor_s(process.pid) - before) / len(times) * 1000, len(body)


def measure(name):
    with tempfile.TemporaryDirectory(dir=os.environ.get("SCRATCH")) as folder:
        process = start(name, folder)
        print(f"{name}: {WIDE['series']} new series: {send(name, process, WIDE['series'], 1, 60)}", flush=True)
        print(f"{name}: known series: {send(name, process, **WIDE)}", flush=True)
        memory = memory_mb(process.pid)
        process.terminate()
        process.wait(120)
        size, points = disk_bytes(folder), WIDE["series"] * (WIDE["steps"] + 1)
        print(f"{name}: {size / points:.2f} bytes a point on disk, {memory:.0f} MB of memory at most", flush=True)
    with tempfile.TemporaryDirectory(dir=os.environ.get("SCRATCH")) as folder:
        process = start(name, folder)
        print(f"{name}: a day of 1,000 series: {send(name, process, **LONG)}", flush=True)
        get(PORTS[name], "/flush" if name == "tocsin" else "/internal/force_flush")
        for label, path in reads(name).items():
            took_ms, processor_ms, size = best_ms(process, PORTS[name], path)
            print(f"{name}: {label}: {took_ms:.0f} ms, {processor_ms:.0f} processor ms on average, {size} bytes", flush=True)
        process.terminate()
        process.wait(120)
        print(f"{name}: {disk_bytes(folder) / (LONG['series'] * LONG['steps']):.2f} bytes a point on disk", flush=True)


for each in ["tocsin"] + (["peer"] if len(sys.argv) > 3 else []):
    measure(each)
