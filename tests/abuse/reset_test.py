#!/usr/bin/env python3
"""usage: reset_test.py TOCSIN: a server in --dev is emptied, again and again, while clients are at work."""
import concurrent.futures
import http.client
import json
import pathlib
import shutil
import sys
import tempfile
import threading
import time
import unittest

from signed_call import SECONDS, Sender
from server_under_test import ServerUnderTest

RESETS = 12
WRITERS = 4


class Reset(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-test-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.server = ServerUnderTest(PROGRAM, self.folder / "data", dev=True)
        self.addCleanup(self.server.kill)

    def ask(self, headers=None, method="POST"):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port(), timeout=SECONDS)
        try:
            connection.request(method, "/_tocsin/reset", b"", {"Authorization": "test"} if headers is None else headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def test_it_is_empty_whoever_was_at_work_and_serves_on(self):
        self.server.start()
        sender, stop, statuses = Sender(self.server), threading.Event(), []

        def work(number):
            turn = 0
            while not stop.is_set():
                turn += 1
                for answer in self.write(sender, f"w{number}-{turn}"):
                    statuses.append(answer.status)

        def poll():
            while not stop.is_set():
                made = sender.json("sqs", "AmazonSQS.CreateQueue", {"QueueName": "polled"})
                if made.status == 200:
                    url = json.loads(made.body)["QueueUrl"]
                    statuses.append(sender.json("sqs", "AmazonSQS.ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": 2}).status)

        with concurrent.futures.ThreadPoolExecutor(WRITERS + 1) as pool:
            jobs = [pool.submit(work, n) for n in range(WRITERS)] + [pool.submit(poll)]
            for _ in range(RESETS):
                time.sleep(0.3)
                self.assertEqual(self.ask(), 200)
            stop.set()
            for job in jobs:
                job.result()
        self.assertLessEqual(set(statuses), {200, 400, 503}, "each was answered: done, refused as what it was about is gone, or gone itself")
        self.assertGreater(statuses.count(200), 20)
        self.assertTrue(any(self.write(sender, "before")))
        self.assertEqual(self.ask(), 200)
        self.is_empty(sender)
        self.assertEqual({answer.status for answer in self.write(sender, "after")}, {200})
        self.assertEqual(len(self.parameters(sender)), 1)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertEqual(len(self.parameters(Sender(self.server))), 1, "what came after it is kept")

    def test_what_init_made_stays(self):
        self.server.make_keys()
        self.server.start()
        sender = Sender(self.server)
        self.assertEqual({answer.status for answer in self.write(sender, "a")}, {200})
        self.assertEqual(self.ask(sender.headers("sts", "text/plain", b"", path="/_tocsin/reset")), 200)
        self.assertIn(b"user/admin", sender.identity().body)
        self.assertEqual(self.parameters(sender), [])
        self.assertEqual(self.ask(sender.headers("sts", "text/plain", b"", path="/_tocsin/reset", secret="wrong")), 403, "a key of the server is checked")

    def test_it_is_no_path_without_dev_and_none_for_a_web_page(self):
        self.server.start()
        self.assertEqual(self.ask({}), 403)
        self.assertEqual(self.ask({"Authorization": "test", "Origin": "https://evil.example"}), 403)
        self.assertEqual(self.ask({"Authorization": "test", "Host": "evil.example"}), 403)
        self.assertEqual(self.ask(method="GET"), 405)
        self.assertEqual(self.server.stop(), 0)
        self.server.dev = False
        self.server.start()
        self.assertEqual(self.ask(), 404)

    def write(self, sender, name):
        """A parameter, a point, a line, a topic."""
        yield sender.json("ssm", "AmazonSSM.PutParameter", {"Name": f"/{name}", "Value": "x", "Type": "String"}, "1.1")
        yield sender.json("monitoring", "GraniteServiceVersion20100801.PutMetricData", {"Namespace": "Kept", "MetricData": [{"MetricName": name, "Value": 1}]})
        yield sender.json("logs", "Logs_20140328.CreateLogGroup", {"logGroupName": f"/{name}"}, "1.1")
        yield sender.send("sns", "application/x-www-form-urlencoded", f"Action=CreateTopic&Version=2010-03-31&Name={name}".encode())

    def parameters(self, sender):
        return json.loads(sender.json("ssm", "AmazonSSM.DescribeParameters", {}, "1.1").body)["Parameters"]

    def is_empty(self, sender):
        self.assertEqual(self.parameters(sender), [])
        metrics = sender.json("monitoring", "GraniteServiceVersion20100801.ListMetrics", {"Namespace": "Kept"})
        self.assertEqual(json.loads(metrics.body).get("Metrics", []), [])
        self.assertEqual(json.loads(sender.json("logs", "Logs_20140328.DescribeLogGroups", {}, "1.1").body)["logGroups"], [])
        self.assertNotIn(b"<TopicArn>", sender.send("sns", "application/x-www-form-urlencoded", b"Action=ListTopics&Version=2010-03-31").body)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
