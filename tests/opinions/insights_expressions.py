"""Reads the expressions of a query into plain tuples. Written from the guide's pages, not from the server's parser."""
import re

STATISTICS = {"count", "countdistinct", "sum", "avg", "min", "max", "pct", "stddev", "variance", "earliest", "latest", "sortsfirst", "sortslast", "values", "topk", "rate",
              "histogram", "countovertime", "sumovertime"}
PERIODS = {"bin", "datefloor", "dateceil"}
UNITS = {"ms": "ms msec millisecond milliseconds msecs", "s": "s sec secs second seconds", "m": "m min mins minute minutes", "h": "h hr hrs hour hours", "d": "d day days",
         "w": "w week weeks", "mo": "mo mon month months", "q": "q qtr qtrs quarter quarters", "y": "y yr yrs year years"}
TOKEN = re.compile(r"""(?P<blank>\s+|\#[^\n]*)
  |(?P<text>"(?:\\["\\]|[^"])*"|'(?:\\['\\]|[^'])*')
  |(?P<tick>`(?:\\[`\\]|[^`])*`(?:\.[\w@.\u0080-\U0010ffff]*)?)
  |(?P<duration>(?:\d+(?:\.\d+)?)[A-Za-z]+(?![\w]))
  |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  |(?P<word>[A-Za-z_@\u0080-\U0010ffff][\w@.\u0080-\U0010ffff]*(?:(?<=[.@])`(?:\\[`\\]|[^`])*`)?)
  |(?P<sign>!=|<=|>=|=~|[|,()\[\]{}=<>+\-*/^%!:.])""", re.X)


class NotRead(Exception):
    pass


def unit_of(word):
    return next((unit for unit, words in UNITS.items() if word.lower() in words.split()), None)


class ExpressionReader:
    def __init__(self, text):
        self.source, self.at, self.statistics = text, 0, None
        self.move()

    def move(self):
        self.last_end = self.at
        while True:
            if self.at >= len(self.source):
                self.kind, self.word, self.begin = "end", "", self.at
                return
            found = TOKEN.match(self.source, self.at)
            if not found:
                raise NotRead(f"at {self.at}")
            self.kind, self.begin = found.lastgroup, self.at
            exponent = self.kind == "duration" and re.match(r"\d+(?:\.\d+)?[eE]\d+", found[0])
            self.at = found.end()
            if self.kind == "blank":
                continue
            self.raw = self.word = found[0]
            if exponent:
                self.kind = "number"
            if self.kind == "text":
                self.word = re.sub(r"\\([\\" + self.raw[0] + "])", r"\1", self.raw[1:-1])
            if self.kind == "tick":
                self.word = re.sub(r"`((?:\\[`\\]|[^`])*)`", lambda m: re.sub(r"\\([\\`])", r"\1", m[1]), self.raw)
            if self.kind == "word" and "`" in self.word:
                self.kind, self.word = "tick", self.word.replace("`", "")
            return

    def is_(self, *words):
        return (self.kind in ("word", "sign")) and self.word.lower() in words

    def take(self, *words):
        if self.is_(*words):
            word = self.word.lower()
            self.move()
            return word
        return None

    def need(self, *words):
        taken = self.take(*words)
        if not taken:
            raise NotRead(f"{words} at {self.begin}, not {self.word!r}")
        return taken

    def name(self):
        if self.kind not in ("word", "tick"):
            raise NotRead(f"a name at {self.begin}")
        word = self.word
        self.move()
        return word

    def regex(self):
        """Behind the slash that is the token."""
        end = self.begin + 1
        while self.source[end] != "/":
            end += 2 if self.source[end] == "\\" else 1
        pattern = self.source[self.begin + 1:end].replace("\\/", "/")
        self.at = end + 1
        self.move()
        return re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", pattern))

    def period(self):
        found = re.match(r"(\d+)([A-Za-z]+)$", self.word)
        if not found or not unit_of(found[2]):
            raise NotRead(f"a period at {self.begin}")
        self.move()
        return int(found[1]), unit_of(found[2])

    def list_of(self, read):
        found = [read()]
        while self.take(","):
            found.append(read())
        return found

    # expressions, from loose to tight
    def expression(self):
        left = self.conjunction()
        while self.take("or"):
            left = ("or", left, self.conjunction())
        return left

    def conjunction(self):
        left = self.negation()
        while self.take("and"):
            left = ("and", left, self.negation())
        return left

    def negation(self):
        if self.take("not", "!"):
            return ("not", self.negation())
        return self.relation()

    def relation(self):
        left = self.sum()
        negated = bool(self.take("not"))
        wrap = (lambda test: ("not", test)) if negated else (lambda test: test)
        if self.take("like", "=~"):
            if self.kind == "text":
                text = self.word
                self.move()
                return wrap(("contains", left, text))
            return wrap(("matches", left, self.regex()))
        if self.take("in"):
            return wrap(self.membership(left))
        sign = self.take("=", "!=", "<", "<=", ">", ">=")
        return (sign, left, self.sum()) if sign else left

    def membership(self, left):
        close = "]" if self.is_("[") else ")"
        if self.take("["):
            pass
        elif self.take("("):
            if self.kind not in ("text", "number") and not self.is_("-"):
                query = self.query()
                self.need(")")
                return ("in_query", left, query)
        else:
            return ("in_value", left, self.sum())
        values = [] if self.is_(close) else self.list_of(self.sum)
        self.need(close)
        return ("in_list", left, values)

    def sum(self):
        left = self.product()
        while sign := self.take("+", "-"):
            left = (sign, left, self.product())
        return left

    def product(self):
        left = self.power()
        while sign := self.take("*", "/", "%"):
            left = (sign, left, self.power())
        return left

    def power(self):
        left = self.signed()
        while self.take("^"):
            left = ("^", left, self.signed())
        return left

    def signed(self):
        if self.take("-"):
            return ("negative", self.signed())
        return self.attributed()

    def attributed(self):
        of = self.primary()
        while self.is_("[", ".") and of[0] in ("field", "call", "attribute"):
            bracket = self.take("[")
            if not bracket:
                self.move()
            key = self.word
            self.move()
            if bracket:
                self.need("]")
            of = ("attribute", of, key)
        return of

    def primary(self):
        if self.take("("):
            inner = self.expression()
            self.need(")")
            return inner
        if self.kind == "number":
            number = float(self.word)
            self.move()
            # digits that a number of 53 bits cannot hold stay as they were typed
            return ("constant", self.source[self.begin_of_last():self.last_end].strip() if abs(number) >= 2 ** 53 else number)
        if self.kind == "text":
            text = self.word
            self.move()
            return ("constant", text)
        begin, word, kind = self.begin, self.word, self.kind
        name = self.name()
        if kind == "word" and self.is_("("):
            return self.call(name, begin)
        if kind == "word" and word.lower() in ("true", "false"):
            return ("constant", word.lower())
        return ("field", name)

    def begin_of_last(self):
        text = self.source[:self.last_end]
        return len(text) - len(re.search(r"[\d.eE+-]+\s*$", text)[0])

    def call(self, name, begin):
        self.need("(")
        plain = name.lower().replace("_", "")
        if plain in STATISTICS and (self.statistics is not None or plain not in ("histogram",)):
            return self.statistic(plain, begin)
        arguments, period = [], None
        while not self.is_(")"):
            if plain in PERIODS and self.kind == "duration":
                period = self.period()
            else:
                arguments.append(self.expression())
            if not self.take(","):
                break
        self.need(")")
        return ("call", plain, arguments, period)

    def statistic(self, plain, begin):
        outer, self.statistics = self.statistics, None
        of = parameter = None
        if plain == "topk":
            parameter = float(self.word)
            self.move()
            self.need(",")
        if not self.is_(")") and not self.take("*"):
            of = self.expression()
        if plain in ("pct", "histogram") and self.take(","):
            parameter = float(self.word)
            self.move()
        if plain == "rate" and self.take(","):
            parameter = self.period()
        self.need(")")
        self.statistics = outer
        if outer is None:
            return ("field", self.source[begin:self.last_end].strip())
        outer.append((plain, of, parameter))
        return ("statistic", len(outer) - 1)

    def column(self):
        begin = self.begin
        expression = self.expression()
        name = expression[1] if expression[0] == "field" else self.source[begin:self.last_end].strip()
        return (self.name() if self.take("as") else name), expression
