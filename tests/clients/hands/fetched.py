"""What is fetched once into the cache, by one process at a time."""
import contextlib
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

from hands import Unavailable

FETCH_SECONDS = 240


@contextlib.contextmanager
def alone(folder):
    """Nobody else prepares this folder meanwhile."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.parent / (folder.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_to_fetch(command, **options):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, **options)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{command[0]} took longer than {FETCH_SECONDS} s to fetch")
    if done.returncode != 0:
        raise Unavailable(f"{' '.join(map(str, command[:4]))} … failed: {(done.stderr or done.stdout)[-600:]}")
    return done.stdout


def python_packages(cache, *pins):
    """A folder with these packages of PyPI and what they stand on."""
    folder = pathlib.Path(cache) / "-".join(pin.replace("==", "-") for pin in pins)
    with alone(folder):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            run_to_fetch([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--target", str(folder), *pins])
            (folder / "complete").touch()
    return folder


def plain_environment(**more):
    """Ours without anything that would steer a client elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "BOTO", "TOCSIN_"))}
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost", **more}
