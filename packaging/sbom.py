#!/usr/bin/env python3
"""sbom.py VERSION PROGRAM…: a CycloneDX bill of materials of the programs: the libraries that they link, from the packages of this system, and what the build fetched by pin."""
import json
import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

here = Path(__file__).resolve().parent.parent


def run(*words):
    return subprocess.run(words, capture_output=True, text=True).stdout


def libraries_of(programs):
    """The paths of every shared object that the loader would map, the loader's own way of finding them."""
    found = set()
    for program in programs:
        found.update(re.findall(r"=> (/\S+)", run("ldd", program)))
    return sorted(found)


def package_of(library):
    # merged /usr: the package may list either path
    for path in (library, "/usr" + library, os.path.realpath(library), os.path.realpath(library).removeprefix("/usr")):
        if found := run("dpkg-query", "-S", path):
            return found.split(":")[0]
    return None


def licence_of(package):
    text = Path(f"/usr/share/doc/{package}/copyright")
    return sorted(set(re.findall(r"^License: (\S.*)$", text.read_text(errors="replace"), re.M))) if text.exists() else []


def from_packages(programs):
    components = {}
    for library in libraries_of(programs):
        package = package_of(library)
        if not package or package in components:
            continue
        version, source = run("dpkg-query", "-W", "-f=${Version}\t${source:Package}", package).split("\n")[0].split("\t")
        components[package] = {"type": "library", "name": package, "version": version, "group": source, "purl": f"pkg:deb/debian/{package}@{version}?distro=debian-12",
                               "licenses": [{"license": {"name": name}} for name in licence_of(package)]}
    return [components[name] for name in sorted(components)]


def from_pins():
    """What the build fetches and embeds: named with its hash in cmake/."""
    text = (here / "cmake/service_models.cmake").read_text()
    version, digest = (re.search(rf"set\(TOCSIN_BOTOCORE_{name} (\S+)\)", text)[1] for name in ("VERSION", "SHA256"))
    return [{"type": "data", "name": "botocore", "version": version, "purl": f"pkg:pypi/botocore@{version}", "hashes": [{"alg": "SHA-256", "content": digest}],
             "licenses": [{"license": {"id": "Apache-2.0"}}]}]


if __name__ == "__main__":
    version, programs = sys.argv[1], sys.argv[2:]
    components = from_packages(programs) + from_pins()
    digest = uuid.uuid5(uuid.NAMESPACE_URL, "tocsin/" + version + json.dumps(components, sort_keys=True))
    json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": f"urn:uuid:{digest}", "version": 1,
               "metadata": {"component": {"type": "application", "name": "tocsin", "version": version, "licenses": [{"license": {"id": "Apache-2.0"}}]}},
               "components": components}, sys.stdout, indent=1)
    print()
