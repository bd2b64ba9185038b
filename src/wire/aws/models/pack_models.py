#!/usr/bin/env python3
"""Packs botocore's service models into the one archive that the binary embeds (read by service_models.cpp).

usage: pack_models.py WHEEL OVERLAY_DIR OUTPUT SERVICE...

Takes the newest folder of each service, strips what only people read, merges OVERLAY_DIR/SERVICE.json (what a service still answers though the current model has lost it), cuts it to the operations that
../served/SERVICE.txt names, where there is one, and
writes: 4 bytes little-endian length of the index, the index (JSON), then each model as zlib data. Standard library only."""
import gzip
import json
import pathlib
import struct
import sys
import zipfile
import zlib

UNUSED = {"documentation", "documentationUrl", "examples", "deprecated", "deprecatedMessage", "deprecatedSince", "contextParam", "staticContextParams",
          "operationContextParams", "clientContextParams", "endpointdiscovery", "endpointoperation", "synthetic", "box", "idempotencyToken", "readonly"}
# containers whose keys are names of the service, not traits
NAMED = {"shapes", "members", "operations"}


def strip(node, named=False):
    if isinstance(node, dict):
        return {key: strip(value, not named and key in NAMED) for key, value in node.items() if named or key not in UNUSED}
    if isinstance(node, list):
        return [strip(value) for value in node]
    return node


def merge(into, extra):
    for key, value in extra.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def read_model(wheel, service):
    prefix = f"botocore/data/{service}/"
    folders = sorted({name[len(prefix):].split("/")[0] for name in wheel.namelist() if name.startswith(prefix) and name.endswith("service-2.json.gz")})
    return strip(json.loads(gzip.decompress(wheel.read(f"{prefix}{folders[-1]}/service-2.json.gz"))))


def cut(model, served):
    """Of operations that are not served only the names and paths stay, so that they can be refused by name."""
    for name, operation in model["operations"].items():
        if name not in served:
            for key in ("input", "output", "errors"):
                operation.pop(key, None)
    wanted, waiting = set(), [operation for operation in model["operations"].values()]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            shape = node.get("shape")
            if isinstance(shape, str) and shape in model["shapes"] and shape not in wanted:
                wanted.add(shape)
                waiting.append(model["shapes"][shape])
            waiting += [value for value in node.values() if isinstance(value, (dict, list))]
    model["shapes"] = {name: shape for name, shape in model["shapes"].items() if name in wanted}


def index_entry(service, model, offset, packed, raw):
    metadata = model["metadata"]
    protocols = metadata.get("protocols", [metadata["protocol"]])
    extra = metadata.get("tocsinExtraProtocols", [])
    entry = {"name": service, "offset": offset, "size": len(packed), "raw_size": len(raw), "version": metadata["apiVersion"], "service_id": metadata["serviceId"],
             "signing_name": metadata.get("signingName", metadata["endpointPrefix"]), "target_prefix": metadata.get("targetPrefix", ""), "protocols": protocols + extra}
    if "query" in entry["protocols"] or "ec2" in entry["protocols"]:
        entry["actions"] = sorted(model["operations"])
    return entry


def main():
    wheel_path, overlay_dir, output, *services = sys.argv[1:]
    index, blobs, offset = [], [], 0
    with zipfile.ZipFile(wheel_path) as wheel:
        for service in services:
            model = read_model(wheel, service)
            overlay = pathlib.Path(overlay_dir, service + ".json")
            if overlay.exists():
                merge(model, json.loads(overlay.read_text()))
            served = pathlib.Path(overlay_dir).parent / "served" / (service + ".txt")
            if served.exists():
                cut(model, set(served.read_text().split()))
            raw = json.dumps(model, separators=(",", ":")).encode()
            packed = zlib.compress(raw, 9)
            index.append(index_entry(service, model, offset, packed, raw))
            blobs.append(packed)
            offset += len(packed)
    head = json.dumps(index, separators=(",", ":")).encode()
    pathlib.Path(output).write_bytes(struct.pack("<I", len(head)) + head + b"".join(blobs))


main()
