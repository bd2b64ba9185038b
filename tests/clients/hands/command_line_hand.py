"""The aws command, each call a process: PyPI's current one (JSON where the model has it) and Debian's 2.9 (query for cloudwatch and sqs)."""
import json
import pathlib
import re
import subprocess
import sys

from hands import Refused, Unavailable, fetched

AWSCLI = "awscli==1.46.3"
DEBIAN = pathlib.Path("/usr/bin/aws")
CALL_SECONDS = 60


def command_name(operation):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", operation).lower()


class CommandLineHand:
    services, stories = "all", ("",)
    parallel = 4

    def __init__(self, server):
        self.endpoint = server.url()
        self.environment = {}

    def call(self, credentials, service, operation, parameters):
        token = credentials.get("session_token")
        environment = fetched.plain_environment(AWS_ACCESS_KEY_ID=credentials["access_key_id"], AWS_SECRET_ACCESS_KEY=credentials["secret_access_key"], AWS_DEFAULT_REGION=credentials["region"],
                                                AWS_MAX_ATTEMPTS="1", AWS_PAGER="", **({"AWS_SESSION_TOKEN": token} if token else {}), **self.environment)
        done = subprocess.run([*self.command, "--endpoint-url", self.endpoint, "--output", "json", service, command_name(operation), "--cli-input-json", json.dumps(parameters)],
                              capture_output=True, text=True, timeout=CALL_SECONDS, env=environment)
        if done.returncode == 0:
            return json.loads(done.stdout) if done.stdout.strip() else {}
        refused = re.search(r"An error occurred \((\S+)\) when calling the \w+ operation[^:]*: ?(.*)", done.stderr, re.S)
        if not refused:
            raise AssertionError(f"aws {service} {command_name(operation)}: {done.stderr.strip()}")
        raise Refused(refused[1], refused[2].strip())

    def close(self):
        pass


class AwscliHand(CommandLineHand):
    # a process a call is slow: the two commands share the stories that boto3 tells whole
    stories = ("points", "bad_call", "alarm_goes_off", "runbook", "incident_opens_from", "trail", "host", "log_lines")

    def prepare(self, cache):
        packages = fetched.python_packages(cache, AWSCLI)
        self.command, self.environment = [sys.executable, "-m", "awscli"], {"PYTHONPATH": str(packages)}


class DebianAwscliHand(CommandLineHand):
    stories = ("points", "alarm_goes_off", "published", "event", "caller", "user", "parameters")

    def prepare(self, cache):
        if not DEBIAN.exists():
            raise Unavailable(f"{DEBIAN} is not there (Debian: awscli)")
        version = subprocess.run([DEBIAN, "--version"], capture_output=True, text=True, timeout=CALL_SECONDS, env=fetched.plain_environment()).stdout.strip()
        if "aws-cli/2." not in version:
            raise Unavailable(f"{DEBIAN} is not Debian's: {version}")
        self.command = [str(DEBIAN)]
