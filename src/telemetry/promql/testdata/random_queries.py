"""Queries at random over the series of record_answers.py: what nobody would write, and so what nobody has looked at."""
import random

COUNTERS = ["http_requests_total", 'http_requests_total{job="api"}', 'http_requests_total{instance=~"a|c"}', 'latency_seconds_bucket{job="web"}']
GAUGES = ["temperature", "memory_bytes", "memory_limit_bytes", "flat", "sparse", "version", "special", 'special{is!="nan"}', 'temperature{room="attic"}', "nothing"]
LABELS = ["job", "instance", "code", "room", "zone", "kind", "le", "version", "nothing"]
RANGES = ["20s", "1m", "2m30s", "5m", "10m", "30m", "1h"]
OVER_TIME = ["avg", "sum", "min", "max", "count", "last", "present", "stddev", "stdvar"]
RANGE_FUNCTIONS = ["rate", "irate", "increase", "delta", "idelta", "deriv", "changes", "resets"] + [f"{each}_over_time" for each in OVER_TIME]
PLAIN_FUNCTIONS = ["abs", "ceil", "floor", "exp", "ln", "log2", "log10", "sqrt", "sgn", "sort", "sort_desc", "timestamp", "absent", "sin", "cosh", "atan", "deg", "round", "minute", "hour",
                   "day_of_week", "days_in_month"]
AGGREGATIONS = ["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"]
NUMBERS = ["0", "1", "2", "-1", "0.5", "7", "100", "1e3", "0.1", "-0.25", "Inf", "NaN"]


class Queries:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, values):
        return self.random.choice(values)

    def chance(self, share):
        return self.random.random() < share

    def labels(self):
        return "(" + ", ".join(self.random.sample(LABELS, self.random.randrange(0, 3))) + ")"

    def moved(self):
        if self.chance(0.8):
            return ""
        return self.pick([" offset 3m", " offset 10m", " offset -2m", " @ 1795350000", " @ end()", " @ start() offset 1m"])

    def range(self, depth):
        if depth > 0 and self.chance(0.25):
            return f"({self.vector(depth - 1)})[{self.pick(RANGES)}:{self.pick(['', '13s', '30s', '1m', '5m'])}]{self.moved()}"
        return f"{self.pick(COUNTERS + GAUGES)}[{self.pick(RANGES)}]{self.moved()}"

    def grouping(self):
        return "" if self.chance(0.3) else f" {self.pick(['by', 'without'])} {self.labels()}"

    def scalar(self, depth):
        if depth > 0 and self.chance(0.2):
            return f"scalar({self.vector(depth - 1)})"
        return "time()" if self.chance(0.05) else self.pick(NUMBERS)

    def matching(self, comparison):
        text = ""
        if self.chance(0.6):
            text = f" {self.pick(['on', 'ignoring'])} {self.labels()}"
            if self.chance(0.3):
                text += f" {self.pick(['group_left', 'group_right'])}{self.pick(['', '()', '(zone)', '(version)'])}"
        return (" bool" if comparison and self.chance(0.3) else "") + text

    def binary(self, depth):
        kind = self.random.randrange(3)
        if kind == 2:
            return f"({self.vector(depth)}) {self.pick(['and', 'or', 'unless'])}{'' if self.chance(0.4) else ' ' + self.pick(['on', 'ignoring']) + ' ' + self.labels()} ({self.vector(depth)})"
        operator = self.pick(["+", "-", "*", "/", "%", "^", "atan2", "==", "!=", ">", "<", ">=", "<="])
        comparison = operator in ("==", "!=", ">", "<", ">=", "<=")
        if kind == 0:
            sides = [f"({self.vector(depth)})", f"({self.scalar(depth)})"]
            self.random.shuffle(sides)
            return f"{sides[0]} {operator}{' bool' if comparison and self.chance(0.4) else ''} {sides[1]}"
        return f"({self.vector(depth)}) {operator}{self.matching(comparison)} ({self.vector(depth)})"

    def vector(self, depth):
        if depth == 0:
            return self.pick(COUNTERS + GAUGES) + self.moved()
        kind = self.random.randrange(10)
        if kind <= 2:
            return f"{self.pick(RANGE_FUNCTIONS)}({self.range(depth - 1)})"
        if kind == 3:
            name = self.pick(["quantile_over_time", "predict_linear", "holt_winters"])
            if name == "quantile_over_time":
                return f"{name}({self.pick(['0', '0.5', '0.95', '1', '2'])}, {self.range(depth - 1)})"
            return f"{name}({self.range(depth - 1)}, {'300' if name == 'predict_linear' else '0.3, 0.6'})"
        if kind == 4:
            return f"{self.pick(PLAIN_FUNCTIONS)}({self.vector(depth - 1)})"
        if kind == 5:
            return self.pick([f"clamp({self.vector(depth - 1)}, {self.scalar(0)}, {self.scalar(0)})", f"clamp_max({self.vector(depth - 1)}, {self.scalar(0)})", f"round({self.vector(depth - 1)}, 0.5)",
                              f'label_replace({self.vector(depth - 1)}, "zone", "z-$1", "{self.pick(LABELS)}", "(.+)")', f'label_join({self.vector(depth - 1)}, "kind", "-", "job", "room")',
                              f"histogram_quantile({self.pick(['0.5', '0.9', '0', '1.5'])}, {self.pick(['rate(latency_seconds_bucket[5m])', 'sum by (le, job) (latency_seconds_bucket)', 'latency_seconds_bucket'])})"])
        if kind <= 7:
            return f"{self.pick(AGGREGATIONS)}{self.grouping()} ({self.vector(depth - 1)})"
        if kind == 8:
            return self.pick([f"quantile{self.grouping()} (0.3, {self.vector(depth - 1)})", f'count_values{self.grouping()} ("value", {self.vector(depth - 1)})', f"-({self.vector(depth - 1)})"])
        return self.binary(depth - 1)


def queries(count, seed):
    made = Queries(seed)
    return [made.vector(made.random.randrange(1, 4)) for _ in range(count)]
