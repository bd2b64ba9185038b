#!/usr/bin/env python3
"""usage: upgrade_test.py TOCSIN: opens what each release left behind (README.md)."""
import json
import pathlib
import shutil
import sys
import tarfile
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

from made_things import Things  # noqa: E402
from server_under_test import ServerUnderTest  # noqa: E402


class Upgrade(unittest.TestCase):
    def test_every_release_s_data_is_opened_read_and_gone_on_with(self):
        archives = sorted((HERE / "fixtures").glob("*.tar.xz"))
        self.assertTrue(archives, "there is no fixture")
        for archive in archives:
            with self.subTest(release=archive.name):
                self.open(archive)

    def open(self, archive):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-test-"))
        self.addCleanup(shutil.rmtree, folder, True)
        with tarfile.open(archive) as packed:
            packed.extractall(folder / "data", filter="data") if hasattr(tarfile, "data_filter") else packed.extractall(folder / "data")
        server = ServerUnderTest(PROGRAM, folder / "data")
        server.keys = json.loads((folder / "data" / "keys.json").read_text())
        self.addCleanup(server.kill)
        server.start()
        things = Things(server)
        self.assertEqual(things.read(), things.expected())
        things.ssm("PutParameter", Name="/shop/pool", Value="8", Type="String", Overwrite=True)
        self.assertEqual(server.stop(), 0)
        server.start()
        self.assertEqual(Things(server).read()["versions"], 3)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
