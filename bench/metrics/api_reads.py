#!/usr/bin/env python3
"""GetMetricData of the whole server, page after page, beside range queries of a peer for the same numbers. usage: api_reads.py TOCSIN METRICS_BENCH [VICTORIA_METRICS]"""
import http.client
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse

SERIES, STEPS = 1_000, 1_440
PEER_PORT = 18428
AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=" + "0" * 64


def cbor(value):
    def head(kind, number):
        for width, code, form in ((24, None, None), (1 << 8, 24, ">B"), (1 << 16, 25, ">H"), (1 << 32, 26, ">I"), (1 << 64, 27, ">Q")):
            if number < width:
                return bytes([kind << 5 | (number if code is None else code)]) + (struct.pack(form, number) if form else b"")
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    if isinstance(value, tuple):  # a time
        return head(6, 1) + cbor(value[0])
    return head(5, len(value)) + b"".join(cbor(key) + cbor(each) for key, each in value.items())


def queries(first, count, stat, total=False):
    found = [{"Id": f"m{i}", "ReturnData": not total, "MetricStat": {"Metric": {"Namespace": "Prometheus", "MetricName": f"bench_metric_{i % 20}", "Dimensions": [
        {"Name": "host", "Value": f"host-{i // 20:05}"}, {"Name": "job", "Value": "bench"}, {"Name": "zone", "Value": f"eu-{i // 20 % 3}"}]},
        "Period": 60, "Stat": stat}} for i in range(first, first + count)]
    return found + ([{"Id": "e1", "Expression": "SUM(METRICS())"}] if total else [])


def cbor_token(text):
    at = text.rfind(b"NextToken") + len("NextToken")
    if at < len("NextToken"):
        return None
    size = {0x78: 1, 0x79: 2}.get(text[at], 0)  # bytes of the length, which else is in the head
    length = int.from_bytes(text[at + 1:at + 1 + size], "big") if size else text[at] - 0x60
    return text[at + 1 + size:at + 1 + size + length].decode()


def json_token(text):
    found = re.search(rb'"NextToken":"([^"]+)"', text[max(text.rfind(b"NextToken") - 1, 0):][:2_000])
    return found.group(1).decode() if found else None


class Api:
    def __init__(self, port, form):
        self.connection, self.form = http.client.HTTPConnection("127.0.0.1", port, timeout=120), form
        self.waited_s = 0.0  # for answers: what this program needs to write its requests is not the server's

    def page(self, asked, end, token):
        cut = (lambda at: (at,)) if self.form == "cbor" else (lambda at: at)
        request = {"MetricDataQueries": asked, "StartTime": cut(end - 86_400), "EndTime": cut(end)} | ({"NextToken": token} if token else {})
        headers = {"Authorization": AUTHORIZATION, "Host": "127.0.0.1", "X-Amz-Date": "20260101T000000Z"}
        if self.form == "cbor":
            path, body = "/service/GraniteServiceVersion20100801/operation/GetMetricData", cbor(request)
            headers |= {"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor", "Accept": "application/cbor"}
        else:
            path, body = "/", json.dumps(request).encode()
            headers |= {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "GraniteServiceVersion20100801.GetMetricData"}
        begun = time.perf_counter()
        self.connection.request("POST", path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        self.waited_s += time.perf_counter() - begun
        if answer.status != 200:
            raise SystemExit(text[:500])
        return len(text), (cbor_token if self.form == "cbor" else json_token)(text)

    def all(self, batches):
        size = pages = 0
        self.waited_s = 0.0
        end = int(time.time()) // 60 * 60 + 60
        for asked in batches:
            token = None
            while True:
                more, token = self.page(asked, end, token)
                size, pages = size + more, pages + 1
                if not token:
                    break
        return self.waited_s, size, pages


def processor_s(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def best(process, work):
    """`work` answers seconds waited for answers, bytes and requests. The processor's clock ticks by 10 ms: short ones are done often."""
    results, before = [work()], processor_s(process)
    while len(results) < 6 or (len(results) < 101 and sum(each[0] for each in results) < 2):
        results.append(work())
    took, size, requests = min(results[1:])
    processor_ms = (processor_s(process) - before) / (len(results) - 1) * 1000
    return f"{took * 1000:.1f} ms, {processor_ms:.1f} processor ms on average, {requests} requests, {size / 1e6:.1f} MB"


def measure_ours(folder):
    process = subprocess.Popen([sys.argv[1], "serve", "--dev", "--data", folder, "--listen", "127.0.0.1:0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        endpoints = pathlib.Path(folder, "endpoints.json")
        for _ in range(300):
            if endpoints.exists() and endpoints.read_text().strip():
                break
            time.sleep(0.1)
        port = int(re.search(r"127\.0\.0\.1:(\d+)", endpoints.read_text()).group(1))
        print(subprocess.run([sys.argv[2], str(port), str(SERIES), str(STEPS), "60", "2"], check=True, capture_output=True, text=True).stdout.strip(), flush=True)
        time.sleep(2)
        for form in ("cbor", "json"):
            api = Api(port, form)
            print(f"tocsin, {form}: 1,000 series: {best(process, lambda: api.all([queries(0, 500, 'Average'), queries(500, 500, 'Average')]))}", flush=True)
            print(f"tocsin, {form}: p99 over 100 series: {best(process, lambda: api.all([queries(0, 100, 'p99')]))}", flush=True)
            print(f"tocsin, {form}: sum over 50 series: {best(process, lambda: api.all([queries(0, 50, 'Average', True)]))}", flush=True)
    finally:
        process.terminate()
        process.wait(60)


def measure_peer(folder):
    process = subprocess.Popen([sys.argv[3], f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{PEER_PORT}", "-retentionPeriod=1y", "-loggerLevel=ERROR"])
    connection = http.client.HTTPConnection("127.0.0.1", PEER_PORT, timeout=120)

    def get(path):
        begun = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(body[:500])
        return time.perf_counter() - begun, len(body)

    def ranges(function, hosts, step):
        now = int(time.time())
        waited_s = size = requests = 0
        for first in range(0, hosts, step):
            names = "|".join(f"host-{i:05}" for i in range(first, min(first + step, hosts)))
            query = function % f'{{job="bench",host=~"{names}"}}'
            waited, more = get("/api/v1/query_range?" + urllib.parse.urlencode({"query": query, "start": now - 86_400, "end": now, "step": "60s", "nocache": 1}))
            waited_s, size, requests = waited_s + waited, size + more, requests + 1
        return waited_s, size, requests

    try:
        for _ in range(300):
            try:
                get("/health")
                break
            except OSError:
                connection.close()
                time.sleep(0.1)
        print(subprocess.run([sys.argv[2], str(PEER_PORT), str(SERIES), str(STEPS), "60", "2"], check=True, capture_output=True, text=True).stdout.strip(), flush=True)
        get("/internal/force_flush")
        # 80 series a request, as a page holds 70 of a day
        print(f"peer: 1,000 series: {best(process, lambda: ranges('avg_over_time(%s[1m])', 50, 4))}", flush=True)
        print(f"peer: p99 over 100 series: {best(process, lambda: ranges('quantile_over_time(0.99,%s[1m])', 5, 4))}", flush=True)
        print(f"peer: sum over 60 series: {best(process, lambda: ranges('sum(avg_over_time(%s[1m]))', 3, 3))}", flush=True)
    finally:
        process.terminate()
        process.wait(60)


for measure in [measure_ours] + ([measure_peer] if len(sys.argv) > 3 else []):
    with tempfile.TemporaryDirectory() as scratch:
        measure(scratch)
