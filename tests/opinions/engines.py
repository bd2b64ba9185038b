"""DuckDB and ClickHouse with the made rows in them, to ask them what was emitted."""
import csv
import io
import json
import pathlib
import tempfile

from insights_rows import Event
from insights_values import Moment, text_of

ACCOUNT = "111122223333"


def events_of(task):
    for seq, row in enumerate(task["rows"]):
        event = Event(seq, *row)
        fields = {("@" + name[2:] if name.startswith("@@") else name): value if isinstance(value, str) else exact(value) for name, value in event.fields.items()}
        yield {"seq": seq, "t": event.ms, "stream": event.stream, "grp": f"{ACCOUNT}:{event.group}", "message": event.message, "fields": fields}


def exact(value):
    return text_of(value) if not isinstance(value, float) else (str(int(value)) if value.is_integer() else repr(value))


def tables_of(task):
    for name, text in task["tables"].items():
        lines = list(csv.reader(io.StringIO(text)))
        yield name, lines[0], [[number, *line] for number, line in enumerate(lines[1:])]


class DuckDb:
    name = "duckdb"

    def __init__(self, prelude):
        import duckdb
        self.connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
        for statement in prelude:
            self.connection.execute(statement)

    def load(self, task):
        self.connection.execute("CREATE OR REPLACE TABLE events(seq BIGINT, t BIGINT, stream VARCHAR, grp VARCHAR, message VARCHAR, fields MAP(VARCHAR, VARCHAR))")
        rows = [[e["seq"], e["t"], e["stream"], e["grp"], e["message"], {"key": list(e["fields"]), "value": list(e["fields"].values())}] for e in events_of(task)]
        if rows:
            self.connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, map(?, ?))", [row[:5] + [row[5]["key"], row[5]["value"]] for row in rows])
        for name, columns, lines in tables_of(task):
            self.connection.execute(f"CREATE OR REPLACE TABLE table_{name}(line BIGINT, {', '.join(f'{json.dumps(c)} VARCHAR' for c in columns)})")
            self.connection.executemany(f"INSERT INTO table_{name} VALUES ({', '.join('?' * (len(columns) + 1))})", lines)

    def ask(self, text):
        return [list(row) for row in self.connection.execute(text).fetchall()]


class ClickHouse:
    name = "clickhouse"

    def __init__(self, prelude):
        from chdb import session
        self.folder = tempfile.TemporaryDirectory()
        self.session = session.Session(str(pathlib.Path(self.folder.name) / "chdb"))
        for statement in prelude:
            self.session.query(statement)

    def load(self, task):
        self.session.query("DROP TABLE IF EXISTS events")
        self.session.query("CREATE TABLE events(seq Int64, t Int64, stream Nullable(String), grp Nullable(String), message Nullable(String), "
                           "fields Map(String, Nullable(String))) ENGINE = Memory")
        self.insert("events", events_of(task))
        for name, columns, lines in tables_of(task):
            self.session.query(f"DROP TABLE IF EXISTS table_{name}")
            self.session.query(f"CREATE TABLE table_{name}(line Int64, {', '.join(f'{json.dumps(c)} Nullable(String)' for c in columns)}) ENGINE = Memory")
            self.insert("table_" + name, (dict(zip(["line", *columns], line)) for line in lines))

    def insert(self, table, rows):
        file = pathlib.Path(self.folder.name) / "rows.ndjson"
        file.write_text("\n".join(json.dumps(row) for row in rows) + "\n")
        if file.stat().st_size > 1:
            self.session.query(f"INSERT INTO {table} FROM INFILE '{file}' FORMAT JSONEachRow")

    def ask(self, text):
        answer = str(self.session.query(text + " SETTINGS join_use_nulls = 1", "JSONCompactEachRow"))
        return [json.loads(line) for line in answer.splitlines()]


def shown(rows, columns):
    """Rows as results show them: what is nothing left out, numbers and moments in the language's form."""
    out = []
    for row in rows:
        cells = []
        for value, (name, kind) in zip(row, columns):
            if value is None:
                continue
            if kind == "number":
                value = text_of(float(value))
            elif kind == "moment":
                value = text_of(Moment(int(value)))
            cells.append([name, str(value)])
        out.append(cells)
    return out
