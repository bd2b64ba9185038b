"""A slow, obvious interpreter of the query language: a row is a dictionary, a command a loop over all rows. Written from the guide's pages, so that it can disagree."""
import csv
import io
import math
import re

from insights_functions import FUNCTIONS, LENGTHS, NULL_TAKEN, TIMED, address, network, next_time
from insights_reader import NotRead, read
from insights_rows import ACCOUNT, Event, JoinedRow, Row, Shown
from insights_statistics import exact_key, group_key, statistic
from insights_values import Moment, Structure, at_path, before, is_true, natural_key, number_of, parse_json, same, text_of, value_of


class Interpreter:
    def __init__(self, task):
        self.task = task
        self.events = [Event(seq, *row) for seq, row in enumerate(task["rows"])]
        self.tables = {name: list(csv.DictReader(io.StringIO(text))) for name, text in task["tables"].items()}

    def answer(self, text, groups):
        """Rows as results show them; NotRead for what is left to others."""
        rows, shown = self.run(read(text), groups)
        return [[[name, text_of(row.get(name))] for name in shown if row.get(name) is not None] for row in rows[:10_000]]

    def run(self, commands, groups):
        self_shown = Shown()
        if commands and commands[0][0] == "source":
            groups, commands = commands[0][1], commands[1:]
        rows = [Row(event) for event in self.events if event.group in groups and self.task["from"] <= event.ms <= self.task["to"]]
        rows.sort(key=lambda row: (row.event.ms, row.event.seq), reverse=True)
        for number, command in enumerate(commands):
            self.as_they_came = all(each[0] in ("fields", "display", "filter", "json", "lookup", "cidrlookup", "parse_csv", "parse_logfmt") or each[0] == "parse" and not each[4]
                                    for each in commands[:number])
            rows = getattr(self, "do_" + command[0])(rows, self_shown, groups, *command[1:])
            self.before = commands[:number + 1]
        return rows, self_shown.names

    # expressions
    def holds(self, e, row, groups):
        return is_true(self.value(e, row, groups))

    def value(self, e, row, groups):
        kind = e[0]
        if kind == "constant":
            return e[1]
        if kind == "field":
            return row.get(e[1])
        if kind in ("and", "or"):
            left = self.holds(e[1], row, groups)
            if (kind == "and") != left:
                return float(left)
            return float(self.holds(e[2], row, groups))
        if kind == "not":
            return float(not self.holds(e[1], row, groups))
        if kind == "negative":
            number = number_of(self.value(e[1], row, groups))
            return None if number is None else -number
        if kind == "attribute":
            owner = self.value(e[1], row, groups)
            if owner is None and e[1][0] == "field":
                owner = row.structure(e[1][1])
            there, found = at_path(owner.of, e[2]) if isinstance(owner, Structure) else (False, None)
            return value_of(found) if there else None
        if kind == "statistic":
            return self.statistics[e[1]]
        if kind == "call":
            return self.call(e, row, groups)
        if kind in ("contains", "matches", "in_list", "in_value", "in_query"):
            return float(bool(self.test(e, row, groups)))
        a, b = self.value(e[1], row, groups), self.value(e[2], row, groups)
        if kind == "=":
            return float(same(a, b))
        if kind == "!=":
            return float(not any(x is None or isinstance(x, Structure) for x in (a, b)) and not same(a, b))
        if kind in ("<", "<=", ">", ">="):
            order = before(a, b)
            return float(order is not None and {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[kind])
        return self.arithmetic(kind, number_of(a), number_of(b))

    @staticmethod
    def arithmetic(sign, a, b):
        if a is None or b is None:
            return None
        try:
            number = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b, "%": lambda: math.fmod(a, b), "^": lambda: a ** b}[sign]()
        except (ZeroDivisionError, OverflowError, ValueError):
            return None
        return number if isinstance(number, float) and math.isfinite(number) else None

    def test(self, e, row, groups):
        left = self.value(e[1], row, groups)
        if e[0] == "in_list":
            return any(same(left, self.value(each, row, groups)) for each in e[2])
        if e[0] == "in_query":
            return left is not None and group_key(left) in self.inner_values(e, groups)
        if e[0] == "in_value":
            of = self.value(e[2], row, groups)
            if of is None and e[2][0] == "field":
                of = row.structure(e[2][1])
            if isinstance(of, Structure):
                return isinstance(of.of, list) and any(same(left, value_of(each)) for each in of.of)
            return same(left, of)
        if left is None:
            return False
        text = "" if isinstance(left, Structure) else text_of(left)
        return e[2] in text if e[0] == "contains" else e[2].search(text) is not None

    def inner_values(self, e, groups):
        found = self.inner.get(id(e)) if hasattr(self, "inner") else None
        if found is None:
            rows, shown = Interpreter.run(self, e[2], groups)
            name = e[1][1] if e[1][0] == "field" and e[1][1] in shown else shown[0]
            found = {group_key(row.get(name)) for row in rows if row.get(name) is not None}
            self.inner = {**getattr(self, "inner", {}), id(e): found}
        return found

    def call(self, e, row, groups):
        _call, name, parts, period = e
        if name in ("if", "case"):
            for i in range(0, len(parts) - 1, 2):
                if self.holds(parts[i], row, groups):
                    return self.value(parts[i + 1], row, groups)
            return self.value(parts[-1], row, groups) if len(parts) % 2 else None
        if name in ("now", "querystarttime", "queryendtime", "querytimerange"):
            return {"now": float(self.task["now"] // 1000), "querystarttime": float(self.task["from"]), "queryendtime": float(self.task["to"]),
                    "querytimerange": float(self.task["to"] - self.task["from"])}[name]
        values = [self.value(part, row, groups) for part in parts]
        if name.startswith("jsonarray") and values[0] is None and parts[0][0] == "field":
            values[0] = row.structure(parts[0][1])
        if name == "bin":
            values = [row.get("@timestamp")]
        if name in TIMED:
            return TIMED[name](values, period)
        if name not in FUNCTIONS:
            raise NotRead("the function " + name)
        if name not in NULL_TAKEN and values and values[0] is None:
            return None
        return FUNCTIONS[name](values)

    # commands: all rows in, all rows out
    def set_columns(self, rows, columns, groups):
        for row in rows:
            for name, e in columns:
                if e != ("field", name):
                    row.made[name] = self.value(e, row, groups)
        return rows

    def do_fields(self, rows, shown, groups, columns):
        shown.more([name for name, _ in columns])
        return self.set_columns(rows, columns, groups)

    def do_display(self, rows, shown, groups, columns):
        shown.only([name for name, _ in columns])
        shown.displayed = True
        return self.set_columns(rows, columns, groups)

    def do_filter(self, rows, _shown, groups, condition):
        return [row for row in rows if self.holds(condition, row, groups)]

    def do_limit(self, rows, _shown, _groups, number):
        return rows[:number]

    def do_sort(self, rows, _shown, groups, keys):
        if keys == [(("field", "@timestamp"), False)] and self.as_they_came:
            rows = rows[::-1]  # events of the same moment then come as they were written, too
        for e, descending in reversed(keys):
            rows = sorted(rows, key=lambda row: natural_key(self.value(e, row, groups)), reverse=descending) if not descending else \
                list(reversed(sorted(reversed(rows), key=lambda row: natural_key(self.value(e, row, groups)))))
        return rows

    def do_dedup(self, rows, _shown, _groups, names):
        seen, kept = set(), []
        for row in rows:
            key = tuple(group_key(row.get(name)) for name in names)
            if any(part is None for part in key) or key not in seen:
                kept.append(row)
            seen.add(key)
        return kept

    def do_parse(self, rows, shown, _groups, source, regex, names, multi):
        shown.also([name for name in names if name])
        out = []
        for row in rows:
            value = row.get(source)
            matches = [] if value is None or isinstance(value, Structure) else list(regex.finditer(text_of(value)))
            for match in (matches if multi else matches[:1]):
                each = row.copy() if multi else row
                each.made.update({name: text for name, text in zip(names, match.groups()) if name and text is not None})
                out.append(each)
            if not matches:
                out.append(row)
        return out

    def do_parse_logfmt(self, rows, shown, _groups, source, names):
        shown.also(names)
        for row in rows:
            text = text_of(row.get(source))
            pairs = {}
            for key, quoted, plain, alone in re.findall(r'([^\s=]+)=(?:"((?:\\.|[^"\\])*)"|(\S*))|([^\s=]+)', text):
                if key:
                    pairs[key] = re.sub(r"\\(.)", r"\1", quoted) if quoted else plain
                else:
                    pairs[alone] = "true"
            if pairs:
                row.made[names[0]] = Structure(pairs)
        return rows

    def do_parse_csv(self, rows, shown, _groups, source, names):
        shown.also(names)
        for row in rows:
            text = text_of(row.get(source))
            cells = next(csv.reader(io.StringIO(text)), []) if text else []
            row.made.update(dict(zip(names, cells)))
        return rows

    def do_json(self, rows, shown, _groups, source, path, name):
        shown.also([name])
        for row in rows:
            of = row.get(source)
            of = row.structure(source) if of is None else of
            try:
                document = of.of if isinstance(of, Structure) else parse_json(text_of(of))
            except ValueError:
                continue
            there, found = at_path(document, path)
            row.made[name] = value_of(found) if there else None
        return rows

    def do_unnest(self, rows, shown, groups, source, name, texts=False):
        shown.also([name])
        out = []
        for row in rows:
            of = self.value(source, row, groups)
            if of is None and source[0] == "field":
                of = row.structure(source[1])
            if texts and isinstance(of, str) and of.startswith("["):
                of = FUNCTIONS["jsonparse"]([of]) or of
            for element in of.of if isinstance(of, Structure) and isinstance(of.of, list) else [of]:
                each = row.copy()
                each.made[name] = element if element is of else value_of(element)
                out.append(each)
        return out

    def do_expand(self, rows, shown, groups, name):
        return self.do_unnest(rows, shown, groups, ("field", name), name, True)

    def do_lookup(self, rows, shown, _groups, table, keys, overwrite, outputs, cidr=False):
        shown.also([name for _, name in outputs])
        if table not in self.tables:
            raise NotRead("the lookup table " + table)
        for row in rows:
            fitting = [line for line in self.tables[table] if self.fits(line, row, keys, cidr)]
            # of several ranges the narrowest, of several rows the first
            found = max(fitting, key=lambda line: network(line["cidr"]).prefixlen if cidr else 0, default=None)
            for column, name in outputs:
                if overwrite or text_of(row.get(name)) == "":
                    if found is not None and column in found:
                        row.made[name] = found[column]
                    elif overwrite:
                        row.made[name] = None
        return rows

    @staticmethod
    def fits(line, row, keys, cidr):
        if not cidr:
            return all(row.get(field) is not None and line.get(column) == text_of(row.get(field)) for column, field in keys)
        a, n = address(row.get(keys[0][0])), network(line.get("cidr", ""))
        return a is not None and n is not None and a.version == n.version and a in n

    def do_cidrlookup(self, rows, shown, groups, table, keys, overwrite, outputs):
        return self.do_lookup(rows, shown, groups, table, keys, overwrite, outputs, True)

    def do_join(self, rows, shown, groups, keep_left, left, right, keys, query):
        theirs, their_names = Interpreter.run(self, query, groups)
        if not shown.fields_named:
            shown.also([f"{right}.{name}" for name in their_names])
        out = []
        for row in rows:
            mine = tuple(text_of(row.get(a)) if row.get(a) is not None and not isinstance(row.get(a), Structure) else None for a, _ in keys)
            found = [other for other in theirs if None not in mine and mine == tuple(text_of(other.get(b)) if other.get(b) is not None else None for _, b in keys)]
            for other in found or ([None] if keep_left else []):
                out.append(JoinedRow(row, other, left, right))
        return out

    def do_appendcols(self, rows, shown, groups, overwrite, count, query):
        theirs, names = Interpreter.run(self, query, groups)
        shown.also(names)
        for row, other in zip(rows, theirs[:count]):
            for name in names:
                if overwrite or row.get(name) is None:
                    row.made[name] = other.get(name)
        return rows

    def do_stats(self, rows, shown, groups, statistics, columns, by, offset):
        shift = offset[0] * LENGTHS[offset[1]] if offset else 0
        found = {}
        for row in rows:
            values = [self.value(e, row, groups) for _, e in by]
            values = [None if isinstance(value, Structure) else value for value in values]
            values = [Moment(value.ms + shift) if shift and e[:2] == ("call", "bin") else value for value, (_, e) in zip(values, by)]
            found.setdefault(tuple(map(group_key, values)), (values, []))[1].append(row)
        ordered = sorted(found.values(), key=lambda each: [exact_key(value) for value in each[0]])
        if not by and not ordered:
            ordered = [([], [])]
        out = []
        for values, members in ordered:
            made = Row(None, dict(zip([name for name, _ in by], values)))
            self.statistics = [statistic(kind, None if of is None else [(self.value(of, row, groups), row) for row in members], parameter, members)
                               for kind, of, parameter in statistics]
            results = self.statistics
            for name, e in columns:
                self.statistics = results
                made.made[name] = self.value(e, made, groups)
            out.append(made)
        shown.only([name for name, _ in by] + [name for name, _ in columns])
        shown.table = True
        return out

    def do_countfrequent(self, rows, shown, groups, names):
        rows = self.do_stats(rows, shown, groups, [("count", None, None)], [("_approxcount", ("statistic", 0))], [(name, ("field", name)) for name in names], None)
        return sorted(rows, key=lambda row: -row.get("_approxcount"))

    def do_addtotals(self, rows, shown, _groups, per_row, per_column, total, names):
        names = names or list(shown.names)
        if per_row:
            shown.also([total])
        sums = {}
        for row in rows:
            numbers = {name: number_of(row.get(name)) for name in names if name != "@message" and not isinstance(row.get(name), Moment)}
            numbers = {name: number for name, number in numbers.items() if number is not None}
            if per_row and numbers:
                row.made[total] = numbers[total] = sum(numbers.values())
            for name, number in numbers.items():
                sums[name] = sums.get(name, 0.0) + number
        return rows + ([Row(None, sums)] if per_column and sums else [])

    def do_accum(self, rows, shown, _groups, name, into):
        shown.also([into])
        total = 0.0
        for row in rows:
            number = number_of(row.get(name))
            if number is not None:
                total += number
                row.made[into] = total
        return rows

    def do_autoregress(self, rows, shown, _groups, field, alias, first, last):
        values = [row.get(field) for row in rows]
        for lag in range(first, last + 1):
            name = alias if alias and first == last else f"{alias or field}_p{lag}"
            shown.also([name])
            for at, row in enumerate(rows):
                row.made[name] = values[at - lag] if at >= lag else None
        return rows

    def do_filldown(self, rows, shown, _groups, names):
        for name in names or list(shown.names):
            last = None
            for row in rows:
                if row.get(name) is None:
                    row.made[name] = last
                last = row.get(name)
        return rows

    def do_fillmissing(self, rows, _shown, _groups, values):
        stats = next(command for command in reversed(self.before) if command[0] == "stats")
        bin_name, period = next((name, e[3]) for name, e in stats[3] if e[:2] == ("call", "bin"))
        shift = stats[4][0] * LENGTHS[stats[4][1]] if stats[4] else 0
        others = [name for name, _ in stats[3] if name != bin_name]
        series = {}
        for row in rows:
            series.setdefault(tuple(group_key(row.get(name)) for name in others), ([row.get(name) for name in others], set()))[1].add(row.get(bin_name).ms)
        every = [ms for _, there in series.values() for ms in there]
        at = min(every, default=0)
        while every and at <= max(every):
            for key in sorted(series, key=lambda key: [natural_key(value) for value in series[key][0]]):
                if at not in series[key][1]:
                    made = {bin_name: Moment(at), **dict(zip(others, series[key][0]))}
                    made.update({name: self.value(e, Row(), []) for e, name in values})
                    rows.append(Row(None, made))
            at = next_time(at - shift, period) + shift
        return sorted(rows, key=lambda row: row.get(bin_name).ms)

    def do_outlier(self, rows, shown, _groups, given, names):
        removed = set()
        for name in names:
            shown.also([name] + (["isOutlier_" + name] if given.get("mark") else []))
            numbers = sorted(number for number in (number_of(row.get(name)) for row in rows) if number is not None)
            if not numbers:
                continue

            def quartile(fraction):
                rank = fraction * (len(numbers) - 1)
                low = math.floor(rank)
                return numbers[low] + (numbers[min(low + 1, len(numbers) - 1)] - numbers[low]) * (rank - low)
            reach = given.get("param", 2.5) * (quartile(.75) - quartile(.25))
            high, low = quartile(.75) + reach, quartile(.25) - reach
            for row in rows:
                number = number_of(row.get(name))
                above, below = number is not None and number > high, number is not None and given.get("uselower", False) and number < low
                if given.get("mark"):
                    row.made["isOutlier_" + name] = float(above or below)
                if above or below:
                    removed.add(id(row))
                    if given.get("action") != "remove":
                        row.made[name] = high if above else low
        return [row for row in rows if given.get("action") != "remove" or id(row) not in removed]

    def do_sessionize(self, rows, shown, _groups, names, gap, into):
        shown.also([into])
        last, numbers = {}, {}
        for row in sorted(rows, key=lambda row: row.ms):
            who = "".join(text_of(row.get(name)) + "_" for name in names)
            if who not in last or row.ms - last[who] > gap[0] * LENGTHS[gap[1]]:
                numbers[who] = numbers.get(who, 0) + 1
            last[who] = row.ms
            row.made[into] = f"{who}{numbers[who]}"
        return rows
