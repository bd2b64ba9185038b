"""Reads the corpus beside the query language's sources (its README.md tells the form) into tasks for log_query_answers."""
import pathlib
import re

START_MS = 1_760_000_040_000


def unescaped(text):
    return text.replace("\\n", "\n").replace("\\t", "\t")


def task_of(file):
    """Rows, tables and queries of a file, and where each query stands."""
    task = {"now": START_MS + 3_600_000, "from": START_MS - 3_600_000, "to": START_MS + 3_600_000, "rows": [], "tables": {}, "queries": []}
    group, groups, language = "", [], "CWLI"
    for number, line in enumerate(pathlib.Path(file).read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        first, _, rest = line.partition(" ")
        if first == "group":
            group = rest
        elif first.startswith("+"):
            stream, _, message = rest.partition(" ")
            task["rows"].append([group, START_MS + round(float(first[1:]) * 1000), stream, made_message(unescaped(message.lstrip()))])
        elif first == "table":
            name, _, csv = rest.partition(" ")
            task["tables"][name] = unescaped(csv)
        elif first == "use":
            groups = [name for name in rest.split(",") if name]
        elif first == "language":
            language = rest
        elif first == "?":
            task["queries"].append({"text": unescaped(rest), "groups": groups, "language": language, "where": f"{pathlib.Path(file).name}:{number}", "rows": [], "refused": False})
        elif first == "=":
            task["queries"][-1]["rows"].append(rest)
        elif first == "!":
            task["queries"][-1]["refused"] = True
    return task


def made_message(text):
    """`<100*ab>` in a message is `ab` a hundred times, for lines that are huge."""
    return re.sub(r"<(\d+)\*([^>]*)>", lambda m: m[2] * int(m[1]), text)
