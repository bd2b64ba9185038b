"""The functions of the query language, one after the other as the guide's table has them."""
import base64
import hashlib
import ipaddress
import math
import re
import urllib.parse
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from insights_values import Moment, Structure, is_true, number_of, parse_json, same, text_of, value_of

LENGTHS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}
CAPS = {"ms": 1000, "s": 60, "m": 60, "h": 24}
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
NULL_TAKEN = set("ispresent isnumeric coalesce concat isempty isblank greatest least jsonarraysize jsonarraycontains isvalidip isvalidipv4 isvalidipv6 isipinsubnet "
                 "isipv4insubnet isipv6insubnet isprivateip ispublicip isreservedip".split())


def floor_time(ms, period):
    count, unit = period
    if unit in LENGTHS:
        length = LENGTHS[unit] * min(count, CAPS.get(unit, 10 ** 9))
        shift = 4 * 86_400_000 if unit == "w" else 0
        return (ms - shift) // length * length + shift
    at = EPOCH + timedelta(milliseconds=ms)
    months = count * {"mo": 1, "q": 3, "y": 12}[unit]
    month = (at.year * 12 + at.month - 1) // months * months
    return int((datetime(month // 12, month % 12 + 1, 1, tzinfo=timezone.utc) - EPOCH).total_seconds()) * 1000


def next_time(floor, period):
    count, unit = period
    if unit in LENGTHS:
        return floor + LENGTHS[unit] * min(count, CAPS.get(unit, 10 ** 9))
    at = EPOCH + timedelta(milliseconds=floor)
    month = at.year * 12 + at.month - 1 + count * {"mo": 1, "q": 3, "y": 12}[unit]
    return int((datetime(month // 12, month % 12 + 1, 1, tzinfo=timezone.utc) - EPOCH).total_seconds()) * 1000


def truth(condition):
    return 1.0 if condition else 0.0


def finite(number):
    return number if isinstance(number, (int, float)) and math.isfinite(number) else None


def half_up(number):
    return math.copysign(math.floor(abs(number) + 0.5), number)


def address(value):
    try:
        return ipaddress.ip_address(text_of(value))
    except ValueError:
        return None


def network(value):
    try:
        return ipaddress.ip_network(text_of(value), strict=False)
    except ValueError:
        return None


def in_network(args, version=None):
    a, n = address(args[0]), network(args[1])
    return truth(a and n and a.version == n.version and a in n and version in (None, a.version))


RESERVED = [ipaddress.ip_network(n) for n in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24",
                                               "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "fe80::/10", "ff00::/8", "2001:db8::/32")]
PRIVATE = [ipaddress.ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]


def within(value, networks):
    a = address(value)
    return a is not None and any(a.version == n.version and a in n for n in networks)


def list_of(value):
    if isinstance(value, Structure):
        return value.of if isinstance(value.of, list) else None
    if isinstance(value, str):
        try:
            document = parse_json(value)
        except ValueError:
            return None
        return document if isinstance(document, list) else None
    return None


def json_parsed(value):
    if isinstance(value, Structure):
        return value
    try:
        document = parse_json(text_of(value))
    except ValueError:
        return None
    return Structure(document) if isinstance(document, (dict, list)) else None


def trimmed(args, left, right):
    if isinstance(args[0], Structure):
        return None
    text, characters = text_of(args[0]), text_of(args[1]) if len(args) > 1 else " \t\r\n\f\v"
    if left:
        text = text.lstrip(characters)
    return text.rstrip(characters) if right else text


def substring(args):
    text, begin = text_of(args[0]), max(0, int(number_of(args[1]) or 0))
    return text[begin:] if len(args) < 3 else text[begin:][:max(0, int(number_of(args[2]) or 0))]


def replaced(args):
    to = re.sub(r"[$\\](\d)", r"\\g<\1>", text_of(args[2]))
    return re.sub(text_of(args[1]), to, text_of(args[0]))


def whole(value, low, high):
    number = number_of(value)
    return None if number is None or not low <= math.trunc(number) <= high else float(math.trunc(number))


def hex_number(value):
    found = re.fullmatch(r"(-?)(?:0[xX])?([0-9a-fA-F]{1,16})", text_of(value))
    return None if not found else float(int(found[2], 16)) * (-1 if found[1] else 1)


def hex_text(value):
    number = number_of(value)
    return None if number is None else ("-" if number <= -1 else "") + hex(int(abs(number)))


def ascii_of(value):
    text = text_of(value).removeprefix("0x")
    try:
        return bytes.fromhex(text).decode()
    except ValueError:
        return None


def decoded(value):
    text = text_of(value)
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except ValueError:
        return None


def kilometres(args):
    numbers = [number_of(each) for each in args]
    if None in numbers:
        return None
    a, b, c, d = map(math.radians, numbers)
    return 2 * 6371.0 * math.asin(math.sqrt(math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2))


JAVA = {"yyyy": "%Y", "MMM": "%b", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "SSS": "%f", "Z": "%z", "X": "%z", "XXX": "%z"}


def parsed_date(args):
    form = re.sub(r"'([^']*)'|([A-Za-z])\2*", lambda m: m[1] if m[1] is not None else JAVA[m[0]], text_of(args[1]))
    try:
        at = datetime.strptime(text_of(args[0]), form)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(text_of(args[2]) if len(args) > 2 else "UTC"))
    return float((at - EPOCH) // timedelta(milliseconds=1))


def formatted_date(args):
    number = number_of(args[0])
    if number is None:
        return None
    at = EPOCH + timedelta(milliseconds=math.floor(number))
    try:
        return at.astimezone(ZoneInfo(text_of(args[2]) if len(args) > 2 else "UTC")).strftime(text_of(args[1]))
    except KeyError:
        return None


def extreme(args, choose):
    numbers = [number for number in map(number_of, args) if number is not None]
    return choose(numbers) if numbers else None


def rounded(args):
    number = number_of(args[0])
    if number is None:
        return None
    if len(args) == 1:
        return half_up(number)
    factor = 10.0 ** max(-15, min(15, number_of(args[1]) or 0))
    return half_up(number * factor) / factor


def of_number(function):
    def compute(args):
        number = number_of(args[0])
        try:
            return None if number is None else finite(float(function(number)))
        except (ValueError, OverflowError):
            return None
    return compute


def text_only(function):
    return lambda args: None if isinstance(args[0], Structure) else function(text_of(args[0]))


def folded(args):
    text, part = text_of(args[0]), text_of(args[1])
    if len(args) > 2 and is_true(args[2]):
        text, part = text.lower(), part.lower()
    return truth(part in text)


def period_start(args, period):
    number = number_of(args[0])
    return None if number is None or abs(number) > 9e12 else Moment(floor_time(math.floor(number), period))


def period_end(args, period):
    number = number_of(args[0])
    if number is None or abs(number) > 9e12:
        return None
    ms = math.floor(number)
    floor = floor_time(ms, period)
    return Moment(next_time(floor, period) if floor < ms else floor)


def histogram_bucket(args):
    number, width = number_of(args[0]), number_of(args[1])
    return None if number is None or width is None or width <= 0 else finite(math.floor(number / width) * width)


FUNCTIONS = {
    "abs": of_number(abs), "ceil": of_number(math.ceil), "floor": of_number(math.floor), "sqrt": of_number(math.sqrt), "log": of_number(math.log),
    "greatest": lambda a: extreme(a, max), "least": lambda a: extreme(a, min), "round": rounded, "tonumber": of_number(float), "todouble": of_number(float),
    "toint": lambda a: whole(a[0], -2 ** 31, 2 ** 31 - 1), "tolong": lambda a: whole(a[0], -2 ** 63, 2 ** 63 - 1024), "haversine": kilometres,
    "hextodec": lambda a: hex_number(a[0]), "dectohex": lambda a: hex_text(a[0]), "hextoascii": lambda a: ascii_of(a[0]), "histogram": histogram_bucket,
    "ispresent": lambda a: truth(a[0] is not None), "isnumeric": lambda a: truth(number_of(a[0]) is not None),
    "coalesce": lambda a: next((each for each in a if each is not None), None), "messagesize": lambda a: float(len(text_of(a[0]).encode())),
    "jsonparse": lambda a: json_parsed(a[0]), "jsonstringify": lambda a: text_of(a[0]) if isinstance(a[0], Structure) else None,
    "jsonarraysize": lambda a: None if list_of(a[0]) is None else float(len(list_of(a[0]))),
    "jsonarraycontains": lambda a: truth(any(same(value_of(each), a[1]) for each in list_of(a[0]) or [])),
    "frommillis": lambda a: None if number_of(a[0]) is None else Moment(number_of(a[0])), "tomillis": of_number(float), "parsedate": parsed_date, "formatdate": formatted_date,
    "strftime": formatted_date, "isvalidip": lambda a: truth(address(a[0])), "isvalidipv4": lambda a: truth(address(a[0]) and address(a[0]).version == 4),
    "isvalidipv6": lambda a: truth(address(a[0]) and address(a[0]).version == 6), "isipinsubnet": in_network, "isipv4insubnet": lambda a: in_network(a, 4),
    "isipv6insubnet": lambda a: in_network(a, 6), "ipv4tonumber": lambda a: float(int(address(a[0]))) if address(a[0]) and address(a[0]).version == 4 else None,
    "isprivateip": lambda a: truth(within(a[0], PRIVATE)), "isreservedip": lambda a: truth(within(a[0], RESERVED)),
    "ispublicip": lambda a: truth(address(a[0]) and not within(a[0], PRIVATE + RESERVED)), "isempty": lambda a: truth(not isinstance(a[0], Structure) and not text_of(a[0])),
    "isblank": lambda a: truth(not isinstance(a[0], Structure) and not text_of(a[0]).strip(" \t\r\n\f\v")), "concat": lambda a: "".join(map(text_of, a)),
    "trim": lambda a: trimmed(a, True, True), "ltrim": lambda a: trimmed(a, True, False), "rtrim": lambda a: trimmed(a, False, True),
    "strlen": text_only(lambda t: float(len(t))), "toupper": text_only(str.upper), "tolower": text_only(str.lower), "substr": substring,
    "replace": lambda a: text_of(a[0]).replace(text_of(a[1]), text_of(a[2])) if text_of(a[1]) else text_of(a[0]), "regexreplace": replaced, "strcontains": folded,
    "startswith": lambda a: truth(text_of(a[0]).startswith(text_of(a[1]))), "endswith": lambda a: truth(text_of(a[0]).endswith(text_of(a[1]))),
    "urlencode": lambda a: urllib.parse.quote(text_of(a[0]), safe="-_.~"), "urldecode": lambda a: urllib.parse.unquote_plus(text_of(a[0])),
    "base64encode": lambda a: base64.b64encode(text_of(a[0]).encode()).decode(), "base64decode": lambda a: decoded(a[0]),
    "split": lambda a: Structure(text_of(a[0]).split(text_of(a[1])) if text_of(a[1]) else [text_of(a[0])]),
    "md5": lambda a: hashlib.md5(text_of(a[0]).encode()).hexdigest(), "sha256": lambda a: hashlib.sha256(text_of(a[0]).encode()).hexdigest()}
TIMED = {"bin": period_start, "datefloor": period_start, "dateceil": period_end}
