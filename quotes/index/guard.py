"""What an index from somebody else may do: nothing but hold rows.

SQLite runs what a file brings along: triggers with every row that is written, views and virtual
tables when they are asked.  So whatever an index has of these must be what this program makes, and
`open_index` refuses it otherwise.  What is read then may still be damaged; `damage` says where.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from quotes.errors import IndexFileError

_WHAT = re.compile(
    r"(?:\s*--[^\n]*\n)*\s*(CREATE|DROP)\s+"
    r"(TRIGGER|VIEW|VIRTUAL TABLE|TABLE|UNIQUE INDEX|INDEX)\s+(\w+)",
    re.I,
)
_RUNS = re.compile(r"\b(?:CHECK|GENERATED|VIRTUAL|STORED)\b|\bAS\s*\(", re.I)
_PLAIN_INDEX = re.compile(r'CREATE INDEX \S+ ON "?\w+"? ?\([^()]*\)')
_TYPES = {
    "TEXT": "'text'",
    "INTEGER": "'integer'",
    "REAL": "'real', 'integer'",
    "BLOB": "'blob'",
}
_JSON = (("decision", "articles"), ("decision", "quotations"), ("form", "namesakes"))


class Made(NamedTuple):
    """A table, trigger or view: its kind as SQLite lists it, and its SQL on one line."""

    kind: str
    sql: str


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@lru_cache(maxsize=4)
def made_by(scripts: tuple[str, ...]) -> dict[str, Made]:
    """The tables, indexes, triggers and views that scripts leave behind, by name."""
    made: dict[str, Made] = {}
    for statement in (each for script in scripts for each in statements(script)):
        if found := _WHAT.match(statement):
            verb, what, name = found.groups()
            if verb.upper() == "DROP":
                made.pop(name, None)
            else:
                kind = what.lower().split()[-1]
                made[name] = Made(kind, _folded(statement[found.start(1) :]))
    return made


def _folded(sql: str) -> str:
    return " ".join(sql.split()).removesuffix(";").rstrip()


def check(db: sqlite3.Connection, path: object, scripts: Iterable[str]) -> None:
    """Pass a file that has what `scripts` make, and nothing else that SQLite would run.

    Raises:
        IndexFileError: it has more, or less; names it and says what to do.
    """
    made = made_by(tuple(scripts))
    found = {}
    for kind, name, sql in db.execute("SELECT type, name, sql FROM sqlite_master"):
        found[str(name)] = Made(str(kind), _folded(str(sql or "")))
    for name, what in found.items():
        if reason := _foreign(name, what, made.get(name)):
            raise IndexFileError(
                f"{path}: {reason}, which quotes did not make and will not run; "
                f"remove it (DROP {what.kind.upper()} {name[:100]}), or use another index"
            )
    for name, what in made.items():
        if name not in found:
            raise IndexFileError(
                f"{path}: damaged, it has no {what.kind} {name}; restore a copy, or index the "
                "articles again into a new file"
            )


def _foreign(name: str, what: Made, ours: Made | None) -> str | None:
    """What is wrong with something that a file has; None if nothing."""
    if what == ours:
        return None
    if what.kind in ("trigger", "view"):
        return f"has a {what.kind} {name[:100]}"
    if what.kind == "index" and what.sql and not _PLAIN_INDEX.fullmatch(what.sql):
        return f"has an index {name[:100]}"
    if what.sql.upper().startswith("CREATE VIRTUAL"):
        return f"has a virtual table {name[:100]}"
    if ours and _RUNS.search(what.sql):
        return f"computes columns of the table {name}"
    return None


# Damage


def damage(db: sqlite3.Connection) -> str | None:
    """What is damaged in a file, in a few words; None if nothing was found.

    It reads the whole file: for one in which something could not be read.
    """
    try:
        (told,) = db.execute("PRAGMA quick_check(1)").fetchone()
        if told != "ok":
            return str(told)
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql > ''")
        for (table,) in tables.fetchall():
            for column, why in _wrong_columns(db, table):
                return f"{why} in column {column} of table {table}"
    except (sqlite3.Error, ValueError, TypeError) as error:
        return str(error)
    return None


def _wrong_columns(db: sqlite3.Connection, table: str) -> Iterator[tuple[str, str]]:
    """The columns of a table that hold what they never do, and what that is."""
    for _, column, kind, *_ in db.execute(f'PRAGMA table_info("{table}")').fetchall():
        allowed = _TYPES.get(kind)
        wrong = f"""typeof("{column}") NOT IN ({allowed}, 'null')"""
        if allowed and db.execute(f'SELECT 1 FROM "{table}" WHERE {wrong} LIMIT 1').fetchone():
            yield column, "a value of another kind"
    for column in (column for each, column in _JSON if each == table):
        if db.execute(f"SELECT 1 FROM {table} WHERE NOT json_valid({column}) LIMIT 1").fetchone():
            yield column, "no JSON"
