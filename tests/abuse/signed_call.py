"""Requests signed as any client signs, whole or in pieces, with bodies that no client would send."""
import datetime
import http.client
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "kill")]

from aws_client import sign  # noqa: E402

SECONDS = 30


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, {name.lower(): value for name, value in headers}, body

    def code(self):
        """The error's code, wherever the protocol puts it."""
        if self.body.lstrip().startswith(b"<"):
            return self.body.split(b"<Code>")[1].split(b"</Code>")[0].decode()
        if self.headers.get("content-type", "").endswith("cbor"):
            return next(code for code in ("SerializationException", "ValidationException", "UnknownOperationException", "SignatureDoesNotMatch") if code.encode() in self.body)
        return json.loads(self.body).get("__type", self.headers.get("x-amzn-errortype", "")).split("#")[-1].split(":")[0]

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Sender:
    def __init__(self, server):
        self.server, self.keys = server, server.keys

    def headers(self, service, content_type, body, path="/", method="POST", secret=None, more=None):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = {"host": f"127.0.0.1:{self.server.port()}", "content-type": content_type, "x-amz-date": now, **(more or {})}
        headers["authorization"] = sign(method, path, [], headers, body, service, self.keys["region"], self.keys["access_key_id"], secret or self.keys["secret_access_key"], now)
        return headers

    def send(self, service, content_type, body, path="/", method="POST", secret=None, more=None, seconds=SECONDS):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port(), timeout=seconds)
        try:
            connection.request(method, path, body, self.headers(service, content_type, body, path, method, secret, more))
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def json(self, service, target, document, version="1.0", **options):
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.send(service, f"application/x-amz-json-{version}", body, more={"x-amz-target": target}, **options)

    def identity(self):
        return self.send("sts", "application/x-www-form-urlencoded", b"Action=GetCallerIdentity&Version=2011-06-15")
