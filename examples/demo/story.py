"""Watches the outage through the API, as anyone could, tells it as a timeline, and holds that each part truly happened."""
import datetime
import json
import sys
import time
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.credentials

import faults
from outside import link_in, text_of
from setup_tocsin import ALARM, OPERATOR, TEAM, fetch, parameter_of, press
from tocsin_stack import REGION

COLOUR = sys.stdout.isatty()
TITLES = ("Recent change", "Suspect host", "Slow dependency", "Stopped process", "Full disk", "Exhausted memory")
STAGE_COLOURS = {"DETECT": 33, "DIAGNOSE": 36, "REMEDIATE": 35, "COMMUNICATE": 34, "LEARN": 32, "FAULT": 31}


class Untrue(Exception):
    """A part of the story that did not happen."""


class Story:
    def __init__(self, tocsin, shop, mailbox, webhook, made, fault):
        self.tocsin, self.shop, self.mailbox, self.webhook, self.made, self.fault = tocsin, shop, mailbox, webhook, made, fault
        self.began = time.time()
        self.cloudwatch, self.ssm, self.sqs = (tocsin.client(name) for name in ("cloudwatch", "ssm", "sqs"))
        self.incidents, self.contacts = tocsin.client("ssm-incidents"), tocsin.client("ssm-contacts")

    def tell(self, stage, text, at=None):
        seconds = (at or time.time()) - self.began
        mark = f"\033[{STAGE_COLOURS[stage]}m{stage:<11}\033[0m" if COLOUR else f"{stage:<11}"
        lines = text.split("\n")
        print(f"  {seconds:6.1f} s  {mark} {lines[0]}", flush=True)
        for line in lines[1:]:
            print(" " * 23 + line, flush=True)

    def wait(self, what, look, seconds=60.0):
        """The first true answer of look(); shows that it waits."""
        end, shown = time.monotonic() + seconds, time.monotonic() + 3
        while time.monotonic() < end:
            try:
                found = look()
            except (OSError, self.tocsin_errors()):
                found = None  # the server may be down for a moment; the story goes on
            if found:
                if COLOUR:
                    print("\r\033[K", end="")
                return found
            if COLOUR and time.monotonic() > shown:
                print(f"\r\033[K   … {what} ({end - time.monotonic():.0f} s left)", end="", flush=True)
            time.sleep(0.3)
        raise Untrue(f"{what}: not within {seconds:.0f} s")

    @staticmethod
    def tocsin_errors():
        import botocore.exceptions
        return botocore.exceptions.BotoCoreError

    def hold(self, truth, what):
        if not truth:
            raise Untrue(what)

    # --- the parts

    def wait_for_calm(self):
        self.wait("the alarm has its first datapoints and is OK", lambda: self.alarm()["StateValue"] == "OK", 90)

    def break_it(self):
        self.began = time.time()
        self.tell("FAULT", self.fault.inject(self.tocsin))

    def alarm(self):
        return self.cloudwatch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"][0]

    def detect(self):
        alarm = self.wait("the alarm leaves OK for ALARM", lambda: self.alarm()["StateValue"] == "ALARM" and self.alarm(), 120)
        self.alarm_at = alarm["StateUpdatedTimestamp"].timestamp()
        self.tell("DETECT", f"alarm {ALARM}: OK → ALARM\n{alarm['StateReason']}", self.alarm_at)
        self.hold(alarm["StateReason"].startswith("Threshold Crossed:"), "the alarm's reason names the threshold")
        event = self.wait("the event passes the bus", self.next_event, 30)
        self.tell("DETECT", f"event {event['id']} on the bus: {event['detail-type']}, through the rule to its queue")

    def next_event(self):
        for message in self.sqs.receive_message(QueueUrl=self.made["queue"], MaxNumberOfMessages=10).get("Messages", []):
            event = json.loads(message["Body"])
            self.sqs.delete_message(QueueUrl=self.made["queue"], ReceiptHandle=message["ReceiptHandle"])
            if event["detail"]["state"]["value"] == "ALARM":
                return event
        return None

    def notify(self):
        at, mail = self.wait("the notification by e-mail", lambda: next(iter(self.mailbox.find(TEAM, "ALARM:", self.began)), None), 60)
        self.tell("COMMUNICATE", f"e-mail to {TEAM}: {mail['Subject']}", at)
        at, message = self.wait("the notification by webhook", lambda: next(iter([n for n in self.webhook.notifications if n[0] >= self.began]), None), 60)
        self.hold(json.loads(message["Message"])["NewStateValue"] == "ALARM", "the webhook tells of the alarm")
        self.tell("COMMUNICATE", f"webhook: signature holds (version {message['SignatureVersion']}), {message['Subject']}", at)

    def open_incident(self):
        found = self.wait("an incident is opened", lambda: self.incidents.list_incident_records(filters=[])["incidentRecordSummaries"], 30)
        self.hold(len(found) == 1, "one alarm opens one incident")
        self.arn = found[0]["arn"]
        self.opened_at = found[0]["creationTime"].timestamp()
        self.tell("DIAGNOSE", f"incident opened from the response plan: “{found[0]['title']}”, impact {found[0]['impact']}", self.opened_at)

    def acknowledge(self):
        at, mail = self.wait("the page to the person on call", lambda: next(iter(self.mailbox.find(OPERATOR, "", self.began)), None), 60)
        self.tell("COMMUNICATE", f"{OPERATOR} is paged: {mail['Subject']}", at)
        link = link_in(mail, r"https?://\S+/a/\S+")
        self.hold(link, "the page has a link that acknowledges")
        fetch(link)  # a mail scanner follows the link; that must acknowledge nothing
        engagement = self.contacts.list_engagements(IncidentId=self.arn)["Engagements"][0]["EngagementArn"]
        page = self.contacts.list_pages_by_engagement(EngagementId=engagement)["Pages"][0]["PageArn"]
        self.hold(not self.read_receipts(page), "opening the link acknowledges nothing")
        press(link)
        self.wait("the acknowledgement", lambda: self.read_receipts(page), 20)
        self.tell("COMMUNICATE", "acknowledged through the link; the escalation stops")

    def read_receipts(self, page):
        return [receipt for receipt in self.contacts.list_page_receipts(PageId=page)["Receipts"] if receipt["ReceiptType"] == "READ"]

    def timeline(self):
        events, token = [], {}
        while True:
            page = self.incidents.list_timeline_events(incidentRecordArn=self.arn, sortBy="EVENT_TIME", sortOrder="ASCENDING", **token)
            events += page["eventSummaries"]
            if "nextToken" not in page:
                return events
            token = {"nextToken": page["nextToken"]}

    def entry(self, summary):
        return self.incidents.get_timeline_event(incidentRecordArn=self.arn, eventId=summary["eventId"])["event"]

    def entries(self, kind):
        return [self.entry(summary) for summary in self.timeline() if summary["eventType"] == kind]

    def diagnose(self):
        self.wait("the evidence that the incident gathers by itself", lambda: self.has_gathered(), 30)
        gathered = [json.loads(entry["eventData"])["summary"] for entry in self.entries("Investigation")]
        for line in gathered:
            self.tell("DIAGNOSE", "found: " + line[:220])
        found = {title: [item["identifier"]["value"]["arn"] for item in self.related_items() if item.get("title") == title] for title in TITLES}
        self.hold(found[self.fault.item], f"the investigation finds: {self.fault.item}; it found {[title for title in TITLES if found[title]]}")
        change = next(iter(found["Recent change"]), "")
        if self.fault.changes:
            self.hold(change.endswith(parameter_of(self.fault.service)), f"the change that broke it is found among the changes of the last hour, not “{change}”")
        else:
            self.hold(not change, f"no change is held for the cause, not even {change}")
            node = self.ssm.describe_instance_information(Filters=[{"Key": "InstanceIds", "Values": [found[self.fault.item][0].rsplit("/", 1)[1]]}])["InstanceInformationList"][0]
            self.hold(not self.shop.network.real or node["ComputerName"] == self.fault.host.name, f"it is found on {self.fault.host.name}, not on {node['ComputerName']}")
            others = [title for title in TITLES if found[title] and title not in ("Suspect host", self.fault.item)]
            self.hold(not others, f"nothing else is found: {others}")
        self.hold(any("Error logs of" in line for line in gathered), "the error logs around it were gathered")
        shown = next(line for line in gathered if line.startswith("Trace map: "))
        self.hold(self.fault.service in shown, f"the trace map shows {self.fault.service}: {shown}")
        first = next(line for line in gathered if line.startswith("Suspect: "))
        self.hold(first.split()[1].rstrip(":") in self.fault.suspects, f"the first suspect is one of {self.fault.suspects}, not {first}")

    def has_gathered(self):
        """Each source has told something: the changes, the services and their hosts, the traces, the logs."""
        text = " ".join(entry["eventData"] for entry in self.entries("Investigation"))
        changes = "PutParameter" in text or "No change" in text
        return changes and all(part in text for part in ("Suspect: ", "Error logs of", "Trace map: "))

    def related_items(self):
        return self.incidents.list_related_items(incidentRecordArn=self.arn)["relatedItems"]

    def remediate(self):
        execution = self.wait("the runbook starts", lambda: self.ssm.describe_automation_executions()["AutomationExecutionMetadataList"], 30)[0]["AutomationExecutionId"]
        told = set()

        def follow():
            automation = self.ssm.get_automation_execution(AutomationExecutionId=execution)["AutomationExecution"]
            for step in automation["StepExecutions"]:
                if step["StepStatus"] not in ("Pending", "InProgress", "Waiting") and step["StepName"] not in told:
                    told.add(step["StepName"])
                    self.tell("REMEDIATE", f"runbook step {step['StepName']}: {step['StepStatus']}" + (f", {step['FailureMessage']}" if step.get("FailureMessage") else ""))
            return automation if automation["AutomationExecutionStatus"] not in ("Pending", "InProgress", "Waiting") else None

        automation = self.wait("the runbook has put it right", follow, 150)
        self.hold(automation["AutomationExecutionStatus"] == "Success", f"the runbook succeeds, not {automation['AutomationExecutionStatus']}: {automation.get('FailureMessage', '')}")
        steps = {step["StepName"]: step for step in automation["StepExecutions"]}
        done = [name for name in faults.REPAIRS if steps.get(name, {}).get("StepStatus") == "Success"]
        self.hold(done == list(self.fault.steps), f"the runbook did what the evidence called for: {list(self.fault.steps)}, not {done}")
        self.hold(self.fault.is_repaired(self.tocsin), "what was broken is repaired")
        self.check_evidence_came_first()
        self.hold(self.alarm()["StateValue"] == "OK", "the alarm is OK again")

    def check_evidence_came_first(self):
        commands = self.ssm.list_commands()["Commands"]
        evidence = [command for command in commands if command["DocumentName"] == "Tocsin-KeepEvidence"]
        repairs = [command for command in commands if command["DocumentName"] == "AWS-RunShellScript"]
        self.hold(evidence and repairs, "evidence was kept, and the hosts were told what to do")
        self.hold(max(command["RequestedDateTime"] for command in evidence) < min(command["RequestedDateTime"] for command in repairs), "evidence was kept before the repair")
        done = self.ssm.list_command_invocations(CommandId=repairs[0]["CommandId"], Details=True)["CommandInvocations"]
        for invocation in done:
            self.tell("REMEDIATE", f"on {invocation['InstanceName']}: {invocation['CommandPlugins'][0]['Output'].strip()}".replace("\n", ", "))
        self.hold(all(invocation["Status"] == "Success" for invocation in done), "the repair succeeded")

    def communicate(self):
        def all_states():
            with urllib.request.urlopen(self.tocsin.local_url + "/status/api/v2/incidents.json", timeout=5) as answer:
                shown = json.load(answer)["incidents"]
            updates = shown[0]["incident_updates"] if shown else []
            return updates if {update["status"] for update in updates} >= {"investigating", "identified", "monitoring", "resolved"} else None

        for update in sorted(self.wait("the status page shows all four states", all_states, 60), key=lambda update: update["created_at"]):
            at = datetime.datetime.fromisoformat(update["created_at"].replace("Z", "+00:00")).timestamp()
            self.tell("COMMUNICATE", f"status page: {update['status']}: {update['body'][:160]}", at)

    def learn(self):
        text = self.signed_get(f"/reviews/{self.arn.rsplit('/', 1)[1]}.md")
        self.review = self.shop.folder / "review.md"
        self.review.write_text(text)
        facts = json.loads(self.signed_get(f"/reviews/{self.arn.rsplit('/', 1)[1]}.json"))
        metrics = {metric["key"]: metric for metric in facts["metrics"]}
        for key in ("timeToDetect", "timeToAcknowledge", "timeToMitigate", "timeToResolve"):
            self.hold(metrics.get(key, {}).get("seconds") is not None, f"the review has its {key}")
        self.tell("LEARN", "review draft: " + ", ".join(f"{metric['name'].lower()} {metric['seconds']:.0f} s" for metric in facts["metrics"] if metric.get("seconds") is not None))
        lines = [line for line in facts["timeline"]]
        self.hold(lines and all(line["evidence"] for line in lines), "every line of the review's timeline points at its evidence")
        self.tell("LEARN", f"{len(lines)} lines of timeline, each with its evidence: {self.review}")

    def signed_get(self, path):
        request = botocore.awsrequest.AWSRequest("GET", self.tocsin.local_url + path)
        keys = botocore.credentials.Credentials(self.tocsin.keys["access_key_id"], self.tocsin.keys["secret_access_key"])
        botocore.auth.SigV4Auth(keys, "ssm-incidents", REGION).add_auth(request)
        return fetch(urllib.request.Request(request.url, headers=dict(request.headers)))

    def tell_all(self):
        self.break_it()
        for part in (self.detect, self.notify, self.open_incident, self.acknowledge, self.diagnose, self.remediate, self.communicate, self.learn):
            part()
