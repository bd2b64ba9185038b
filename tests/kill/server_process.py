"""The server as a process that can be killed and started again on its data directory."""
import json
import os
import signal
import socket
import subprocess
import time
import urllib.parse


class ServerProcess:
    def __init__(self, program, data, start_s_max=30):
        self.program, self.data, self.start_s_max = program, data, start_s_max
        self.process, self.bound, self.log = None, None, open(os.path.join(data, "..", "server.log"), "ab")
        self.start_times_s = []

    def start(self):
        """Starts it and waits until it takes connections."""
        began = time.monotonic()
        self.bound = None
        command = [self.program, "serve", "--dev", "--data", self.data, "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        while True:
            bound = self._endpoint()
            if bound and self._takes_connections(bound):
                self.bound = bound
                self.start_times_s.append(time.monotonic() - began)
                return
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended by itself with {self.process.returncode}; see {self.log.name}")
            if time.monotonic() - began > self.start_s_max:
                raise RuntimeError(f"the server did not start within {self.start_s_max} s; see {self.log.name}")
            time.sleep(0.01)

    def address(self):
        """(host, port), or an OSError while it is down."""
        if self.bound is None:
            raise ConnectionRefusedError("the server is down")
        return self.bound

    def kill(self):
        """As a power button does to a process: no warning, nothing flushed."""
        self.bound = None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def _endpoint(self):
        try:
            with open(os.path.join(self.data, "endpoints.json")) as file:
                endpoints = json.load(file)
        except (OSError, ValueError):
            return None
        if endpoints.get("pid") != self.process.pid:
            return None
        for url in endpoints["urls"]:
            parts = urllib.parse.urlsplit(url)
            if parts.scheme == "http":
                return parts.hostname, parts.port
        return None

    @staticmethod
    def _takes_connections(bound):
        try:
            socket.create_connection(bound, timeout=1).close()
            return True
        except OSError:
            return False
