"""The kinds of fault: how each breaks the shop, and what the investigation must find and the runbook must do about it. Alarm, response plan and runbook are the same for all."""
import os
import signal
import subprocess
import time

from setup_tocsin import parameter_of
from shop_stack import POOL_SIZE, SERVICES

REPAIRS = ("rollBack", "freeSpace", "startDependencyAfresh", "restart")


class Fault:
    """`suspects`: one of these the investigation must name first; `item`: the related item that says what was found; `steps`: the repairs of the runbook that must be done, and no other."""
    item, steps, changes = None, (), False

    def __init__(self, shop, service):
        self.shop, self.service, self.suspects, self.host = shop, service, (service,), shop.host_of(service)

    def missing(self):
        """Why it cannot be shown on this machine; "" when it can."""
        return ""

    def inject(self, tocsin):
        """Breaks it; tells what was done."""
        raise NotImplementedError

    def is_repaired(self, tocsin):
        raise NotImplementedError


class BadChange(Fault):
    """Somebody shrinks a connection pool."""
    item, steps, changes = "Recent change", ("rollBack", "restart"), True

    def inject(self, tocsin):
        name = parameter_of(self.service)
        tocsin.client("ssm").put_parameter(Name=name, Value="1", Overwrite=True)
        return f"somebody sets {name} from {POOL_SIZE} to 1: {self.service} has one connection to PostgreSQL"

    def is_repaired(self, tocsin):
        return tocsin.client("ssm").get_parameter(Name=parameter_of(self.service))["Parameter"]["Value"] == POOL_SIZE


class Crash(Fault):
    """A process is killed until its supervisor gives it up; it stays away until it is started."""
    item, steps = "Stopped process", ("restart",)

    def inject(self, tocsin):
        killed = []
        end = time.monotonic() + 60
        while time.monotonic() < end:
            pid = self.shop.pid_of(self.service)
            if pid == 0:
                return f"the process of {self.service} is killed (SIGKILL to {', '.join(map(str, killed))}), and its supervisor gives it up"
            if pid not in killed:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            time.sleep(0.1)
        raise TimeoutError(f"{self.service} could not be killed for good")

    def is_repaired(self, tocsin):
        return self.shop.pid_of(self.service) != 0


class SlowDependency(Fault):
    """What stands before PostgreSQL answers late."""
    item, steps = "Slow dependency", ("startDependencyAfresh",)

    def __init__(self, shop, service):
        super().__init__(shop, service)
        self.host, self.suspects = shop.network.hosts[1], ("postgresql",)

    def missing(self):
        return "" if self.shop.network.real else "FAULT=slow-dependency needs hosts with addresses of their own (root and network namespaces), so that the database's host can be told"

    def inject(self, tocsin):
        self.sick = self.shop.pid_of("db-proxy", self.host)
        os.kill(self.sick, signal.SIGUSR1)
        return "PostgreSQL becomes slow: each of its answers is 600 ms late"

    def is_repaired(self, tocsin):
        return self.shop.pid_of("db-proxy", self.host) not in (0, self.sick)


class DiskFull(Fault):
    """A forgotten export fills the small file system on which the service writes its records."""
    item, steps = "Full disk", ("freeSpace",)

    def __init__(self, shop, service):
        super().__init__(shop, service)
        # all that write to this disk fail; the one that is called first is seen to
        self.suspects = tuple(one for one in SERVICES if one != "storefront" and shop.host_of(one) is self.host)

    def missing(self):
        return "" if self.shop.spool_of(self.host) in self.shop.mounts else "FAULT=disk-full needs a file system of its own (root, and leave to mount a tmpfs)"

    def inject(self, tocsin):
        self.spool = self.shop.spool_of(self.host)
        subprocess.run(["dd", "if=/dev/zero", f"of={self.spool}/export-of-last-night.tmp", "bs=64k"], capture_output=True)
        subprocess.run(["sh", "-c", f"cat /dev/zero >> {self.spool}/export-of-last-night.tmp"], capture_output=True)
        self.hold_full()
        return f"an export fills {self.spool}, where {self.service} writes its records: {self.left_kb()} KB left"

    def hold_full(self):
        if self.left_kb() > 0:
            raise TimeoutError(f"{self.spool} could not be filled: {self.left_kb()} KB left")

    def left_kb(self):
        found = os.statvfs(self.spool)
        return found.f_bavail * found.f_frsize // 1024

    def is_repaired(self, tocsin):
        return self.left_kb() > 8 * 1024


class MemoryLeak(Fault):
    """A service keeps something of every request for ever, until it has used up the memory that it may have."""
    item, steps = "Exhausted memory", ("restart",)

    def inject(self, tocsin):
        self.sick = self.shop.pid_of(self.service)
        os.kill(self.sick, signal.SIGUSR2)
        return f"{self.service} begins to leak: 1 MB of each request is kept, of the memory that it may have"

    def is_repaired(self, tocsin):
        return self.shop.pid_of(self.service) not in (0, self.sick)


KINDS = {"bad-change": BadChange, "crash": Crash, "slow-dependency": SlowDependency, "disk-full": DiskFull, "memory-leak": MemoryLeak}


def choose(name, shop, service):
    if name not in KINDS:
        raise SystemExit(f"FAULT={name} is none of {', '.join(KINDS)}")
    if service not in SERVICES or service == "storefront":
        raise SystemExit(f"FAULT_SERVICE={service} is none of {', '.join(one for one in SERVICES if one != 'storefront')}")
    return KINDS[name](shop, service)
