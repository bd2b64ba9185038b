#!/usr/bin/env python3
"""usage: bodies_test.py TOCSIN: what no client would send, and the error it gets, in the shape of the protocol it came by."""
import gzip
import random
import socket
import sys
import unittest

from signed_call import SECONDS, Answer, Sender
from server_under_test import server_under_test

MB = 1 << 20
CLOUDWATCH = "GraniteServiceVersion20100801"
CBOR = "/service/GraniteServiceVersion20100801/operation/"
CBOR_HEADERS = {"smithy-protocol": "rpc-v2-cbor"}


class Bodies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.context = server_under_test(PROGRAM)
        cls.server = cls.context.__enter__()
        cls.sender = Sender(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.context.__exit__(None, None, None)

    def tearDown(self):
        self.assertTrue(self.server.running(), self.server.last_words())
        self.assertEqual(self.sender.identity().status, 200)

    def refused(self, answer, status, *codes):
        self.assertEqual(answer.status, status, answer)
        self.assertIn(answer.code(), codes, answer)
        self.assertIn("x-amzn-requestid", answer.headers, answer)

    def test_malformed_json_1_0(self):
        for body in (b"{", b"", b"[]", b'{"QueueName": "a"', b'{"QueueName": 7}', b"\xff\xfe", b'{"QueueName":"' + b"\\ud800" + b'"}', b"[" * 20000):
            self.refused(self.sender.json("sqs", "AmazonSQS.CreateQueue", body), 400, "SerializationException", "MissingParameter", "ValidationException", "InvalidParameterValue", "MissingRequiredParameterException")

    def test_malformed_json_1_1(self):
        for body in (b"{", b'{"Name": ["x"]}', b"null", b"\x00"):
            self.refused(self.sender.json("ssm", "AmazonSSM.GetParameter", body, "1.1"), 400, "SerializationException", "ValidationException")

    def test_malformed_query(self):
        for body in (b"Action=CreateTopic&Name=%ff%fe", b"Action=CreateTopic&Attributes.entry.x.key=y", b"Action=CreateTopic&Name=a&" + b"&".join(b"Tags.member.%d.Key=x" % n for n in range(1, 30000)),
                     b"Action=CreateTopic"):
            answer = self.sender.send("sns", "application/x-www-form-urlencoded", body)
            self.assertIn(answer.status, (400, 404), answer)
            self.assertIn(answer.code(), ("MalformedInput", "ValidationError", "InvalidParameter", "MalformedQueryString", "SerializationException", "InvalidParameterValue"), answer)

    def test_malformed_rest_json(self):
        for body in (b"{", b'{"responsePlanArn": 3}', b"[]"):
            self.refused(self.sender.send("ssm-incidents", "application/json", body, path="/startIncident"), 400, "SerializationException", "ValidationException")

    def test_malformed_cbor(self):
        for body in (b"\xff", b"\xa1", b"\xbf\x69Namespace", b"\x9f" * 20000, b"\xa1\x69Namespace\x1b" + b"\xff" * 8):
            answer = self.sender.send("monitoring", "application/cbor", body, path=CBOR + "PutMetricData", more=CBOR_HEADERS)
            self.refused(answer, 400, "SerializationException", "ValidationException")
            self.assertEqual(answer.headers.get("smithy-protocol"), "rpc-v2-cbor", answer)

    def test_noise_of_every_protocol_is_answered(self):
        noise = random.Random(20261124)
        for n in range(200):
            body = noise.randbytes(noise.randrange(1, 400))
            for answer in (self.sender.json("events", "AWSEvents.PutEvents", body, "1.1"), self.sender.send("monitoring", "application/cbor", body, path=CBOR + "PutMetricData", more=CBOR_HEADERS),
                           self.sender.send("iam", "application/x-www-form-urlencoded", b"Action=CreateUser&" + body.replace(b"\n", b"")))[n % 3:n % 3 + 1]:
                self.assertIn(answer.status, (400, 404), f"{body!r} {answer}")

    def test_unknown_operations(self):
        self.refused(self.sender.json("sqs", "AmazonSQS.Dance", {}), 400, "UnknownOperationException", "InvalidAction")
        self.refused(self.sender.json("ssm", "AmazonSSM.Dance", {}, "1.1"), 400, "UnknownOperationException")
        self.refused(self.sender.send("sns", "application/x-www-form-urlencoded", b"Action=Dance&Version=2010-03-31"), 400, "InvalidAction")
        self.refused(self.sender.send("ssm-incidents", "application/json", b"{}", path="/dance"), 404, "UnknownOperationException")
        self.refused(self.sender.send("monitoring", "application/cbor", b"\xa0", path=CBOR + "Dance", more=CBOR_HEADERS), 404, "UnknownOperationException")

    def test_what_this_build_does_not_do_says_so(self):
        answer = self.sender.json("ssm", "AmazonSSM.CreatePatchBaseline", {"Name": "base"}, "1.1")
        self.refused(answer, 501, "NotImplementedException")

    def test_wrong_signatures(self):
        wrong = "x" * 40
        self.refused(self.sender.json("sqs", "AmazonSQS.ListQueues", {}, secret=wrong), 400, "InvalidSignatureException")
        self.refused(self.sender.json("ssm", "AmazonSSM.DescribeParameters", {}, "1.1", secret=wrong), 400, "InvalidSignatureException")
        self.refused(self.sender.send("sns", "application/x-www-form-urlencoded", b"Action=ListTopics", secret=wrong), 403, "SignatureDoesNotMatch")
        self.refused(self.sender.send("ssm-incidents", "application/json", b"{}", path="/listResponsePlans", secret=wrong), 403, "InvalidSignatureException")

    def test_a_body_that_was_changed_on_the_way(self):
        headers = self.sender.headers("sqs", "application/x-amz-json-1.0", b'{"QueueName":"mine"}', more={"x-amz-target": "AmazonSQS.CreateQueue"})
        answer = exchange(self.server, "POST / HTTP/1.1", headers, b'{"QueueName":"your"}')
        self.refused(answer, 400, "InvalidSignatureException")

    def test_a_body_of_100_megabytes(self):
        before = self.server.memory_kb()
        for lengths in ({"content-length": str(100 * MB)}, {"transfer-encoding": "chunked"}):
            answer = flood(self.server, self.sender.headers("sqs", "application/x-amz-json-1.0", b"", more={"x-amz-target": "AmazonSQS.CreateQueue"}) | lengths, 100)
            self.assertEqual(answer.status, 413, answer)
        bomb = gzip.compress(bytes(100 * MB))
        self.assertEqual(self.sender.json("sqs", "AmazonSQS.CreateQueue", bomb, secret=None).status, 400)
        headers = self.sender.headers("sqs", "application/x-amz-json-1.0", bomb, more={"x-amz-target": "AmazonSQS.CreateQueue", "content-encoding": "gzip"})
        self.assertEqual(exchange(self.server, "POST / HTTP/1.1", headers, bomb).status, 413)
        self.assertLess(self.server.memory_kb("VmHWM") - before, 160 * 1024, "a refused body cost more than it may")


def read_answer(sock):
    import http.client
    response = http.client.HTTPResponse(sock)
    response.begin()
    return Answer(response.status, response.getheaders(), response.read())


def head(first, headers):
    return (first + "\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n").encode()


def exchange(server, first, headers, body):
    with socket.create_connection(("127.0.0.1", server.port()), timeout=SECONDS) as sock:
        sock.sendall(head(first, {**headers, "content-length": str(len(body))}) + body)
        return read_answer(sock)


def flood(server, headers, megabytes):
    """Sends so much and reads the answer, which may come before all is sent."""
    piece = b"x" * MB
    with socket.create_connection(("127.0.0.1", server.port()), timeout=SECONDS) as sock:
        sock.sendall(head("POST / HTTP/1.1", headers))
        try:
            for _ in range(megabytes):
                sock.sendall(piece if "content-length" in headers else b"%x\r\n" % MB + piece + b"\r\n")
            if "content-length" not in headers:
                sock.sendall(b"0\r\n\r\n")
        except OSError:
            pass  # refused half-way: the answer is there to read
        return read_answer(sock)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
