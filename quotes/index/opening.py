"""The index file: how it is opened and migrated, written in transactions, and searched by words.

In comes a path, out goes a `sqlite3.Connection` to a file that is surely ours and of this
program's layout, or an `IndexFileError` that says what is wrong and what to do.  Rooms that own
tables write through the connection, and `answers` reads.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote as url_quoted

from quotes.errors import IndexFileError
from quotes.index.layout import MIGRATIONS, Migration
from quotes.records import Span

APPLICATION_ID = 0x71756F74
"""Marks our files in SQLite's header: "quot"."""

BUSY_SECONDS = 5.0

WRITERS_CACHE = 65_536
"""KiB of pages that a writer keeps: runs of words are written all over their table."""

CHECKPOINT = 8_000
"""Pages of the journal that are put in their places at once.  With the cache, adding an article
to 30,000 quotations took 11.8 ms of processor time instead of 13.6."""

MAPPED = 1 << 31
"""Bytes of the file that one who only asks reads as memory; no page is copied then."""


def open_index(path: str | Path, *, readonly: bool = False) -> sqlite3.Connection:
    """A connection to the index at `path`, made or brought to this program's layout if need be.

    Args:
        path: the file.
        readonly: ask only; the file must exist.  One of an older layout is still migrated,
            if the file can be written.

    Returns:
        A connection in autocommit mode with foreign keys on; close it when done.

    Raises:
        IndexFileError: missing, not SQLite, another program's, of a newer layout, locked,
            damaged or not permitted; one line with the remedy.
    """
    path = Path(path)
    if readonly and not path.exists():
        raise IndexFileError(
            f"{path}: no such index; make one with `quotes index`, or name another with --db"
        )
    with explaining(path):
        db = _connect(path, readonly=readonly)
        try:
            _prepare(db, path, readonly=readonly)
        except BaseException:
            db.close()
            raise
    return db


def _connect(path: Path, *, readonly: bool) -> sqlite3.Connection:
    """A bare connection; its own transactions are left to `transaction`."""
    address = f"file:{url_quoted(str(path.absolute()))}?mode={'ro' if readonly else 'rwc'}"
    if readonly and not os.access(path.parent, os.W_OK) and not _has_journal(path):
        # SQLite wants to make a shared-memory file beside a WAL index; where it cannot,
        # nobody else can write either, so the file may be read as it stands.
        address += "&immutable=1"
    db = sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
    db.execute("PRAGMA foreign_keys = ON")
    if readonly:
        db.execute(f"PRAGMA mmap_size = {MAPPED}")
    return db


def _has_journal(path: Path) -> bool:
    return path.with_name(path.name + "-wal").exists()


def _prepare(db: sqlite3.Connection, path: Path, *, readonly: bool) -> None:
    """Check whose file it is and bring its layout up to date."""
    stored = _layout(db, path)
    if readonly:
        if stored == 0:
            raise IndexFileError(
                f"{path}: an empty file, not an index; fill it with `quotes index`"
            )
        if stored < len(MIGRATIONS):
            open_index(path).close()
        return
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute(f"PRAGMA cache_size = -{WRITERS_CACHE}")
    db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
    if stored < len(MIGRATIONS):
        migrate(db)


def _layout(db: sqlite3.Connection, path: Path) -> int:
    """How many migrations the file has had; 0 for a new, empty file."""
    owner = db.execute("PRAGMA application_id").fetchone()[0]
    if owner != APPLICATION_ID:
        if owner or db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise IndexFileError(
                f"{path}: a SQLite file of another program; name another file with --db"
            )
        return 0
    stored = _migrations_done(db)
    if stored > len(MIGRATIONS):
        raise IndexFileError(
            f"{path}: made by a newer version of quotes (layout {stored}, this program knows "
            f"{len(MIGRATIONS)}); upgrade with `pip install --upgrade quotes`"
        )
    return stored


def _migrations_done(db: sqlite3.Connection) -> int:
    known = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'migration'").fetchone()
    if not known:
        return 0
    return int(db.execute("SELECT coalesce(max(number), 0) FROM migration").fetchone()[0])


def migrate(db: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring the layout up to the last of `migrations`, each in its own transaction."""
    for number, step in enumerate(migrations, start=1):
        with transaction(db):
            # Asked inside the transaction: another process may be migrating the same file.
            if _migrations_done(db) >= number:
                continue
            if number == 1:
                _sign(db)
            for statement in step.statements:
                db.execute(statement)
            db.execute("INSERT INTO migration VALUES (?, ?, ?)", (number, step.name, now()))


def _sign(db: sqlite3.Connection) -> None:
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(
        "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL)"
    )


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of the block's writes or none of them; the write lock is taken at the start.

    Within another one it is a part of that: undone alone if it fails, kept only with the whole.
    """
    if db.in_transaction:
        with _part_of_transaction(db):
            yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def _part_of_transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK TO part")
            db.execute("RELEASE part")
        raise
    db.execute("RELEASE part")


def select(
    db: sqlite3.Connection, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()
) -> sqlite3.Cursor:
    """The rows of a question, each to be read by the names of its columns.

    A record whose fields are named as the columns is made with ``Record(**row)``.
    """
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(sql, values)


def now() -> str:
    """The present time, UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# Errors.

_REMEDIES = (
    ("SQLITE_NOTADB", "not a SQLite file; name another file with --db"),
    ("SQLITE_CORRUPT", "the index is damaged; restore a copy, or delete it and index again"),
    ("SQLITE_BUSY", "another program is writing to it; wait for it or close it, then try again"),
    ("SQLITE_LOCKED", "another program is writing to it; wait for it or close it, then try again"),
    ("SQLITE_FULL", "the disk is full; free some space and run the same command again"),
    ("SQLITE_READONLY", "the file or its folder is read-only; change the rights or use --db"),
    ("SQLITE_CANTOPEN", "cannot be opened; check that the folder exists and may be written"),
    ("SQLITE_PERM", "not permitted; change the rights or use --db"),
    ("SQLITE_AUTH", "not permitted; change the rights or use --db"),
    ("SQLITE_IOERR", "the disk could not be read or written; check it and try again"),
)


@contextmanager
def explaining(place: Path | sqlite3.Connection) -> Iterator[None]:
    """Turn SQLite's errors into `IndexFileError`: the file, what is wrong, the remedy."""
    try:
        yield
    except sqlite3.Error as error:
        path = _file_of(place) if isinstance(place, sqlite3.Connection) else place
        raise IndexFileError(f"{path}: {_remedy(error)}") from error


def _remedy(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", None) or ""
    for start, remedy in _REMEDIES:
        if name.startswith(start):
            return remedy
    return f"the index could not be used ({error}); if it stays so, delete it and index again"


def _file_of(db: sqlite3.Connection) -> str:
    try:
        return str(db.execute("PRAGMA database_list").fetchone()[2]) or "index in memory"
    except sqlite3.Error:
        return "index"


# Words.  The full-text table holds what `search_form` gives, and a question is put in that form.

# A word is letters and digits, with the marks and invisible hyphens that may stand inside
# it.  An apostrophe of any kind parts words, so "Trump" is found in "Trump’s" and "don't"
# is the phrase "don t" however it was typed; some apostrophes count as letters in Unicode.
_WORD = re.compile(
    r"[^\W_ʹʺʻʼʽʾʿˈ]"
    r"(?:[^\W_ʹʺʻʼʽʾʿˈ]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff])*"
)


def words_of(text: str) -> list[tuple[str, Span]]:
    """The words of `text` as they are searched, folded, each with its span in `text`.

    >>> words_of("Don’t, José!")
    [('don', Span(start=0, end=3)), ('t', Span(start=4, end=5)), ('jose', Span(start=7, end=11))]
    """
    found = ((_folded(word.group()), Span(*word.span())) for word in _WORD.finditer(text))
    return [(folded, span) for folded, span in found if folded]


def _folded(word: str) -> str:
    """Case, diacritics and typographic forms taken off; letters and digits only."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def search_form(text: str) -> str:
    """`text` as words with one space between: what the full-text table holds and is asked.

    >>> search_form("“U.S. – don’t”") == search_form('"U.S. - don\\'t"')
    True
    """
    return " ".join(folded for folded, _ in words_of(text))


# Datasette.

_SHIPPED_NAME = "  quotes:\n"


def datasette_metadata(path: str | Path) -> str:
    """The shipped Datasette description (YAML) with the name of the index at `path` in it.

    Written beside an index as ``datasette.yaml`` it serves
    ``datasette quotes.db -m datasette.yaml``.
    """
    shipped = (files("quotes") / "data" / "datasette.yaml").read_text(encoding="utf-8")
    return shipped.replace(_SHIPPED_NAME, f"  {json.dumps(Path(path).stem)}:\n", 1)
