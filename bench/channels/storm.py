#!/usr/bin/env python3
"""usage: storm.py TOCSIN [--alarms N]: all alarms ring within a minute and page one person (README.md)"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(pathlib.Path(__file__).parent), str(ROOT / "tests" / "support")]

from calls import Caller, each, put_alarm, put_values  # noqa: E402
from mail_sink import MailSink  # noqa: E402
from server_under_test import ServerUnderTest, wait_until  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tocsin")
    parser.add_argument("--alarms", type=int, default=5000)
    parser.add_argument("--watch", type=int, default=240, help="seconds after the storm, at most: it ends when every page can be read")
    parser.add_argument("--perf", help="perf's record of the storm")
    arguments = parser.parse_args()
    sink = MailSink()
    with tempfile.TemporaryDirectory() as folder:
        server = ServerUnderTest(arguments.tocsin, pathlib.Path(folder) / "data", dev=True, flags=["--smtp", sink.url]).start()
        try:
            caller = Caller(server.port())
            contact = caller.contacts("CreateContact", Alias="alice", Type="PERSONAL", Plan={"Stages": []})["ContactArn"]
            channel = caller.contacts("CreateContactChannel", ContactId=contact, Name="mail", Type="EMAIL", DeliveryAddress={"SimpleAddress": "alice@example.org"})["ContactChannelArn"]
            text = wait_until("the code", 30, lambda: sink.mails and sink.mails[0][2])
            caller.contacts("ActivateContactChannel", ContactChannelId=channel, ActivationCode=re.search(r"code is (\d+)", text).group(1))
            caller.contacts("UpdateContact", ContactId=contact, Plan={"Stages": [{"DurationInMinutes": 30, "Targets": [{"ChannelTargetInfo": {"ContactChannelId": channel, "RetryIntervalInMinutes": 0}}]}]})
            rest = lambda path, body: json.loads(caller_rest(server.port(), path, body))
            rest("/createReplicationSet", {"regions": {"eu-west-1": {}}})
            plan = rest("/createResponsePlan", {"name": "shop", "incidentTemplate": {"title": "Checkout errors", "impact": 2}, "engagements": [contact]})["arn"]
            each(lambda i: put_alarm(caller, f"alarm-{i}", f"m{i}", [plan], 60), range(arguments.alarms))
            metrics = [f"m{i}" for i in range(arguments.alarms)]
            sink.mails.clear()
            begun = time.time()
            put_values(caller, metrics, 5)
            waits = Waits(server.port())
            perf = subprocess.Popen(["perf", "record", "-q", "-g", "-F", "499", "-o", arguments.perf, "-p", str(server.process.pid)]) if arguments.perf else None
            used = processor_seconds(server.process.pid)
            wait_until("the first page", 180, lambda: sink.mails, 0.02)
            first = sink.mails[0][0]
            history = lambda: caller.cloudwatch("DescribeAlarmHistory", HistoryItemType="StateUpdate", StartDate=begun, MaxRecords=100, ScanBy="TimestampAscending")["AlarmHistoryItems"]
            due = min(item["Timestamp"] for item in history() if "to ALARM" in item["HistorySummary"])
            end = time.time() + arguments.watch
            while (pages := pages_of(caller, contact)) < arguments.alarms and time.time() < end:
                time.sleep(1)
            readable = time.time()
            used = processor_seconds(server.process.pid) - used
            if perf:
                perf.terminate()
                perf.wait()
            print(json.dumps({"alarms": arguments.alarms, "first_page_after_change_s": round(first - due, 2), "pages_that_can_be_read": pages, "after_s": round(readable - due, 1),
                              "messages": len(sink.mails), **waits.end(), "processor_s": round(used, 1), "memory_mb": round(server.memory_kb() / 1024),
                              "subjects": [re.search(r"^Subject: (.*)$", t, re.M).group(1)[:70].strip() for _, _, t in sink.mails]}))
        finally:
            server.kill()


def pages_of(caller, contact):
    pages, token = 0, {}
    while True:
        answer = caller.contacts("ListPagesByContact", ContactId=contact, MaxResults=1000, **token)
        pages += len(answer["Pages"])
        if "NextToken" not in answer:
            return pages
        token = {"NextToken": answer["NextToken"]}


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


class Waits:
    """How long a call waits while the storm goes on: one of ten a second."""

    def __init__(self, port):
        self.caller, self.took, self.ended = Caller(port), [], threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.ended.wait(0.1):
            begun = time.monotonic()
            self.caller.contacts("ListContacts")
            self.took.append(time.monotonic() - begun)

    def end(self):
        self.ended.set()
        self.thread.join()
        took = sorted(self.took)
        return {"calls": len(took), "call_p50_s": round(took[len(took) // 2], 3), "call_p99_s": round(took[int(len(took) * 0.99)], 3), "call_max_s": round(took[-1], 3)}


def caller_rest(port, path, body):
    import datetime
    import urllib.request
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), {
        "Content-Type": "application/json", "X-Amz-Date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ"),
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-west-1/ssm-incidents/aws4_request, SignedHeaders=host, Signature=0"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode()


if __name__ == "__main__":
    main()
