#!/usr/bin/env python3
"""What a package brings, tried on the built programs: completions complete, the unit is one that systemd takes, the bill of materials names what is linked.

Building and installing the packages needs a machine that may be spoilt: packaging/try_in_bare.sh."""
import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

project = Path(__file__).resolve().parents[2]
tocsin, agent = sys.argv.pop(), sys.argv.pop()


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, check=True, **more).stdout


def completed(words):
    """What bash offers for the last of the words."""
    script = run(sys.executable, project / "packaging/completion.py", tocsin, "bash")
    typed = " ".join(f"'{word}'" for word in words)
    return run("bash", "-c", f"{script}\nCOMP_WORDS=({typed}) COMP_CWORD={len(words) - 1}; _tocsin; echo \"${{COMPREPLY[@]}}\"").split()


class Completion(unittest.TestCase):
    def test_a_command(self):
        self.assertEqual(completed(["tocsin", "se"]), ["serve"])

    def test_a_flag_of_a_command(self):
        self.assertEqual(completed(["tocsin", "serve", "--smtp-f"]), ["--smtp-from"])

    def test_every_shell_has_one_of_each_program(self):
        for program in (tocsin, agent):
            for shell in ("bash", "zsh", "fish"):
                self.assertIn(Path(program).name, run(sys.executable, project / "packaging/completion.py", program, shell))


class Unit(unittest.TestCase):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd-analyze on this machine")
    def test_systemd_takes_the_units(self):
        with tempfile.TemporaryDirectory() as scratch:
            for part, program in (("server", tocsin), ("agent", agent)):
                name = Path(program).name
                unit = Path(scratch) / f"{name}.service"
                text = (project / f"packaging/{part}/{name}.service").read_text()
                # the program is where this build put it, and its manual page is not installed
                unit.write_text("".join(line for line in text.replace(f"/usr/bin/{name}", program).splitlines(True) if not line.startswith("Documentation")))
                judged = subprocess.run(["systemd-analyze", "verify", "--recursive-errors=no", str(unit)], capture_output=True, text=True)
                self.assertEqual((judged.returncode, judged.stderr), (0, ""))


class Materials(unittest.TestCase):
    def test_the_bill_names_what_is_linked_and_what_was_fetched(self):
        bill = json.loads(run(sys.executable, project / "packaging/sbom.py", "1.2.3", tocsin))
        names = {component["name"] for component in bill["components"]}
        self.assertLessEqual({"libssl3", "libsqlite3-0", "botocore"}, names)
        self.assertEqual(bill["metadata"]["component"]["version"], "1.2.3")


if __name__ == "__main__":
    unittest.main()
