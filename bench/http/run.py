#!/usr/bin/env python3
"""Measures the HTTP server alone: requests a second with hey, and the memory of idle connections. usage: run.py build/release/bench_http_echo"""
import socket
import subprocess
import sys

server = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
port = int(server.stdout.readline())


def resident():
    server.stdin.write("\n")
    server.stdin.flush()
    return server.stdout.readline().strip()


print("at rest:", resident())
idle = []
for _ in range(2000):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    connection.recv(4096)
    idle.append(connection)
print("2,000 idle after a request each:", resident())
for name, arguments in {"GET": [], "POST 2 KiB": ["-m", "POST", "-d", "x" * 2048]}.items():
    out = subprocess.run(["hey", "-z", "5s", "-c", "50", *arguments, f"http://127.0.0.1:{port}/"], capture_output=True, text=True).stdout
    wanted = [line.strip() for line in out.splitlines() if "Requests/sec" in line or "50% in" in line or "99% in" in line]
    print(name + ":", ", ".join(" ".join(line.split()) for line in wanted))
server.stdin.close()
