#!/usr/bin/env python3
"""usage: connection_figures.py TOCSIN [--idle N] [--slow N]: what idle connections cost, and what others notice of slow ones (README.md)"""
import argparse
import pathlib
import resource
import socket
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests" / "abuse"), str(ROOT / "tests" / "support")]

from server_under_test import ServerUnderTest  # noqa: E402
from signed_call import Sender  # noqa: E402


def row(what, figure):
    print(f"| {what} | {figure} |", flush=True)


def latencies(sender, count=100):
    took = []
    for _ in range(count):
        began = time.monotonic()
        if sender.identity().status != 200:
            raise SystemExit("not answered")
        took.append((time.monotonic() - began) * 1000)
    return sorted(took)


def shown(took):
    return f"median {took[len(took) // 2]:.1f} ms, 99 % {took[len(took) * 99 // 100]:.1f} ms"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tocsin")
    arguments.add_argument("--idle", type=int, default=10_000)
    arguments.add_argument("--slow", type=int, default=5_000)
    given = arguments.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print("| what | figure |\n|---|---|")
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        server = ServerUnderTest(given.tocsin, pathlib.Path(folder) / "data")
        try:
            server.make_keys()
            server.start()
            sender = Sender(server)
            row("a signed call on a connection of its own", shown(latencies(sender)))
            before = server.memory_kb()
            row("resident", f"{before / 1024:.1f} MB")
            idle = []
            for _ in range(given.idle):
                sock = socket.create_connection(("127.0.0.1", server.port()))
                sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                sock.recv(4096)
                idle.append(sock)
            row(f"resident with {given.idle} idle connections, each of which was served once", f"{server.memory_kb() / 1024:.1f} MB, {(server.memory_kb() - before) / given.idle:.1f} KB each")
            row("a signed call beside them", shown(latencies(sender)))
            [sock.close() for sock in idle]
            time.sleep(1)
            slow = []
            for _ in range(given.slow):
                sock = socket.create_connection(("127.0.0.1", server.port()))
                sock.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
                slow.append(sock)
            took = []
            for n in range(100):
                for sock in slow[n * 50:n * 50 + 500]:
                    sock.sendall(b"a")
                took += latencies(sender, 1)
            row(f"a signed call beside {given.slow} connections that drip", shown(sorted(took)))
        finally:
            server.kill()


if __name__ == "__main__":
    main()
