"""Imported people in SQLite: any number of persons, looked up one at a time.

`open_store` makes or opens the file for `quotes.people.importing`; `ImportedPeople` asks it, by
full name, surname or office, and loads nothing else.  A person is filed under the first and
last word of each full name, folded; the few rows of one key are compared word by word here.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from quotes.errors import LexiconError
from quotes.people.persons import Person, Role, office_key, surname_key
from quotes.people.spelling import Key, fold_name, middles_agree, name_keys, spelling_rules

APPLICATION_ID = 0x51505031
"""Marks the file as people of `quotes` ("QPP1")."""

LAYOUT = 1

WELL_KNOWN = 40
"""Sitelinks from which an imported person may be meant by a surname alone, or by a full name
that others share.  Heads of government and most ministers of large countries have more,
the many namesakes on whom Wikidata has an entry far fewer."""

LEAD = 3
"""And so many times the sitelinks of the next namesake."""

_WIKIDATA_ID = re.compile("Q[0-9]+")

MOST_HOLDERS = 10
"""Holders of one office given at most: more than one is no answer anyway."""

_MOST = 200
"""Namesakes looked at: no press name has more, and made-up data stays cheap."""

_TABLES = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source (
  number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
  changed INTEGER NOT NULL, day TEXT NOT NULL, run INTEGER NOT NULL, lines INTEGER NOT NULL,
  bad INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0,
  undated INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE person (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  aliases TEXT NOT NULL, gender TEXT, sitelinks INTEGER, surname TEXT NOT NULL,
  source INTEGER NOT NULL REFERENCES source, run INTEGER NOT NULL
);
CREATE INDEX person_surname ON person (surname, sitelinks);
CREATE TABLE name (
  ends TEXT NOT NULL, person INTEGER NOT NULL, PRIMARY KEY (ends, person)
) WITHOUT ROWID;
CREATE TABLE role (
  person INTEGER NOT NULL, place INTEGER NOT NULL, role TEXT, role_id TEXT, of TEXT, of_id TEXT,
  start TEXT, end TEXT, key TEXT, PRIMARY KEY (person, place)
) WITHOUT ROWID;
CREATE INDEX role_key ON role (key) WHERE key IS NOT NULL;
CREATE TABLE label (id TEXT PRIMARY KEY, name TEXT, of_id TEXT) WITHOUT ROWID;
"""


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into `LexiconError`: the file, what is wrong, the remedy."""
    try:
        yield
    except sqlite3.Error as error:
        raise LexiconError(
            f"{path}: cannot be used as imported people ({error}); check the file, or delete it "
            "and run `quotes people import` again"
        ) from error


def open_store(path: Path) -> sqlite3.Connection:
    """The file at `path` for writing, made if need be.

    Raises:
        LexiconError: it is another program's file, or cannot be written.
    """
    with explaining(path):
        db = sqlite3.connect(path, isolation_level=None, timeout=30)
        if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
            db.executescript(
                f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {LAYOUT};"
                f"BEGIN; {_TABLES} COMMIT;"
            )
            db.execute("INSERT INTO setting VALUES ('spelling', ?)", (spelling_rules(),))
        _check(db, path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.create_function("office_key", 2, office_key, deterministic=True)
    return db


def _check(db: sqlite3.Connection, path: Path) -> None:
    """Refuse a file of another program or layout."""
    mark = db.execute("PRAGMA application_id").fetchone()[0]
    layout = db.execute("PRAGMA user_version").fetchone()[0]
    if mark != APPLICATION_ID:
        raise LexiconError(
            f"{path}: not a file of imported people; name another, or make one with "
            "`quotes people import FILE`"
        )
    if layout != LAYOUT:
        raise LexiconError(
            f"{path}: made by another version of quotes; delete it and run "
            "`quotes people import FILE` again"
        )


def folded_by_these_rules(db: sqlite3.Connection) -> bool:
    """Whether the names were filed by the present rules of spelling."""
    row = db.execute("SELECT value FROM setting WHERE name = 'spelling'").fetchone()
    return bool(row) and row[0] == spelling_rules()


def ends_of(names: Iterable[str]) -> set[str]:
    """What full names are filed under; single words are filed under nothing.

    >>> sorted(ends_of(["Robert F. Roe", "Bob Roe", "Bob"]))
    ['bob roe', 'robert roe']
    """
    keys = (key for name in names for key in name_keys(name))
    return {_ends(key) for key in keys if len(key) > 2}


def _ends(key: Key) -> str:
    return f"{key[0]} {key[-2]}"


class ImportedPeople:
    """The people of one imported file, asked lazily; safe to use from several threads.

    Every thread and process has its own connection, read-only.
    """

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            LexiconError: there is no such file, or it is none of imported people, or its
                names were filed by other rules of spelling.
        """
        self.path = path
        self._local = threading.local()
        self._named = lru_cache(maxsize=65536)(self._find_named)
        self._surnamed = lru_cache(maxsize=65536)(self._find_surnamed)
        with explaining(path):
            _check(self._db, path)
            if not folded_by_these_rules(self._db):
                raise LexiconError(
                    f"{path}: the names are filed by an older version's rules of spelling; run "
                    "`quotes people import FILE` again"
                )

    @property
    def _db(self) -> sqlite3.Connection:
        if getattr(self._local, "process", None) != os.getpid():
            uri = f"{self.path.resolve().as_uri()}?mode=ro"
            self._local.db = sqlite3.connect(uri, uri=True, timeout=30)
            self._local.process = os.getpid()
        db: sqlite3.Connection = self._local.db
        return db

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        with explaining(self.path):
            return self._db.execute(sql, values).fetchall()

    def named(self, name: str) -> Person | None:
        """The one person of this full name, or the well-known one of several; see `People`."""
        return self._named(name_keys(name))

    def of_id(self, id_: str) -> Person | None:
        """The person of a Wikidata id or an extract's own."""
        found = self._rows("SELECT number FROM person WHERE id = ?", id_)
        return self._person(found[0][0]) if found else None

    def surnamed(self, surname: str) -> tuple[Person, ...]:
        """The well-known bearer of a surname who leads the others clearly, or nobody."""
        return self._surnamed(surname_key(surname))

    def all_named(self, name: str) -> tuple[Person, ...]:
        """Everyone who may be called so, by full name or surname, best known first."""
        found: list[Any] = self._fitting(name_keys(name))
        if not found and len(fold_name(name)) < 2:
            found = self._rows(
                "SELECT number FROM person WHERE surname = ? "
                "ORDER BY sitelinks DESC, number LIMIT ?",
                surname_key(name),
                _MOST,
            )
        return tuple(self._person(number) for number, *_ in found)

    def holders(self, key: str, day: str, fits: Callable[[Role], bool]) -> tuple[Person, ...]:
        """Persons who held an office on a day; at most `MOST_HOLDERS` of them.

        Args:
            key: the office as `office_key` writes it, whatever it was of.
            day: ISO date; an office without an end counts as held until the extract's day.
            fits: whether a role of this key is the office meant.
        """
        rows = self._rows(
            "SELECT role.person, role, of, start, end FROM role "
            "JOIN person ON person.number = role.person "
            "JOIN source ON source.number = person.source "
            "WHERE key = ? AND start <= ? AND coalesce(end, day) >= ? ORDER BY role.person",
            key,
            day,
            day,
        )
        numbers = dict.fromkeys(number for number, *role in rows if fits(Role(*role)))
        return tuple(map(self._person, list(numbers)[:MOST_HOLDERS]))

    def _find_named(self, keys: tuple[Key, ...]) -> Person | None:
        found = _leading(self._fitting(keys))
        return self._person(found) if found is not None else None

    def _find_surnamed(self, surname: str) -> tuple[Person, ...]:
        rows = self._rows(
            "SELECT number, sitelinks FROM person WHERE surname = ? AND sitelinks > 0 "
            "ORDER BY sitelinks DESC LIMIT 2",
            surname,
        )
        if not rows or rows[0][1] < WELL_KNOWN:
            return ()
        found = _leading(rows)
        return (self._person(found),) if found is not None else ()

    def _fitting(self, keys: tuple[Key, ...]) -> list[tuple[int, int | None]]:
        """Persons of a full name with their sitelinks: word for word, else but for middle names."""
        exact: dict[int, int | None] = {}
        loose: dict[int, int | None] = {}
        for end in sorted({_ends(key) for key in keys if len(key) > 2}):
            for number, sitelinks, name, aliases in self._rows(
                "SELECT number, sitelinks, person.name, aliases FROM name "
                "JOIN person ON number = name.person WHERE ends = ? "
                "ORDER BY sitelinks DESC, number LIMIT ?",
                end,
                _MOST,
            ):
                own = [key for each in (name, *json.loads(aliases)) for key in name_keys(each)]
                if set(own) & set(keys):
                    exact[number] = sitelinks
                elif _differ_in_middles(own, keys):
                    loose[number] = sitelinks
        return list((exact or loose).items())

    def _person(self, number: int) -> Person:
        ((id_, name, aliases, gender, sitelinks, path),) = self._rows(
            "SELECT person.id, name, aliases, gender, sitelinks, path FROM person "
            "JOIN source ON source.number = source WHERE person.number = ?",
            number,
        )
        roles = self._rows(
            "SELECT coalesce(role, role_id), coalesce(of, of_id), start, end FROM role "
            "WHERE person = ? ORDER BY place",
            number,
        )
        return Person(
            name=name,
            aliases=tuple(json.loads(aliases)),
            gender=gender,
            wikidata=id_ if _WIKIDATA_ID.fullmatch(id_) else None,
            roles=tuple(Role(*role) for role in roles),
            file=path,
            sitelinks=sitelinks,
        )


def _differ_in_middles(own: Iterable[Key], keys: Iterable[Key]) -> bool:
    """Whether names of the same ends fit but for middle names, and none of them disagrees."""
    alike = [
        (mine, asked)
        for mine in own
        for asked in keys
        if len(mine) > 2
        and len(asked) > 2
        and _ends(mine) == _ends(asked)
        and mine[-1] == asked[-1]
    ]
    return bool(alike) and all(middles_agree(*pair) for pair in alike)


def _leading(found: list[tuple[int, int | None]]) -> int | None:
    """The one person found, or the one who is well known and leads the next clearly."""
    if len(found) == 1:
        return found[0][0]
    ranked = sorted(found, key=lambda row: (-(row[1] or 0), row[0]))
    if not ranked or (ranked[0][1] or 0) < max(WELL_KNOWN, LEAD * (ranked[1][1] or 0)):
        return None
    return ranked[0][0]
