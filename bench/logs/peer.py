#!/usr/bin/env python3
"""Lines over HTTP into Tocsin and into VictoriaLogs, the same bytes on the same machine, one after the other, and twelve questions to both.

    bench/logs/peer.py --tocsin build/release/tocsin --victoria PATH/victoria-logs --lines 1000000

Both get Loki's push (JSON) over two connections; disk is measured when both have written everything; a question is asked five times (--tries), the first counts as cold.
"""
import argparse, http.client, json, os, random, re, shutil, signal, subprocess, sys, tempfile, threading, time, urllib.parse

BATCH = 2000
START_S = int(time.time()) - 3600


def shapes(rng, i):
    ms, user, path = rng.randrange(900), rng.randrange(50_000), rng.choice(["/pay", "/cart", "/orders", "/login", "/search"])
    level = "ERROR" if rng.random() < 0.02 else "INFO"
    kind = rng.random()
    if kind < 0.41:
        return json.dumps({"severity": level, "body": f"request handled in {ms} ms for user-{user}", "path": path, "ms": ms, "status": 500 if level == "ERROR" else 200, "trace_id": f"{rng.getrandbits(128):032x}"})
    if kind < 0.61:
        return f'time=2026-11-24T10:00:00Z level={level.lower()} msg="order placed" user={user} path={path} ms={ms}'
    if kind < 0.80:
        return f'10.0.{rng.randrange(256)}.{rng.randrange(256)} - - [24/Nov/2026:10:00:00 +0000] "GET {path}?id={user} HTTP/1.1" {500 if level == "ERROR" else 200} {rng.randrange(9000)} "-" "curl/7.88"'
    if kind < 0.985:
        return f"{level} worker {rng.randrange(16)} took job {rng.getrandbits(48):012x} from queue orders after {ms} ms"
    return f"java.lang.IllegalStateException: pool {rng.randrange(9)} exhausted\n\tat shop.Pool.take(Pool.java:{rng.randrange(200)})\n\tat shop.Checkout.pay(Checkout.java:77)"


def make(lines):
    rng, bodies, raw = random.Random(7), [], 0
    for first in range(0, lines, BATCH):
        values = []
        for i in range(first, min(first + BATCH, lines)):
            line = "needle-5e1f " + shapes(rng, i) if i in (lines // 7, lines // 3, lines // 2) else shapes(rng, i)
            raw += len(line)
            values.append([str((START_S * 1000 + i * 3_600_000 // lines) * 1_000_000), line])
        bodies.append(json.dumps({"streams": [{"stream": {"app": "shop", "host": f"web{first // BATCH % 8}"}, "values": values}]}).encode())
    return bodies, raw


def push(port, path, bodies):
    def work(part):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for body in part:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status in (200, 204), answer.status
    threads = [threading.Thread(target=work, args=(bodies[i::2],)) for i in range(2)]
    begun = time.time()
    [t.start() for t in threads]
    [t.join() for t in threads]
    return time.time() - begun


def usage(pid):
    with open(f"/proc/{pid}/stat") as f:
        parts = f.read().rsplit(")", 1)[1].split()
    cpu = (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
    with open(f"/proc/{pid}/status") as f:
        peak = int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1)) // 1024
    return cpu, peak


def disk(folder):
    return sum(os.path.getsize(os.path.join(d, f)) for d, _, files in os.walk(folder) for f in files)


# The same question twice: Logs Insights, LogsQL. VictoriaLogs takes the fields out of JSON lines as they come, so its questions name its fields; what is text for both is asked of the text.
QUESTIONS = [
    ("needle", "filter @message like 'needle-5e1f' | fields @message", '"needle-5e1f"'),
    ("absent", "filter @message like 'never-seen-7' | fields @message", '"never-seen-7"'),
    ("common substring, count", "filter @message like 'took job' | stats count(*)", '"took job" | stats count() n'),
    ("regex, count", "filter @message like /took job [0-9a-f]+ from/ | stats count(*)", '~"took job [0-9a-f]+ from" | stats count() n'),
    ("count all", "stats count(*)", "* | stats count() n"),
    ("errors by path", "filter severity = 'ERROR' | stats count(*) by path", "severity:=ERROR | stats by (path) count() n"),
    ("avg, p99 by path", "filter ispresent(status) | stats avg(ms), pct(ms, 99) by path", "status:* | stats by (path) avg(ms) a, quantile(0.99, ms) p"),
    ("by 5 minutes", "stats count(*) by datefloor(@timestamp, 5m)", "* | stats by (_time:5m) count() n"),
    ("by two fields", "stats count(*) by path, status", "* | stats by (path, status) count() n"),
    ("top of parsed", "filter @message like 'from queue' | parse @message 'from queue * after' as queue | stats count(*) by queue", '"from queue" | extract "from queue <queue> after" | stats by (queue) count() n'),
    ("last 100", "fields @message | limit 100", "* | sort by (_time) desc limit 100"),
    ("distinct of a field", "stats count_distinct(trace_id)", "* | stats count_uniq(trace_id) n"),
]


class Tocsin:
    def __init__(self, binary, folder):
        self.folder = folder
        self.process = subprocess.Popen([binary, "serve", "--dev", "--data", folder, "--listen", "127.0.0.1:0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                with open(folder + "/endpoints.json") as f:
                    text = f.read()
                self.port = int(re.search(r"http://127.0.0.1:(\d+)", text).group(1))
                http.client.HTTPConnection("127.0.0.1", self.port, timeout=2).request("GET", "/healthz")
                break
            except (OSError, AttributeError):
                time.sleep(0.1)
        self.path = "/loki/api/v1/push"

    def call(self, operation, **members):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request("POST", "/", json.dumps(members), {
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Logs_20140328." + operation,
            "X-Amz-Date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()),
            "Authorization": "AWS4-HMAC-SHA256 Credential=000000000000/" + time.strftime("%Y%m%d", time.gmtime()) + "/us-east-1/logs/aws4_request, SignedHeaders=host;x-amz-date, Signature=00"})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, (operation, text)
        return json.loads(text)

    def ask(self, insights, _):
        id = self.call("StartQuery", logGroupNames=["/loki/shop"], startTime=START_S - 10, endTime=START_S + 7200, queryString=insights)["queryId"]
        while True:
            answer = self.call("GetQueryResults", queryId=id)
            if answer["status"] not in ("Running", "Scheduled"):
                return answer["status"], len(answer["results"]), answer["results"][:1]
            time.sleep(0.002)

    def settle(self):
        pass


class Victoria:
    def __init__(self, binary, folder):
        self.folder, self.port = folder, 19428
        self.process = subprocess.Popen([binary, "-storageDataPath=" + folder, f"-httpListenAddr=127.0.0.1:{self.port}", "-retentionPeriod=100y"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(2)
        self.path = "/insert/loki/api/v1/push?_stream_fields=app,host"

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request("GET", path)
        return connection.getresponse().read()

    def ask(self, _, logsql):
        text = self.get("/select/logsql/query?" + urllib.parse.urlencode({"query": logsql, "start": str(START_S - 10), "end": str(START_S + 7200)}))
        rows = text.splitlines()
        return "Complete", len(rows), rows[:1]

    def settle(self):
        self.get("/internal/force_flush")
        self.get("/internal/force_merge")
        time.sleep(3)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--tocsin", required=True)
    options.add_argument("--victoria")
    options.add_argument("--tries", type=int, default=5)
    options.add_argument("--lines", type=int, default=1_000_000)
    given = options.parse_args()
    bodies, raw = make(given.lines)
    print(f"{given.lines} lines, {raw / given.lines:.0f} bytes a line")
    took = {}
    for name, server in (("tocsin", Tocsin), ("victoria", Victoria)):
        binary = getattr(given, name)
        if not binary:
            continue
        folder = tempfile.mkdtemp(prefix="logs-peer-")
        peer = server(binary, folder)
        try:
            span = push(peer.port, peer.path, bodies)
            cpu, peak = usage(peer.process.pid)
            print(f"{name:9} ingest {given.lines / span:9.0f} lines/s, {cpu:.1f} CPU s, peak {peak} MB")
            peer.settle()
            for question, insights, logsql in QUESTIONS:
                times = []
                for _ in range(given.tries):
                    begun = time.time()
                    status, count, first = peer.ask(insights, logsql)
                    times.append((time.time() - begun) * 1000)
                took.setdefault(question, {})[name] = times
                print(f"{name:9} {question:26} cold {times[0]:7.0f} ms, warm {min(times[1:]):7.0f} ms  {status} {count} {str(first)[:90]}")
            cpu_after, _ = usage(peer.process.pid)
            print(f"{name:9} {cpu_after - cpu:.1f} CPU s for all questions")
            print(f"{name:9} peak {usage(peer.process.pid)[1]} MB after the questions")
        finally:
            peer.process.send_signal(signal.SIGTERM)
            peer.process.wait(60)
        print(f"{name:9} disk {disk(folder) / given.lines:.1f} bytes a line")
        shutil.rmtree(folder)
    both = [t for t in took.values() if len(t) == 2]
    if both:
        product = 1.0
        for t in both:
            product *= min(t["victoria"][1:]) / max(min(t["tocsin"][1:]), 0.1)
        print(f"warm, geometric mean of victoria / tocsin: {product ** (1 / len(both)):.2f}")


if __name__ == "__main__":
    sys.exit(main())
