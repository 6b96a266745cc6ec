"""Indexes that are damaged or made by somebody else, and every command that may meet one.

In: a sound index of made-up articles.  Bytes of copies are changed, cut off or blanked, or their
schema is; then every question is asked of each, and `quotes index` is run on it.  No command may
hang, die or show a traceback, none may delete the file, and a message must name it.
"""

# ruff: noqa: E501  (tables of inputs read best one a line)
from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from kill_index import MadeReader, made_articles
from tools import Ended, Found, quotes, ran

from quotes.index.opening import open_index
from quotes.run.archive import add_articles
from quotes.run.article import load_steps

QUESTIONS = (
    ("who-said", "the"), ("by", "Lee"), ("speakers",), ("outlets",), ("variants",), ("families",),
    ("show", "a0001"), ("review",), ("export", "--nl"), ("datasette",), ("speakers", "decisions"),
    ("remove", "a0003"), ("rebuild", "--check"),
)  # fmt: skip
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"


def sound(path: Path, *, articles: int = 30) -> None:
    """Make an index that nothing is wrong with, all of it in one file."""
    steps = load_steps(reader=MadeReader())
    with closing(open_index(path)) as db:
        add_articles(db, made_articles(articles, random.Random(1)), steps)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA journal_mode = DELETE")


def questions(db: Path, *, most: int | None = None) -> Iterator[Ended]:
    """Every question to an index, and an article added to it."""
    for question in QUESTIONS[:most]:
        yield quotes(*question, "--db", db)
    yield ran(partial(_added, db), said=f"adding to {db.name}")


def _added(path: Path) -> None:
    """One more article, by the library, as `quotes index` adds it."""
    import sys

    from quotes.errors import QuotesError

    try:
        with closing(open_index(path)) as db:
            more = made_articles(31, random.Random(1))[-1:]
            add_articles(db, more, load_steps(reader=MadeReader()))
    except QuotesError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def faults(asked: Ended, db: Path) -> Iterator[str]:
    """What is wrong with an answer of an index that is not sound."""
    yield from asked.faults()
    if asked.code == 2 and db.name.encode() not in asked.err:
        last = asked.err.decode("utf-8", "replace").strip()[-150:]
        yield f"{asked.said}: the message does not name the file: {last}"
    if not db.exists():
        yield f"{asked.said}: the file is gone"


# Bytes


def damaged(rng: random.Random, raw: bytes) -> bytes:
    """The bytes of an index with something done to them."""
    made = bytearray(raw)
    how = rng.randrange(6)
    if how == 0:
        for _ in range(rng.choice((1, 10, 100, 1000))):
            made[rng.randrange(len(made))] = rng.randrange(256)
    elif how == 1:
        del made[rng.randrange(len(made)) :]
    elif how == 2:
        page = rng.randrange(len(made) // 4096) * 4096
        made[page : page + 4096] = bytes(4096)
    elif how == 3:
        page = rng.randrange(len(made) // 4096) * 4096
        made[page : page + 4096] = rng.randbytes(4096)
    elif how == 4:
        one, other = (rng.randrange(len(made) // 4096) * 4096 for _ in range(2))
        made[one : one + 4096], made[other : other + 4096] = (
            made[other : other + 4096], made[one : one + 4096],
        )  # fmt: skip
    else:
        at = rng.randrange(100)
        made[at : at + 4] = rng.randbytes(4)
    return bytes(made)


def run_damaged(rng: random.Random, folder: Path, *, times: int) -> Found:
    """Ask damaged copies of an index."""
    found = Found("damaged indexes")
    whole = folder / "whole.db"
    sound(whole)
    raw = whole.read_bytes()
    asked = 0
    for number in range(times):
        db = folder / f"damaged-{number}.db"
        db.write_bytes(damaged(rng, raw))
        for each in questions(db):
            asked += 1
            found.take(faults(each, db))
        for path in folder.glob(f"damaged-{number}.db*"):
            path.unlink()
    found.figures.append(f"{times} damaged indexes, {asked} commands")
    return found


# Schema


def _sql(*statements: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            for statement in statements:
                db.execute(statement)

    return change


def _raw(raw: bytes) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        path.write_bytes(raw)

    return change


def _beside(ending: str, raw: bytes) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        path.with_name(path.name + ending).write_bytes(raw)

    return change


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _in_utf_16(path: Path) -> None:
    path.unlink()
    _sql("PRAGMA encoding = 'UTF-16'", "CREATE TABLE a (b)")(path)


def _schema(old: str, new: str) -> Callable[[Path], None]:
    return _sql(
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_master SET sql = replace(sql, '{old}', '{new}')",
        "PRAGMA writable_schema = OFF",
    )


def _instead(table: str, rows: str) -> Callable[[Path], None]:
    """A view in a table's place."""
    return _sql(
        "PRAGMA foreign_keys = OFF", "PRAGMA legacy_alter_table = ON",
        f"ALTER TABLE {table} RENAME TO {table}_before", f"CREATE VIEW {table} AS {rows}",
    )  # fmt: skip


HOSTILE: dict[str, Callable[[Path], None]] = {
    "trigger deletes": _sql("CREATE TRIGGER x AFTER INSERT ON article BEGIN DELETE FROM article WHERE id <> new.id; END"),
    "trigger deletes decisions": _sql("CREATE TRIGGER x AFTER INSERT ON quotation BEGIN DELETE FROM decision; END"),
    "trigger never ends": _sql(f"CREATE TRIGGER x AFTER INSERT ON article BEGIN INSERT INTO failure SELECT x, x, x FROM ({ENDLESS} SELECT x FROM n); END"),
    "trigger on update": _sql("CREATE TRIGGER x BEFORE UPDATE ON quotation BEGIN SELECT raise(ABORT, 'no'); END"),
    "view for entity": _instead("entity", f"{ENDLESS} SELECT x AS id, x AS name, 'person' AS kind, '' AS role, '' AS wikidata, x AS search_form FROM n"),
    "view for outlets": _instead("article", f"{ENDLESS} SELECT x AS id, x AS outlet, x AS text FROM n"),
    "view more": _sql(f"CREATE VIEW more AS {ENDLESS} SELECT x FROM n"),
    "table more": _sql("CREATE TABLE more (x)"),
    "index more": _sql("CREATE INDEX more ON article (url, title)"),
    "virtual table": _sql("CREATE VIRTUAL TABLE more USING fts5(x)"),
    "table gone": _sql("DROP TABLE region"),
    "trigger gone": _sql("DROP TRIGGER quotation_added"),
    "column more": _sql("ALTER TABLE article ADD COLUMN more"),
    "column gone": _sql("ALTER TABLE failure RENAME COLUMN at TO since"),
    "generated column": _sql("ALTER TABLE article ADD COLUMN more GENERATED ALWAYS AS (hex(zeroblob(100000000))) VIRTUAL"),
    "schema garbled": _schema("TEXT", "(("),
    "schema says otherwise": _schema("NOT NULL", "CHECK (0)"),
    "blobs for text": _sql("UPDATE article SET text = CAST(text AS BLOB)"),
    "numbers for text": _sql("UPDATE entity SET name = 5, search_form = 7"),
    "text for numbers": _sql("UPDATE span SET start = 'x'"),
    "spans beyond": _sql("UPDATE span SET start = -1000000000, \"end\" = 1000000000000"),
    "spans turned": _sql("UPDATE span SET start = \"end\", \"end\" = start"),
    "kinds unknown": _sql("UPDATE quotation SET kind = 'x', attitude = 'y', region = 'z'"),
    "dates unknown": _sql("UPDATE article SET published = printf('%.100000c', 'x')"),
    "bytes of no encoding": _sql("UPDATE quotation SET text = CAST(x'ff00fe1b5b324a' AS TEXT)"),
    "a huge value": _sql("UPDATE article SET heading = printf('%.20000000c', 'x')"),
    "decisions of no kind": _sql("INSERT INTO decision (number, action, subject, articles, at) VALUES (1, 'x', 'y', '{', 'z')"),
    "JSON of no kind": _sql("UPDATE form SET namesakes = '{'", "UPDATE form SET namesakes = '[[[['"),
    "another version": _sql("PRAGMA user_version = 999999"),
    "version below": _sql("PRAGMA user_version = -5"),
    "another program": _sql("PRAGMA application_id = 5"),
    "no file of SQLite": _raw(b"no index\n" * 1000),
    "an empty file": _raw(b""),
    "header alone": _raw(b"SQLite format 3\x00" + bytes(84)),
    "in UTF-16": _in_utf_16,
    "a folder": _folder,
    "journal of another": _beside("-wal", b"\x37\x7f\x06\x82" + bytes(4092)),
    "hot journal": _beside("-journal", b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(4088)),
}  # fmt: skip


def run_hostile(rng: random.Random, folder: Path, *, most: int | None = None) -> Found:
    """Ask indexes that somebody made to do harm; articles must not vanish from them."""
    found = Found("hostile indexes")
    whole = folder / "sound.db"
    sound(whole)
    names = list(HOSTILE) if most is None else rng.sample(list(HOSTILE), most)
    asked = 0
    for number, name in enumerate(names):
        db = folder / f"hostile-{number}.db"
        shutil.copy(whole, db)
        try:
            HOSTILE[name](db)
        except sqlite3.Error as error:
            found.figures.append(f"“{name}” cannot be made: {error}")
            continue
        before = _rows(db)
        for each in questions(db):
            asked += 1
            found.take(f"{name}: {fault}" for fault in faults(each, db))
        if _rows(db) < before - 1:  # `remove` takes one
            found.faults.append(f"{name}: {before - _rows(db)} articles are gone")
    found.figures.append(f"{len(names)} hostile indexes, {asked} commands")
    return found


def _rows(path: Path) -> int:
    """How many articles an index holds, whatever holds them; 0 if that cannot be said."""
    try:
        with closing(sqlite3.connect(path, timeout=1)) as db:
            tables = {
                name
                for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            }
            table = "article_before" if "article_before" in tables else "article"
            return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    except (sqlite3.Error, OSError):
        return 0
