"""A host of its own for an agent on this machine: its own processes, host name and mounts, with /etc, /var and the home directory laid over the machine's, so that
nothing that the agent writes is left behind. It shares the network. Root is needed, or a kernel that lets users lay file systems over one another."""
import os
import pathlib
import shutil
import signal
import subprocess

LAID_OVER = ("/etc", "/var", "/root", "/home")

# $0 the host's name, $1 where its files are kept, then the command
ENTER = """
hostname "$0"
kept="$1"; shift
for place in """ + " ".join(LAID_OVER) + """; do
  [ -d "$place" ] || continue
  mkdir -p "$kept/upper$place" "$kept/work$place"
  mount -t overlay overlay -o "lowerdir=$place,upperdir=$kept/upper$place,workdir=$kept/work$place" "$place" || exit 97
done
exec "$@"
"""


class IsolatedHost:
    """`files`: what is laid over the machine's (made; gone with remove())."""

    def __init__(self, name, files):
        self.name, self.files = name, pathlib.Path(files)
        self.files.mkdir(parents=True, exist_ok=True)
        # overlays do not lie on every file system (on another overlay, say); then a file system in memory carries them
        self.in_memory = not self.works() and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512m,mode=0755", "tocsin-test", str(self.files)], capture_output=True).returncode == 0

    def works(self):
        return subprocess.run(self.command("true"), capture_output=True).returncode == 0

    def command(self, *words):
        become_root = [] if os.geteuid() == 0 else ["--map-root-user"]
        return ["unshare", *become_root, "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "sh", "-c", ENTER, self.name, str(self.files), *map(str, words)]

    def environment(self, **more):
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TZ")}
        return {**kept, "HOME": "/root", **more}

    def write(self, path, text):
        """A file of this host alone."""
        place = self.files / ("upper" + path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def read(self, path):
        place = self.files / ("upper" + path)
        return place.read_text(errors="replace") if place.exists() else ""

    def run(self, *words, timeout=60, **environment):
        return subprocess.run(self.command(*words), env=self.environment(**environment), capture_output=True, text=True, timeout=timeout)

    def start(self, *words, log, **environment):
        with open(log, "ab") as out:
            return subprocess.Popen(self.command(*words), env=self.environment(**environment), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)

    def remove(self):
        if self.in_memory:
            subprocess.run(["umount", "-l", str(self.files)], capture_output=True)
        shutil.rmtree(self.files, ignore_errors=True)


def first_child(process):
    """The host's first process, as this machine numbers it: the agent that `unshare` started."""
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(children[0]) if children else None


def end(process, politely=True, wait_max_s=10):
    """Ends the host's processes: the agent is asked first, or killed with all it started."""
    child = first_child(process) if process.poll() is None else None
    if politely and child:
        os.kill(child, signal.SIGTERM)
        try:
            return process.wait(wait_max_s)
        except subprocess.TimeoutExpired:
            pass
    if process.poll() is None:
        process.kill()
    return process.wait(10)
