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
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote as url_quoted

from quotes.errors import IndexFileError
from quotes.index.guard import check, damage, statements
from quotes.index.layout import FIRST, MIGRATIONS
from quotes.records import Span

APPLICATION_ID = 0x71756F74  # marks our files in SQLite's header: "quot"
_LAST = FIRST + len(MIGRATIONS) - 1
BUSY_SECONDS = 5.0
MAPPED = 1 << 31  # bytes that one who only asks reads as memory; no page is copied then
WRITERS_CACHE = 65_536  # KiB that a writer keeps: runs of words are written all over their table
# Pages of the journal that are put in their places at once.  With the cache, adding an article to
# 30,000 quotations took 11.8 ms of processor time instead of 13.6.
CHECKPOINT = 8_000


def open_index(path: str | Path, *, readonly: bool = False) -> sqlite3.Connection:
    """A connection to the index at `path`, made or brought to this program's layout if need be.

    Args:
        path: the file.
        readonly: ask only; the file must exist.  One of an older layout is still migrated,
            if the file can be written.

    Returns:
        A connection in autocommit mode with foreign keys on; close it when done.

    Raises:
        IndexFileError: missing, not SQLite, another program's, of a newer layout or of one too
            old, locked, damaged or not permitted; one line with the remedy.
    """
    path = Path(path)
    if readonly and not path.exists():
        raise IndexFileError(
            f"{path}: no such index; make one with `quotes index`, or name another with --db"
        )
    address = f"file:{url_quoted(str(path.absolute()))}?mode={'ro' if readonly else 'rwc'}"
    has_journal = path.with_name(path.name + "-wal").exists()
    if readonly and not os.access(path.parent, os.W_OK) and not has_journal:
        # SQLite wants to make a shared-memory file beside a WAL index; where it cannot,
        # nobody else can write either, so the file may be read as it stands.
        address += "&immutable=1"
    with explaining(path):
        # Threads take turns with a connection, see `Connections`.
        db = sqlite3.connect(
            address, uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
        )
        try:
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute("PRAGMA foreign_keys = ON")
            stored = _checked_layout(db, path)
            if readonly:
                db.execute(f"PRAGMA mmap_size = {MAPPED}")
                if stored == 0:
                    raise IndexFileError(
                        f"{path}: an empty file, not an index; fill it with `quotes index`"
                    )
                if stored < _LAST:
                    open_index(path).close()
                return db
            # Our own triggers, which are all that it has, write the table of the search.
            db.execute("PRAGMA trusted_schema = ON")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute(f"PRAGMA cache_size = -{WRITERS_CACHE}")
            db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
            if stored < _LAST:
                migrate(db)
        except BaseException:
            db.close()
            raise
    return db


def _checked_layout(db: sqlite3.Connection, path: Path) -> int:
    """The number of the last migration that the file has had; 0 for a new, empty file."""
    (owner,) = db.execute("PRAGMA application_id").fetchone()
    if owner != APPLICATION_ID and (
        owner or db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    ):
        raise IndexFileError(
            f"{path}: a SQLite file of another program; name another file with --db"
        )
    stored = _layout(db)
    if 0 < stored < FIRST:
        raise IndexFileError(
            f"{path}: made by a version of quotes that is too old to bring up to date (layout "
            f"{stored}, this program knows {FIRST} and later); index the articles again into a new "
            "file, then take over decisions made by hand: `quotes speakers decisions --nl` of the "
            "old version writes them, `quotes speakers import` reads them"
        )
    if stored > _LAST:
        raise IndexFileError(
            f"{path}: made by a newer version of quotes (layout {stored}, this program knows "
            f"{_LAST}); upgrade with `pip install --upgrade quotes`"
        )
    if stored:
        check(db, path, (script for _, script in MIGRATIONS[: stored - FIRST + 1]))
    return stored


def _layout(db: sqlite3.Connection) -> int:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'migration'").fetchone():
        return 0
    (stored,) = db.execute("SELECT coalesce(max(number), 0) FROM migration").fetchone()
    if not isinstance(stored, int):
        raise sqlite3.DatabaseError("the number of its layout is no number")
    return stored


def migrate(db: sqlite3.Connection, migrations: Sequence[tuple[str, str]] = MIGRATIONS) -> None:
    """Bring the layout up to the last of `migrations`, each in its own transaction."""
    for number, (name, script) in enumerate(migrations, start=FIRST):
        with transaction(db):
            # Asked inside the transaction: another process may be migrating the same file.
            if _layout(db) >= number:
                continue
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            for statement in statements(script):
                db.execute(statement)
            db.execute("INSERT INTO migration VALUES (?, ?, ?)", (number, name, now()))


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of the block's writes or none of them; the write lock is taken at the start.

    Within another one it is a part of that: undone alone if it fails, kept only with the whole.
    """
    nested = db.in_transaction
    db.execute("SAVEPOINT part" if nested else "BEGIN IMMEDIATE")
    try:
        yield
        db.execute("RELEASE part" if nested else "COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK TO part" if nested else "ROLLBACK")
            if nested:
                db.execute("RELEASE part")
        raise


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


_ODD = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
"""What reading values of another kind than was written ends in."""

DAMAGED = "the index is damaged; restore a copy, or index the articles again into a new file"

_REMEDIES = (
    ("SQLITE_NOTADB", "not a SQLite file; name another file with --db"),
    ("SQLITE_CORRUPT", DAMAGED),
    ("SQLITE_INTERRUPT", f"reading it takes too long; perhaps {DAMAGED}"),
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
    """Turn SQLite's errors into `IndexFileError`: the file, what is wrong, the remedy.

    So it does with what damaged rows lead to, if the file is found to be damaged.
    """
    try:
        yield
    except sqlite3.Error as error:
        path = _file_of(place)
        name = getattr(error, "sqlite_errorname", None) or ""
        other = (
            f"the index could not be used ({error}); `quotes rebuild --check` says if it is sound"
        )
        remedy = next((said for start, said in _REMEDIES if name.startswith(start)), other)
        raise IndexFileError(f"{path}: {remedy}") from error
    except UnicodeEncodeError:
        raise  # of a value that was given
    except _ODD as error:
        found = damage(place) if isinstance(place, sqlite3.Connection) else str(error)
        if found is None:
            raise
        raise IndexFileError(f"{_file_of(place)}: {DAMAGED} ({found})") from error


def _file_of(place: Path | sqlite3.Connection) -> Path | str:
    if isinstance(place, Path):
        return place
    with suppress(sqlite3.Error):
        return place.execute("PRAGMA database_list").fetchone()[2] or "index in memory"
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


def datasette_metadata(path: str | Path) -> str:
    """The shipped description for ``datasette quotes.db -m``, YAML, of the index at `path`."""
    shipped = (files("quotes") / "data" / "datasette.yaml").read_text(encoding="utf-8")
    return shipped.replace("  quotes:\n", f"  {json.dumps(Path(path).stem)}:\n", 1)
