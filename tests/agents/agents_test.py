#!/usr/bin/env python3
"""usage: agents_test.py amazon-ssm-agent|tocsin-agent --tocsin PROGRAM --agent PROGRAM --unpack DIR --cache DIR [--long] [--only PART OF A NAME]   (README.md says what it holds)"""
import argparse
import contextlib
import pathlib
import shutil
import sys
import tempfile
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parent / "clients")]

from server_under_test import ServerUnderTest, free_port, skip, wait_until  # noqa: E402

import agents  # noqa: E402

ENDED = ("Success", "Failed", "TimedOut", "Cancelled")


def fetch_boto3(cache):
    from hands import Unavailable, boto3_hand, fetched
    try:
        sys.path.insert(0, str(fetched.python_packages(cache, boto3_hand.BOTO3)))
    except Unavailable as missing:
        skip(missing)


class Host:
    """A registered host whose agent runs, as the API sees it."""

    def __init__(self, me, agent, instance_id):
        self.me, self.agent, self.id = me, agent, instance_id

    def connected(self, seconds):
        wait_until(f"{self.id} is connected", seconds, lambda: self.me.ssm.get_connection_status(Target=self.id)["Status"] == "connected")

    def send(self, *commands, TimeoutSeconds=600, **parameters):
        return self.me.ssm.send_command(InstanceIds=[self.id], DocumentName="AWS-RunShellScript", TimeoutSeconds=TimeoutSeconds,
                                        Parameters={"commands": list(commands), **parameters})["Command"]["CommandId"]

    def invocation(self, command, **more):
        return self.me.ssm.get_command_invocation(CommandId=command, InstanceId=self.id, **more)

    def status(self, command):
        return self.me.ssm.list_command_invocations(CommandId=command, InstanceId=self.id)["CommandInvocations"][0]["Status"]

    def ended(self, command, seconds=60):
        wait_until(f"command {command} ends", seconds, lambda: self.status(command) in ENDED)
        with contextlib.suppress(self.me.ssm.exceptions.InvalidPluginName):  # it has several steps
            return self.invocation(command)

    def run(self, *commands, **parameters):
        return self.ended(self.send(*commands, **parameters))


class Teller:
    """What the stories are told with."""

    def __init__(self, kind, server, port, folder):
        self.kind, self.server, self.port, self.folder, self.made = kind, server, port, folder, 0
        self.connect()

    def connect(self):
        import boto3
        import botocore.config
        keys = self.server.keys
        self.ssm = boto3.client("ssm", endpoint_url=f"http://127.0.0.1:{self.port}", region_name=keys["region"], aws_access_key_id=keys["access_key_id"],
                                aws_secret_access_key=keys["secret_access_key"], config=botocore.config.Config(retries={"max_attempts": 8, "mode": "standard"}))

    def node(self, instance_id):
        return self.ssm.describe_instance_information(Filters=[{"Key": "InstanceIds", "Values": [instance_id]}])["InstanceInformationList"][0]

    def document(self, name, content):
        with contextlib.suppress(self.ssm.exceptions.DocumentAlreadyExists):
            self.ssm.create_document(Name=name, DocumentType="Command", DocumentFormat="JSON", Content=content)

    @contextlib.contextmanager
    def new_agent(self, name, activation):
        self.made += 1
        agent = self.kind(name, self.folder / f"{self.made}-{name}", f"https://127.0.0.1:{self.port}", self.server.keys["region"], self.server.data / "tls" / "ca.pem")
        try:
            agent.register(activation)
            agent.start()
            nodes = wait_until(f"{name} reports", 60, lambda: [node for node in self.ssm.describe_instance_information()["InstanceInformationList"] if node.get("ComputerName") == name])
            host = Host(self, agent, nodes[-1]["InstanceId"])
            host.connected(60)
            yield host
        except Exception:
            print(f"--- the agent's last words\n{agent.words()[-4000:]}\n--- the server's\n{self.server.last_words(15)}", flush=True)
            raise
        finally:
            agent.close()

    @contextlib.contextmanager
    def host(self):
        with self.new_agent(f"host-{self.made + 1}", self.ssm.create_activation(IamRole="hosts")) as host:
            yield host


def tell(me, only, long):
    import stories
    failures = 0
    for story in stories.STORIES:
        if only not in story.__name__ or (story.repeats_a_reply and me.kind.reply_repeats_s > 60 and not long):
            continue
        began = time.monotonic()
        try:
            story(me)
            outcome, words = "passed", ""
        except agents.Unavailable as missing:
            skip(missing)
        except Exception as failed:
            outcome, words = "failed", str(failed) if isinstance(failed, AssertionError) else traceback.format_exc()
            failures += 1
        print(f"{outcome:8}{time.monotonic() - began:6.1f} s  {story.__name__}{': ' + words if words else ''}", flush=True)
        if not me.server.running():
            me.server.start()
    return failures


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("agent_kind", choices=["amazon-ssm-agent", "tocsin-agent"])
    arguments.add_argument("--long", action="store_true", help="also what waits for five minutes")
    for name in ("--tocsin", "--agent", "--unpack", "--cache"):
        arguments.add_argument(name, required=True)
    arguments.add_argument("--only", default="")
    given = arguments.parse_args()
    fetch_boto3(given.cache)
    agents.TocsinAgent.program = given.agent
    kind = agents.TocsinAgent
    if given.agent_kind == "amazon-ssm-agent":
        kind = agents.AmazonAgent
        try:
            kind.program = agents.find_amazon_agent(given.unpack)
        except agents.Unavailable as missing:
            skip(missing)
    folder, port = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-agents-")), free_port()
    server = ServerUnderTest(given.tocsin, folder / "data", flags=["--listen", f"127.0.0.1:{port}"])
    try:
        server.make_keys()
        server.start()
        failures = tell(Teller(kind, server, port, folder), given.only, given.long)
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
