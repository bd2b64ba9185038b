"""The demo's hosts: network namespaces joined by a bridge where the machine allows them, otherwise addresses of the loopback range; everything started is ended again."""
import os
import signal
import subprocess

PREFIX = "10.213.7."


def quietly(*command):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


class Processes:
    """Started by us, ended by us, in reverse order, by their ids only."""

    def __init__(self):
        self.running = []

    def start(self, name, command, log, **options):
        with open(log, "ab") as file:
            process = subprocess.Popen(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, start_new_session=True, **options)
        self.running.append((name, process))
        return process

    def forget(self, process):
        self.running = [(name, one) for name, one in self.running if one is not process]

    def stop_all(self):
        for _, process in reversed(self.running):
            end(process)
        self.running = []


def end(process, wait_max_s=8):
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            process.wait(wait_max_s)
            return
        except subprocess.TimeoutExpired:
            continue


class Host:
    def __init__(self, name, address, namespace=None):
        self.name, self.address, self.namespace = name, address, namespace

    def command(self, *words):
        """The command as it is run on this host; its host name is the host's own, or, of plain processes, stands in SHOP_HOST."""
        if self.namespace is None:
            return ["env", f"SHOP_HOST={self.name}", *words]
        return ["ip", "netns", "exec", self.namespace, "unshare", "--uts", "sh", "-c", 'hostname "$0"; exec "$@"', self.name, *words]


class Network:
    """`server` is where Tocsin is reached from the hosts."""

    def __init__(self, names, tag):
        self.bridge, self.namespaces = f"tocsin{tag % 10000}", []
        if os.geteuid() == 0 and os.environ.get("DEMO_PLAIN") is None and self.make_bridge():
            self.server = PREFIX + "1"
            self.hosts = [self.make_namespace(name, PREFIX + str(10 + number), tag) for number, name in enumerate(names)]
        else:
            self.server = "127.0.0.1"
            self.hosts = [Host(name, f"127.0.7.{10 + number}") for number, name in enumerate(names)]
        self.real = bool(self.namespaces)

    def make_bridge(self):
        made = quietly("ip", "link", "add", self.bridge, "type", "bridge") and quietly("ip", "addr", "add", PREFIX + "1/24", "dev", self.bridge)
        if not made or not quietly("ip", "link", "set", self.bridge, "up"):
            quietly("ip", "link", "del", self.bridge)
            return False
        if not quietly("ip", "netns", "add", self.bridge + "t"):
            quietly("ip", "link", "del", self.bridge)
            return False
        quietly("ip", "netns", "del", self.bridge + "t")
        return True

    def make_namespace(self, name, address, tag):
        namespace, link = f"{self.bridge}-{name}", f"tv{tag % 10000}{name[-4:]}"
        for command in (
            ["ip", "netns", "add", namespace],
            ["ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", namespace],
            ["ip", "link", "set", link, "master", self.bridge, "up"],
            ["ip", "-n", namespace, "addr", "add", address + "/24", "dev", "eth0"],
            ["ip", "-n", namespace, "link", "set", "eth0", "up"],
            ["ip", "-n", namespace, "link", "set", "lo", "up"],
        ):
            subprocess.run(command, check=True)
        self.namespaces.append(namespace)
        return Host(name, address, namespace)

    def remove(self):
        for namespace in self.namespaces:
            quietly("ip", "netns", "del", namespace)
        if self.namespaces:
            quietly("ip", "link", "del", self.bridge)
        self.namespaces = []
