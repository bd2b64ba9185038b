#!/usr/bin/env python3
"""Checks what the compiler cannot: include directions, the documented tree, names, sizes, folder pages. One line per fault; exit 1 if any."""
import pathlib
import re
import sys

# Who may include whom, downwards only (docs/architecture.md). A folder may always include itself.
STAGES = {"detect", "diagnose", "remediate", "communicate", "learn"}
RECORDS = {"telemetry", "events", "hosts", "access"}
GROUND = {"delivery", "storage", "model", "base"}
MAY_INCLUDE = {
    "base": set(),
    "model": {"base"},
    "wire": {"base", "model"},
    "storage": {"model", "base"},
    "delivery": {"storage", "model", "base", "wire"},
    "access": GROUND | {"wire"},
    "events": GROUND,
    "telemetry": GROUND | {"events", "wire"},
    "hosts": GROUND | {"events", "access", "wire"},
    "incidents": RECORDS | GROUND,
    **{stage: {"incidents", "wire"} | RECORDS | GROUND for stage in STAGES},
    "api": STAGES | {"incidents", "wire"} | RECORDS | GROUND,
    "server": STAGES | {"api", "incidents", "wire"} | RECORDS | GROUND,
    "agent": {"wire", "model", "base"},
}
STORAGE_ENGINES = {"embedded", "distributed", "simulated"}
ENGINE_USERS = {"server", "storage"}
BAD_NAMES = re.compile(r"(^|_)(util|utils|helper|helpers|common|misc|manager|stuff)(_|$)")
LINES_MAX = 400


def includes_of(text):
    return re.findall(r'^#include "([^"]+)"', text, re.M)


def is_test(path):
    return path.stem.endswith("_test") or "conformance" in path.parts or "testing" in path.parts


def include_faults(path, text):
    """path: parts below src/. Yields faults of direction."""
    owner = path.parts[0]
    for included in includes_of(text):
        parts = included.split("/")
        target = parts[0]
        if len(parts) == 1:
            yield f'src/{path}: include "{included}" is not written from src/'
        if target not in MAY_INCLUDE or is_test(path):
            continue
        if target != owner and target not in MAY_INCLUDE[owner]:
            yield f"src/{path}: {owner} may not include {target} ({included})"
        if target == "storage" and len(parts) > 2 and parts[1] in STORAGE_ENGINES and owner not in ENGINE_USERS:
            yield f"src/{path}: only server/ names a storage engine ({included})"


def name_faults(path):
    for part in path.parts:
        if BAD_NAMES.search(pathlib.PurePath(part).stem):
            yield f"{path}: name a file for the thing in it, not '{part}'"


def file_faults(path, text):
    if text.count("\n") > LINES_MAX and not is_test(path):
        yield f"{path}: {text.count(chr(10))} lines; a file is one thing, at most {LINES_MAX}"
    if path.suffix == ".h" and "#pragma once" not in text:
        yield f"{path}: a header needs #pragma once"
    for number, line in enumerate(text.split("\n"), 1):
        if re.search(r"\b(TODO|FIXME|XXX)\b", line):
            yield f"{path}:{number}: leave no open ends in comments"


CLOCK_READS = re.compile(r"(system_clock::now|steady_clock::now|std::time\(|\bgettimeofday\(|clock_gettime\()")


def clock_faults(path, text):
    """Only base/clock reads the clock; an edge that waits on real sockets says so on the line: `tidy: edge`."""
    if str(path) == "src/base/clock.cpp" or is_test(path) or path.parts[0] != "src":
        return
    for number, line in enumerate(text.split("\n"), 1):
        if CLOCK_READS.search(line) and "tidy: edge" not in line:
            yield f"{path}:{number}: reads the machine's clock; take a Clock"


def folder_faults(root):
    """Every folder of src/ with sources has a README.md, or its parent has."""
    for folder in sorted({source.parent for source in (root / "src").rglob("*.cpp")}):
        if not (folder / "README.md").exists() and not (folder.parent / "README.md").exists():
            yield f"{folder.relative_to(root)}: no README.md"


def tree_faults(root):
    """docs/architecture.md shows the top folders of src/ as they are."""
    page = root / "docs/architecture.md"
    documented = set(re.findall(r"^ {6}([a-z_]+)/ ", page.read_text(), re.M))
    real = {entry.name for entry in (root / "src").iterdir() if entry.is_dir() and any(entry.rglob("*.*"))}
    for name in sorted(real - documented):
        yield f"docs/architecture.md: src/{name}/ is not in the documented tree"
    for name in sorted(documented - real):
        yield f"docs/architecture.md: {name}/ is documented and not there"


def all_faults(root):
    patterns = ["src/**/*.h", "src/**/*.cpp", "tests/**/*.cpp", "bench/**/*.cpp"]
    for path in sorted(found for pattern in patterns for found in root.glob(pattern)):
        text, relative = path.read_text(), path.relative_to(root)
        if relative.parts[0] == "src":
            yield from include_faults(pathlib.PurePath(*relative.parts[1:]), text)
        yield from name_faults(relative)
        yield from file_faults(relative, text)
        yield from clock_faults(relative, text)
    yield from folder_faults(root)
    yield from tree_faults(root)


def main():
    faults = list(all_faults(pathlib.Path(sys.argv[1])))
    print("\n".join(faults) if faults else "tidy: no faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
