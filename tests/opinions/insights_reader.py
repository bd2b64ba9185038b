"""Reads a query of Logs Insights into plain tuples. Written from the guide's pages, not from the server's parser."""
import re

from insights_expressions import ExpressionReader, NotRead

COMMANDS = ("fields display filter where filterindex stats sort limit head parse json dedup pattern diff logcompare anomaly unmask unnest expand lookup cidrlookup "
            "join appendcols source addtotals accum autoregress filldown fillmissing outlier sessionize countfrequent count_frequent relevantfields estimate").split()


class Reader(ExpressionReader):
    def query(self):
        commands = []
        while True:
            word = self.name().lower()
            if word not in COMMANDS:
                raise NotRead(f"the command {word}")
            commands.append(getattr(self, "read_" + word)(word))
            if not self.take("|") or self.kind == "end" or self.is_(")"):
                return commands

    def read_fields(self, _word):
        return ("fields", self.list_of(self.column))

    def read_display(self, _word):
        return ("display", self.list_of(self.column))

    def read_filter(self, _word):
        return ("filter", self.expression())

    read_where = read_filterindex = read_filter

    def read_stats(self, _word):
        self.statistics = statistics = []
        columns = self.list_of(self.column)
        self.statistics = None
        by = self.list_of(self.column) if self.take("by") else []
        return ("stats", statistics, columns, by, self.period() if self.take("offset") else None)

    def sort_key(self):
        expression = self.expression()
        return expression, self.take("asc", "desc") == "desc"

    def read_sort(self, _word):
        return ("sort", self.list_of(self.sort_key))

    def read_limit(self, _word):
        self.take("any")
        number = int(self.word)
        self.move()
        return ("limit", number)

    read_head = read_limit

    def read_dedup(self, _word):
        return ("dedup", self.list_of(self.name))

    def read_parse(self, _word):
        source = "@message"
        mode = None
        if self.kind in ("word", "tick"):
            word = self.name()
            if word.lower() in ("logfmt", "csv") and self.is_("as"):
                mode = word.lower()
            else:
                source = word
        if mode is None:
            mode = self.take("logfmt", "csv")
        if mode:
            self.need("as")
            return ("parse_" + mode, source, self.list_of(self.name))
        if self.kind == "text":
            glob = self.word
            self.move()
            self.need("as")
            parts = glob.split("*")
            pattern = "".join(re.escape(part) + ("(.*)" if i == len(parts) - 2 and not parts[-1] else "(.*?)" if i < len(parts) - 1 else "") for i, part in enumerate(parts))
            return ("parse", source, re.compile(pattern, re.S), self.list_of(self.name), False)
        regex = self.regex()
        multi = bool(self.take("multi"))
        names = self.list_of(self.name) if self.take("as") else [dict((i, n) for n, i in regex.groupindex.items()).get(i) for i in range(1, regex.groups + 1)]
        return ("parse", source, regex, names, multi or bool(self.take("multi")))

    def read_json(self, _word):
        source = "@message"
        if self.is_("field"):
            self.move()
            self.need("=")
            source = self.name()
        path = self.word
        self.move()
        return ("json", source, path, self.name() if self.take("as") else path)

    def read_unnest(self, _word):
        source = self.expression()
        self.need("into")
        return ("unnest", source, self.name())

    def read_expand(self, _word):
        return ("expand", self.name())

    def read_source(self, _word):
        names = []
        while self.kind in ("text", "word", "tick") and not self.is_("start", "end", "loggroups", "loggrouptags"):
            names.append(self.word)
            self.move()
            self.take(",")
        if self.kind != "end" and not self.is_("|", ")"):
            raise NotRead("groups chosen by their properties")
        return ("source", names)

    def options(self, **kinds):
        given = {}
        while self.kind == "word" and self.word.lower() in kinds and self.source[self.at:].lstrip().startswith("="):
            name = self.word.lower()
            self.move()
            self.move()
            given[name] = kinds[name](self.word)
            self.move()
        return given

    def read_lookup(self, word):
        table = self.name()

        def key():
            first = self.name()
            return first, (self.name() if self.take("as") else first)
        keys = self.list_of(key)
        mode = self.need("output", "outputnew")
        return (word, table, keys, mode == "output", self.list_of(lambda: (lambda first: (first, self.name() if self.take("as") else first))(self.name())))

    read_cidrlookup = read_lookup

    def read_join(self, _word):
        given = self.options(type=str.lower, left=str, right=str)
        self.need("where")
        pairs = []
        while True:
            a = self.name()
            self.need("=")
            b = self.name()
            pairs.append((b, a) if a.startswith(given["right"] + ".") else (a, b))
            if not self.take("and"):
                break
        self.need("(")
        query = self.query()
        self.need(")")
        cut = [(a[len(given["left"]) + 1:], b[len(given["right"]) + 1:]) for a, b in pairs]
        return ("join", given.get("type") == "left", given["left"], given["right"], cut, query)

    def read_appendcols(self, _word):
        given = self.options(override=lambda w: w.lower() == "true", max=int)
        self.need("(")
        query = self.query()
        self.need(")")
        return ("appendcols", given.get("override", False), given.get("max", 10_000), query)

    def read_addtotals(self, _word):
        given, names = {}, []
        while self.kind in ("word", "tick"):
            found = self.options(row=lambda w: w.lower() == "true", col=lambda w: w.lower() == "true", fieldname=str)
            given.update(found)
            if not found:
                names += self.list_of(self.name)
        return ("addtotals", given.get("row", True), given.get("col", False), given.get("fieldname", "Total"), names)

    def read_accum(self, _word):
        name = self.name()
        return ("accum", name, self.name() if self.take("as") else name)

    def read_autoregress(self, _word):
        field, alias, first, last = self.name(), None, 1, 1
        while self.is_("as", "p"):
            if self.take("as"):
                alias = self.name()
                continue
            self.move()
            self.need("=")
            first = last = int(self.word)
            self.move()
            if self.take("-"):
                last = int(self.word)
                self.move()
        return ("autoregress", field, alias, first, last)

    def read_filldown(self, _word):
        return ("filldown", self.list_of(self.name) if self.kind in ("word", "tick") else None)

    def read_fillmissing(self, _word):
        values = []
        if self.take("with"):
            def one():
                value = self.sum()
                self.need("for")
                return value, self.column()[0]
            values = self.list_of(one)
        return ("fillmissing", values)

    def read_outlier(self, _word):
        given, names = {}, []
        while self.kind in ("word", "tick"):
            truth = lambda w: w.lower() == "true"
            found = self.options(action=str.lower, param=float, uselower=truth, mark=truth)
            given.update(found)
            if not found:
                names += self.list_of(self.name)
        return ("outlier", given, names)

    def read_sessionize(self, _word):
        names, gap = self.list_of(self.name), (30, "m")
        if self.take("maxspan"):
            self.take("=")
            gap = self.period()
        return ("sessionize", names, gap, self.name() if self.take("as") else "session_id")

    def read_countfrequent(self, _word):
        return ("countfrequent", self.list_of(self.name))

    read_count_frequent = read_countfrequent

    def left_out(self, word):
        raise NotRead("the command " + word)

    read_pattern = read_diff = read_logcompare = read_anomaly = read_unmask = read_relevantfields = read_estimate = left_out


def read(text):
    """The commands, or NotRead for what this reader does not know."""
    reader = Reader(text)
    commands = reader.query()
    if reader.kind != "end":
        raise NotRead(f"at {reader.begin}")
    return commands
