#!/usr/bin/env python3
"""usage: make_fixture.py TOCSIN ARCHIVE: the data directory that this release leaves to its successors (README.md)."""
import json
import pathlib
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

from made_things import Things  # noqa: E402
from server_under_test import ServerUnderTest  # noqa: E402

LEFT_OUT = {"tls", "endpoints.json", "status"}


def main(program, archive):
    with tempfile.TemporaryDirectory(prefix="tocsin-fixture-") as folder:
        data = pathlib.Path(folder) / "data"
        server = ServerUnderTest(program, data)
        server.make_keys()
        try:
            server.start()
            things = Things(server)
            things.make()
            assert things.read() == things.expected(), things.read()
            assert server.stop() == 0
        finally:
            server.kill()
        (data / "keys.json").write_text(json.dumps(server.keys))
        with tarfile.open(archive, "w:xz", preset=9) as out:
            for path in sorted(data.iterdir()):
                if path.name not in LEFT_OUT and not path.name.endswith(".lock"):
                    out.add(path, path.name, filter=lambda member: member if not member.name.endswith(".lock") else None)
    print(f"{archive}: {pathlib.Path(archive).stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
