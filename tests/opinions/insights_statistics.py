"""The functions of stats, over all values of a group at once."""
import math

from insights_functions import LENGTHS
from insights_values import Moment, Structure, document_of, exact_text, natural_key, number_of, text_of


def exact_key(value):
    """Natural order, and of equal ones by their texts."""
    return natural_key(value), text_of(value).encode()


def group_key(value):
    if value is None:
        return None
    return exact_text(value) if isinstance(value, float) else "m" + str(value.ms) if isinstance(value, Moment) else value if isinstance(value, str) else text_of(value)


def statistic(kind, given, parameter, members):
    if kind in ("count", "countovertime") and given is None:
        return float(len(members))
    values = [(value, row) for value, row in given if value is not None and not isinstance(value, Structure)]
    plain = lambda value: float(value.ms) if isinstance(value, Moment) else value
    numbers = [number for number in (number_of(value) for value, _ in values) if number is not None]
    if kind in ("count", "countovertime"):
        return float(len(values))
    if kind == "countdistinct":
        return float(len({group_key(value) for value, _ in values}))
    if kind in ("min", "sortsfirst", "max", "sortslast"):
        if not values:
            return None
        choose = min if kind in ("min", "sortsfirst") else max
        return plain(choose((value for value, _ in values), key=exact_key))
    if kind in ("earliest", "latest"):
        if not values:
            return None
        return plain((min if kind == "earliest" else max)(values, key=lambda each: each[1].ms)[0])
    if kind == "values":
        distinct = {}
        for value, _ in values:
            if group_key(value) not in distinct or isinstance(value, float):  # of the number 1 and the text "1" the number
                distinct[group_key(value)] = plain(value)
        return Structure([document_of(value) for value in sorted(distinct.values(), key=exact_key)])
    if kind == "topk":
        counts = {}
        for value, _ in values:
            one = counts.setdefault(group_key(value), [plain(value), 0])
            one[:] = [plain(value) if isinstance(value, float) else one[0], one[1] + 1]
        top = sorted(sorted(counts.values(), key=lambda each: exact_key(each[0])), key=lambda each: -each[1])
        return Structure([document_of(value) for value, _ in top[:int(parameter)]])
    if not numbers:
        return None
    mean = sum(numbers) / len(numbers)
    if kind in ("sum", "sumovertime"):
        return math.fsum(numbers)
    if kind == "avg":
        return mean
    if kind in ("stddev", "variance"):
        variance = math.fsum((number - mean) ** 2 for number in numbers) / len(numbers)
        return math.sqrt(variance) if kind == "stddev" else variance
    if kind == "pct":
        return sorted(numbers)[max(0, math.ceil(parameter / 100 * len(numbers)) - 1)]
    if kind == "rate":
        timed = [(row.ms, number_of(value)) for value, row in values if number_of(value) is not None]
        first, last = min(timed, key=lambda each: each[0])[1], max(timed, key=lambda each: each[0])[1]
        return (last - first) / (parameter[0] * LENGTHS[parameter[1]] / 1000)
    low, high, count = min(numbers), max(numbers), int(parameter)
    width = (high - low) / count
    counts = [0] * (count if width > 0 else 1)
    for number in numbers:
        counts[min(len(counts) - 1, int((number - low) / width) if width > 0 else 0)] += 1
    return Structure({f"{text_of(low + width * i)}-{text_of(low + width * (i + 1))}": each for i, each in enumerate(counts)})
