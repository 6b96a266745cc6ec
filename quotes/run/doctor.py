"""`quotes doctor`: whether this machine, this installation and this index can be worked with.

Nothing is changed.  What is missing comes with what to type; what an extra would add is no fault.
"""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from quotes.errors import MissingExtraError, QuotesError, all_cores, require
from quotes.index.connections import told_damage
from quotes.people.known import load_people, people_files
from quotes.rows import Finding

_EXTRAS = ("stanza", "pyspark")


def findings(index: Path) -> Iterator[Finding]:
    """What is found, one after the other: the machine, the reader, people, the index, extras."""
    yield Finding("program", f"quotes {version('quotes')}, Python {platform.python_version()}")
    yield Finding("machine", f"{platform.system()} {platform.machine()}, {all_cores()} cores")
    yield _found("SQLite", _sqlite)
    yield _found("reader", _reader)
    yield _found("people", lambda: _people(index))
    yield _found("index", lambda: _index(index))
    for library in _EXTRAS:
        try:
            require(library)
            yield Finding(library, f"installed, {version(library)}")
        except MissingExtraError as error:
            yield Finding(library, str(error))


def _found(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, look())
    except QuotesError as error:
        return Finding(what, str(error), is_fault=True)


def _sqlite() -> str:
    try:
        sqlite3.connect(":memory:").execute("CREATE VIRTUAL TABLE found USING fts5 (words)")
    except sqlite3.Error as error:
        raise QuotesError(
            f"Python's SQLite {sqlite3.sqlite_version} has no full-text search (FTS5: {error}); "
            "install Python from python.org or your distribution"
        ) from error
    return f"{sqlite3.sqlite_version} with full-text search"


def _reader() -> str:
    from quotes.reader import Reader

    return f"loads, version {Reader.load().version}"


def _people(index: Path) -> str:
    people, imported = people_files(index)
    known = load_people(people, imported)
    files = ", ".join(str(each) for each in (people, imported) if each)
    return f"{len(known.persons)} of the people file{f'; {files}' if files else ''}"


def _index(index: Path) -> str:
    if not index.exists():
        return f"{index} does not exist yet; make it with `quotes index FOLDER`"
    if told := told_damage(index):
        raise QuotesError(told)
    return f"{index} is sound"
