"""Calls to a server in --dev, on connections that are kept, from several threads."""
import concurrent.futures
import datetime
import http.client
import json
import threading
import urllib.parse

kept = threading.local()


class Caller:
    def __init__(self, port):
        self.port = port

    def post(self, body, service, **headers):
        fields = {"Authorization": f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0",
                  "X-Amz-Date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ"), **headers}
        if not hasattr(kept, "connection"):
            kept.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            kept.connection.request("POST", "/", body, fields)
            answer = kept.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):  # it was idle for too long
            kept.connection.close()
            kept.connection.request("POST", "/", body, fields)
            answer = kept.connection.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:
            raise SystemExit(f"{service}: {answer.status} {text}")
        return text

    def json(self, service, target, version="1.1", **members):
        return json.loads(self.post(json.dumps(members), service, **{"Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": target}) or "{}")

    def cloudwatch(self, operation, **members):
        return self.json("monitoring", "GraniteServiceVersion20100801." + operation, "1.0", **members)

    def contacts(self, operation, **members):
        return self.json("ssm-contacts", "SSMContacts." + operation, **members)

    def query(self, service, action, **members):
        return self.post(urllib.parse.urlencode({"Action": action, "Version": "2010-03-31", **members}), service, **{"Content-Type": "application/x-www-form-urlencoded"})


def each(function, items, threads=4):
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        list(pool.map(function, items))


def put_alarm(caller, name, metric, actions, period=10):
    caller.cloudwatch("PutMetricAlarm", AlarmName=name, Namespace="Bench", MetricName=metric, Statistic="Maximum", Period=period, EvaluationPeriods=1, Threshold=1,
                      ComparisonOperator="GreaterThanThreshold", TreatMissingData="notBreaching", AlarmActions=actions)


def put_values(caller, metrics, value):
    for first in range(0, len(metrics), 500):
        caller.cloudwatch("PutMetricData", Namespace="Bench", MetricData=[{"MetricName": metric, "Value": value, "StorageResolution": 1} for metric in metrics[first:first + 500]])
