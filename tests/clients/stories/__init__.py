"""What users do and then see, told once for every client. A story is a function of a `Caller`; `@story(services…)` names what it calls."""
import json
import time

from hands import Refused

STORIES = []


def story(*services):
    def note(tell):
        tell.services = set(services)
        STORIES.append(tell)
        return tell
    return note


class Caller:
    """One identity, through one client. call("sqs", "CreateQueue", QueueName="x")."""

    def __init__(self, hand, server, agent, credentials):
        self.hand, self.server, self.agent, self.credentials = hand, server, agent, credentials
        self.account, self.region = server.keys["account"], server.keys["region"]

    def call(self, service, operation, **parameters):
        return self.hand.call(self.credentials, service, operation, parameters)

    def as_identity(self, key_id, secret, token=None):
        return Caller(self.hand, self.server, self.agent, {"access_key_id": key_id, "secret_access_key": secret, "session_token": token, "region": self.region})

    def refused(self, code, words, service, operation, **parameters):
        """The call must be refused so; the refusal."""
        try:
            answer = self.call(service, operation, **parameters)
        except Refused as refusal:
            check(refusal.code in (code if isinstance(code, tuple) else (code,)), f"{operation} refused with {refusal}, wanted {code}")
            check(words in refusal.message, f"{operation} refused with '{refusal.message}', wanted '{words}'")
            return refusal
        raise AssertionError(f"{operation} was answered, wanted {code}: {answer}")

    def arn(self, service, resource):
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def queue(self, name, sender=None):
        """A new queue, which this service may send to: (URL, ARN)."""
        url = self.call("sqs", "CreateQueue", QueueName=name)["QueueUrl"]
        arn = self.call("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        if sender:
            policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": sender}, "Action": "sqs:SendMessage", "Resource": arn}]}
            self.call("sqs", "SetQueueAttributes", QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        return url, arn

    def receive(self, url, seconds=30):
        """The next message of a queue, taken off it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for message in self.call("sqs", "ReceiveMessage", QueueUrl=url, MaxNumberOfMessages=1, WaitTimeSeconds=2, MessageAttributeNames=["All"]).get("Messages") or []:
                self.call("sqs", "DeleteMessage", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                return message
        raise AssertionError(f"nothing came to {url} within {seconds} s")


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def moment(seconds_from_now=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds_from_now))
