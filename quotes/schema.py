"""The index file: its tables, its migrations, how it is opened, and how words are searched.

In comes a path, out goes a `sqlite3.Connection` to a file that is surely ours and of this
program's layout, or an `IndexFileError` that says what is wrong and what to do.  `index`
writes through the connection and `query` reads; nothing else knows SQL.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote as url_quoted

from quotes.errors import IndexFileError
from quotes.records import Span

APPLICATION_ID = 0x71756F74
"""Marks our files in SQLite's header: "quot"."""

BUSY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the layout: done wholly or not at all, and recorded by number and name."""

    name: str
    statements: tuple[str, ...]


# The long text stands last in its row, so that reading an outlet or a date does not read it.
MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        "articles, quotations, speakers, utterances, search",
        (
            """CREATE TABLE article (
                id TEXT PRIMARY KEY NOT NULL,
                heading TEXT NOT NULL,
                title TEXT,
                outlet TEXT,
                outlet_basis TEXT,
                outlet_evidence TEXT,
                published TEXT,
                url TEXT,
                path TEXT,
                digest TEXT NOT NULL,
                version TEXT NOT NULL,
                indexed_at TEXT NOT NULL,
                text TEXT NOT NULL
            )""",
            "CREATE INDEX article_by_digest ON article (digest)",
            "CREATE INDEX article_by_url ON article (url) WHERE url IS NOT NULL",
            """CREATE TABLE entity (
                id TEXT PRIMARY KEY NOT NULL,
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                role TEXT,
                wikidata TEXT,
                search_form TEXT NOT NULL
            )""",
            "CREATE INDEX entity_by_search_form ON entity (search_form)",
            """CREATE TABLE alias (
                entity TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
                alias TEXT NOT NULL,
                search_form TEXT NOT NULL,
                PRIMARY KEY (entity, alias)
            ) WITHOUT ROWID""",
            "CREATE INDEX alias_by_search_form ON alias (search_form)",
            """CREATE TABLE local_entity (
                number INTEGER PRIMARY KEY,
                article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
                id TEXT NOT NULL,
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                role TEXT,
                wikidata TEXT,
                entity TEXT REFERENCES entity (id) ON DELETE SET NULL,
                UNIQUE (article, id)
            )""",
            "CREATE INDEX local_entity_by_entity ON local_entity (entity)",
            """CREATE TABLE local_alias (
                local_entity INTEGER NOT NULL
                    REFERENCES local_entity (number) ON DELETE CASCADE,
                alias TEXT NOT NULL,
                PRIMARY KEY (local_entity, alias)
            ) WITHOUT ROWID""",
            """CREATE TABLE cluster (
                id TEXT PRIMARY KEY NOT NULL,
                text TEXT NOT NULL
            )""",
            """CREATE TABLE quotation (
                number INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
                speaker TEXT REFERENCES entity (id) ON DELETE SET NULL,
                cluster TEXT REFERENCES cluster (id) ON DELETE SET NULL,
                local_entity INTEGER REFERENCES local_entity (number) ON DELETE SET NULL,
                kind TEXT NOT NULL,
                attitude TEXT NOT NULL,
                region TEXT,
                confidence REAL NOT NULL,
                method TEXT NOT NULL,
                cue TEXT NOT NULL,
                speaker_as_written TEXT NOT NULL,
                speaker_basis TEXT NOT NULL,
                text TEXT NOT NULL,
                search_form TEXT NOT NULL
            )""",
            "CREATE INDEX quotation_by_article ON quotation (article)",
            "CREATE INDEX quotation_by_speaker ON quotation (speaker)",
            "CREATE INDEX quotation_by_cluster ON quotation (cluster)",
            "CREATE INDEX quotation_by_local_entity ON quotation (local_entity)",
            """CREATE TABLE span (
                quotation INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
                role TEXT NOT NULL,
                ord INTEGER NOT NULL,
                start INTEGER NOT NULL,
                "end" INTEGER NOT NULL,
                PRIMARY KEY (quotation, role, ord)
            ) WITHOUT ROWID""",
            """CREATE TABLE region (
                article TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,
                ord INTEGER NOT NULL,
                start INTEGER NOT NULL,
                "end" INTEGER NOT NULL,
                kind TEXT NOT NULL,
                evidence TEXT NOT NULL,
                PRIMARY KEY (article, ord)
            ) WITHOUT ROWID""",
            """CREATE TABLE failure (
                path TEXT NOT NULL,
                message TEXT NOT NULL,
                at TEXT NOT NULL,
                PRIMARY KEY (path, message)
            ) WITHOUT ROWID""",
            # "Mc" and "Cn" keep letters that SQLite's older Unicode tables do not know as such.
            """CREATE VIRTUAL TABLE quotation_fts USING fts5 (
                search_form, content="quotation", content_rowid="number",
                tokenize="unicode61 remove_diacritics 2 categories 'L* N* Mc Co Cn'"
            )""",
            """CREATE TRIGGER quotation_added AFTER INSERT ON quotation BEGIN
                INSERT INTO quotation_fts (rowid, search_form)
                VALUES (new.number, new.search_form);
            END""",
            """CREATE TRIGGER quotation_removed AFTER DELETE ON quotation BEGIN
                INSERT INTO quotation_fts (quotation_fts, rowid, search_form)
                VALUES ('delete', old.number, old.search_form);
            END""",
            """CREATE TRIGGER quotation_changed AFTER UPDATE OF search_form ON quotation BEGIN
                INSERT INTO quotation_fts (quotation_fts, rowid, search_form)
                VALUES ('delete', old.number, old.search_form);
                INSERT INTO quotation_fts (rowid, search_form)
                VALUES (new.number, new.search_form);
            END""",
        ),
    ),
    Migration(
        "identity by forms of names, decisions",
        (
            "ALTER TABLE local_entity ADD COLUMN published TEXT",
            """UPDATE local_entity SET published =
                (SELECT a.published FROM article a WHERE a.id = local_entity.article)""",
            """CREATE TABLE form (
                number INTEGER PRIMARY KEY,
                key TEXT NOT NULL,
                part TEXT NOT NULL,
                bucket TEXT NOT NULL,
                kind TEXT NOT NULL,
                known TEXT,
                wikidata TEXT,
                eminent INTEGER NOT NULL,
                namesakes TEXT NOT NULL,
                uses INTEGER NOT NULL,
                own TEXT,
                own_basis TEXT NOT NULL DEFAULT '',
                own_doubtful INTEGER NOT NULL DEFAULT 0,
                entity TEXT REFERENCES entity (id) ON DELETE SET NULL,
                basis TEXT NOT NULL DEFAULT '',
                doubtful INTEGER NOT NULL DEFAULT 0,
                UNIQUE (key, part)
            )""",
            "CREATE INDEX form_by_bucket ON form (bucket)",
            "CREATE INDEX form_by_entity ON form (entity)",
            "CREATE INDEX form_by_own ON form (own)",
            "CREATE INDEX form_by_part ON form (part) WHERE part != ''",
            "CREATE INDEX form_doubtful ON form (number) WHERE doubtful",
            """CREATE TABLE form_fact (
                form INTEGER NOT NULL REFERENCES form (number) ON DELETE CASCADE,
                fact TEXT NOT NULL,
                value TEXT NOT NULL,
                uses INTEGER NOT NULL,
                PRIMARY KEY (form, fact, value)
            ) WITHOUT ROWID""",
            "CREATE INDEX form_by_acronym ON form_fact (value, form) WHERE fact = 'acronym'",
            "CREATE TABLE form_stale (form INTEGER PRIMARY KEY NOT NULL)",
            """ALTER TABLE local_entity ADD COLUMN form INTEGER
                REFERENCES form (number) ON DELETE SET NULL""",
            "CREATE INDEX local_entity_by_form ON local_entity (form)",
            """CREATE INDEX local_entity_new ON local_entity (number)
                WHERE form IS NULL AND kind IN ('person', 'organisation')""",
            """CREATE INDEX local_entity_by_role ON local_entity (entity, published, article, role)
                WHERE role IS NOT NULL""",
            # However an article goes, what its names counted for goes with it.
            """CREATE TRIGGER local_entity_removed BEFORE DELETE ON local_entity
            WHEN old.form IS NOT NULL BEGIN
                UPDATE form SET uses = uses - 1 WHERE number = old.form;
                UPDATE form_fact SET uses = uses - 1
                WHERE form = old.form AND (
                    (fact = 'name' AND value = old.name)
                    OR (fact = 'wikidata' AND value = old.wikidata)
                    OR (fact = 'alias' AND value IN
                        (SELECT alias FROM local_alias WHERE local_entity = old.number)));
                INSERT OR IGNORE INTO form_stale VALUES (old.form);
            END""",
            """CREATE VIEW identity (local_entity, article, entity, basis, doubtful) AS
                SELECT l.number, l.article, l.entity, coalesce(f.basis, ''),
                    coalesce(f.doubtful, 0)
                FROM local_entity l LEFT JOIN form f ON f.number = l.form""",
            """CREATE TABLE decision (
                number INTEGER PRIMARY KEY,
                action TEXT NOT NULL,
                subject TEXT NOT NULL,
                other TEXT,
                name TEXT,
                articles TEXT NOT NULL,
                note TEXT,
                at TEXT NOT NULL
            )""",
            """CREATE TABLE setting (
                name TEXT PRIMARY KEY NOT NULL,
                value TEXT NOT NULL
            ) WITHOUT ROWID""",
        ),
    ),
    Migration(
        "decisions about single quotations",
        ("ALTER TABLE decision ADD COLUMN quotations TEXT NOT NULL DEFAULT '[]'",),
    ),
    Migration(
        "members of those who speak together",
        (
            """CREATE TABLE member (
                quotation INTEGER NOT NULL REFERENCES quotation (number) ON DELETE CASCADE,
                local_entity INTEGER NOT NULL
                    REFERENCES local_entity (number) ON DELETE CASCADE,
                PRIMARY KEY (quotation, local_entity)
            ) WITHOUT ROWID""",
            "CREATE INDEX member_by_local_entity ON member (local_entity)",
        ),
    ),
)


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
    """All of the block's writes or none of them; the write lock is taken at the start."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


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


# Searching.

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
