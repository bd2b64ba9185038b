"""A client of another language, as a child process that reads a call a line and writes an answer a line (go/, javascript/)."""
import json
import os
import pathlib
import queue
import shutil
import subprocess
import threading

from hands import Refused, fetched, toolchains

HERE = pathlib.Path(__file__).resolve().parent.parent
ANSWER_SECONDS = 60


class GoMembers(dict):
    """An answer's structure as Go names it: with a capital letter, also where the service has a small one."""

    def __missing__(self, name):
        if name[:1].islower():
            return self[name[:1].upper() + name[1:]]
        raise KeyError(name)

    def get(self, name, otherwise=None):
        try:
            return self[name]
        except KeyError:
            return otherwise


class SpokenHand:
    parallel, stories = 1, ("",)
    structure = dict

    def __init__(self, server):
        self.endpoint, self.process = server.url(), None

    def speak_with(self, command, **options):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)
        self.answers = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            self.answers.put(line)
        self.answers.put("")

    def call(self, credentials, service, operation, parameters):
        question = {"endpoint": self.endpoint, "credentials": credentials, "service": service, "operation": operation, "parameters": parameters}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        try:
            line = self.answers.get(timeout=ANSWER_SECONDS)
        except queue.Empty:
            raise AssertionError(f"{service} {operation}: no answer within {ANSWER_SECONDS} s")
        if not line:
            raise AssertionError(f"{service} {operation}: the client's process ended")
        answer = json.loads(line, object_hook=self.structure)
        if "broken" in answer:
            raise AssertionError(f"{service} {operation}: {answer['broken']}")
        if "code" in answer:
            raise Refused(answer["code"], answer.get("message", ""))
        return answer["answer"]

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()


class GoHand(SpokenHand):
    """The Go SDK: CBOR for cloudwatch, JSON 1.0 for sqs, query for sns and sts."""

    structure = GoMembers
    services = {"cloudwatch", "sns", "sqs", "sts"}

    def prepare(self, cache):
        go = toolchains.go(cache)
        program = pathlib.Path(cache).resolve() / "go" / "client"
        program.parent.mkdir(parents=True, exist_ok=True)
        with fetched.alone(program):
            fetched.run_to_fetch([go, "build", "-mod=readonly", "-o", str(program), "."], cwd=HERE / "go", env={**os.environ, "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"})
        self.speak_with([str(program)], env=fetched.plain_environment())


class JavascriptHand(SpokenHand):
    """The JavaScript SDK v3: JSON 1.0 for cloudwatch and sqs, query for sns and sts."""

    services = {"cloudwatch", "sns", "sqs", "sts"}

    def prepare(self, cache):
        node, npm = toolchains.node_and_npm(cache)
        folder = pathlib.Path(cache).resolve() / "javascript"
        with fetched.alone(folder):
            folder.mkdir(parents=True, exist_ok=True)
            lock = (HERE / "javascript" / "package-lock.json").read_text()
            if not (folder / "complete").exists() or (folder / "complete").read_text() != lock:
                for name in ("package.json", "package-lock.json"):
                    shutil.copy(HERE / "javascript" / name, folder)
                fetched.run_to_fetch([*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder)
                (folder / "complete").write_text(lock)
            shutil.copy(HERE / "javascript" / "client.mjs", folder)
        self.speak_with([node, "client.mjs"], cwd=folder, env=fetched.plain_environment())
