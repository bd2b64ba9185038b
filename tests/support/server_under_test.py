"""The built server as a process of its own, for tests in Python: made with keys by `tocsin init`, on a free port, ended whatever happens."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SKIPPED = 77  # CTest's SKIP_RETURN_CODE


class NotStarted(Exception):
    """The server did not come up; says what it logged."""


def skip(reason):
    """Ends the test as skipped, by name; with TOCSIN_REQUIRE_ALL=1, where nothing may be skipped, as failed."""
    print(f"skipped: {reason}", flush=True)
    sys.exit(1 if os.environ.get("TOCSIN_REQUIRE_ALL") == "1" else SKIPPED)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what, seconds, look, pause=0.1):
    """look() until it gives something true, and that; AssertionError after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(pause)


class ServerUnderTest:
    """tocsin: the program; data: its data directory (made); dev: any key is taken. Start and stop as often as wanted; each start binds a new port."""

    def __init__(self, tocsin, data, dev=False, flags=()):
        self.tocsin, self.data, self.dev, self.flags = str(tocsin), pathlib.Path(data), dev, list(flags)
        self.environment = {}  # beside that of the test
        self.process, self.keys = None, {"access_key_id": "test", "secret_access_key": "test", "region": "eu-west-1", "account": "000000000000"}
        self.log = self.data.parent / (self.data.name + ".log")

    def make_keys(self):
        made = subprocess.run([self.tocsin, "init", "--data", self.data, "--json"], capture_output=True, text=True, timeout=60)
        if made.returncode != 0:
            raise NotStarted(f"tocsin init: {made.stderr}")
        self.keys = json.loads(made.stdout)
        return self.keys

    def start(self, seconds=30):
        with contextlib.suppress(FileNotFoundError):
            (self.data / "endpoints.json").unlink()
        command = [self.tocsin, "serve", "--data", str(self.data), "--listen", "127.0.0.1:0", *self.flags] + (["--dev"] if self.dev else [])
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")} | self.environment
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        end = time.monotonic() + seconds
        while not (self.data / "endpoints.json").exists():
            if self.process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise NotStarted(f"tocsin serve did not come up:\n{self.last_words()}")
            time.sleep(0.005)
        self.urls = json.loads((self.data / "endpoints.json").read_text())["urls"]
        return self

    def url(self, scheme="http"):
        return next(url for url in self.urls if url.startswith(scheme + "://"))

    def port(self):
        return int(self.url().rsplit(":", 1)[1])

    def last_words(self, lines=40):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    def memory_kb(self, field="VmRSS"):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith(field + ":")).split()[1])

    def running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, seconds=20):
        """Asks it to end; its exit code. A server that does not end is killed, and that is an AssertionError."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop within {seconds} s of SIGTERM:\n{self.last_words()}")

    def kill(self):
        if self.running():
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def server_under_test(tocsin, dev=False, flags=()):
    """A running server with keys of its own, in a directory that goes when it ends."""
    folder = tempfile.mkdtemp(prefix="tocsin-test-")
    server = ServerUnderTest(tocsin, pathlib.Path(folder) / "data", dev, flags)
    try:
        server.make_keys()
        yield server.start()
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
