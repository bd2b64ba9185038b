"""What a fixture holds: made once by a release, read by every later one. Names and values are for ever."""
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "abuse"))

from signed_call import Sender  # noqa: E402

LINES = ["checkout started", "ERROR payment refused: pool exhausted", "checkout ended"]
METRIC = {"Namespace": "Kept", "MetricName": "Orders"}
VALUES = [3, 5, 8]


class Things:
    def __init__(self, server):
        self.sender = Sender(server)
        self.region, self.account = server.keys["region"], server.keys["account"]
        self.topic = f"arn:aws:sns:{self.region}:{self.account}:alarms"
        self.plan = f"arn:aws:ssm-incidents::{self.account}:response-plan/shop"

    def ask(self, service, target, version, document):
        return self.checked(self.sender.json(service, target, document, version))

    def query(self, service, version, action, **parameters):
        pairs = {"Action": action, "Version": version, **parameters}
        body = "&".join(f"{name}={self.percent(str(value))}" for name, value in pairs.items()).encode()
        return self.checked(self.sender.send(service, "application/x-www-form-urlencoded", body))

    def rest(self, service, path, document):
        return self.checked(self.sender.send(service, "application/json", json.dumps(document).encode(), path=path))

    @staticmethod
    def percent(text):
        return "".join(c if c.isalnum() or c in "-_.~" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in text)

    @staticmethod
    def checked(answer):
        assert answer.status in (200, 201), answer
        return json.loads(answer.body) if answer.body.startswith((b"{", b"[")) else answer.body.decode()

    def cloudwatch(self, operation, **document):
        return self.ask("monitoring", f"GraniteServiceVersion20100801.{operation}", "1.0", document)

    def logs(self, operation, **document):
        return self.ask("logs", f"Logs_20140328.{operation}", "1.1", document)

    def ssm(self, operation, **document):
        return self.ask("ssm", f"AmazonSSM.{operation}", "1.1", document)

    def sqs(self, operation, **document):
        return self.ask("sqs", f"AmazonSQS.{operation}", "1.0", document)

    def make(self):
        now = time.time()
        self.query("iam", "2010-05-08", "CreateUser", UserName="ann")
        self.query("iam", "2010-05-08", "AttachUserPolicy", UserName="ann", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        self.query("sns", "2010-03-31", "CreateTopic", Name="alarms")
        self.sqs("CreateQueue", QueueName="work")
        self.query("sns", "2010-03-31", "Subscribe", TopicArn=self.topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{self.region}:{self.account}:work")
        self.cloudwatch("PutMetricAlarm", AlarmName="orders", Namespace="Kept", MetricName="Orders", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1, ComparisonOperator="LessThanThreshold",
                        AlarmActions=[self.topic])
        self.cloudwatch("SetAlarmState", AlarmName="orders", StateValue="ALARM", StateReason="made for the fixture")
        self.cloudwatch("PutMetricData", Namespace="Kept", MetricData=[{"MetricName": "Orders", "Value": value, "Timestamp": now} for value in VALUES])
        self.logs("CreateLogGroup", logGroupName="/shop")
        self.logs("CreateLogStream", logGroupName="/shop", logStreamName="payment")
        self.logs("PutLogEvents", logGroupName="/shop", logStreamName="payment", logEvents=[{"timestamp": int(now * 1000) + n, "message": line} for n, line in enumerate(LINES)])
        for value in ("8", "1"):
            self.ssm("PutParameter", Name="/shop/pool", Value=value, Type="String", Overwrite=True)
        self.ssm("PutParameter", Name="/shop/secret", Value="sesame", Type="SecureString")
        self.ask("events", "AWSEvents.PutRule", "1.1", {"Name": "orders", "EventPattern": "{\"source\":[\"shop\"]}"})
        self.rest("ssm-incidents", "/createReplicationSet", {"regions": {self.region: {}}})
        self.rest("ssm-incidents", "/createResponsePlan", {"name": "shop", "incidentTemplate": {"title": "The shop is down", "impact": 2}})
        self.rest("ssm-incidents", "/startIncident", {"responsePlanArn": self.plan, "title": "Orders fell"})

    def read(self):
        """What the server knows of it, as one value: only what no retention takes away soon."""
        end = time.time()
        incident = self.rest("ssm-incidents", "/listIncidentRecords", {})["incidentRecordSummaries"][0]
        timeline = self.rest("ssm-incidents", "/listTimelineEvents", {"incidentRecordArn": incident["arn"]})["eventSummaries"]
        metric = self.cloudwatch("GetMetricData", StartTime=end - 455 * 86400, EndTime=end, MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": METRIC, "Period": 3600, "Stat": "Sum"}}])
        return {
            "alarm": self.cloudwatch("DescribeAlarms", AlarmNames=["orders"])["MetricAlarms"][0]["AlarmActions"],
            "topic": self.topic in self.query("sns", "2010-03-31", "ListTopics"),
            "subscription": "<Protocol>sqs</Protocol>" in self.query("sns", "2010-03-31", "ListSubscriptionsByTopic", TopicArn=self.topic),
            "user": "arn:aws:iam::aws:policy/ReadOnlyAccess" in self.query("iam", "2010-05-08", "ListAttachedUserPolicies", UserName="ann"),
            "rule": self.ask("events", "AWSEvents.DescribeRule", "1.1", {"Name": "orders"})["EventPattern"],
            "metric": sum(metric["MetricDataResults"][0]["Values"]),
            "lines": [event["message"] for event in self.logs("FilterLogEvents", logGroupName="/shop")["events"]],
            "parameter": [self.ssm("GetParameter", Name=name, WithDecryption=True)["Parameter"]["Value"] for name in ("/shop/pool", "/shop/secret")],
            "versions": len(self.ssm("GetParameterHistory", Name="/shop/pool")["Parameters"]),
            "incident": incident["title"],
            "timeline": len(timeline) > 0,
            "queue": self.sqs("GetQueueUrl", QueueName="work")["QueueUrl"].endswith("/work"),
        }

    def expected(self):
        return {"alarm": [self.topic], "topic": True, "subscription": True, "user": True, "rule": "{\"source\":[\"shop\"]}", "metric": sum(VALUES), "lines": LINES,
                "parameter": ["1", "sesame"], "versions": 2, "incident": "Orders fell", "timeline": True, "queue": True}
