#!/usr/bin/env python3
"""The ways to people against servers that are not ours. usage: channels_test.py smpp|mail|webhook|bounce|chat --tocsin PROGRAM"""
import argparse
import collections
import datetime
import http.server
import json
import pathlib
import queue
import re
import shutil
import smtplib
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from receivers import ChatServices, MailServer, MessageCentre  # noqa: E402
from server_under_test import ServerUnderTest, free_port, wait_until  # noqa: E402


def headers(service):
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0",
            "X-Amz-Date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")}


def json_call(url, service, target, **members):
    request = urllib.request.Request(url, json.dumps(members).encode(), {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target, **headers(service)})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{target}: {error.code} {error.read().decode()}") from error


def contacts(url, operation, **members):
    return json_call(url, "ssm-contacts", "SSMContacts." + operation, **members)


def sns(url, action, **members):
    body = urllib.parse.urlencode({"Action": action, "Version": "2010-03-31", **members}).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body, headers("sns")), timeout=20) as answer:
        return answer.read().decode()


def tag(xml, name):
    return re.search(f"<{name}>(.*?)</{name}>", xml, re.S).group(1)


class Server:
    """tocsin in --dev on a folder of its own."""

    def __init__(self, tocsin, *flags):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-channels-"))
        self.server = ServerUnderTest(tocsin, self.folder / "data", dev=True, flags=flags)

    def __enter__(self):
        return self.server.start()

    def __exit__(self, kind, *_):
        if kind:
            print(self.server.last_words(), file=sys.stderr)
            self.server.kill()
        else:
            assert self.server.stop() == 0
        shutil.rmtree(self.folder, ignore_errors=True)


def phone_contact(url, alias, number, take_code):
    plan = {"Stages": []}
    contact = contacts(url, "CreateContact", Alias=alias, Type="PERSONAL", Plan=plan)["ContactArn"]
    channel = contacts(url, "CreateContactChannel", ContactId=contact, Name="phone", Type="SMS", DeliveryAddress={"SimpleAddress": number})["ContactChannelArn"]
    contacts(url, "ActivateContactChannel", ContactChannelId=channel, ActivationCode=take_code())
    contacts(url, "UpdateContact", ContactId=contact, Plan={"Stages": [{"DurationInMinutes": 5, "Targets": [{"ChannelTargetInfo": {"ContactChannelId": channel, "RetryIntervalInMinutes": 0}}]}]})
    return contact, channel


def test_smpp(tocsin):
    """Bind, an activation code, a page, its receipt and the reply that acknowledges it, a long text in UCS-2, STOP and START, a throttling centre."""
    centre = MessageCentre("throttle")
    with Server(tocsin, "--sms", f"smpp://tocsin:secret@127.0.0.1:{centre.port}?from=4711", "--public-url", "https://t.example") as server:
        url = server.url()

        def code():
            centre.expect("BIND tocsin good")
            centre.expect("THROTTLED")
            number, to, esm, coding, registered, text = centre.message()
            assert (to, esm, coding, registered) == ("491701234567", 0, 0, 1), (to, esm, coding, registered)
            return re.search(rb"\b(\d{6})\b", text).group(1).decode()

        contact, _ = phone_contact(url, "alice", "+491701234567", code)
        engagement = contacts(url, "StartEngagement", ContactId=contact, Sender="me", Subject="checkout errors", Content="18 % of orders fail")["EngagementArn"]
        number, _, _, _, _, text = centre.message()
        assert b"checkout errors" in text and len(text) <= 160, text
        page = contacts(url, "ListPagesByEngagement", EngagementId=engagement)["Pages"][0]["PageArn"]
        centre.say(f"RECEIPT {number} DELIVRD")
        wait_until("the receipt", 10, lambda: any("DELIVRD" in (r.get("ReceiptInfo") or "") for r in contacts(url, "ListPageReceipts", PageId=page)["Receipts"]))
        centre.say("REPLY 491701234567 " + re.search(rb"reply (\d{4})", text).group(1).decode())
        wait_until("the acknowledgement", 10, lambda: "ReadTime" in contacts(url, "DescribePage", PageId=page))
        _, _, _, _, _, answer = centre.message()
        assert answer.startswith(b"Acknowledged: "), answer
        greek = "Η πληρωμή αποτυγχάνει: " + "δεν απαντά η βάση. " * 5
        sns(url, "Publish", PhoneNumber="+491701234567", Message=greek)
        text, parts = b"", 1
        while parts:  # each part: a header of six bytes with its number and how many there are, then UCS-2
            _, _, esm, coding, _, part = centre.message()
            assert (esm & 0x40, coding, part[:3]) == (0x40, 8, b"\x05\x00\x03") and len(part) <= 140, (esm, coding, part)
            text, parts = text + part[6:], part[4] - part[5]
        assert text.decode("utf-16-be") == greek.strip() or text.decode("utf-16-be") == greek, text.decode("utf-16-be")
        centre.say("REPLY 491701234567 Stop")
        _, _, _, _, _, answer = centre.message()
        assert answer.startswith(b"You will get no more notifications by text."), answer
        assert "+491701234567" in sns(url, "ListPhoneNumbersOptedOut")
        centre.say("REPLY 491701234567 START")
        _, _, _, _, _, answer = centre.message()
        assert answer.startswith(b"You get notifications by text again."), answer
        assert tag(sns(url, "CheckIfPhoneNumberIsOptedOut", phoneNumber="+491701234567"), "isOptedOut") == "false"
    centre.expect("UNBIND")
    centre.end()


def subscribe(url, topic, mail, address):
    sns(url, "Subscribe", TopicArn=topic, Protocol="email", Endpoint=address)
    text = wait_until("the confirmation", 90, lambda: next((t for to, _, t in mail.mails if to == address and "subscriptions/confirm" in t.replace("=\r\n", "")), None))
    link = re.search(r"https?://\S*subscriptions/confirm\S*", text.replace("=\r\n", "").replace("=3D", "=")).group(0)
    with urllib.request.urlopen(urllib.request.Request(url + urllib.parse.urlsplit(link)._replace(scheme="", netloc="").geturl(), b""), timeout=20) as answer:
        assert answer.status == 200


def test_mail(tocsin):
    """A mail server that greylists every mail, hangs on every tenth and refuses one address: each mail arrives once."""
    mail = MailServer(hang_every=10)
    with Server(tocsin, "--smtp", f"smtp://127.0.0.1:{mail.port}") as server:
        url = server.url()
        topic = tag(sns(url, "CreateTopic", Name="alarms"), "TopicArn")
        for who in ("ann", "bob"):
            subscribe(url, topic, mail, f"{who}@example.org")
        sns(url, "Subscribe", TopicArn=topic, Protocol="email", Endpoint="nobody@example.org")
        for i in range(60):
            sns(url, "Publish", TopicArn=topic, Subject=f"alarm {i:03}", Message=f"message {i}")
        arrived = lambda: [(to, re.search(r"^Subject: (alarm \d+)", t, re.M).group(1)) for to, _, t in mail.mails if "Subject: alarm" in t]
        try:
            wait_until("all mails", 150, lambda: len(set(arrived())) == 120)
        finally:
            print(f"{len(set(arrived()))} of 120 mails, {len(mail.tries)} seen, {sum(mail.tries.values())} tries", flush=True)
        counts = collections.Counter(arrived())
        print(f"120 mails, none lost, {sum(counts.values()) - 120} duplicates, {sum(mail.tries.values())} tries")
        assert sum(counts.values()) - 120 <= 12, "only what hung can come twice"
    mail.stop()


def test_webhook(tocsin):
    """Receivers that answer 500, 429 and never at first: each message arrives; one that hangs delays no other."""
    seen, arrived, lock = collections.Counter(), collections.defaultdict(set), threading.Lock()

    class Receiver(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                seen[self.path, body["MessageId"]] += 1
                first = seen[self.path, body["MessageId"]] == 1
            if body["Type"] == "SubscriptionConfirmation":
                confirmations.put(body["SubscribeURL"])
            elif first and self.path == "/never":
                time.sleep(20)
                return
            elif first and self.path in ("/500", "/429"):
                return self.answer(int(self.path[1:]))
            else:
                arrived[self.path].add(body["MessageId"])
            self.answer(200)

        def answer(self, status):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    confirmations = queue.Queue()
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    policy = json.dumps({"healthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 2, "numRetries": 10}})
    with Server(tocsin) as server:
        url = server.url()
        topic = tag(sns(url, "CreateTopic", Name="hooks"), "TopicArn")
        for path in ("/good", "/500", "/429", "/never"):
            sns(url, "Subscribe", TopicArn=topic, Protocol="http", Endpoint=f"http://127.0.0.1:{receiver.server_port}{path}",
                **{"Attributes.entry.1.key": "DeliveryPolicy", "Attributes.entry.1.value": policy})
            urllib.request.urlopen(confirmations.get(timeout=30), timeout=20).read()
        begun = time.monotonic()
        sent = {tag(sns(url, "Publish", TopicArn=topic, Message=f"message {i}"), "MessageId") for i in range(10)}
        wait_until("those of the good receiver", 10, lambda: arrived["/good"] >= sent)
        print(f"the good receiver had all after {time.monotonic() - begun:.2f} s")
        for path in ("/500", "/429", "/never"):
            wait_until("all messages at " + path, 120, lambda: arrived[path] >= sent)
        print("40 messages, none lost")
    receiver.shutdown()


def rest(url, service, path, **members):
    request = urllib.request.Request(url + path, json.dumps(members).encode(), {"Content-Type": "application/json", **headers(service)})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read() or b"{}")


def press(link, who):
    request = urllib.request.Request(link, urllib.parse.urlencode({"who": who}).encode())
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_chat(tocsin):
    """An incident is told in Slack's and Teams' forms; the links of Slack's buttons join, run a runbook once, and acknowledge."""
    mail, chat = MailServer(), ChatServices()
    base, team = f"http://127.0.0.1:{chat.server_port}", "11111111-2222-3333-4444-555555555555"
    with Server(tocsin, "--smtp", f"smtp://127.0.0.1:{mail.port}", "--chat", f"T0123ABCD=slack:xoxb-good;name=Shop;api={base}/api", "--chat", f"{team}=teams:{base}/teams") as server:
        url = server.url()
        contact = contacts(url, "CreateContact", Alias="alice", Type="PERSONAL", Plan={"Stages": []})["ContactArn"]
        channel = contacts(url, "CreateContactChannel", ContactId=contact, Name="mail", Type="EMAIL", DeliveryAddress={"SimpleAddress": "alice@example.org"})["ContactChannelArn"]
        text = wait_until("the code", 60, lambda: next((t for _, _, t in mail.mails if "activation code is" in t), None))
        contacts(url, "ActivateContactChannel", ContactChannelId=channel, ActivationCode=re.search(r"code is (\d+)", text).group(1))
        contacts(url, "UpdateContact", ContactId=contact, Plan={"Stages": [{"DurationInMinutes": 5, "Targets": [{"ChannelTargetInfo": {"ContactChannelId": channel, "RetryIntervalInMinutes": 0}}]}]})
        topic = tag(sns(url, "CreateTopic", Name="ops"), "TopicArn")
        role, names = "arn:aws:iam::000000000000:role/chat", {"SnsTopicArns": [topic]}
        ops = rest(url, "chatbot", "/create-slack-channel-configuration", SlackTeamId="T0123ABCD", SlackChannelId="C0456DEF", IamRoleArn=role, ConfigurationName="ops", **names)
        assert ops["ChannelConfiguration"]["State"] == "ENABLED" and ops["ChannelConfiguration"]["SlackTeamName"] == "Shop", ops
        rest(url, "chatbot", "/create-ms-teams-channel-configuration", TeamId=team, TenantId=team, ChannelId="19%3Aabc%40thread.tacv2", IamRoleArn=role, ConfigurationName="teams", **names)
        action = rest(url, "chatbot", "/create-custom-action", ActionName="restart", Definition={"CommandText": "ssm start-automation-execution --document-name Restart"},
                      Attachments=[{"NotificationType": "CloudWatch", "ButtonText": "Restart it"}])["CustomActionArn"]
        rest(url, "chatbot", "/associate-to-configuration", Resource=action, ChatConfiguration=ops["ChannelConfiguration"]["ChatConfigurationArn"])
        sns(url, "Publish", TopicArn=topic, Subject="hello <!here>", Message="**18 %** & more")
        assert chat.of("/api/chat.postMessage", "hello")["text"] == "hello &lt;!here&gt;"
        document = {"schemaVersion": "0.3", "mainSteps": [{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}]}
        json_call(url, "ssm", "AmazonSSM.CreateDocument", Name="Restart", DocumentType="Automation", Content=json.dumps(document))
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
        query = urllib.parse.urlencode({"Action": "CreateRole", "Version": "2010-05-08", "RoleName": "chat", "AssumeRolePolicyDocument": json.dumps(trust)}).encode()
        urllib.request.urlopen(urllib.request.Request(url, query, headers("iam")), timeout=20).read()
        rest(url, "ssm-incidents", "/createReplicationSet", regions={"eu-west-1": {}})
        plan = rest(url, "ssm-incidents", "/createResponsePlan", name="shop", incidentTemplate={"title": "Checkout errors", "impact": 2, "summary": "Payment does not answer"},
                    engagements=[contact], chatChannel={"chatbotSns": [topic]})["arn"]
        rest(url, "ssm-incidents", "/startIncident", responsePlanArn=plan)
        opened = chat.of("/api/chat.postMessage", "Checkout errors")
        assert "Payment does not answer" in json.dumps(opened), opened
        links = {button["text"]["text"]: button["url"] for block in opened["blocks"] if block["type"] == "actions" for button in block["elements"]}
        assert list(links) == ["Acknowledge", "Join", "Restart it"], links
        card = chat.of("/teams", "Checkout errors")["attachments"][0]["content"]
        assert [each["title"] for each in card["actions"]] == ["Acknowledge", "Join"], card
        with urllib.request.urlopen(links["Restart it"], timeout=20) as page:
            shown = page.read().decode()
        assert "Payment does not answer" in shown and "Restart it: run Restart" in shown, shown
        assert press(links["Join"], "Ann <b>")[0] == 200
        assert [press(links["Restart it"], "Ann")[0] for _ in range(2)] == [200, 409]
        assert press(links["Acknowledge"], "Ann")[0] == 200
        assert "ReadTime" in contacts(url, "ListPagesByContact", ContactId=contact)["Pages"][0]
        assert chat.of("/api/chat.postMessage", "acknowledged in chat (ops, by Ann)")["thread_ts"]
        runs = lambda: json_call(url, "ssm", "AmazonSSM.DescribeAutomationExecutions")["AutomationExecutionMetadataList"]
        wait_until("the runbook's end", 30, lambda: [run["AutomationExecutionStatus"] for run in runs()] == ["Success"])
    chat.shutdown()
    mail.stop()


def test_bounce(tocsin):
    """A page's mail is taken and then comes back: the page fails, and the person's phone is next."""
    mail, centre, port = MailServer(), MessageCentre(), free_port()
    with Server(tocsin, "--smtp", f"smtp://127.0.0.1:{mail.port}", "--sms", f"smpp://tocsin:secret@127.0.0.1:{centre.port}?from=4711", "--mail-in", f"127.0.0.1:{port}") as server:
        url = server.url()
        contact, _ = phone_contact(url, "alice", "+491701234567", lambda: re.search(rb"\b(\d{6})\b", centre.message()[5]).group(1).decode())
        channel = contacts(url, "CreateContactChannel", ContactId=contact, Name="mail", Type="EMAIL", DeliveryAddress={"SimpleAddress": "alice@example.org"})["ContactChannelArn"]
        text = wait_until("the code", 60, lambda: next((t for _, _, t in mail.mails if "activation code is" in t), None))
        contacts(url, "ActivateContactChannel", ContactChannelId=channel, ActivationCode=re.search(r"code is (\d+)", text).group(1))
        contacts(url, "UpdateContact", ContactId=contact, Plan={"Stages": [{"DurationInMinutes": 5, "Targets": [{"ChannelTargetInfo": {"ContactChannelId": channel, "RetryIntervalInMinutes": 0}}]}]})
        contacts(url, "StartEngagement", ContactId=contact, Sender="me", Subject="checkout errors", Content="x")
        page = wait_until("the page", 60, lambda: next((m for m in mail.mails if "Subject: checkout errors" in m[2]), None))
        report = ("From: MAILER-DAEMON@mx.example\r\nTo: tocsin@localhost\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
                  "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n--b\r\n"
                  "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; alice@example.org\r\nAction: failed\r\n"
                  "Status: 5.2.2\r\nDiagnostic-Code: smtp; 552 mailbox full\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + page[2] + "\r\n--b--\r\n")
        begun = time.monotonic()
        smtplib.SMTP("127.0.0.1", port).sendmail("", ["tocsin@localhost"], report)
        assert b"checkout errors" in centre.message()[5]
        print(f"the SMS came {time.monotonic() - begun:.2f} s after the mail came back")
    mail.stop()
    centre.end()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=["smpp", "mail", "webhook", "bounce", "chat"])
    parser.add_argument("--tocsin", required=True)
    arguments = parser.parse_args()
    globals()["test_" + arguments.way](arguments.tocsin)
    print("ok")
