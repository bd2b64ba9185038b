#!/usr/bin/env python3
"""usage: full_disk_test.py TOCSIN: a small real filesystem fills up under a server at work, and gets room again."""
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from signed_call import SECONDS, Sender
from server_under_test import ServerUnderTest, skip, wait_until

DISK_MB = 24
IN_NAMESPACE = "--in-namespace"


class FullDisk(unittest.TestCase):
    def setUp(self):
        self.disk = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-disk-"))
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", self.disk], check=True, timeout=10)
        self.addCleanup(self.unmount)
        logs = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-test-"))
        self.addCleanup(shutil.rmtree, logs, True)
        self.server = ServerUnderTest(PROGRAM, self.disk / "data")
        self.server.log = logs / "server.log"  # not on the disk that fills up
        self.addCleanup(self.server.kill)
        self.server.make_keys()
        self.server.start()
        self.sender, self.kept = Sender(self.server), Ledger()

    def unmount(self):
        subprocess.run(["umount", "--lazy", self.disk], timeout=10)
        self.disk.rmdir()

    def test_it_refuses_loses_nothing_and_goes_on_when_there_is_room(self):
        queue = json.loads(self.sender.json("sqs", "AmazonSQS.CreateQueue", {"QueueName": "work"}).body)["QueueUrl"]
        self.logs("CreateLogGroup", {"logGroupName": "/kept"})
        self.logs("CreateLogStream", {"logGroupName": "/kept", "logStreamName": "s"})
        for n in range(20):
            self.assertEqual(self.write(queue, n), {"queue": 200, "parameter": 200, "points": 200, "lines": 200})
        self.fill()
        refused = self.write_until_refused(queue, 1000)
        for answer in refused.values():
            self.assertIn(answer.status, (500, 503), answer)
            self.assertTrue(answer.code(), f"no error of the service's shape: {answer}")
        self.assertEqual(self.probe("/healthz"), 200)
        self.assertEqual(self.probe("/readyz"), 503, "a server that cannot write is not ready")
        self.read_when_full(queue)
        (self.disk / "filler").unlink()
        numbers = iter(range(5000, 6000))
        wait_until("writes are taken again", 20, lambda: set(self.write(queue, next(numbers)).values()) == {200}, pause=0.5)
        for n in range(6001, 6010):
            self.assertEqual(self.write(queue, n), {"queue": 200, "parameter": 200, "points": 200, "lines": 200})
        wait_until("what was read on the full disk is recorded", 20, lambda: len(self.recorded("GetQueueAttributes")) == 5, pause=0.5)
        self.assertEqual({record["addendum"]["reason"] for record in self.recorded("GetQueueAttributes")}, {"DELIVERY_DELAY"})
        self.compare(queue)
        self.fill()
        self.write_until_refused(queue, 7000)
        self.server.kill()
        (self.disk / "filler").unlink()
        self.server.start()
        queue = queue.replace(queue.split("/")[2], f"127.0.0.1:{self.server.port()}")
        self.compare(queue, to_the_end=True)
        self.assertEqual(self.server.stop(), 0)

    def read_when_full(self, queue):
        """What is known can be looked at; that it was is recorded when there is room."""
        for _ in range(5):
            found = self.sender.json("ssm", "AmazonSSM.GetParameter", {"Name": "/kept/0"}, "1.1")
            self.assertEqual(found.status, 200, found)
            attributes = self.sender.json("sqs", "AmazonSQS.GetQueueAttributes", {"QueueUrl": queue, "AttributeNames": ["All"]})
            self.assertEqual(attributes.status, 200, attributes)
            self.assertEqual(self.sender.identity().status, 200)

    def recorded(self, name):
        found = self.sender.json("cloudtrail", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}]}, "1.1")
        self.assertEqual(found.status, 200, found)
        return [json.loads(event["CloudTrailEvent"]) for event in json.loads(found.body)["Events"]]

    def fill(self):
        with open(self.disk / "filler", "wb", buffering=0) as filler:
            for size in (1 << 20, 4096, 1):
                try:
                    while True:
                        filler.write(b"x" * size)
                except OSError:
                    pass  # no more of this size

    def write(self, queue, n):
        """One message, one parameter, one point, one log line; what was acknowledged goes into the ledger. Statuses by kind."""
        text = f"{n:06} " + "x" * 2000
        message = self.sender.json("sqs", "AmazonSQS.SendMessage", {"QueueUrl": queue, "MessageBody": text})
        parameter = self.sender.json("ssm", "AmazonSSM.PutParameter", {"Name": f"/kept/{n}", "Value": text, "Type": "String", "Overwrite": True}, "1.1")
        points = self.sender.json("monitoring", "GraniteServiceVersion20100801.PutMetricData", {"Namespace": "Kept", "MetricData": [{"MetricName": f"m{n}", "Value": n, "Timestamp": time.time()}]})
        lines = self.logs("PutLogEvents", {"logGroupName": "/kept", "logStreamName": "s", "logEvents": [{"timestamp": int(time.time() * 1000), "message": text}]})
        self.answers = {"queue": message, "parameter": parameter, "points": points, "lines": lines}
        self.kept.note(n, text, **{kind: answer.status == 200 for kind, answer in self.answers.items()})
        return {kind: answer.status for kind, answer in self.answers.items()}

    def probe(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port(), timeout=SECONDS)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def write_until_refused(self, queue, first):
        """The first refusal of each kind; there is none of points while what is preallocated has room."""
        refused = {}
        for n in range(first, first + 400):
            self.write(queue, n)
            refused = {**{kind: answer for kind, answer in self.answers.items() if answer.status != 200}, **refused}
            if {"queue", "parameter"} <= refused.keys() and n > first + 20:
                return refused
        self.fail(f"a full disk refused only {sorted(refused)}")

    def compare(self, queue, to_the_end=False):
        for n, text in self.kept.parameters.items():
            found = self.sender.json("ssm", "AmazonSSM.GetParameter", {"Name": f"/kept/{n}"}, "1.1")
            self.assertEqual(found.status, 200, f"the parameter {n} is lost: {found}")
            self.assertEqual(json.loads(found.body)["Parameter"]["Value"], text)
        self.assertEqual({n for n in self.kept.points if sum(self.stored_values(n)) != n}, set(), "points are lost")
        self.assertEqual(self.kept.lines - self.stored_lines(), set(), "log lines are lost")
        if to_the_end:
            self.assertEqual(self.kept.messages - self.drain(queue), set(), "messages are lost")

    def logs(self, operation, document):
        return self.sender.json("logs", f"Logs_20140328.{operation}", document, "1.1")

    def stored_lines(self):
        found, token = set(), {}
        while True:
            answer = self.logs("FilterLogEvents", {"logGroupName": "/kept", **token})
            self.assertEqual(answer.status, 200, answer)
            page = json.loads(answer.body)
            found |= {event["message"] for event in page["events"]}
            if not page.get("nextToken"):
                return found
            token = {"nextToken": page["nextToken"]}

    def stored_values(self, n):
        now = time.time()
        asked = {"MetricDataQueries": [{"Id": "m", "MetricStat": {"Metric": {"Namespace": "Kept", "MetricName": f"m{n}"}, "Period": 3600, "Stat": "Sum"}}], "StartTime": now - 7200, "EndTime": now + 60}
        answer = self.sender.json("monitoring", "GraniteServiceVersion20100801.GetMetricData", asked)
        self.assertEqual(answer.status, 200, answer)
        (result,) = json.loads(answer.body)["MetricDataResults"]
        return [value for value in result["Values"] if value != 0] or result["Values"]

    def drain(self, queue):
        found, empty = set(), 0
        while empty < 3:
            answer = self.sender.json("sqs", "AmazonSQS.ReceiveMessage", {"QueueUrl": queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": 600})
            self.assertEqual(answer.status, 200, answer)
            messages = json.loads(answer.body).get("Messages", [])
            found |= {message["Body"] for message in messages}
            empty = 0 if messages else empty + 1
        return found


class Ledger:
    """What was acknowledged."""

    def __init__(self):
        self.messages, self.parameters, self.points, self.lines = set(), {}, set(), set()

    def note(self, n, text, queue, parameter, points, lines):
        if queue:
            self.messages.add(text)
        if parameter:
            self.parameters[n] = text
        if points:
            self.points.add(n)
        if lines:
            self.lines.add(text)


if __name__ == "__main__":
    if IN_NAMESPACE not in sys.argv:
        inside = ["unshare", "--mount", "--propagation", "private"]
        able = os.getuid() == 0 and shutil.which("unshare") and subprocess.run([*inside, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"], capture_output=True, timeout=20).returncode == 0
        if not able:
            skip("a full disk: only root with a mount namespace of its own can make a small filesystem")
        sys.exit(subprocess.run([*inside, sys.executable, *sys.argv, IN_NAMESPACE]).returncode)
    sys.argv.remove(IN_NAMESPACE)
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
