"""`quotes people import`: an extract of Wikidata of any size into SQLite.

A file of JSON lines comes in (plain, .gz or .bz2; the brackets and trailing commas of
Wikidata's dumps may stay), a file of `people_store` comes out.  Memory does not grow with
the extract: lines are read one by one, written by the thousand, and offices whose ids the
extract explains later are named by reading it again for those ids alone.  A run that was
stopped goes on where it was; the same file again changes nothing; a newer state of it
replaces the older one's persons.  Lines that cannot be read are counted and told, never
fatal.
"""

from __future__ import annotations

import bz2
import gzip
import json
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from quotes.errors import InputError
from quotes.people.given_names import spelling_rules
from quotes.people.imported import ends_of, explaining, folded_by_these_rules, open_store
from quotes.people.persons import surname_key
from quotes.people.wikidata import BadLineError, Found, Label, read_record

BATCH = 2000
"""Lines a transaction: what a run that is killed does again."""

_LONGEST_LINE = 1 << 26
"""Bytes; Wikidata's longest entities have some millions.  Longer lines are skipped."""

_PASSES = 3
"""Readings of the file at most: persons; names of their offices; of what those offices are."""

BadLineReport = Callable[[int, str], None]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did.

    Attributes:
        lines: lines of the file.
        persons: persons of this file now in the store.
        bad: lines that could not be read.
        skipped: lines that are neither person nor office nor place.
        undated: positions left out, for nobody knows when they were held.
        unnamed: ids of offices and places that the extract does not explain, kept as ids.
        unchanged: the very file had been imported.
    """

    lines: int
    persons: int
    bad: int
    skipped: int
    undated: int
    unnamed: int
    unchanged: bool = False


def import_people(
    file: Path,
    to: Path,
    *,
    bad_line: BadLineReport | None = None,
    progress: Progress | None = None,
) -> ImportSummary:
    """Read an extract into the store at `to`, made if need be.

    Args:
        file: JSON lines as `quotes.people.wikidata` reads them.
        bad_line: told of each line that cannot be read: its number and what is wrong.
        progress: told of the number of lines read, now and then.

    Raises:
        InputError: the file cannot be read, or breaks off in the middle of its compression.
        LexiconError: the store cannot be written.
    """
    with explaining(to), closing(open_store(to)) as db:
        _refile(db)
        run = _begin(db, file)
        if run.done:
            return _summary(db, run, unchanged=True)
        _Reading(db, file, run, bad_line, progress).persons()
        _name_offices(db, file)
        _finish(db, run)
        summary = _summary(db, run)
        with suppress(sqlite3.OperationalError):  # others are reading: it works as it is
            db.execute("PRAGMA journal_mode = DELETE")
    return summary


@dataclass(frozen=True, slots=True)
class _Run:
    """One reading of a source; rows of an older `number` are swept at its end."""

    source: int
    number: int
    lines: int
    done: bool


def _begin(db: sqlite3.Connection, file: Path) -> _Run:
    """The source's row: a new one, the stopped one to go on with, or that of a changed file."""
    try:
        stat = file.stat()
    except OSError as error:
        raise InputError(f"{file}: {error.strerror or error}; check the path") from error
    day = datetime.fromtimestamp(stat.st_mtime, UTC).date().isoformat()
    path = str(file.resolve())
    row = db.execute(
        "SELECT number, run, lines, done, size, changed FROM source WHERE path = ?", (path,)
    ).fetchone()
    if row and row[4:] == (stat.st_size, stat.st_mtime_ns):
        return _Run(row[0], row[1], row[2], bool(row[3]))
    db.execute(
        "INSERT INTO source (path, size, changed, day, run, lines) VALUES (?, ?, ?, ?, 1, 0) "
        "ON CONFLICT (path) DO UPDATE SET size = excluded.size, changed = excluded.changed, "
        "day = excluded.day, run = run + 1, lines = 0, bad = 0, skipped = 0, undated = 0, done = 0",
        (path, stat.st_size, stat.st_mtime_ns, day),
    )
    number, run = db.execute("SELECT number, run FROM source WHERE path = ?", (path,)).fetchone()
    return _Run(number, run, 0, done=False)


# Lines


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked by what its beginning says it is."""
    try:
        with file.open("rb") as raw:
            start = raw.peek(3)[:3]
            if start[:2] == b"\x1f\x8b":
                yield cast(BinaryIO, gzip.GzipFile(fileobj=raw))
            elif start == b"BZh":
                yield cast(BinaryIO, bz2.BZ2File(raw))
            else:
                yield raw
    except (OSError, EOFError, zlib.error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            reason = error.strerror or str(error)
            raise InputError(f"{file}: {reason}; check the path and permissions") from error
        raise InputError(
            f"{file}: the compressed file breaks off or is damaged ({error}); fetch it again"
        ) from error


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines without end marks; one that is too long comes as its beginning only."""
    while line := stream.readline(_LONGEST_LINE):
        rest = line
        while len(rest) == _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(_LONGEST_LINE)
        yield line.strip()


def _decoded(line: bytes) -> Found | Label | None:
    if len(line) >= _LONGEST_LINE:
        raise BadLineError("too long")
    try:
        record = json.loads(line.rstrip(b","))
    except (ValueError, RecursionError) as error:
        raise BadLineError(f"no JSON: {error}") from error
    return read_record(record)


_EMPTY = frozenset({b"", b"[", b"]", b",", b"\xef\xbb\xbf"})


class _Reading:
    """The first pass: persons, and the names of offices whose persons came before them."""

    def __init__(
        self,
        db: sqlite3.Connection,
        file: Path,
        run: _Run,
        bad_line: BadLineReport | None,
        progress: Progress | None,
    ) -> None:
        self._db, self._file, self._run = db, file, run
        self._bad_line, self._progress = bad_line, progress
        self._bad = self._skipped = self._undated = 0

    def persons(self) -> None:
        """Read from the first line not yet dealt with to the last, in transactions."""
        with _opened(self._file) as stream:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                number = 0
                for number, line in enumerate(_lines(stream), start=1):
                    if number > self._run.lines:
                        self._line(number, line)
                        if number % BATCH == 0:
                            self._save(number)
                            self._db.execute("BEGIN IMMEDIATE")
                self._save(number)
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _line(self, number: int, line: bytes) -> None:
        if line in _EMPTY:
            return
        try:
            found = _decoded(line)
        except BadLineError as error:
            self._bad += 1
            if self._bad_line:
                self._bad_line(number, str(error))
            return
        if isinstance(found, Found):
            self._undated += found.undated
            _write_person(self._db, found, self._run)
        elif isinstance(found, Label):
            _write_label(self._db, found)
        else:
            self._skipped += 1

    def _save(self, lines: int) -> None:
        self._db.execute(
            "UPDATE source SET lines = ?, bad = bad + ?, skipped = skipped + ?, "
            "undated = undated + ? WHERE number = ?",
            (lines, self._bad, self._skipped, self._undated, self._run.source),
        )
        self._db.execute("COMMIT")
        self._bad = self._skipped = self._undated = 0
        if self._progress:
            self._progress(lines)


# Rows


def _write_person(db: sqlite3.Connection, found: Found, run: _Run) -> None:
    """A person's rows, in place of those of the same id."""
    names = [found.name, *found.aliases]
    number = _cleared(db, found.id)
    db.execute(
        "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            found.id,
            found.name,
            json.dumps(found.aliases, ensure_ascii=False),
            found.gender,
            found.sitelinks,
            surname_key(found.name),
            run.source,
            run.number,
        ),
    )
    if number is None:
        number = db.execute("SELECT last_insert_rowid()").fetchone()[0]
    db.executemany("INSERT INTO name VALUES (?, ?)", [(ends, number) for ends in ends_of(names)])
    for place, role in enumerate(found.roles):
        values = (role.role, role.role_id, role.of, role.of_id, role.start, role.end)
        db.execute(
            "INSERT INTO role VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", (number, place, *values)
        )
        _expect(db, role.role_id, role.of_id)


def _cleared(db: sqlite3.Connection, id_: str) -> int | None:
    """The number of the person of this id, whose rows are gone; None if there was none."""
    row = db.execute("SELECT number, name, aliases FROM person WHERE id = ?", (id_,)).fetchone()
    if row is None:
        return None
    number: int = row[0]
    for ends in ends_of([row[1], *json.loads(row[2])]):
        db.execute("DELETE FROM name WHERE ends = ? AND person = ?", (ends, number))
    db.execute("DELETE FROM role WHERE person = ?", (number,))
    db.execute("DELETE FROM person WHERE number = ?", (number,))
    return number


def _expect(db: sqlite3.Connection, *ids: str | None) -> None:
    """Note ids whose names the extract may tell."""
    for id_ in ids:
        if id_ is not None:
            db.execute("INSERT OR IGNORE INTO label (id) VALUES (?)", (id_,))


def _write_label(db: sqlite3.Connection, label: Label) -> bool:
    """Name an office or a place that somebody's role speaks of; whether one does."""
    changed = db.execute(
        "UPDATE label SET name = ?, of_id = ? WHERE id = ?", (label.name, label.of_id, label.id)
    ).rowcount
    if changed:
        _expect(db, label.of_id)
    return bool(changed)


_TOP_ID = re.compile(rb'\{\s*(?:"type"\s*:\s*"item"\s*,\s*)?"id"\s*:\s*"(Q\d+)"')
"""The id where an entity begins with it, as in the dumps: enough to pass over its line."""


def _name_offices(db: sqlite3.Connection, file: Path) -> None:
    """Read the file again for the names still missing, while that finds any."""
    for _ in range(_PASSES - 1):
        if not _missing(db):
            return
        with _opened(file) as stream:
            db.execute("BEGIN IMMEDIATE")
            named = sum(_name_office(db, line) for line in _lines(stream))
            db.execute("COMMIT")
        if not named:
            return


def _name_office(db: sqlite3.Connection, line: bytes) -> bool:
    """Whether this line gave a missing name."""
    match = _TOP_ID.match(line)
    if line in _EMPTY or (match and not _is_missing(db, match.group(1).decode())):
        return False
    try:
        found = _decoded(line)
    except BadLineError:
        return False  # told in the first pass
    if not isinstance(found, Label) or not _is_missing(db, found.id):
        return False
    return _write_label(db, found)


def _missing(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM label WHERE name IS NULL").fetchone()[0])


def _is_missing(db: sqlite3.Connection, id_: str) -> bool:
    row = db.execute("SELECT 1 FROM label WHERE id = ? AND name IS NULL", (id_,)).fetchone()
    return row is not None


def _finish(db: sqlite3.Connection, run: _Run) -> None:
    """Sweep whom a newer state of the file lacks, and write the names of offices in."""
    db.execute("BEGIN IMMEDIATE")
    gone = db.execute(
        "SELECT id FROM person WHERE source = ? AND run < ?", (run.source, run.number)
    ).fetchall()
    for (id_,) in gone:
        _cleared(db, id_)
    db.execute(
        "UPDATE role SET role = (SELECT name FROM label WHERE id = role_id), "
        "of = (SELECT name FROM label WHERE id = coalesce(role.of_id, "
        "(SELECT label.of_id FROM label WHERE id = role_id))) WHERE role_id IS NOT NULL"
    )
    db.execute("UPDATE role SET key = office_key(role, of) WHERE role IS NOT NULL")
    db.execute("UPDATE source SET done = 1 WHERE number = ?", (run.source,))
    db.execute("COMMIT")


def _refile(db: sqlite3.Connection) -> None:
    """File all persons anew where the rules of spelling have changed since."""
    if folded_by_these_rules(db):
        return
    db.execute("BEGIN IMMEDIATE")
    db.execute("DELETE FROM name")
    persons = db.execute("SELECT number, name, aliases FROM person ORDER BY number")
    for number, name, aliases in persons:
        names = [name, *json.loads(aliases)]
        db.execute("UPDATE person SET surname = ? WHERE number = ?", (surname_key(name), number))
        filed = [(ends, number) for ends in ends_of(names)]
        db.executemany("INSERT INTO name VALUES (?, ?)", filed)
    db.execute("UPDATE role SET key = office_key(role, of) WHERE role IS NOT NULL")
    db.execute("REPLACE INTO setting VALUES ('spelling', ?)", (spelling_rules(),))
    db.execute("COMMIT")


def _summary(db: sqlite3.Connection, run: _Run, *, unchanged: bool = False) -> ImportSummary:
    lines, bad, skipped, undated = db.execute(
        "SELECT lines, bad, skipped, undated FROM source WHERE number = ?", (run.source,)
    ).fetchone()
    persons = db.execute("SELECT count(*) FROM person WHERE source = ?", (run.source,)).fetchone()[
        0
    ]
    return ImportSummary(lines, persons, bad, skipped, undated, _missing(db), unchanged)
