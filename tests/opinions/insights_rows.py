"""Rows of the slow interpreter: fields of an event, discovered in its message, under those that the query made."""
import json
import re

from insights_values import Moment, Structure, at_path, number_of, value_of

ACCOUNT = "111122223333"
DISCOVERED_MAX = 200


def discovered_document(message):
    """The JSON of an event: the whole of it, or the first fragment in it."""
    decoder = json.JSONDecoder()
    at = message.find("{")
    for _ in range(4):
        if at < 0:
            return None
        try:
            document, _end = decoder.raw_decode(message, at)
            if isinstance(document, dict):
                return document
        except ValueError:
            pass
        at = message.find("{", at + 1)
    return None


def flattened(of, path, fields):
    items = of.items() if isinstance(of, dict) else enumerate(of)
    for name, child in items:
        where = f"{path}.{name}" if path else str(name)
        if isinstance(child, (dict, list)):
            flattened(child, where, fields)
        elif child is not None and len(fields) < DISCOVERED_MAX:
            fields.setdefault(where, value_of(child))


FLOW = "version accountId interfaceId srcAddr dstAddr srcPort dstPort protocol packets bytes startTime endTime action logStatus".split()


def known_line(message):
    """Flow log records and the platform's lines of functions."""
    parts = message.split(" ")
    if len(parts) == 14 and number_of(parts[0]) is not None and parts[2].startswith("eni-"):
        fields = dict(zip(FLOW, parts))
        return {**fields, "start": fields["startTime"], "end": fields["endTime"]}
    if not message.startswith("REPORT RequestId: "):
        return {}
    forms = {"@requestId": r"RequestId: ([0-9a-f-]+)", "@duration": r"[\t ]Duration: ([0-9.]+) ms", "@billedDuration": r"Billed Duration: ([0-9.]+)", "@xrayTraceId": r"TraceId: (\S+)",
             "@memorySize": r"Memory Size: ([0-9]+)", "@maxMemoryUsed": r"Max Memory Used: ([0-9]+)", "@initDuration": r"Init Duration: ([0-9.]+)", "@xraySegmentId": r"SegmentId: (\S+)"}
    fields = {"@type": "REPORT"}
    for name, form in forms.items():
        found = re.search(form, message)
        if found:
            fields[name] = float(found[1]) * (1e6 if "emory" in name else 1) if re.fullmatch(r"[0-9.]+", found[1]) and "ray" not in name else found[1]
    return fields


class Row:
    """Made fields over those of an event, or of none."""

    def __init__(self, event=None, made=None):
        self.event, self.made = event, dict(made or {})

    def copy(self):
        return Row(self.event, self.made)

    def get(self, name):
        if name in self.made:
            return self.made[name]
        parts = name.split(".")
        for count in range(len(parts) - 1, 0, -1):
            owner = self.made.get(".".join(parts[:count]))
            if isinstance(owner, Structure):
                there, found = at_path(owner.of, ".".join(parts[count:]))
                return value_of(found) if there else None
        return self.event.field(name) if self.event else None

    def structure(self, name):
        return self.event.structure(name) if self.event and name not in self.made else None

    @property
    def ms(self):
        return self.event.ms if self.event else 0


class Event:
    def __init__(self, seq, group, ms, stream, message):
        self.seq, self.group, self.ms, self.stream, self.message = seq, group, ms, stream, message
        self.document = discovered_document(message)
        self.fields = {}
        if self.document is not None:
            flattened(self.document, "", self.fields)
        self.fields = {**self.fields, **(known_line(message) if not message.startswith("{") or self.document is None else {})}
        self.fields = {("@" + name if name.startswith("@") and name not in known_line(message) else name): value for name, value in self.fields.items()}

    def field(self, name):
        fixed = {"@message": self.message, "@timestamp": Moment(self.ms), "@logStream": self.stream, "@log": f"{ACCOUNT}:{self.group}", "@aws.account": ACCOUNT, "@aws.region": "eu-west-1"}
        return fixed.get(name) if name in fixed else self.fields.get(name)

    def structure(self, name):
        if self.document is None:
            return None
        there, found = at_path(self.document, name)
        return Structure(found) if there and isinstance(found, (dict, list)) else None


class Shown:
    """Which columns the result has."""

    def __init__(self):
        self.names, self.fields_named, self.displayed, self.table = ["@timestamp", "@message"], False, False, False

    def more(self, names):
        if not self.fields_named and not self.displayed and not self.table:
            self.names = [name for name in self.names if name.rsplit(".", 1)[-1] not in ("@timestamp", "@message")]
        self.fields_named = True
        self.also(names)

    def also(self, names):
        if not self.displayed:
            self.names += [name for name in dict.fromkeys(names) if name not in self.names]

    def only(self, names):
        self.names = list(dict.fromkeys(names))


class JoinedRow(Row):
    """The left row's fields also under its alias, the right's under theirs alone."""

    def __init__(self, mine, other, left, right):
        super().__init__(mine.event, mine.made)
        self.mine, self.other, self.left, self.right = mine, other, left, right

    def copy(self):
        copied = JoinedRow(self.mine, self.other, self.left, self.right)
        copied.made = dict(self.made)
        return copied

    def get(self, name):
        if name not in self.made:
            if name.startswith(self.left + "."):
                return self.mine.get(name[len(self.left) + 1:])
            if name.startswith(self.right + "."):
                return self.other.get(name[len(self.right) + 1:]) if self.other else None
        return super().get(name)
