#!/usr/bin/env python3
"""Each real sender of metrics and logs brings them in, and they read back. usage: senders_test.py SENDER --tocsin PROGRAM [--cache FOLDER]"""
import argparse
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from server_under_test import ServerUnderTest, free_port, skip, wait_until  # noqa: E402

from log_senders import rsyslog  # noqa: E402

PACKAGES = {"opentelemetry": ["opentelemetry-sdk==1.45.1", "opentelemetry-exporter-otlp-proto-http==1.45.1"], "statsd": ["statsd==4.0.1"],
            "opentelemetry_grpc": ["opentelemetry-sdk==1.45.1", "opentelemetry-exporter-otlp-proto-grpc==1.45.1"]}
UNSIGNED = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0"


def call(url, operation, **members):
    request = urllib.request.Request(url, json.dumps(members).encode(), {
        "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "GraniteServiceVersion20100801." + operation, "Authorization": UNSIGNED,
        "X-Amz-Date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def statistic(url, namespace, name, stat, **dimensions):
    """The newest values of the metrics of that name with at least these dimensions."""
    wanted = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    metrics = call(url, "ListMetrics", Namespace=namespace, MetricName=name, Dimensions=wanted)["Metrics"]
    now = datetime.datetime.now(datetime.timezone.utc).timestamp()
    queries = [{"Id": f"m{place}", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": stat}} for place, metric in enumerate(metrics)]
    if not queries:
        return []
    results = call(url, "GetMetricData", StartTime=now - 1800, EndTime=now + 60, MetricDataQueries=queries)["MetricDataResults"]
    return [result["Values"][0] for result in results if result["Values"]]


def debian_program(cache, package):
    """The program of that name and package; where it is not installed, unpacked into the cache, so that no daemon of it starts on the machine."""
    found = shutil.which(package)
    folder = pathlib.Path(cache).resolve() / "debian" / package
    if found or (folder / "usr/bin" / package).exists():
        return found or str(folder / "usr/bin" / package)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if subprocess.run(["apt-get", "download", "-qq", package], cwd=folder).returncode != 0 or not list(folder.glob("*.deb")):
        skip(f"{package} is not installed and cannot be had from Debian")
    subprocess.run(["dpkg-deb", "-x", str(next(folder.glob("*.deb"))), str(folder)], check=True)
    return str(folder / "usr/bin" / package)


def environment_with(cache, sender):
    """Python with the sender's packages."""
    folder = pathlib.Path(cache) / sender
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(folder)]).returncode == 0 and subprocess.run(
            [str(python), "-m", "pip", "install", "-q", *PACKAGES[sender]], timeout=200).returncode == 0
        if not made:
            skip(f"{' '.join(PACKAGES[sender])} cannot be had")
        (folder / "made").touch()
    return str(python)


def prometheus(server, folder, cache):
    """Scrapes itself and writes what it finds to us."""
    program, port = debian_program(cache, "prometheus"), free_port()
    server.start()
    config = folder / "prometheus.yml"
    config.write_text(f"global: {{scrape_interval: 1s}}\nscrape_configs: [{{job_name: self, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]\n"
                      f"remote_write: [{{url: '{server.url()}/api/v1/write', queue_config: {{batch_send_deadline: 1s}}}}]\n")
    process = subprocess.Popen([program, f"--config.file={config}", f"--storage.tsdb.path={folder}/tsdb", f"--web.listen-address=127.0.0.1:{port}"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until("up of the job", 60, lambda: statistic(server.url(), "Prometheus", "up", "Minimum", job="self") == [1], pause=1)
        wait_until("a gauge of its own", 30, lambda: statistic(server.url(), "Prometheus", "prometheus_build_info", "Maximum", job="self") == [1], pause=1)
        buckets = {"Namespace": "Prometheus", "MetricName": "prometheus_tsdb_compaction_chunk_range_seconds_bucket"}
        wait_until("the buckets of a histogram", 30, lambda: len(call(server.url(), "ListMetrics", **buckets)["Metrics"]) > 5, pause=1)
    finally:
        process.terminate()
        process.wait(30)


def node_exporter(server, _folder, cache):
    """Is scraped by us."""
    program, port = debian_program(cache, "prometheus-node-exporter"), free_port()
    process = subprocess.Popen([program, f"--web.listen-address=127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        server.flags = ["--scrape", f"http://127.0.0.1:{port};job=node;every=1s"]
        server.start()
        url = server.url()
        wait_until("up of the target", 30, lambda: statistic(url, "Prometheus", "up", "Maximum", job="node") == [1], pause=0.5)
        total = next(int(line.split()[1]) * 1024 for line in open("/proc/meminfo") if line.startswith("MemTotal"))
        assert statistic(url, "Prometheus", "node_memory_MemTotal_bytes", "Maximum") == [total]
        assert len(statistic(url, "Prometheus", "node_cpu_seconds_total", "Maximum", cpu="0", mode="idle")) == 1
        scraped = statistic(url, "Prometheus", "scrape_samples_scraped", "Maximum", job="node")
        assert scraped[0] > 200, scraped
    finally:
        process.terminate()
        process.wait(30)
    wait_until("the target is down", 30, lambda: statistic(server.url(), "Prometheus", "up", "Minimum", job="node") == [0], pause=0.5)


EXPONENTIAL = """
import sys, time
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=sys.argv[1] + "/v1/metrics"), export_interval_millis=600_000)
provider = MeterProvider([reader], Resource.create({"service.name": "shop"}), views=[View(instrument_name="*", aggregation=ExponentialBucketHistogramAggregation())])
took = provider.get_meter("m").create_histogram("took", "ms")
took.record(5)
provider.force_flush()
for value in range(1, 1001):
    took.record(value)
provider.force_flush()
provider.shutdown()
"""


def opentelemetry(server, _folder, cache):
    """A cumulative exponential histogram, the SDK's default: its second export holds a thousand values more than its first."""
    python = environment_with(cache, "opentelemetry")
    server.start()
    subprocess.run([python, "-c", EXPONENTIAL, server.url()], check=True, timeout=60)
    url = server.url()
    wait_until("the samples", 10, lambda: statistic(url, "OpenTelemetry", "took", "SampleCount", Service="shop") == [1000])
    (half,), (most,) = statistic(url, "OpenTelemetry", "took", "p50"), statistic(url, "OpenTelemetry", "took", "p99")
    assert abs(half - 500) < 15 and abs(most - 990) < 25, (half, most)
    (total,) = statistic(url, "OpenTelemetry", "took", "Sum")
    assert abs(total - 500_500) < 1, total


GRPC = """
import sys, time
import grpc
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
import logging
target = dict(endpoint=sys.argv[1], compression=grpc.Compression.Gzip if sys.argv[2] == "gzip" else None)
if sys.argv[1].startswith("https"):
    target["credentials"] = grpc.ssl_channel_credentials(open(sys.argv[3], "rb").read())
if len(sys.argv) > 4:
    target["headers"] = (("authorization", "Bearer " + sys.argv[4]),)
shop = Resource.create({"service.name": "shop"})
spans = TracerProvider(resource=shop)
spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(**target)))
meters = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter(**target), export_interval_millis=600_000)], shop)
logs = LoggerProvider(shop)
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(**target)))
with spans.get_tracer("t").start_as_current_span("checkout", kind=SpanKind.SERVER) as span:
    print(f"{span.get_span_context().trace_id:032x}")
orders = meters.get_meter("m").create_counter("orders")
orders.add(1)
meters.force_flush()
orders.add(3)
logger = logging.getLogger("shop")
logger.addHandler(LoggingHandler(logger_provider=logs))
logger.error("the card was refused")
for provider in (spans, meters, logs):
    provider.force_flush()
    provider.shutdown()
"""

GRPC_STATUSES = """
import sys
import grpc
channel = grpc.insecure_channel(sys.argv[1].replace("http://", ""))
def code(service, body, **more):
    method = channel.unary_unary(f"/opentelemetry.proto.collector.{service}/Export", request_serializer=lambda bytes: bytes, response_deserializer=lambda bytes: bytes)
    try:
        return "OK " + method(body, timeout=10, **more).hex()
    except grpc.RpcError as refused:
        return f"{refused.code().name} {refused.details()[:60]}"
print(code("trace.v1.TraceService", b""))
print(code("trace.v1.TraceService", b"\\xff\\xff\\xff"))
print(code("trace.v1.TraceService", b"x" * (17 << 20)))
print(code("profiles.v1.ProfilesService", b""))
print(code("logs.v1.LogsService", b"", metadata=(("authorization", "Bearer tik_wrong"),)))
"""


def opentelemetry_grpc(server, folder, cache):
    """Spans, metrics and log records over gRPC: plain and open in dev; then with TLS and a key, compressed; what is wrong is told by its status."""
    python = environment_with(cache, "opentelemetry_grpc")
    server.flags = ["--otlp-grpc", "127.0.0.1:0"]
    server.start()
    target = server.url("grpc").replace("grpc:", "http:")
    trace = subprocess.run([python, "-c", GRPC, target, "plain"], check=True, timeout=60, capture_output=True, text=True).stdout.strip()
    url = server.url()
    wait_until("the counter", 10, lambda: statistic(url, "OpenTelemetry", "orders", "Sum", Service="shop") == [3])
    wait_until("the span", 10, lambda: statistic(url, "ApplicationSignals", "Latency", "SampleCount", Service="shop", Operation="checkout"))
    assert len(trace) == 32, trace
    told = subprocess.run([python, "-c", GRPC_STATUSES, target], check=True, timeout=60, capture_output=True, text=True).stdout.splitlines()
    assert [line.split()[0] for line in told] == ["OK", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED", "UNIMPLEMENTED", "UNAUTHENTICATED"], told
    server.kill()
    keyed = ServerUnderTest(server.tocsin, folder / "keyed", flags=["--otlp-grpc", "127.0.0.1:0"])
    try:
        keys = keyed.make_keys()
        keyed.start()
        secure = keyed.url("grpc").replace("grpc:", "https:")
        subprocess.run([python, "-c", GRPC, secure, "gzip", str(keyed.data / "tls" / "ca.pem"), keys["ingest_key"]], check=True, timeout=60)
        environment = dict(os.environ, AWS_ACCESS_KEY_ID=keys["access_key_id"], AWS_SECRET_ACCESS_KEY=keys["secret_access_key"], AWS_DEFAULT_REGION=keys["region"])
        aws = shutil.which("aws")
        if aws:
            listed = subprocess.run([aws, "--endpoint-url", keyed.url(), "logs", "filter-log-events", "--log-group-name", "/otlp/shop"], env=environment, stdout=subprocess.PIPE, text=True, timeout=60).stdout
            assert "the card was refused" in listed, listed
    finally:
        keyed.kill()


STATSD = """
import sys, statsd
client = statsd.StatsClient("127.0.0.1", int(sys.argv[1]))
for i in range(10):
    client.incr("orders")
    client.timing("checkout", 100 + i)
client.gauge("queue", 7)
client.set("users", "peter")
pipe = client.pipeline()
pipe.incr("orders", 5)
pipe.send()
"""


def statsd(server, _folder, cache):
    """The Python client's counters, timers, gauges and sets."""
    python = environment_with(cache, "statsd")
    server.flags = ["--statsd", "127.0.0.1:0"]
    server.start()
    subprocess.run([python, "-c", STATSD, server.url("statsd").rsplit(":", 1)[1]], check=True, timeout=60)
    url = server.url()
    wait_until("the counter", 30, lambda: statistic(url, "CWAgent", "orders", "Sum", metric_type="counter") == [15], pause=0.5)
    assert statistic(url, "CWAgent", "checkout", "p90", metric_type="timing") == [108]
    assert statistic(url, "CWAgent", "queue", "Average", metric_type="gauge") == [7]
    assert statistic(url, "CWAgent", "users", "Sum", metric_type="set") == [1]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sender", choices=["prometheus", "node_exporter", "opentelemetry", "opentelemetry_grpc", "statsd", "rsyslog"])
    parser.add_argument("--tocsin", required=True)
    parser.add_argument("--cache", default=".cache/senders")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        server = ServerUnderTest(arguments.tocsin, pathlib.Path(scratch) / "data", dev=True)
        try:
            globals()[arguments.sender](server, pathlib.Path(scratch), arguments.cache)
        finally:
            server.kill()
    print(f"{arguments.sender}: well")


if __name__ == "__main__":
    main()
