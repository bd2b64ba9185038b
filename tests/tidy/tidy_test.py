#!/usr/bin/env python3
"""Shows tidy.py faults that it must find."""
import pathlib
import sys
import unittest

import tidy


class IncludeDirections(unittest.TestCase):
    def faults(self, path, include):
        return list(tidy.include_faults(pathlib.PurePath(path), f'#include "{include}"\n'))

    def test_downwards_is_allowed(self):
        self.assertEqual(self.faults("detect/alarms/alarm.cpp", "events/journal/journal.h"), [])
        self.assertEqual(self.faults("api/sns/publish.cpp", "communicate/topics/topics.h"), [])

    def test_upwards_and_sideways_are_faults(self):
        self.assertTrue(self.faults("base/clock.cpp", "model/arn.h"))
        self.assertTrue(self.faults("detect/alarms/alarm.cpp", "communicate/topics/topics.h"))
        self.assertTrue(self.faults("events/rules/rule.cpp", "api/call.h"))
        self.assertTrue(self.faults("agent/main.cpp", "storage/sql.h"))

    def test_only_the_server_names_an_engine(self):
        self.assertTrue(self.faults("detect/alarms/alarm.cpp", "storage/embedded/sqlite_database.h"))
        self.assertEqual(self.faults("server/node/node.cpp", "storage/embedded/sqlite_database.h"), [])

    def test_an_include_is_written_from_src(self):
        self.assertTrue(self.faults("detect/alarms/alarm.cpp", "alarm.h"))


class Habits(unittest.TestCase):
    def test_names_that_say_nothing(self):
        self.assertTrue(list(tidy.name_faults(pathlib.PurePath("src/base/string_util.h"))))
        self.assertEqual(list(tidy.name_faults(pathlib.PurePath("src/base/encoding.h"))), [])

    def test_clock_reads_stay_in_base(self):
        line = "auto t = std::chrono::system_clock::now();"
        self.assertTrue(list(tidy.clock_faults(pathlib.PurePath("src/detect/a.cpp"), line)))
        self.assertEqual(list(tidy.clock_faults(pathlib.PurePath("src/base/clock.cpp"), line)), [])

    def test_long_files_and_missing_pragma(self):
        self.assertTrue(list(tidy.file_faults(pathlib.PurePath("src/a.cpp"), "\n" * 401)))
        self.assertTrue(list(tidy.file_faults(pathlib.PurePath("src/a.h"), "int x;\n")))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
