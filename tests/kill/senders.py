"""Senders: each does one kind of work over and over, and keeps its own ledger of what was acknowledged. `check` reads everything back and gives the faults found.

A sender belongs to one thread. A call that was not answered may have been done; the ledger calls it unknown.
"""
import datetime
import json
import random
import time

FOR_TOPICS = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]})

from aws_client import Client, Refused, Unanswered


class Sender:
    name = "?"

    def __init__(self, address, seed, number):
        self.number = number  # tells senders of one kind apart
        self.client, self.random = Client(address), random.Random(seed)
        self.acknowledged, self.unknown, self.refused, self.count = 0, 0, 0, 0

    def set_up(self):
        pass

    def step(self):
        """One piece of work."""
        self.count += 1
        try:
            self.do(self.count)
            self.acknowledged += 1
        except Unanswered:
            self.unknown += 1
            self.on_unknown(self.count)
        except Refused as refused:
            # a server that is starting or stopping may say so; anything else is a fault of the harness
            if refused.status not in (500, 503):
                raise
            self.refused += 1
            self.on_unknown(self.count)

    def do(self, number):
        raise NotImplementedError

    def on_unknown(self, number):
        pass

    def check(self):
        return []


def until_answered(call, seconds=30):
    """For reads and idempotent writes: again until there is an answer."""
    end = time.monotonic() + seconds
    while True:
        try:
            return call()
        except (Unanswered, Refused) as error:
            if time.monotonic() > end or (isinstance(error, Refused) and error.status < 500):
                raise
            time.sleep(0.05)


def drain(client, queue_url, quiet_s):
    """Every message of a queue as (message id, body), until it has been empty for a while."""
    messages, last = [], time.monotonic()
    while time.monotonic() - last < quiet_s:
        got = until_answered(lambda: client.json("sqs", "ReceiveMessage", {"QueueUrl": queue_url, "MaxNumberOfMessages": 10, "VisibilityTimeout": 600}))
        for message in got.get("Messages", []):
            last = time.monotonic()
            messages.append((message["MessageId"], message["Body"]))
            entry = {"QueueUrl": queue_url, "ReceiptHandle": message["ReceiptHandle"]}
            until_answered(lambda: client.json("sqs", "DeleteMessage", entry))
        if not got.get("Messages"):
            time.sleep(0.1)
    return messages


def twice(values):
    seen, found = set(), []
    for value in values:
        if value in seen:
            found.append(value)
        seen.add(value)
    return found


class QueueSender(Sender):
    """SQS SendMessage: what was acknowledged is received, once."""
    name = "queue"

    def set_up(self):
        self.queue_url = until_answered(lambda: self.client.json("sqs", "CreateQueue", {"QueueName": f"kill-queue-{self.number}"}))["QueueUrl"]
        self.sent = {}

    def do(self, number):
        body = f"message {number}"
        self.sent[body] = self.client.json("sqs", "SendMessage", {"QueueUrl": self.queue_url, "MessageBody": body})["MessageId"]

    def check(self):
        received = drain(self.client, self.queue_url, 1)
        bodies = [body for _, body in received]
        faults = [f"queue: acknowledged {body!r} is lost" for body in self.sent if body not in set(bodies)]
        faults += [f"queue: {body!r} is stored twice" for body in twice(bodies)]
        ids = dict((body, message_id) for message_id, body in received)
        return faults + [f"queue: {body!r} has another id" for body, sent in self.sent.items() if body in ids and ids[body] != sent]


class TopicSender(Sender):
    """SNS Publish to a topic with a queue behind it: what was acknowledged arrives in the queue."""
    name = "topic"
    VERSION = "2010-03-31"

    def set_up(self):
        self.queue_url = until_answered(lambda: self.client.json("sqs", "CreateQueue", {"QueueName": "kill-topic-queue", "Attributes": {"Policy": FOR_TOPICS}}))["QueueUrl"]
        attributes = until_answered(lambda: self.client.json("sqs", "GetQueueAttributes", {"QueueUrl": self.queue_url, "AttributeNames": ["QueueArn"]}))
        self.topic = until_answered(lambda: self.client.query("sns", self.VERSION, "CreateTopic", {"Name": "kill-topic"})).findtext(".//TopicArn")
        until_answered(lambda: self.client.query("sns", self.VERSION, "Subscribe", {
            "TopicArn": self.topic, "Protocol": "sqs", "Endpoint": attributes["Attributes"]["QueueArn"]}))
        self.published = set()

    def do(self, number):
        message = f"publication {number}"
        self.client.query("sns", self.VERSION, "Publish", {"TopicArn": self.topic, "Message": message})
        self.published.add(message)

    def check(self):
        bodies = []
        for _, body in drain(self.client, self.queue_url, 5):
            bodies.append(json.loads(body)["Message"])
        faults = [f"topic: acknowledged {message!r} never arrived" for message in self.published if message not in set(bodies)]
        return faults + [f"topic: {message!r} arrived twice" for message in twice(bodies)]


class MetricSender(Sender):
    """CloudWatch PutMetricData: the sample count is between what was acknowledged and what may have been done."""
    name = "metric"

    def set_up(self):
        self.began = datetime.datetime.now(datetime.timezone.utc)
        self.samples, self.samples_unknown = 0, 0

    def do(self, number):
        self.batch = self.random.randint(1, 5)
        data = [{"MetricName": "Requests", "Value": 1.0, "Unit": "Count"} for _ in range(self.batch)]
        self.client.json("monitoring", "PutMetricData", {"Namespace": "Kill", "MetricData": data})
        self.samples += self.batch

    def on_unknown(self, number):
        self.samples_unknown += self.batch

    def check(self):
        def seconds(at):
            return int(at.timestamp())
        now = datetime.datetime.now(datetime.timezone.utc)
        answer = until_answered(lambda: self.client.json("monitoring", "GetMetricStatistics", {
            "Namespace": "Kill", "MetricName": "Requests", "StartTime": seconds(self.began) // 60 * 60, "EndTime": seconds(now) + 60,
            "Period": 60, "Statistics": ["SampleCount"]}))
        found = sum(point["SampleCount"] for point in answer["Datapoints"])
        if self.samples <= found <= self.samples + self.samples_unknown:
            return []
        return [f"metric: {found} samples found, {self.samples} acknowledged and {self.samples_unknown} unknown"]


class AlarmSender(Sender):
    """CloudWatch SetAlarmState: the alarm stands where it was last put."""
    name = "alarm"
    STATES = ["OK", "ALARM", "INSUFFICIENT_DATA"]

    def set_up(self):
        until_answered(lambda: self.client.json("monitoring", "PutMetricAlarm", {
            "AlarmName": "kill-alarm", "Namespace": "Kill", "MetricName": "NeverSent", "Statistic": "Sum", "Period": 86400, "EvaluationPeriods": 1,
            "Threshold": 1e9, "ComparisonOperator": "GreaterThanThreshold", "ActionsEnabled": False, "TreatMissingData": "ignore"}))
        self.possible = []

    def do(self, number):
        self.reason = f"reason {number}"
        self.client.json("monitoring", "SetAlarmState", {"AlarmName": "kill-alarm", "StateValue": self.STATES[number % 3], "StateReason": self.reason})
        self.possible = [self.reason]

    def on_unknown(self, number):
        self.possible.append(self.reason)

    def check(self):
        alarms = until_answered(lambda: self.client.json("monitoring", "DescribeAlarms", {"AlarmNames": ["kill-alarm"]}))["MetricAlarms"]
        if not alarms:
            return ["alarm: it is lost"]
        if self.possible and alarms[0].get("StateReason") not in self.possible:
            return [f"alarm: it stands at {alarms[0].get('StateReason')!r}, not at one of {self.possible}"]
        return []


class ParameterSender(Sender):
    """SSM PutParameter: a version that was given is not given again, and the last is there."""
    name = "parameter"

    def set_up(self):
        self.last_version, self.last_value, self.faults, self.calls_unknown = 0, None, [], 0

    def do(self, number):
        self.value = f"value {number}"
        answer = self.client.json("ssm", "PutParameter", {"Name": "/kill/parameter", "Value": self.value, "Type": "String", "Overwrite": True})
        version = answer["Version"]
        if not self.last_version < version <= self.last_version + 1 + self.calls_unknown:
            self.faults.append(f"parameter: version {version} after {self.last_version} with {self.calls_unknown} unknown calls between")
        self.last_version, self.last_value, self.calls_unknown = version, self.value, 0

    def on_unknown(self, number):
        self.calls_unknown += 1

    def check(self):
        if self.last_version:
            answer = until_answered(lambda: self.client.json("ssm", "GetParameter", {"Name": f"/kill/parameter:{self.last_version}"}))
            if answer["Parameter"]["Value"] != self.last_value:
                self.faults.append(f"parameter: version {self.last_version} is {answer['Parameter']['Value']!r}, not {self.last_value!r}")
        return self.faults


SENDERS = [QueueSender, QueueSender, TopicSender, MetricSender, AlarmSender, ParameterSender]
