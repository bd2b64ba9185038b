#!/usr/bin/env python3
"""usage: demo_memory.py: runs the demo once and prints what its server takes: resident each ten seconds, the highest, and its processor time (README.md)"""
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LIMIT_MB = 256


def parent_of(pid):
    return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def descends_from(pid, ancestor):
    while pid > 1:
        if pid == ancestor:
            return True
        pid = parent_of(pid)
    return False


def server_of(demo_pid):
    """The process `tocsin serve` that the demo started, if it runs."""
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and b"serve" in (words := (entry / "cmdline").read_bytes().split(b"\0")) and words[0].endswith(b"/tocsin") and descends_from(int(entry.name), demo_pid):
                return int(entry.name)
        except (OSError, ProcessLookupError):
            continue
    return None


def memory_mb(pid):
    """Resident now, and the highest so far."""
    fields = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("Vm"))
    return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))


def processor_seconds(pid):
    user, system = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def main():
    began = time.monotonic()
    demo = subprocess.Popen([ROOT / "scripts/demo.sh"], env={**os.environ, "ONCE": "1"}, stdout=subprocess.DEVNULL)
    highest, spent, steps = 0.0, 0.0, []
    while demo.poll() is None:
        time.sleep(0.5)
        try:
            if pid := server_of(demo.pid):
                resident, peak = memory_mb(pid)
                highest, spent = max(highest, peak), processor_seconds(pid)
                if not steps or time.monotonic() - steps[-1][0] >= 10:
                    steps.append((time.monotonic(), resident))
        except (OSError, KeyError):
            continue  # it ended between two looks
    print(f"| the demo's outcome | {'the whole story' if demo.returncode == 0 else 'FAILED'}, {time.monotonic() - began:.0f} s |")
    print(f"| resident each ten seconds, MB | {', '.join(f'{resident:.0f}' for _, resident in steps)} |")
    print(f"| the highest, MB (at most {LIMIT_MB}) | {highest:.0f} |")
    print(f"| processor time of the server, s | {spent:.1f} |")
    sys.exit(demo.returncode or highest > LIMIT_MB)


main()
