"""Random rows with every trap, and random queries over them, by a seed."""
import json
import random

START_MS = 1_760_000_040_000
TEXTS = ["", "a", "A", "ab10", "ab9", "x y", "ERROR", "error", "é", "Ünï", "日本", "true", "false", "0", "1", "01", "1.0", "1e3", "-5", "-0.5", " 7", "7 ", "0x10", "NaN", "inf", "1234567890123456",
         "1234567890123457", "a,b", "a\"b", "a'b", "a\\b", "two\nlines", "\ttab", "10.0.0.1", "/pay", "/cart", "%", "*", "2025-10-09", "null", "9007199254740993", "😀", "<x>", "&"]
NUMBERS = [0, 1, 2, 3, -1, 10, 200, 404, 500, 0.5, 0.1, 1.25, 30.25, 1e3, 1e15, 123456789, -7.75, 99.999, 0.00012]
NAMES = ["a", "b", "c", "ms", "user", "path", "o.p", "list", "deep.x.y"]


def value(dice):
    kind = dice.random()
    if kind < .4:
        return dice.choice(NUMBERS)
    if kind < .85:
        return dice.choice(TEXTS)
    return dice.choice([True, False, None])


def message(dice):
    kind = dice.random()
    if kind < .12:
        return dice.choice(["plain text", "ERROR out of paper", "", "GET /pay 200 31ms", "{broken", "k=v n=5", "a,b,\"c d\"", "x" * 3000, "tab\tand\nline"]) or "-"
    made = {}
    for name in NAMES:
        if dice.random() < .3:
            continue
        if name == "list":
            made[name] = [value(dice) for _ in range(dice.randrange(4))]
        elif name == "deep.x.y":
            made["deep"] = {"x": {"y": value(dice)}, "z": dice.choice(NUMBERS)}
        else:
            made[name] = value(dice)
    text = json.dumps(made, ensure_ascii=dice.random() < .3)
    return text if kind < .9 else "note " + text + " end {\"a\":\"second\"}"


class Maker:
    def __init__(self, dice):
        self.dice, self.made = dice, 0

    def name(self):
        return self.dice.choice(["a", "b", "c", "ms", "user", "path", "`o.p`", "deep.x.y", "deep.z", "missing", "list.0", "@message", "@logStream"])

    def new(self):
        self.made += 1
        return f"v{self.made}"

    def text(self):
        return json.dumps(self.dice.choice([t for t in TEXTS if not set(t) & set("\n\t\\\"")]), ensure_ascii=False)

    def number(self):
        return self.dice.choice(["0", "1", "2", "3", "10", "0.5", "200", "404", "-1", "2.75"])

    def numeric(self, depth=0):
        roll = self.dice.random()
        if depth > 2 or roll < .4:
            return self.dice.choice(["a", "b", "ms", "deep.z", "c", self.number()])
        if roll < .75:
            if self.dice.random() < .2:
                return f"(toInt({self.numeric(depth + 1)}) % {self.dice.choice([2, 3, 7])})"  # of fractions the engines make a rest that rounds
            return f"({self.numeric(depth + 1)} {self.dice.choice('+-*/')} {self.numeric(depth + 1)})"
        return self.dice.choice(["abs({})", "ceil({})", "floor({})", "round({})", "greatest({}, 1)", "least({}, 5)", "toNumber({})", "strlen({})", "toInt({})", "if({} > 1, 1, 0)",
                                 "coalesce({}, 0) + 1"]).format(self.numeric(depth + 1))

    def textual(self):
        return self.dice.choice([self.name(), f"concat({self.name()}, '-', {self.name()})", f"trim({self.name()})", f"replace({self.name()}, 'a', 'ZZ')", f"substr({self.name()}, 1, 2)",
                                 f"regexReplace({self.name()}, '[0-9]+', '#')", f"md5({self.name()})", f"tolower({self.name()})", f"case(isNumeric({self.name()}), 'n', ispresent({self.name()}), 't', 'no')",
                                 f"datefloor(@timestamp, {self.dice.choice(['1m', '5m', '1h', '90s', '1d', '1w', '1mo', '1q'])})"])

    def condition(self, depth=0):
        roll = self.dice.random()
        if depth < 2 and roll < .3:
            return f"({self.condition(depth + 1)} {self.dice.choice(['and', 'or'])} {self.condition(depth + 1)})"
        if depth < 2 and roll < .4:
            return f"not ({self.condition(depth + 1)})"
        name = self.name()
        return self.dice.choice([f"{name} {self.dice.choice(['=', '!=', '<', '<=', '>', '>='])} {self.dice.choice([self.number(), self.text(), self.name()])}",
                                 f"{name} in [{self.text()}, {self.number()}, {self.text()}]", f"{name} not in [{self.number()}]", f"{name} like {self.text()}", f"{name} like /[0-9]+/",
                                 f"{name} =~ /(?i)^e/", f"{name} not like /a/", f"ispresent({name})", f"isNumeric({name})", f"isempty({name})", f"startsWith({name}, 'a')",
                                 f"strcontains({name}, '1')", f"{self.numeric()} > {self.number()}", f"{name}", f"isblank({name})", f"{name} = true"])

    def statistic(self):
        name = self.dice.choice(["a", "b", "ms", "user", "deep.z", self.numeric()])
        return self.dice.choice(["count(*)", f"count({name})", f"sum({name})", f"avg({name})", f"min({name})", f"max({name})", f"count_distinct({self.name()})",
                                 f"pct({name}, {self.dice.choice([0, 1, 50, 90, 99.9, 100])})", f"stddev({name})", f"variance({name})", f"earliest({name})", f"latest({name})",
                                 f"sortsFirst({self.name()})", f"sortsLast({self.name()})", f"values({self.name()})", f"sum({name}) / count(*)", f"max({name}) - min({name})"])

    def command(self, state):
        roll = self.dice.random()
        if roll < .4:
            return "filter " + self.condition()
        if roll < .65:
            return "fields " + ", ".join(f"{self.dice.choice([self.numeric(), self.textual(), self.condition()])} as {self.new()}" for _ in range(self.dice.randrange(1, 3)))
        if roll < .75:
            return self.dice.choice([f"parse @message '\"ms\":*,' as {self.new()}", f"parse path '/*' as {self.new()}", f"parse @message /(?<{self.new()}>[0-9]+)[^0-9]+(?<{self.new()}>[a-z]+)/",
                                     f"parse @message /\"([a-z]+)\"/ as {self.new()}"])
        if roll < .8:
            return f"unnest list into {self.new()}"
        return "fields " + ", ".join(self.name() for _ in range(self.dice.randrange(1, 4)))

    def query(self):
        commands = [self.command(None) for _ in range(self.dice.randrange(0, 4))]
        names = [f"v{number + 1}" for number in range(self.made)]
        if self.dice.random() < .45:
            by = [self.dice.choice([self.name(), f"bin({self.dice.choice(['1m', '5m', '30s', '1h', '300s', '1d'])})", "ms"] + names) for _ in range(self.dice.randrange(0, 3))]
            commands.append("stats " + ", ".join(f"{self.statistic()} as {self.new()}" for _ in range(self.dice.randrange(1, 4))) + (" by " + ", ".join(dict.fromkeys(by)) if by else ""))
            keys = [f"v{self.made}"]
            if self.dice.random() < .3:
                commands.append(f"filter v{self.made} > 1")
        else:
            keys = [self.name(), "@timestamp", self.numeric()] + names
        if self.dice.random() < .5:
            commands.append("sort " + ", ".join(f"{self.dice.choice(keys)} {self.dice.choice(['asc', 'desc', ''])}" for _ in range(self.dice.randrange(1, 3))))
        if self.dice.random() < .4:
            commands.append(f"limit {self.dice.randrange(1, 12)}")
        elif self.dice.random() < .2 and "stats" not in " ".join(commands):
            commands.append(f"dedup {self.dice.choice(['a', 'user', 'path, a', 'missing'])}")
        return " | ".join(commands) or "fields @message"


def random_task(seed, queries=25):
    dice = random.Random(seed)
    at = [START_MS - 600_000]
    rows = []
    for _ in range(dice.randrange(0, 60)):
        at[0] += dice.choice([0, 0, 1, 999, 1000, 30_000, 60_000])  # moments repeat
        rows.append([dice.choice(["one", "two"]), at[0], dice.choice(["s", "t"]), message(dice)])
    rows += [["one", START_MS, "s", "last"], ["two", START_MS, "t", "last too"]]
    asked = [{"text": Maker(dice).query(), "groups": dice.choice([["one"], ["one", "two"]]), "language": "CWLI", "where": f"seed {seed}, {number}", "refused": False} for number in range(queries)]
    return {"now": START_MS + 3_600_000, "from": START_MS - 3_600_000, "to": START_MS + 3_600_000, "rows": rows, "tables": {}, "queries": asked}
