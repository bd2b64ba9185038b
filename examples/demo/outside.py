"""The outside world of the demo: a mailbox behind a real SMTP server, and a receiver of webhooks that checks each signature as SNS documents it."""
import base64
import email
import email.policy
import http.server
import json
import re
import threading
import time
import urllib.request

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding


class Mailbox:
    """Keeps every mail that arrives; `messages` is (arrival, to, parsed message)."""

    def __init__(self, host="127.0.0.1"):
        self.messages, self.lock = [], threading.Lock()
        self.controller = Controller(self, hostname=host, port=0)

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self.lock:
            self.messages.append((time.time(), envelope.rcpt_tos, message))
        return "250 kept"

    def start(self):
        # port 0 is bound first, so that the controller's own check finds the real port
        import socket
        with socket.socket() as probe:
            probe.bind((self.controller.hostname, 0))
            self.controller.port = probe.getsockname()[1]
        self.controller.start()
        return f"smtp://{self.controller.hostname}:{self.controller.port}"

    def stop(self):
        self.controller.stop()

    def find(self, to, subject_part="", since=0.0):
        with self.lock:
            return [(at, message) for at, rcpt, message in self.messages if to in rcpt and at >= since and subject_part.lower() in str(message["Subject"]).lower()]


def text_of(message):
    part = message.get_body(preferencelist=("plain", "html"))
    return part.get_content() if part else ""


def link_in(message, pattern):
    found = re.search(pattern, text_of(message))
    return found.group(0).rstrip(".>)") if found else None


SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


def signature_holds(message):
    """https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html"""
    text = "".join(f"{key}\n{message[key]}\n" for key in SIGNED[message["Type"]] if key in message)
    with urllib.request.urlopen(message["SigningCertURL"], timeout=5) as answer:
        certificate = x509.load_pem_x509_certificate(answer.read())
    algorithm = hashes.SHA256() if message["SignatureVersion"] == "2" else hashes.SHA1()
    certificate.public_key().verify(base64.b64decode(message["Signature"]), text.encode(), padding.PKCS1v15(), algorithm)
    return True


class Webhook:
    """Confirms its subscription and keeps each notification whose signature holds."""

    def __init__(self, host="127.0.0.1"):
        self.notifications, self.faults = [], []
        owner = self

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                threading.Thread(target=owner.take, args=(json.loads(body),), daemon=True).start()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((host, 0), Receiver)
        self.url = f"http://{host}:{self.server.server_address[1]}/alarms"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, message):
        try:
            signature_holds(message)
            if message["Type"] == "SubscriptionConfirmation":
                urllib.request.urlopen(message["SubscribeURL"], timeout=5).read()
            elif message["Type"] == "Notification":
                self.notifications.append((time.time(), message))
        except Exception as error:  # told by the story, which waits for a notification that holds
            self.faults.append(repr(error))

    def stop(self):
        self.server.shutdown()
