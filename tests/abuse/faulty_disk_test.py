#!/usr/bin/env python3
"""usage: faulty_disk_test.py TOCSIN FAULTY_DISK_LIBRARY: a disk that grows slow, and one that fails now and then, under a server at work."""
import json
import pathlib
import shutil
import sys
import tempfile
import time
import unittest

from signed_call import Sender
from server_under_test import ServerUnderTest, wait_until

SLOW_MS = 300


class FaultyDisk(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-test-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.illness = self.folder / "illness"
        self.disk_is("")
        self.server = ServerUnderTest(PROGRAM, self.folder / "data")
        self.server.make_keys()
        self.server.environment = {"LD_PRELOAD": str(LIBRARY), "TOCSIN_FAULTY_DISK": str(self.illness)}
        self.start()
        self.addCleanup(self.server.kill)
        self.kept = {}

    def start(self):
        self.server.start()
        self.sender = Sender(self.server)

    def disk_is(self, words):
        # replaced in one step: it is read at every call
        fresh = self.folder / "illness.new"
        fresh.write_text(words)
        fresh.replace(self.illness)

    def put(self, n):
        value = f"value {n}"
        began = time.monotonic()
        answer = self.sender.json("ssm", "AmazonSSM.PutParameter", {"Name": f"/kept/{n}", "Value": value, "Type": "String", "Overwrite": True}, "1.1")
        if answer.status == 200:
            self.kept[n] = value
        return answer, time.monotonic() - began

    def compare(self):
        for n, value in self.kept.items():
            found = self.sender.json("ssm", "AmazonSSM.GetParameter", {"Name": f"/kept/{n}"}, "1.1")
            self.assertEqual(found.status, 200, f"the parameter {n} is lost: {found}")
            self.assertEqual(json.loads(found.body)["Parameter"]["Value"], value)

    def test_a_slow_disk_makes_writes_slow_and_nothing_else_wrong(self):
        for n in range(20):
            self.assertEqual(self.put(n)[0].status, 200)
        self.disk_is(f"slow_ms={SLOW_MS}")
        answer, took = self.put(100)
        self.assertEqual(answer.status, 200, answer)
        self.assertGreater(took, SLOW_MS / 1000, "it was answered before it was kept")
        for n in range(101, 106):
            self.assertEqual(self.put(n)[0].status, 200)
        self.disk_is("")
        self.assertEqual(self.put(200)[0].status, 200)
        self.server.kill()
        self.start()
        self.compare()

    def test_a_disk_that_fails_now_and_then_loses_nothing_that_was_acknowledged(self):
        for n in range(20):
            self.assertEqual(self.put(n)[0].status, 200)
        refused = 0
        for each in (3, 7, 20):
            self.disk_is(f"fail_each={each}")
            for n in range(1000 * each, 1000 * each + 60):
                answer, _ = self.put(n)
                self.assertIn(answer.status, (200, 500, 503), answer)
                refused += answer.status != 200
                if not self.server.running():
                    break
            self.assertTrue(self.server.running(), f"a failing disk must not end the server:\n{self.server.last_words()}")
        self.assertGreater(refused, 0, "the faults reached nobody")
        self.disk_is("")
        numbers = iter(range(90000, 91000))
        wait_until("the disk is well, and writes are taken again", 20, lambda: self.put(next(numbers))[0].status == 200)
        self.compare()
        self.server.kill()
        self.start()
        self.compare()
        self.assertEqual(self.server.stop(), 0)


if __name__ == "__main__":
    LIBRARY = pathlib.Path(sys.argv.pop(2)).resolve()
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
