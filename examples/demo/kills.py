"""Ends the server with SIGKILL at seeded moments of the story and starts it again, while a sender keeps a ledger of what was acknowledged."""
import datetime
import random
import threading
import time

NAMESPACE, METRIC = "Demo/Ledger", "Sent"


class Kills:
    def __init__(self, tocsin, count, seed, span_s):
        self.tocsin, self.done, self.over = tocsin, 0, threading.Event()
        choose = random.Random(seed)
        self.moments = sorted(choose.uniform(1.0, span_s) for _ in range(count))
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self):
        self.began = time.monotonic()
        self.thread.start()

    def run(self):
        for moment in self.moments:
            if self.over.wait(max(0.0, self.began + moment - time.monotonic())):
                return
            self.tocsin.kill()
            self.tocsin.start()
            self.done += 1

    def stop(self):
        self.over.set()
        self.thread.join()


class SendersLedger:
    """Puts a datapoint ten times a second, each once; counts what was acknowledged and what was left unanswered."""

    def __init__(self, tocsin):
        self.tocsin, self.acknowledged, self.unanswered, self.over = tocsin, 0, 0, threading.Event()
        self.client = tocsin.client("cloudwatch", retries={"max_attempts": 1, "mode": "standard"})
        self.began = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.over.wait(0.1):
            try:
                self.client.put_metric_data(Namespace=NAMESPACE, MetricData=[{"MetricName": METRIC, "Value": 1.0}])
                self.acknowledged += 1
            except Exception:  # a killed server answers nothing: the datapoint may or may not be there
                self.unanswered += 1

    def stop(self):
        self.over.set()
        self.thread.join()

    def kept(self):
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=1)
        points = self.tocsin.client("cloudwatch").get_metric_statistics(Namespace=NAMESPACE, MetricName=METRIC, StartTime=self.began, EndTime=end, Period=60, Statistics=["Sum"])
        return sum(point["Sum"] for point in points["Datapoints"])


def hold_nothing_lost(hold, ledger, ssm, cloudtrail, tell, rolls_back):
    kept = ledger.kept()
    hold(ledger.acknowledged <= kept <= ledger.acknowledged + ledger.unanswered,
         f"of {ledger.acknowledged} acknowledged and {ledger.unanswered} unanswered datapoints {kept:.0f} are kept")
    tell("DETECT", f"the sender's ledger: {ledger.acknowledged} datapoints acknowledged, {ledger.unanswered} unanswered, {kept:.0f} kept")
    puts = [event for event in cloudtrail.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "PutParameter"}])["Events"]
            if "Automation-" in event["CloudTrailEvent"]]
    repairs = [command for command in ssm.list_commands()["Commands"] if command["DocumentName"] == "AWS-RunShellScript"]
    hold(len(puts) == rolls_back and len(repairs) == 1, f"each step was carried out once: {len(puts)} roll-backs, {len(repairs)} repairs on hosts")
