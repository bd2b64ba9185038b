#!/usr/bin/env python3
"""usage: connections_test.py TOCSIN: connections that cost a server something, while others must be served."""
import http.client
import resource
import socket
import ssl
import sys
import time
import unittest

from bodies_test import head, read_answer
from signed_call import SECONDS, Sender
from server_under_test import server_under_test

IDLE_CONNECTIONS = 2000


class Connections(unittest.TestCase):
    def setUp(self):
        self.context = server_under_test(PROGRAM)
        self.server = self.context.__enter__()
        self.addCleanup(self.context.__exit__, None, None, None)
        self.sender = Sender(self.server)
        self.open = []
        self.addCleanup(lambda: [sock.close() for sock in self.open])

    def connect(self):
        sock = socket.create_connection(("127.0.0.1", self.server.port()), timeout=SECONDS)
        self.open.append(sock)
        return sock

    def serves(self):
        answer = self.sender.identity()
        self.assertEqual(answer.status, 200, answer)

    def test_two_thousand_idle_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = IDLE_CONNECTIONS + 200
        if hard != resource.RLIM_INFINITY and hard < wanted:
            self.skipTest(f"this machine lets a process open only {hard} files")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
        before = self.server.memory_kb()
        for _ in range(IDLE_CONNECTIONS // 2):
            self.connect()
            kept = self.connect()  # half of them have been served once
            kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            self.assertEqual(read_answer(kept).status, 200)
        for _ in range(20):
            self.serves()
        self.assertLess(self.server.memory_kb() - before, 64 * 1024, "idle connections cost more than 32 KB each")
        for sock in self.open:
            sock.close()
        self.serves()

    def test_half_open_and_slow_ones_are_dropped_and_nobody_waits(self):
        silent, half, dripping, torn_tls = (self.connect() for _ in range(4))
        half.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le")
        torn_tls.sendall(b"\x16\x03\x01")
        began, answered = time.monotonic(), b""
        dripping.settimeout(0.2)
        for byte in b"POST / HTTP/1.1\r\nHost: " + b"a" * 400:
            try:
                dripping.sendall(bytes([byte]))
                answered = dripping.recv(4096)
                break
            except socket.timeout:
                self.serves()
            except OSError:
                break
            self.assertLess(time.monotonic() - began, 60, "a slow client is held for ever")
        self.assertTrue(answered == b"" or answered.startswith(b"HTTP/1.1 408"), answered)
        self.assertIn(b"408", half.recv(4096))
        self.assertEqual(torn_tls.recv(4096), b"")
        self.serves()

    def test_a_client_that_sends_half_a_body_and_goes(self):
        for _ in range(50):
            sock = self.connect()
            sock.sendall(head("POST / HTTP/1.1", {"host": "127.0.0.1", "content-length": "100000"}) + b"x" * 5000)
            sock.close()
        self.serves()

    def test_a_client_that_never_reads(self):
        sock = self.connect()
        sock.settimeout(2)
        request = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        before = self.server.memory_kb()
        try:
            for _ in range(20000):
                sock.sendall(request)
        except (socket.timeout, OSError):
            pass  # the server stopped reading, as it should
        self.serves()
        self.assertLess(self.server.memory_kb() - before, 64 * 1024, "answers that nobody reads pile up")

    def test_plain_and_tls_on_one_port(self):
        trust = ssl.create_default_context(cafile=str(self.server.data / "tls" / "ca.pem"))
        for _ in range(3):
            secure = http.client.HTTPSConnection("127.0.0.1", self.server.port(), timeout=SECONDS, context=trust)
            secure.request("GET", "/healthz")
            self.assertEqual(secure.getresponse().status, 200)
            secure.close()
            self.serves()
        self.connect().sendall(b"\x16\x03\x01\x00\x05hello")
        self.connect().sendall(b"\x00\x01\x02 no protocol at all\r\n\r\n")
        self.serves()


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
