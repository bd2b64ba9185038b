#!/usr/bin/env python3
"""usage: botocore_conformance.py WIRE_PROBE BOTOCORE_WHEEL UNPACK_DIR SERVICE... (README.md says what it holds)"""
import base64
import datetime
import json
import pathlib
import subprocess
import sys
import zipfile

try:
    import dateutil, jmespath, urllib3  # noqa: F401  what botocore stands on
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

PROBE, WHEEL, UNPACKED, *SERVICES = sys.argv[1:]
if not pathlib.Path(UNPACKED, "botocore", "__init__.py").exists():
    with zipfile.ZipFile(WHEEL) as wheel:
        wheel.extractall(UNPACKED, [name for name in wheel.namelist() if name.endswith((".py", ".pem")) or any(name.startswith(f"botocore/data/{s}/") for s in SERVICES)])
sys.path.insert(0, UNPACKED)

import botocore.awsrequest  # noqa: E402
import botocore.loaders  # noqa: E402
import botocore.model  # noqa: E402
import botocore.parsers  # noqa: E402
import botocore.serialize  # noqa: E402

MOMENTS = [datetime.datetime(2026, 11, 24, 6, 49, 39, tzinfo=datetime.timezone.utc), datetime.datetime(2026, 11, 24, 6, 49, 39, 250000, tzinfo=datetime.timezone.utc)]
TEXTS = ["a", "two words", "é<&>\"'%2F/+=?#:", "line\nbreak"]


# shapes whose model asks for a form everywhere, so that the probe speaks it too; Expires is a text that botocore alone takes for a moment
TEXT_FORMS = {"rfc822": "%a, %d %b %Y %H:%M:%S GMT", "iso8601": "%Y-%m-%dT%H:%M:%SZ"}


class MomentAsText(datetime.datetime):
    form = ""


class Samples:
    """A value for any shape, each member filled, recursion cut off."""

    def __init__(self):
        self.turn = 0

    def of(self, shape, depth=0, bound=""):
        self.turn += 1
        kind = shape.type_name
        if kind == "structure":
            if shape.is_document_type:
                return {"a": [1, "b"]}
            members = list(shape.members.items())
            if shape.is_tagged_union:
                members = members[self.turn % len(members):][:1]
            return {name: self.of(member, depth + 1, member.serialization.get("location", "")) for name, member in members if keeps(member, depth)}
        if kind == "list":
            return [self.of(shape.member, depth + 1, bound) for _ in range(2)] if depth < 5 else [self.of(shape.member, depth + 1, bound)]
        if kind == "map":
            return {f"key {i}" if not bound else f"key{i}": self.of(shape.value, depth + 1, bound) for i in range(2)}
        return self.scalar(shape, kind, bound)

    def scalar(self, shape, kind, bound):
        if kind == "string":
            if shape.enum:
                return shape.enum[self.turn % len(shape.enum)]
            return "x" if bound in ("header", "headers") else TEXTS[self.turn % len(TEXTS)]
        if kind == "blob":
            return bytes([0, 255, self.turn % 256])
        if kind == "boolean":
            return self.turn % 2 == 0
        if kind in ("integer", "long"):
            return -self.turn if self.turn % 3 == 0 else self.turn * 1000
        if kind in ("float", "double"):
            return self.turn / 8
        if kind == "timestamp":
            form = "rfc822" if shape.name == "Expires" else shape.serialization.get("timestampFormat")
            if bound and form in TEXT_FORMS or form == "rfc822":
                moment = MomentAsText(*MOMENTS[0].timetuple()[:6], tzinfo=datetime.timezone.utc)
                moment.form = TEXT_FORMS[form]
                return moment
            return MOMENTS[0 if bound in ("header", "headers") else self.turn % 2]
        raise ValueError(kind)


def keeps(member, depth):
    if member.type_name in ("structure", "list", "map") and depth > 5:
        return False
    return not member.serialization.get("eventstream") and not getattr(member, "is_event_stream", False)


def plain(value, spoken=False):
    """Moments in seconds, bytes in base64; `spoken`: as the probe says them."""
    if spoken and isinstance(value, MomentAsText):
        return value.strftime(value.form)
    if isinstance(value, datetime.datetime):
        return round(value.timestamp(), 3)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: plain(member, spoken) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(element, spoken) for element in value]
    if isinstance(value, float):
        return round(value, 6)
    return value


class Probe:
    def __init__(self):
        self.process = subprocess.Popen([PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


class Conformance:
    def __init__(self):
        self.probe, self.samples, self.faults, self.held = Probe(), Samples(), [], 0

    def hold(self, what, got, wanted):
        if got == wanted:
            self.held += 1
        elif len(self.faults) < 20:
            self.faults.append(f"{what}\n   got    {json.dumps(got, sort_keys=True, default=str)[:1500]}\n   wanted {json.dumps(wanted, sort_keys=True, default=str)[:1500]}")
        else:
            self.faults.append(what)

    def request(self, service, operation, protocol):
        parameters = self.samples.of(operation.input_shape) if operation.input_shape else {}
        serialized = botocore.serialize.create_serializer(protocol, include_validation=False).serialize_to_request(parameters, operation)
        botocore.awsrequest.prepare_request_dict(serialized, "http://127.0.0.1:4566")
        prepared = botocore.awsrequest.create_request_object(serialized).prepare()
        headers = {name: value.decode() if isinstance(value, bytes) else str(value) for name, value in prepared.headers.items()}
        headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential=A/20261124/r/{service.signing_name}/aws4_request, SignedHeaders=host, Signature=0"
        body = prepared.body or b""
        body = body.encode() if isinstance(body, str) else body
        answer = self.probe.ask(kind="parse", method=prepared.method, target=prepared.url[len("http://127.0.0.1:4566"):], headers=headers, body=base64.b64encode(body).decode())
        self.hold(f"request {service.service_name}.{operation.name} {protocol}", answer.get("input", answer), plain(parameters, spoken=True))

    def response(self, service, operation, protocol):
        output = self.samples.of(operation.output_shape) if operation.output_shape else {}
        answer = self.probe.ask(kind="write", service=service.service_name, operation=operation.name, protocol=protocol, output=plain(output, spoken=True))
        parsed = self.parse(answer, protocol, operation, operation.output_shape)
        parsed.pop("ResponseMetadata", None)
        status = next((name for name, member in operation.output_shape.members.items() if member.serialization.get("location") == "statusCode"), None) if operation.output_shape else None
        if status:
            output[status] = parsed.get(status)
        self.hold(f"response {service.service_name}.{operation.name} {protocol}", plain(parsed), plain(output))

    def error(self, service, operation, protocol, shape):
        answer = self.probe.ask(kind="error", service=service.service_name, operation=operation.name, protocol=protocol, code=shape.name, message="It <failed>.")
        parsed = self.parse(answer, protocol, operation, operation.output_shape)["Error"]
        codes = {shape.name, shape.error_code}
        self.hold(f"error {service.service_name}.{operation.name} {shape.name} {protocol}", (parsed["Code"] in codes or (service.service_name, protocol) == ("sqs", "json"), parsed["Message"]), (True, "It <failed>."))

    def parse(self, answer, protocol, operation, shape):
        if "error" in answer:
            return {"probe": answer["error"]}
        body = base64.b64decode(answer["body"])
        # what streams is no bytes there, and stays as it is
        response = {"status_code": answer["status"], "headers": botocore.awsrequest.HeadersDict(answer["headers"]), "body": bytearray(body) if operation.has_streaming_output and answer["status"] < 300 else body,
                    "context": {"operation_name": operation.name}}
        return botocore.parsers.create_parser(protocol).parse(response, shape)


# of a model that is cut, what is left of it
SERVED = pathlib.Path(__file__).resolve().parents[3] / "src/wire/aws/models/served"
# the place is the text of the root, which botocore reads by a handler of its own
READ_BY_HANDLERS = {("s3", "GetBucketLocation")}


def served(service):
    names = SERVED / f"{service.service_name}.txt"
    return names.read_text().split() if names.exists() else service.operation_names


# Debian's aws still carries SQS's and CloudWatch's models of the query protocol
OLD_MODELS = pathlib.Path("/usr/lib/python3/dist-packages/awscli/botocore/data")
OLD_SERVICES = ["sqs", "cloudwatch"]


def models_in(folder, names):
    loader = botocore.loaders.Loader(extra_search_paths=[str(folder)], include_default_search_paths=False)
    return [botocore.model.ServiceModel(loader.load_service_model(name, "service-2"), name) for name in names]


def main():
    conformance = Conformance()
    services = models_in(pathlib.Path(UNPACKED, "botocore", "data"), SERVICES)
    services += models_in(OLD_MODELS, OLD_SERVICES) if OLD_MODELS.exists() else []
    for service in services:
        for protocol in service.metadata.get("protocols", [service.metadata["protocol"]]):
            for operation in map(service.operation_model, served(service)):
                if operation.has_event_stream_input or operation.has_event_stream_output:
                    continue
                conformance.request(service, operation, protocol)
                if (service.service_name, operation.name) not in READ_BY_HANDLERS:
                    conformance.response(service, operation, protocol)
                for shape in operation.error_shapes:
                    conformance.error(service, operation, protocol, shape)
    print("\n".join(conformance.faults[:20]))
    print(f"{conformance.held} held, {len(conformance.faults)} faults")
    sys.exit(1 if conformance.faults or conformance.held < 1000 else 0)


main()
