#!/usr/bin/env python3
"""The real aws command line with buckets and objects, with keys that are checked; then the server is killed during puts. usage: objects_test.py --tocsin PROGRAM"""
import argparse
import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from server_under_test import ServerUnderTest, skip  # noqa: E402


def aws_of(server):
    program = shutil.which("aws") or skip("aws is not installed")
    environment = dict(os.environ, AWS_ACCESS_KEY_ID=server.keys["access_key_id"], AWS_SECRET_ACCESS_KEY=server.keys["secret_access_key"], AWS_DEFAULT_REGION=server.keys["region"], AWS_PAGER="",
                       AWS_MAX_ATTEMPTS="1")

    def aws(*arguments, fails=None, **more):
        ran = subprocess.run([program, "--endpoint-url", server.url(), *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=120, **more)
        if fails is None:
            assert ran.returncode == 0, (arguments, ran.stderr)
        else:
            assert ran.returncode != 0 and fails in ran.stderr, (arguments, ran.stderr)
        return ran.stdout
    return aws


def copies(server, folder):
    """Small, large (in parts), from a pipe, with a name that is hard to write; presigned; listed; removed."""
    aws = aws_of(server)
    big, small = folder / "big", folder / "ü x+y.txt"
    big.write_bytes(os.urandom(20_000_000))
    small.write_text("hello\n")
    aws("s3", "mb", "s3://evidence")
    aws("s3", "cp", big, "s3://evidence/big", "--no-progress")
    aws("s3", "cp", "s3://evidence/big", folder / "again", "--no-progress")
    assert (folder / "again").read_bytes() == big.read_bytes()
    aws("s3", "cp", small, "s3://evidence/a b/ü x+y.txt", "--no-progress")
    aws("s3", "cp", "-", "s3://evidence/piped", input="from a pipe")
    assert aws("s3", "cp", "s3://evidence/piped", "-") == "from a pipe"
    listed = aws("s3", "ls", "--recursive", "s3://evidence").splitlines()
    assert [line[31:] for line in listed] == ["a b/ü x+y.txt", "big", "piped"], listed
    link = aws("s3", "presign", "s3://evidence/a b/ü x+y.txt").strip()
    assert urllib.request.urlopen(link).read() == b"hello\n"
    try:
        urllib.request.urlopen(link.replace("Signature=", "Signature=A"))
        raise AssertionError("a wrong signature is taken")
    except urllib.error.HTTPError as refused:
        assert refused.code == 403 and b"SignatureDoesNotMatch" in refused.read()
    aws("s3api", "get-object", "--bucket", "evidence", "--key", "none", folder / "none", fails="NoSuchKey")
    aws("s3", "rb", "s3://evidence", fails="BucketNotEmpty")
    aws("s3", "rb", "--force", "s3://evidence")


def kills(server, folder):
    """What was acknowledged is whole after a kill, and nothing else is seen."""
    aws = aws_of(server)
    aws("s3", "mb", "s3://killed")
    written, acknowledged = {}, set()

    def put(name):
        for turn in range(100):
            file = folder / f"{name}-{turn}"
            file.write_bytes(os.urandom(2_000_000))
            written[file.name] = hashlib.md5(file.read_bytes()).hexdigest()
            try:
                aws("s3api", "put-object", "--bucket", "killed", "--key", file.name, "--body", file)
            except AssertionError:
                return
            acknowledged.add(file.name)

    writers = [threading.Thread(target=put, args=(name,)) for name in "ab"]
    for writer in writers:
        writer.start()
    time.sleep(4)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    for writer in writers:
        writer.join()
    server.start()
    aws = aws_of(server)
    aws("s3", "sync", "s3://killed", folder / "kept", "--no-progress")
    kept = {file.name: hashlib.md5(file.read_bytes()).hexdigest() for file in (folder / "kept").glob("*")}
    assert acknowledged and acknowledged <= kept.keys(), (acknowledged, kept.keys())
    assert all(written[name] == digest for name, digest in kept.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tocsin", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        server = ServerUnderTest(arguments.tocsin, folder / "data", flags=["--xray-daemon", "off"])
        try:
            server.make_keys()
            server.start()
            copies(server, folder)
            kills(server, folder)
        finally:
            server.kill()
    print("objects: well")


if __name__ == "__main__":
    main()
