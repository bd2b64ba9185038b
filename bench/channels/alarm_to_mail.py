#!/usr/bin/env python3
"""usage: alarm_to_mail.py TOCSIN [--alarms N] [--ring N] [--rounds N]: alarm due -> mail handed to the mail server (README.md)"""
import argparse
import json
import pathlib
import re
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(pathlib.Path(__file__).parent), str(ROOT / "tests" / "support")]

from calls import Caller, each, put_alarm, put_values  # noqa: E402
from mail_sink import MailSink  # noqa: E402
from server_under_test import ServerUnderTest, wait_until  # noqa: E402


def body_of(text):
    return text.replace("=\r\n", "").replace("=3D", "=")


def is_alarm(text):
    return re.search("^Subject: ALARM", text, re.M) is not None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tocsin")
    parser.add_argument("--alarms", type=int, default=10_000)
    parser.add_argument("--ring", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    sink = MailSink()
    with tempfile.TemporaryDirectory() as folder:
        server = ServerUnderTest(arguments.tocsin, pathlib.Path(folder) / "data", dev=True, flags=["--smtp", sink.url]).start()
        try:
            caller = Caller(server.port())
            topic = re.search("<TopicArn>(.*?)<", caller.query("sns", "CreateTopic", Name="alarms")).group(1)
            caller.query("sns", "Subscribe", TopicArn=topic, Protocol="email", Endpoint="team@example.org")
            text = wait_until("the confirmation", 30, lambda: sink.mails and body_of(sink.mails[0][2]))
            path = re.search(r"/subscriptions/confirm\S*", text).group(0)
            urllib.request.urlopen(urllib.request.Request(server.url() + path, b""), timeout=20).read()
            begun = time.monotonic()
            each(lambda i: put_alarm(caller, f"alarm-{i}", f"m{i}", [topic] if i < arguments.ring else []), range(arguments.alarms))
            print(f"{arguments.alarms} alarms were made in {time.monotonic() - begun:.1f} s", flush=True)
            metrics = [f"m{i}" for i in range(arguments.alarms)]
            put_values(caller, metrics, 0)
            time.sleep(15)
            took = []
            for number in range(arguments.rounds):
                sink.mails.clear()
                put_values(caller, metrics[:arguments.ring], 5)
                wait_until("the mails", 90, lambda: sum(is_alarm(t) for _, _, t in sink.mails) >= arguments.ring)
                changed = [alarm["StateUpdatedTimestamp"] for alarm in caller.cloudwatch("DescribeAlarms", StateValue="ALARM", MaxRecords=100)["MetricAlarms"]]
                due = min(changed)
                took += [moment - due for moment, _, text in sink.mails if is_alarm(text)]
                wait_until("all well again", 120, lambda: not caller.cloudwatch("DescribeAlarms", StateValue="ALARM", MaxRecords=1).get("MetricAlarms"))
            took.sort()
            at = lambda share: took[min(len(took) - 1, int(len(took) * share))]
            print(json.dumps({"mails": len(took), "p50_s": round(at(.5), 3), "p99_s": round(at(.99), 3), "max_s": round(took[-1], 3), "memory_mb": round(server.memory_kb() / 1024)}))
        finally:
            server.kill()


if __name__ == "__main__":
    main()
