"""The two agents, driven alike: registered with an activation, started, stopped, killed."""
import json
import os
import pathlib
import subprocess

from isolated_host import IsolatedHost, end


class Unavailable(Exception):
    """This agent cannot run here; says why."""


class Agent:
    """`folder`: where its host's files and its log are kept. `url`: the server, https on this machine."""

    def __init__(self, name, folder, url, region, ca_file):
        self.folder, self.url, self.region, self.ca_file = pathlib.Path(folder), url, region, str(ca_file)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.host, self.process, self.log = IsolatedHost(name, self.folder / "host"), None, self.folder / "agent.log"
        if not self.host.works():
            raise Unavailable("a host of its own (unshare, overlay file systems) cannot be made here")

    def start(self):
        self.process = self.host.start(*self.running, log=self.log, **self.environment)

    def stop(self):
        return end(self.process)

    def kill(self):
        end(self.process, politely=False)

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        self.host.remove()

    def registered(self, done):
        if done.returncode != 0:
            raise AssertionError(f"not registered: {done.stdout[-1500:]}{done.stderr[-1500:]}")


class TocsinAgent(Agent):
    program = None
    reply_repeats_s = 10

    def __init__(self, *place):
        super().__init__(*place)
        self.directory, self.environment = "/var/lib/tocsin-agent", {}
        self.running = [self.program, "--dir", self.directory, "run"]

    def register(self, activation):
        done = self.host.run(self.program, "--dir", self.directory, "register", "--server", self.url, "--region", self.region, "--ca", self.ca_file, "--id",
                             activation["ActivationId"], "--code", activation["ActivationCode"])
        self.registered(done)

    def words(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""


class AmazonAgent(Agent):
    """The published agent, unmodified, pointed at the server by its own configuration file."""
    program = None
    reply_repeats_s = 300

    def __init__(self, *place):
        super().__init__(*place)
        self.running, self.environment = [self.program], {"SSL_CERT_FILE": self.ca_file}
        settings = {"Profile": {"ShareCreds": False}, "Identity": {"ConsumptionOrder": ["OnPrem"]}, "Agent": {"Region": self.region}}
        self.host.write("/etc/amazon/ssm/amazon-ssm-agent.json", json.dumps(settings | {part: {"Endpoint": self.url} for part in ("Ssm", "Mds", "Mgs")}))

    def register(self, activation):
        done = self.host.run(self.program, "-register", "-code", activation["ActivationCode"], "-id", activation["ActivationId"], "-region", self.region, "-y", **self.environment)
        self.registered(done)

    def words(self):
        return self.host.read("/var/log/amazon/ssm/amazon-ssm-agent.log")


def find_amazon_agent(unpack_to):
    """Its program: in the folder that TOCSIN_SSM_AGENT_DIR names, or from the archive there, unpacked once. The folder ../shared/agents beside the project is looked at by default."""
    project = pathlib.Path(__file__).resolve().parent.parent.parent
    folder = pathlib.Path(os.environ.get("TOCSIN_SSM_AGENT_DIR") or project.parent / "shared" / "agents")
    if not os.environ.get("TOCSIN_SSM_AGENT_DIR") and not folder.is_dir():
        raise Unavailable(f"no amazon-ssm-agent: TOCSIN_SSM_AGENT_DIR is not set and {folder} is not there")
    for place in (folder, folder / "amazon-ssm-agent", pathlib.Path(unpack_to) / "amazon-ssm-agent"):
        if (place / "amazon-ssm-agent").is_file():
            return place / "amazon-ssm-agent"
    archives = sorted(folder.glob("amazon-ssm-agent*.tar.zst"))
    if not archives:
        raise Unavailable(f"no amazon-ssm-agent in {folder}")
    pathlib.Path(unpack_to).mkdir(parents=True, exist_ok=True)
    unpacked = subprocess.run(["tar", "--zstd", "-xf", archives[0], "-C", unpack_to, "--no-same-owner"], capture_output=True, text=True)
    if unpacked.returncode != 0:
        raise Unavailable(f"{archives[0].name} could not be unpacked: {unpacked.stderr.strip()}")
    return pathlib.Path(unpack_to) / "amazon-ssm-agent" / "amazon-ssm-agent"
