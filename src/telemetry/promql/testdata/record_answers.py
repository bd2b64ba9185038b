#!/usr/bin/env python3
"""Makes series, asks a stock Prometheus about them, and writes both down: series.jsonl and answers.jsonl.

    record_answers.py                      needs prometheus and promtool (Debian's 2.42)
    record_answers.py FOLDER COUNT SEED    of so many queries at random (random_queries.py), into another folder
"""
import json, math, os, random, subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request

import random_queries

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = sys.argv[1] if len(sys.argv) > 1 else HERE
START = 1795348800  # 2026-11-22T12:00:00Z
END = START + 3600
TIMES = [START + 1800, START + 2700.25, START + 3600]


def series():
    random.seed(2042)
    made = []

    def add(name, labels, samples):
        made.append({"labels": {"__name__": name, **labels}, "samples": [[int(t * 1000), v] for t, v in samples]})

    def times(step, jitter=0.0, gap=None):
        t = START
        while t <= END:
            if not (gap and gap[0] <= t - START < gap[1]):
                yield round(t + random.random() * jitter, 3)
            t += step

    for job in ("api", "web"):
        for instance in ("a", "b", "c"):
            total, samples = random.randrange(100), []
            for t in times(15, 2, (900, 1300) if instance == "c" else None):
                total += random.randrange(50)
                if random.random() < 0.02:
                    total = random.randrange(5)
                samples.append((t, total))
            add("http_requests_total", {"job": job, "instance": instance, "code": "500" if instance == "b" else "200"}, samples)
    for instance in ("a", "b"):
        add("memory_bytes", {"job": "api", "instance": instance}, [(t, round(1e9 + 1e8 * math.sin(t / 300) + random.random() * 1e7, 1)) for t in times(30)])
        add("memory_limit_bytes", {"instance": instance, "zone": "eu-" + instance}, [(t, 1.2e9 if instance == "a" else 9e8) for t in times(60)])
    add("temperature", {"room": "cellar"}, [(t, round(-5 + random.random() * 10, 3)) for t in times(20, 5)])
    add("temperature", {"room": "attic"}, [(t, round(20 + (t - START) / 600 + random.random(), 3)) for t in times(20)])
    add("flat", {}, [(t, 7) for t in times(60)])
    add("sparse", {"kind": "rare"}, [(START + 100, 1), (START + 1700, 2), (START + 3400, 4)])
    add("version", {"job": "api", "version": "1.2"}, [(t, 1) for t in times(60)])
    add("version", {"job": "web", "version": "1.3"}, [(t, 1) for t in times(60)])
    add("special", {"is": "inf"}, [(t, math.inf) for t in times(60)])
    add("special", {"is": "nan"}, [(t, math.nan) for t in times(60)])
    add("special", {"is": "ninf"}, [(t, -math.inf) for t in times(60)])
    for job in ("api", "web"):
        counts = [0, 0, 0, 0, 0]
        rows = {bound: [] for bound in ("0.1", "0.5", "1", "2.5", "+Inf")}
        for t in times(30):
            for _ in range(random.randrange(1, 20)):
                value = random.expovariate(2)
                for i, bound in enumerate((0.1, 0.5, 1, 2.5, math.inf)):
                    counts[i] += value <= bound
            for bound, count in zip(rows, counts):
                rows[bound].append((t, count))
        for bound, samples in rows.items():
            add("latency_seconds_bucket", {"job": job, "le": bound}, samples)
    return made


QUERIES = r'''
http_requests_total
http_requests_total{job="api"}
http_requests_total{job!="api",instance=~"a|b"}
http_requests_total{instance!~"a.*"}
{__name__=~"memory_.*",instance="a"}
http_requests_total offset 5m
http_requests_total @ 1795350000
http_requests_total offset -1m
sparse
rate(http_requests_total[5m])
rate(http_requests_total[1m])
rate(http_requests_total[20s])
irate(http_requests_total[5m])
increase(http_requests_total[10m])
increase(http_requests_total[5m] offset 10m)
rate(http_requests_total[5m] @ end())
delta(temperature[10m])
idelta(temperature[2m])
deriv(temperature[10m])
predict_linear(temperature[10m], 3600)
predict_linear(flat[10m], 3600)
changes(temperature[10m])
resets(http_requests_total[1h])
avg_over_time(temperature[10m])
sum_over_time(temperature[10m])
min_over_time(temperature[10m])
max_over_time(temperature[10m])
count_over_time(temperature[10m])
last_over_time(sparse[1h])
present_over_time(sparse[1h])
stddev_over_time(temperature[10m])
stdvar_over_time(temperature[10m])
quantile_over_time(0.9, temperature[10m])
quantile_over_time(1.5, temperature[10m])
holt_winters(temperature[10m], 0.3, 0.6)
sum_over_time(special[5m])
avg_over_time(special[5m])
max_over_time(special[5m])
sum(http_requests_total)
sum by (job) (http_requests_total)
sum(http_requests_total) by (job, code)
sum without (instance) (http_requests_total)
avg by (job) (rate(http_requests_total[5m]))
min(temperature)
max(temperature)
count(http_requests_total)
count by (code) (http_requests_total)
group by (job) (http_requests_total)
stddev(http_requests_total)
stdvar by (job) (http_requests_total)
topk(2, http_requests_total)
bottomk(1, http_requests_total)
topk by (job) (1, http_requests_total)
quantile(0.5, http_requests_total)
quantile by (job) (0.25, http_requests_total)
count_values("value", flat)
count_values by (job) ("version_is", version)
sum(special)
max(special)
min(special)
avg(special)
http_requests_total + 1
http_requests_total > 500
http_requests_total > bool 500
500 < http_requests_total
1 + 2 * 3 ^ 2 % 5
-2 ^ 2
2 ^ 3 ^ 2
-http_requests_total
1 == bool 1
memory_bytes / ignoring(job) group_left(zone) memory_limit_bytes
memory_bytes / on(instance) memory_limit_bytes
memory_bytes > on(instance) memory_limit_bytes
memory_bytes > on(instance) group_left(zone) memory_limit_bytes
memory_limit_bytes * on(instance) group_right(zone) memory_bytes
http_requests_total * on(job) group_left(version) version
memory_bytes and on(instance) memory_limit_bytes{zone="eu-a"}
memory_bytes unless on(instance) memory_limit_bytes{zone="eu-a"}
memory_bytes or memory_limit_bytes
http_requests_total and http_requests_total > 700
http_requests_total{code="500"} / ignoring(code, instance) group_left http_requests_total{instance="a"}
http_requests_total / on(job) http_requests_total
sum(rate(http_requests_total{code="500"}[5m])) by (job) / sum(rate(http_requests_total[5m])) by (job)
memory_bytes atan2 on(instance) memory_limit_bytes
http_requests_total == http_requests_total
http_requests_total != bool 3
histogram_quantile(0.9, rate(latency_seconds_bucket[5m]))
histogram_quantile(0.5, sum by (le) (rate(latency_seconds_bucket[10m])))
histogram_quantile(0.99, latency_seconds_bucket)
histogram_quantile(1.1, latency_seconds_bucket)
histogram_quantile(-1, latency_seconds_bucket)
histogram_quantile(0, latency_seconds_bucket)
histogram_quantile(0.01, latency_seconds_bucket)
histogram_quantile(0.9, latency_seconds_bucket{le!="+Inf"})
max_over_time(rate(http_requests_total[1m])[10m:30s])
avg_over_time(sum(http_requests_total)[10m:1m])
min_over_time((memory_bytes - 1e9)[5m:])
sum_over_time(vector(1)[10m:1m])
rate(sum(http_requests_total)[5m:30s])
max_over_time(temperature[10m:45s] offset 3m)
max_over_time(deriv(temperature[2m])[10m:1m])
max_over_time(max_over_time(temperature[1m:20s])[5m:1m])
count_over_time(http_requests_total[10m:7s])
abs(temperature - 5)
ceil(temperature)
floor(temperature)
round(temperature)
round(temperature, 0.5)
round(temperature, 5)
exp(flat)
ln(flat)
log2(flat)
log10(flat)
sqrt(temperature)
sgn(temperature)
clamp(temperature, 0, 20)
clamp(temperature, 20, 0)
clamp_max(temperature, 0)
clamp_min(temperature, 0)
sin(flat) + cos(flat) + tan(flat)
asinh(flat) + atan(flat) + deg(flat) + rad(flat)
absent(nothing)
absent(nothing{job="x",instance=~"y"})
absent(flat)
absent_over_time(nothing{job="x"}[5m])
absent_over_time(sparse[1m])
scalar(flat)
scalar(http_requests_total)
vector(3)
time()
pi()
timestamp(temperature)
timestamp(flat + 1)
minute()
hour()
day_of_week()
day_of_month()
day_of_year()
days_in_month()
month()
year()
hour(vector(1700000000))
day_of_week(vector(1700000000))
days_in_month(vector(1709164800))
label_replace(http_requests_total, "host", "$1-x", "instance", "(.*)")
label_replace(http_requests_total, "host", "x", "instance", "b")
label_replace(http_requests_total, "code", "", "code", ".*")
label_replace(version, "major", "${1}", "version", "(\\d+)\\..*")
label_join(http_requests_total, "all", "/", "job", "instance", "code")
sort(http_requests_total)
sort_desc(temperature)
sum(topk(2, http_requests_total)) by (code)
sum by (job) (http_requests_total) > 1000 or vector(0)
(memory_bytes / on(instance) memory_limit_bytes) > 0.8
time() - timestamp(sparse) > 60
changes(flat[1h]) == 0
count(up) or vector(0)
label_replace(http_requests_total, "instance", "same", "instance", ".*")
1 / 0
0 / 0
-1 / 0
5 % 3
-5 % 3
flat ^ 2
2 ^ flat
flat % 4
http_requests_total{instance="a"} + on(job) http_requests_total{instance="b"}
http_requests_total{instance="a"} - ignoring(instance, code) http_requests_total{instance="b"}
sum(http_requests_total) without (instance, code)
{__name__="flat"}
flat{nothing=""}
http_requests_total{nothing!="",job="api"}
nothing + on() group_left(version) http_requests_total
http_requests_total % on(job) nothing
2 atan2 memory_bytes
temperature atan2 temperature
count_values("value", exp(http_requests_total{job="api"}))
count_values("value", temperature / 1e9)
minute(special)
hour(special)
day_of_week(special)
day_of_month(special)
day_of_year(special)
days_in_month(special)
month(special)
year(special)
year(vector(1e14))
day_of_week(vector(-1e14))
day_of_year(vector(-1e11))
year(vector(1e19))
clamp_max(special, NaN)
clamp_min(special, NaN)
clamp(special, -1, NaN)
'''


def ask(port, query, at):
    url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": query, "time": at})
    try:
        with urllib.request.urlopen(url) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def main():
    made = series()
    with open(os.path.join(FOLDER, "series.jsonl"), "w") as out:
        for each in made:
            samples = [[t, v if math.isfinite(v) else ("NaN" if math.isnan(v) else "+Inf" if v > 0 else "-Inf")] for t, v in each["samples"]]
            out.write(json.dumps({"labels": each["labels"], "samples": samples}, separators=(",", ":")) + "\n")
    with tempfile.TemporaryDirectory() as work:
        lines = []
        for each in made:
            labels = dict(each["labels"])
            name = labels.pop("__name__")
            inner = ",".join(f'{k}="{v}"' for k, v in labels.items())
            for t, v in each["samples"]:
                text = "NaN" if isinstance(v, float) and math.isnan(v) else "+Inf" if v == math.inf else "-Inf" if v == -math.inf else repr(v)
                lines.append((name, f"{name}{{{inner}}} {text} {t / 1000:.3f}"))
        names = []
        for name, _ in lines:
            if name not in names:
                names.append(name)
        with open(os.path.join(work, "data.om"), "w") as out:
            for name in names:
                out.write(f"# TYPE {name} unknown\n")
                out.writelines(line + "\n" for n, line in lines if n == name)
            out.write("# EOF\n")
        data = os.path.join(work, "data")
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", os.path.join(work, "data.om"), data], check=True, stdout=subprocess.DEVNULL)
        config = os.path.join(work, "prometheus.yml")
        open(config, "w").write("global: {evaluation_interval: 1m}\n")
        port = 19432
        server = subprocess.Popen(["prometheus", f"--config.file={config}", f"--storage.tsdb.path={data}", f"--web.listen-address=127.0.0.1:{port}",
                                   "--storage.tsdb.retention.time=100y", "--log.level=error", "--enable-feature=promql-negative-offset,promql-at-modifier"])
        try:
            for _ in range(100):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready")
                    break
                except OSError:
                    time.sleep(0.2)
            asked = random_queries.queries(int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 1 else [line for line in QUERIES.strip().split("\n") if line]
            with open(os.path.join(FOLDER, "answers.jsonl"), "w") as out:
                for query in asked:
                    for at in TIMES if len(sys.argv) == 1 else TIMES[-2:]:
                        answer = ask(port, query, at)
                        row = {"query": query, "at_ms": int(at * 1000)}
                        if answer["status"] != "success":
                            row["error"] = answer["error"]
                        else:
                            row["type"] = answer["data"]["resultType"]
                            row["result"] = [[r["metric"], r["value"][1]] for r in answer["data"]["result"]] if row["type"] == "vector" else answer["data"]["result"]
                        out.write(json.dumps(row, separators=(",", ":"), sort_keys=True) + "\n")
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    sys.exit(main())
