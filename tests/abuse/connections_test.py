#!/usr/bin/env python3
"""usage: connections_test.py TOCSIN: connections that cost a server something, while others must be served."""
import contextlib
import http.client
import resource
import socket
import ssl
import sys
import time
import unittest
import warnings

from bodies_test import head, read_answer
from signed_call import SECONDS, Sender
from server_under_test import server_under_test

IDLE_CONNECTIONS = 10_000
IDLE_MEMORY_MB = 150
SLOW_CONNECTIONS = 5_000


def closed(sock):
    sock.setblocking(False)
    try:
        return sock.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    finally:
        sock.settimeout(SECONDS)


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

    def need_descriptors(self, wanted):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < wanted:
            self.skipTest(f"this machine lets a process open only {hard} files")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))

    def test_ten_thousand_idle_connections(self):
        self.need_descriptors(IDLE_CONNECTIONS + 200)
        for _ in range(IDLE_CONNECTIONS // 2):
            self.connect()
            kept = self.connect()  # half of them have been served once
            kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            self.assertEqual(read_answer(kept).status, 200)
        for _ in range(20):
            self.serves()
        self.assertLess(self.server.memory_kb(), IDLE_MEMORY_MB * 1024, "idle connections cost too much")
        self.assertEqual(self.open[0].getsockname()[0], "127.0.0.1")
        self.assertFalse([sock for sock in self.open[-200:] if closed(sock)], "connections were not taken")
        for sock in self.open:
            sock.close()
        self.serves()

    def test_five_thousand_that_drip_delay_nobody(self):
        self.need_descriptors(SLOW_CONNECTIONS + 200)
        for _ in range(SLOW_CONNECTIONS):
            self.connect().sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        took = []
        for round in range(40):
            for sock in self.open[round * 100:round * 100 + 1000]:
                with contextlib.suppress(OSError):
                    sock.sendall(b"a")
            began = time.monotonic()
            self.serves()
            took.append(time.monotonic() - began)
        self.assertLess(sorted(took)[len(took) // 2], 0.25, f"others wait: {sorted(took)}")
        self.assertLess(max(took), 2, f"others wait: {sorted(took)}")
        self.open[0].settimeout(40)
        self.assertIn(b"408", self.open[-1].recv(4096), "who drips is dropped in the end")
        self.serves()

    def test_tls_of_today_alone(self):
        trust = str(self.server.data / "tls" / "ca.pem")
        for version, taken in ((ssl.TLSVersion.TLSv1, False), (ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(trust)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = context.maximum_version = version
            # else this client would not offer the old ones at all
            context.set_ciphers("ALL:@SECLEVEL=0")
            try:
                with context.wrap_socket(self.connect(), server_hostname="127.0.0.1") as secure:
                    self.assertTrue(taken, f"{version} is taken")
                    secure.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                    self.assertIn(b" 200 ", secure.recv(4096))
            except ssl.SSLError as refused:
                self.assertFalse(taken, f"{version}: {refused}")

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
