"""Values of the query language, as its guide describes them: nothing, numbers, texts, moments, maps and lists."""
import json
import math
import re
from datetime import datetime, timedelta, timezone

EXACT = 2 ** 53
NUMBER = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\Z")


class Moment:
    """Milliseconds since 1970."""

    def __init__(self, ms):
        self.ms = int(ms)


class Structure:
    """A map or a list."""

    def __init__(self, of):
        self.of = of


def number_of(value):
    if isinstance(value, float):
        return value
    if isinstance(value, Moment):
        return float(value.ms)
    if isinstance(value, str) and len(value.encode()) <= 400 and NUMBER.match(value):
        number = float(value)
        return number if math.isfinite(number) else None
    return None


def exact_text(number):
    if number == math.floor(number) and abs(number) < 1e18:
        return str(int(number))
    text = repr(number)
    return re.sub(r"e([+-])0?(\d)", lambda m: f"e{m[1]}{m[2].zfill(2) if len(m[2]) < 2 and not m.string[m.end():] else m[2]}", text)


def time_text(ms):
    if abs(ms) > 9_000_000_000_000:
        return str(ms)
    at = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=ms)
    return at.strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03}"


def text_of(value):
    """As results show it."""
    if value is None:
        return ""
    if isinstance(value, float):
        if value == math.floor(value) or abs(value) >= 1e15:
            return exact_text(value)
        if abs(value) < 0.1:
            return f"{value:.4g}"
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if isinstance(value, Moment):
        return time_text(value.ms)
    if isinstance(value, Structure):
        return json_text(value.of)
    return value


def json_text(of):
    if isinstance(of, dict):
        return "{" + ",".join(json.dumps(key, ensure_ascii=False) + ":" + json_text(each) for key, each in of.items()) + "}"
    if isinstance(of, list):
        return "[" + ",".join(map(json_text, of)) + "]"
    if isinstance(of, float) and not isinstance(of, bool):
        return str(int(of)) if of == math.floor(of) and abs(of) < EXACT else repr(of)
    return json.dumps(of, ensure_ascii=False)


def parse_json(text):
    """The document, or a ValueError."""
    def refuse(_constant):
        raise ValueError("no JSON")
    return json.loads(text, parse_constant=refuse)


def value_of(document):
    """What a part of a JSON document is as a value."""
    if isinstance(document, bool):
        return "true" if document else "false"
    if document is None or isinstance(document, str):
        return document
    if isinstance(document, (dict, list)):
        return Structure(document)
    if abs(document) >= EXACT and isinstance(document, int):
        return str(document)
    number = float(document)
    return number if number == math.floor(number) and abs(number) < EXACT else exact_text(number)


def document_of(value):
    if isinstance(value, Structure):
        return value.of
    if isinstance(value, float):
        return int(value) if value == math.floor(value) and abs(value) < EXACT else value
    return None if value is None else text_of(value)


def is_long(text):
    return re.fullmatch(r"-?[0-9]{16,}", text) is not None or (text.startswith("-") and re.fullmatch(r"-[0-9]{15,}", text) is not None and len(text) > 16)


def same(a, b):
    """Numbers by their value; 1 and true, 0 and false; else texts. Nothing, maps and lists equal nothing."""
    if a is None or b is None or isinstance(a, Structure) or isinstance(b, Structure):
        return False
    if isinstance(a, str) and isinstance(b, str) and (a == b or is_long(a) or is_long(b)):
        return a == b
    x, y = number_of(a), number_of(b)
    if x is not None and y is not None:
        return x == y
    truth = {"true": 1.0, "false": 0.0}
    if x is not None and isinstance(b, str):
        return truth.get(b) == x
    if y is not None and isinstance(a, str):
        return truth.get(a) == y
    return text_of(a) == text_of(b)


def before(a, b):
    """a < b: numbers by their value, texts by their bytes, and never one of each."""
    if a is None or b is None or isinstance(a, Structure) or isinstance(b, Structure):
        return None
    x, y = number_of(a), number_of(b)
    if x is not None and y is not None:
        return (x > y) - (x < y)
    if x is not None or y is not None:
        return None
    a, b = text_of(a).encode(), text_of(b).encode()
    return (a > b) - (a < b)


def natural_key(value):
    """Nothing, then what is no number (runs of digits by their length, then by their value), then numbers."""
    if value is None:
        return (0,)
    number = number_of(value)
    if number is not None:
        return (2, number)
    pieces = []
    for piece in re.findall(rb"[0-9]+|[^0-9]", text_of(value).encode("utf-8", "surrogatepass")):
        digits = piece[0] in b"0123456789"
        # a run of digits against any other byte is compared as the byte 0
        pieces.append((0x30, len(piece), piece) if digits else (piece[0], 0, b""))
    return (1, pieces)


def is_true(value):
    number = number_of(value)
    return number != 0 if number is not None else text_of(value) == "true"


def at_path(of, path):
    """The member of that path: names may have dots, so the longest name that is there goes first."""
    def child(of, name):
        if isinstance(of, dict) and name in of:
            return True, of[name]
        if isinstance(of, list) and name.isdigit() and int(name) < len(of):
            return True, of[int(name)]
        return False, None
    there, found = child(of, path)
    if there:
        return True, found
    parts = path.split(".")
    for count in range(len(parts) - 1, 0, -1):
        there, found = child(of, ".".join(parts[:count]))
        if there:
            there, found = at_path(found, ".".join(parts[count:]))
            if there:
                return True, found
    return False, None
