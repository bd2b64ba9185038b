#!/usr/bin/env python3
"""Runs the services of one host: starts them, starts again what exits, and takes orders on a socket. As systemd does by default, it gives a service up that ends too often:
after 3 ends within 20 s it stays stopped until it is told to start.

  supervise.py run HOST.json           the supervisor; HOST.json: {"socket": path, "services": {name: {"command": [...], "environment": {...}, "log": path, "memory_mb": most data}}}
  supervise.py --socket PATH status    a line a service: name, pid (0 when it is given up), restarts, seconds up
  supervise.py --socket PATH restart [NAME ...]   asks each to stop, kills it after 5 s, starts it again; all when none is named; unknown names are passed over
"""
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

STOP_MAX_S = 5
ENDS_MAX, ENDS_WITHIN_S = 3, 20


class Service:
    def __init__(self, name, definition):
        self.name, self.definition = name, definition
        self.lock, self.process, self.restarts, self.stopping = threading.Lock(), None, -1, False
        self.ends, self.wanted = [], threading.Event()  # moments of unwanted ends; set when it shall run
        self.wanted.set()
        threading.Thread(target=self.keep_running, daemon=True).start()

    def start(self):
        environment = {**os.environ, **self.definition.get("environment", {})}
        log = open(self.definition["log"], "ab")
        self.process = subprocess.Popen(self.definition["command"], env=environment, cwd=self.definition.get("folder"), stdout=log, stderr=log, start_new_session=True)
        if "memory_mb" in self.definition:
            most = self.definition["memory_mb"] * 1024 * 1024
            resource.prlimit(self.process.pid, resource.RLIMIT_DATA, (most, most))
        self.started, self.restarts = time.monotonic(), self.restarts + 1

    def keep_running(self):
        while not self.stopping:
            self.wanted.wait()
            with self.lock:
                if self.stopping:
                    return
                self.start()
            self.process.wait()
            self.note_end()
            time.sleep(0.3)

    def note_end(self):
        now = time.monotonic()
        self.ends = [moment for moment in self.ends if now - moment < ENDS_WITHIN_S] + [now]
        if len(self.ends) >= ENDS_MAX:
            self.wanted.clear()
            print(f"{self.name} ended {len(self.ends)} times within {ENDS_WITHIN_S} s: given up until it is started", flush=True)

    def signal_all(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def restart(self):
        before, self.ends = self.process, []
        if not self.wanted.is_set():
            return self.wanted.set()
        self.signal_all(signal.SIGTERM)
        try:
            before.wait(STOP_MAX_S)
        except subprocess.TimeoutExpired:
            self.signal_all(signal.SIGKILL)

    def stop(self):
        with self.lock:
            self.stopping = True
        self.restart()
        self.wanted.set()

    def line(self):
        pid = self.process.pid if self.wanted.is_set() else 0
        return f"{self.name} pid={pid} restarts={self.restarts} up_s={time.monotonic() - self.started:.0f}"


def answer(services, words):
    if words[:1] == ["status"]:
        return "\n".join(service.line() for service in services.values())
    if words[:1] == ["restart"]:
        chosen = [services[name] for name in words[1:] if name in services] if words[1:] else list(services.values())
        for service in chosen:
            service.restart()
        return "\n".join(f"restarted {service.name}" for service in chosen) or "nothing of that name runs here"
    return "unknown order"


def run(path):
    with open(path) as file:
        host = json.load(file)
    services = {name: Service(name, definition) for name, definition in host["services"].items()}
    if os.path.exists(host["socket"]):
        os.unlink(host["socket"])
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(host["socket"])
    listener.listen()

    def stop(*_):
        listener.close()
        threads = [threading.Thread(target=service.stop) for service in services.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while True:
        connection, _ = listener.accept()
        with connection:
            words = connection.recv(4096).decode().split()
            connection.sendall(answer(services, words).encode() + b"\n")


def order(path, words):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(" ".join(words).encode())
        while chunk := connection.recv(4096):
            sys.stdout.write(chunk.decode())


if __name__ == "__main__":
    if len(sys.argv) >= 4 and sys.argv[1] == "--socket":
        order(sys.argv[2], sys.argv[3:])
    elif len(sys.argv) == 3 and sys.argv[1] == "run":
        run(sys.argv[2])
    else:
        sys.exit(__doc__)
