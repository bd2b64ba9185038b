#!/usr/bin/env python3
"""Writes labelled series made here, of many kinds of life and of anomaly: FOLDER/series/KIND/NN.csv and FOLDER/windows.json.

usage: made_series.py FOLDER [SERIES [SEED]]

A window is centred on the beginning of its anomaly; the windows of a series cover a tenth of it. score.py of a labelled benchmark, copied
into FOLDER, scores a replay of them.
"""
import datetime
import json
import math
import pathlib
import random
import sys

DAY_S = 86400
INTERVALS_S = [60, 300, 300, 300, 600, 3600]


class Life:
    """A series before anything happens to it: `expected` follows the season, `spread` is its usual deviation."""

    def __init__(self, rng, kind):
        self.rng, self.kind = rng, kind
        self.interval_s = rng.choice(INTERVALS_S)
        self.count = int(math.exp(rng.uniform(math.log(1500), math.log(12000))))
        start = int(datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc).timestamp()) + rng.randrange(366) * DAY_S
        self.times = [start + i * self.interval_s for i in range(self.count)]
        self.days = self.count * self.interval_s / DAY_S
        self.level = math.exp(rng.uniform(math.log(0.5), math.log(5000)))
        self.expected = [self.level] * self.count
        self.spread = self.level * math.exp(rng.uniform(math.log(0.01), math.log(0.3)))
        self.least, self.most = -math.inf, math.inf
        getattr(self, kind)()

    def correlated(self, memory):
        last, out = 0.0, []
        for _ in range(self.count):
            last = memory * last + math.sqrt(1 - memory * memory) * self.rng.gauss(0, 1)
            out.append(last)
        return out

    def shape(self):
        rng, kind = self.rng, self.rng.choice(["wave", "office", "two peaks", "square"])
        phase, weekend = rng.uniform(0, 1), rng.choice([1, 1, rng.uniform(0.2, 0.8)])

        def at(time_s):
            x = (time_s / DAY_S + phase) % 1
            if kind == "wave":
                y = 0.5 - 0.5 * math.cos(2 * math.pi * x)
            elif kind == "office":
                y = max(0.0, math.sin(math.pi * (x - 0.3) / 0.45)) ** 0.5 if 0.3 < x < 0.75 else 0.0
            elif kind == "two peaks":
                y = math.exp(-(((x - 0.3) / 0.06) ** 2)) + 0.8 * math.exp(-(((x - 0.7) / 0.08) ** 2))
            else:
                y = 1.0 if 0.4 < x < 0.75 else 0.0
            return y * (weekend if (time_s // DAY_S + 4) % 7 >= 5 else 1)

        return at

    # kinds of life

    def noise(self):
        memory = self.rng.choice([0, 0.3, 0.8, 0.95])
        self.values = [self.level + self.spread * x for x in self.correlated(memory)]

    def daily(self):
        at, amplitude = self.shape(), self.rng.uniform(0.3, 3)
        self.expected = [self.level * (1 + amplitude * at(t)) for t in self.times]
        relative, memory = self.spread / self.level, self.rng.choice([0, 0.5, 0.9])
        self.values = [e * (1 + relative * x) for e, x in zip(self.expected, self.correlated(memory))]
        self.spread = relative * max(self.expected)

    def counts(self):
        at, amplitude = self.shape(), self.rng.uniform(0, 3)
        mean = math.exp(self.rng.uniform(math.log(2), math.log(60)))
        heavy, excited, self.values = self.rng.uniform(0.2, 0.6), 0.0, []
        self.expected = [mean * (1 + amplitude * at(t)) for t in self.times]
        for e in self.expected:
            rate = e * math.exp(heavy * self.rng.gauss(0, 1)) + excited
            value = max(0, round(rate + math.sqrt(rate) * self.rng.gauss(0, 1)))
            excited = 0.8 * excited + (0.15 * value if self.rng.random() < 0.1 else 0)
            self.values.append(value)
        self.level, self.spread, self.least = mean, mean * (0.3 + heavy), 0

    def sparse(self):
        chance, size = self.rng.choice([0.005, 0.02, 0.08]), self.level
        self.values = [round(size * math.exp(0.4 * self.rng.gauss(0, 1)), 2) if self.rng.random() < chance else 0.0 for _ in self.times]
        self.expected, self.spread, self.least = [0.0] * self.count, size, 0

    def constant(self):
        step = self.spread / 10
        self.values = [self.level + (step * self.rng.choice([-1, 1]) if self.rng.random() < 0.02 else 0) for _ in self.times]
        self.spread = step

    def wandering(self):
        memory = math.exp(-1 / math.exp(self.rng.uniform(math.log(100), math.log(800))))
        self.values = [self.level + self.spread * (3 * x + 0.3 * self.rng.gauss(0, 1)) for x in self.correlated(memory)]
        self.spread *= 3

    def jobs(self):
        every = max(2, round(self.rng.choice([3600, 4 * 3600, DAY_S]) / self.interval_s))
        long, height = self.rng.randint(1, max(1, every // 8)), self.rng.uniform(3, 15) * self.spread
        self.values, begin = [], 0
        for i in range(self.count):
            if i % every == 0:
                begin = i + self.rng.randint(0, 1)
            busy = begin <= i < begin + long
            self.values.append(self.level + self.spread * 0.3 * self.rng.gauss(0, 1) + (height * self.rng.uniform(0.8, 1.1) if busy else 0))
        self.spread = max(self.spread * 0.3, height * 0.5)

    def percent(self):
        at, amplitude = self.shape(), self.rng.uniform(0, 40)
        base, noise = self.rng.uniform(2, 40), self.rng.uniform(0.5, 6)
        self.expected = [base + amplitude * at(t) for t in self.times]
        self.values = [e + noise * x for e, x in zip(self.expected, self.correlated(self.rng.choice([0, 0.6])))]
        self.level, self.spread, self.least, self.most = base, noise, 0, 100

    # what is usual and no anomaly

    def blips(self):
        chance = self.rng.choice([0, 0, 1 / 2000, 1 / 400])
        for i in range(self.count):
            if self.rng.random() < chance:
                self.values[i] += self.spread * self.rng.uniform(2, 5)

    def holes(self):
        if self.rng.random() < 0.3:
            kept = [i for i in range(self.count) if self.rng.random() > 0.01]
            self.times, self.values, self.expected = ([x[i] for i in kept] for x in (self.times, self.values, self.expected))
            self.count = len(kept)


class Happening:
    """What changes a series from `at` on."""

    def __init__(self, life, at):
        self.life, self.at, self.rng = life, at, life.rng
        self.per_day = max(1, DAY_S // life.interval_s)

    def change(self, long, function):
        values = self.life.values
        for i in range(self.at, min(len(values), self.at + long)):
            values[i] = function(values[i], i - self.at)

    def size(self, least, most):
        return self.life.spread * self.rng.uniform(least, most)

    def spike(self):
        size = self.size(6, 25)
        self.change(self.rng.randint(1, 4), lambda v, _: v + size)

    def dip(self):
        size = self.size(6, 15)
        self.change(self.rng.randint(1, 4), lambda v, _: v - size)

    def outage(self):
        bottom = 0 if self.life.least == 0 or self.rng.random() < 0.7 else self.life.level - self.size(6, 10)
        self.change(self.rng.randint(5, 80), lambda v, _: bottom)

    def level_shift(self):
        size = self.size(3, 9) * self.rng.choice([-1, 1])
        self.change(len(self.life.values), lambda v, _: v + size)

    def busy_hours(self):
        size, long = self.size(3, 8), self.rng.randint(20, 150)
        self.change(long, lambda v, _: v + size)

    def trend(self):
        size, long = self.size(5, 12) * self.rng.choice([-1, 1]), self.rng.randint(30, 200)
        self.change(len(self.life.values), lambda v, i: v + size * min(1, i / long))

    def restless(self):
        size = self.size(3, 7)
        self.change(self.rng.randint(30, 200), lambda v, _: v + size * self.rng.gauss(0, 1))

    def stuck(self):
        value = self.life.values[self.at]
        self.change(self.rng.randint(60, 300), lambda v, _: value)

    def no_peak(self):
        low = min(self.life.expected)
        self.change(self.per_day, lambda v, _: low + self.life.spread * 0.2 * self.rng.gauss(0, 1))

    def shifted_day(self):
        values, shift = list(self.life.values), self.per_day // 2
        self.change(self.per_day, lambda v, i: values[self.at + i - shift])

    def denser(self):
        size, long = self.life.spread, self.rng.randint(30, 120)
        self.change(long, lambda v, _: v if self.rng.random() < 0.5 else size * math.exp(0.4 * self.rng.gauss(0, 1)))

    def full(self):
        most = self.life.most if self.life.most < math.inf else self.life.level + self.size(8, 12)
        self.change(self.rng.randint(5, 100), lambda v, _: most)


STEADY = ["spike", "dip", "outage", "level_shift", "busy_hours", "trend", "restless", "full"]
WHAT_CAN_HAPPEN = {
    "noise": STEADY + ["stuck"],
    "daily": STEADY + ["stuck", "no_peak", "no_peak", "shifted_day", "shifted_day"],
    "counts": ["spike", "spike", "outage", "busy_hours", "level_shift", "full"],
    "sparse": ["spike", "denser", "denser", "busy_hours"],
    "constant": STEADY,
    "wandering": ["spike", "dip", "outage", "restless", "stuck"],
    "jobs": ["spike", "busy_hours", "level_shift", "restless", "outage", "stuck"],
    "percent": ["spike", "outage", "level_shift", "busy_hours", "trend", "restless", "full", "full"],
}


def make(rng, kind):
    life = Life(rng, kind)
    life.blips()
    wanted = rng.choice([0, 1, 1, 1, 2, 2, 3, 4])
    windows = []
    if wanted:
        width = int(0.1 * life.count / wanted)
        room = [0.17 + 0.83 * i / wanted for i in range(wanted + 1)]
        for least, most in zip(room, room[1:]):
            at = rng.randint(int(least * life.count) + width // 2 + 2, int(most * life.count) - width // 2 - 2)
            happening = Happening(life, at)
            seasonal = life.days * at / life.count >= 4 and life.interval_s >= 300
            choice = [w for w in WHAT_CAN_HAPPEN[kind] if seasonal or w not in ("no_peak", "shifted_day")]
            getattr(happening, rng.choice(choice))()
            windows.append((life.times[at - width // 2], life.times[at + width // 2]))
    digits = 3 if life.spread > 0.1 else 6
    life.values = [round(min(life.most, max(life.least, v)), digits) for v in life.values]
    edges = {t for window in windows for t in window}
    times = life.times
    life.holes()
    kept = set(life.times)
    nearest = {t: t if t in kept else min(kept, key=lambda k: abs(k - t)) for t in edges}
    return life, [(nearest[a], nearest[b]) for a, b in windows]


def stamp(time_s):
    return datetime.datetime.fromtimestamp(time_s, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def write(folder, series, seed):
    labelled = {}
    for number in range(series):
        kind = list(WHAT_CAN_HAPPEN)[number % len(WHAT_CAN_HAPPEN)]
        life, windows = make(random.Random(seed * 100003 + number), kind)
        name = f"{kind}/{number:03}.csv"
        path = folder / "series" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("timestamp,value\n" + "".join(f"{stamp(t)},{v:g}\n" if abs(v) < 1e5 else f"{stamp(t)},{v}\n" for t, v in zip(life.times, life.values)))
        labelled[name] = [[stamp(a) + ".000000", stamp(b) + ".000000"] for a, b in windows]
    (folder / "windows.json").write_text(json.dumps(labelled, indent=1))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    write(pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 160, int(sys.argv[3]) if len(sys.argv) > 3 else 1)
