"""`quotes people import`: an extract of Wikidata of any size into SQLite.

A file of JSON lines comes in (plain, .gz or .bz2; the brackets and trailing commas of
Wikidata's dumps may stay), a file that `ImportedPeople` asks goes out.  Memory does not grow
with the extract: lines are read one by one and written by the thousand; offices whose ids the
extract explains later are named by reading it again for those ids alone.  A run that was
stopped goes on where it was; the same file again changes nothing; a newer state of it
replaces the older one's persons.  A line that cannot be read is counted and reported and
stops nothing.

Wikidata's own form is that of its dumps and of ``Special:EntityData``: ``labels``,
``aliases``, ``sitelinks`` and ``claims``, of which P31 (is Q5, a human), P21 (gender), P39
(positions, with P580 and P582 for the days and P642 or P768 for of what) and P570 (death,
which ends every office) are read; a position's own P1001 says of what it is.  The simple form
is ::

    {"id": "Q1", "name": "Jane Roe", "aliases": ["J. Roe"], "gender": "female",
     "sitelinks": 12,
     "roles": [{"role": "Governor", "of": "Ohio", "from": "2011-01-10", "to": "2019-01-14"}]}

of which only ``id`` and ``name`` must be there.  Days may be years or months: an office
began on the first and ended on the last day of them.
"""

from __future__ import annotations

import bz2
import calendar
import gzip
import json
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from quotes.errors import InputError
from quotes.index.opening import transaction
from quotes.people.imported import ends_of, explaining, folded_by_these_rules, open_store
from quotes.people.persons import surname_key
from quotes.people.spelling import Gender, plain, spelling_rules

BATCH = 2000
"""Lines per transaction: what a run that is killed does again."""

_LONGEST_LINE = 1 << 26
"""Bytes; Wikidata's longest entities have some millions.  Longer lines are skipped."""

_PASSES = 3
"""Readings of the file at most: persons; names of their offices; of what those offices are."""

_HUMAN = "Q5"
_GENDERS: Mapping[str, Gender] = {
    "Q6581097": "male",
    "Q2449503": "male",
    "Q6581072": "female",
    "Q1052281": "female",
}
_LANGUAGES = ("en", "en-us", "en-gb", "en-ca", "mul")
_OTHER_LANGUAGES = ("de", "fr", "es", "it", "nl", "pl", "pt", "sv", "cs", "tr")
"""Whose spelling will do where there is no English one: those in Latin letters."""

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$")
_IN_CLAIM = re.compile(r"([+-])(\d{4,})-(\d\d)-(\d\d)T")
_BEFORE_ALL = "0001-01-01"

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
        undated: positions skipped because the line does not say when they were held.
        unnamed: ids of offices and places that the extract does not explain, kept as ids.
        unchanged: this very file had been imported before.
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
        file: JSON lines in one of the two forms above.
        bad_line: called for each line that cannot be read, with its number and what is wrong.
        progress: called now and then with the number of lines read.

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
        raise BadLineError(f"not JSON: {error}") from error
    return read_record(record)


_EMPTY = frozenset({b"", b"[", b"]", b",", b"\xef\xbb\xbf"})


@dataclass(slots=True)
class _Reading:
    """The first pass: persons, and the names of offices whose persons came before them."""

    db: sqlite3.Connection
    file: Path
    run: _Run
    bad_line: BadLineReport | None
    progress: Progress | None
    bad: int = 0
    skipped: int = 0
    undated: int = 0

    def persons(self) -> None:
        """Read from the first line not yet dealt with to the last, in transactions."""
        with _opened(self.file) as stream:
            number, more = self.run.lines, True
            lines = islice(enumerate(_lines(stream), start=1), number, None)
            while more:
                with transaction(self.db):
                    more = False
                    for number, line in islice(lines, BATCH):
                        self._line(line, number)
                        more = True
                    self._save(number)
                if self.progress:
                    self.progress(number)

    def _line(self, line: bytes, number: int) -> None:
        if line in _EMPTY:
            return
        try:
            found = _decoded(line)
        except BadLineError as error:
            self.bad += 1
            if self.bad_line:
                self.bad_line(number, str(error))
            return
        if isinstance(found, Found):
            self.undated += found.undated
            _write_person(self.db, found, self.run)
        elif isinstance(found, Label):
            _write_label(self.db, found)
        else:
            self.skipped += 1

    def _save(self, lines: int) -> None:
        self.db.execute(
            "UPDATE source SET lines = ?, bad = bad + ?, skipped = skipped + ?, "
            "undated = undated + ? WHERE number = ?",
            (lines, self.bad, self.skipped, self.undated, self.run.source),
        )
        self.bad = self.skipped = self.undated = 0


# Rows


def _write_person(db: sqlite3.Connection, found: Found, run: _Run) -> None:
    """A person's rows, in place of those of the same id."""
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
    _file(db, number, [found.name, *found.aliases])
    for place, role in enumerate(found.roles):
        db.execute("INSERT INTO role VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", (number, place, *role))
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
        with _opened(file) as stream, transaction(db):
            named = sum(_name_office(db, line) for line in _lines(stream))
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
        return False  # reported in the first pass
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
    with transaction(db):
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


def _refile(db: sqlite3.Connection) -> None:
    """File all persons again where the rules of spelling have changed since."""
    if folded_by_these_rules(db):
        return
    with transaction(db):
        db.execute("DELETE FROM name")
        persons = db.execute("SELECT number, name, aliases FROM person ORDER BY number")
        for number, name, aliases in persons:
            surname = surname_key(name)
            db.execute("UPDATE person SET surname = ? WHERE number = ?", (surname, number))
            _file(db, number, [name, *json.loads(aliases)])
        db.execute("UPDATE role SET key = office_key(role, of) WHERE role IS NOT NULL")
        db.execute("REPLACE INTO setting VALUES ('spelling', ?)", (spelling_rules(),))


def _file(db: sqlite3.Connection, number: int, names: list[str]) -> None:
    """File a person under all names."""
    filed = [(ends, number) for ends in ends_of(names)]
    db.executemany("INSERT INTO name VALUES (?, ?)", filed)


def _summary(db: sqlite3.Connection, run: _Run, *, unchanged: bool = False) -> ImportSummary:
    lines, bad, skipped, undated = db.execute(
        "SELECT lines, bad, skipped, undated FROM source WHERE number = ?", (run.source,)
    ).fetchone()
    persons = db.execute("SELECT count(*) FROM person WHERE source = ?", (run.source,)).fetchone()[
        0
    ]
    return ImportSummary(lines, persons, bad, skipped, undated, _missing(db), unchanged)


# One line


class BadLineError(ValueError):
    """What is wrong with a line, in a few words for people."""


class FoundRole(NamedTuple):
    """An office as the line has it: names, or ids of other entities of the extract."""

    role: str | None
    role_id: str | None
    of: str | None
    of_id: str | None
    start: str | None
    end: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A person of the extract; `undated` offices have neither beginning nor end."""

    id: str
    name: str
    aliases: tuple[str, ...]
    gender: Gender | None
    sitelinks: int | None
    roles: tuple[FoundRole, ...]
    undated: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """An entity that is not a person: its name, and of what it is an office, if it is one."""

    id: str
    name: str
    of_id: str | None


def read_record(record: Any) -> Found | Label | None:
    """The person or the label of a line's object; None if it is neither (a property, nameless).

    Raises:
        BadLineError: the line has not what it must have.

    >>> read_record({"id": "Q1", "name": "Jane Roe"}).name
    'Jane Roe'
    """
    if not isinstance(record, dict):
        raise BadLineError("not a JSON object")
    id_ = record.get("id")
    if not isinstance(id_, str) or not id_:
        raise BadLineError("no `id`")
    if "claims" in record or "labels" in record:
        return _entity(id_, record)
    return _flat(id_, record)


# The simple form


def _flat(id_: str, record: Mapping[str, Any]) -> Found:
    name, aliases = record.get("name"), record.get("aliases") or []
    if not isinstance(name, str) or not plain(name).strip():
        raise BadLineError("no `name`")
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        raise BadLineError("`aliases` is not a list of names")
    gender, links = record.get("gender"), record.get("sitelinks")
    if gender not in (None, "", "male", "female"):
        raise BadLineError(f'`gender` is {gender!r}, not "male" or "female"')
    if not isinstance(links, int | None) or isinstance(links, bool):
        raise BadLineError("`sitelinks` is not a number")
    roles = record.get("roles") or []
    if not isinstance(roles, list):
        raise BadLineError("`roles` is not a list")
    own = _others(aliases, name)
    return Found(id_, name, own, gender or None, links, tuple(map(_flat_role, roles)))


def _flat_role(role: Any) -> FoundRole:
    if not isinstance(role, dict) or not isinstance(role.get("role"), str) or not role["role"]:
        raise BadLineError("an office without `role`")
    of = role.get("of")
    if not isinstance(of, str | None):
        raise BadLineError("`of` is not text")
    start, end = _flat_day(role, "from"), _flat_day(role, "to", last=True)
    return FoundRole(role["role"], None, of or None, None, start, end)


def _flat_day(role: Mapping[str, Any], key: str, *, last: bool = False) -> str | None:
    value = role.get(key)
    if value in (None, ""):
        return None
    match = _DAY.match(value) if isinstance(value, str) else None
    day = _day(match.groups(), last=last) if match else None
    if day is None:
        raise BadLineError(f"`{key}` is {value!r}, not a day such as 2025-01-28")
    return day


def _day(parts: tuple[Any, ...], *, last: bool) -> str | None:
    """An ISO day of year, month and day, of which the latter may be missing or 0."""
    year, month, day = (int(part or 0) for part in parts)
    month_known = month > 0
    month = month or (12 if last else 1)
    if not 1 <= year <= 9999 or not 1 <= month <= 12:
        return None
    longest = calendar.monthrange(year, month)[1]
    day = (day if month_known else 0) or (longest if last else 1)
    return f"{year:04}-{month:02}-{day:02}" if day <= longest else None


def _others(names: list[str], name: str) -> tuple[str, ...]:
    """Each other name once, in order."""
    return tuple(dict.fromkeys(other for other in names if other.strip() and other != name))


# Wikidata's form


def _entity(id_: str, record: Mapping[str, Any]) -> Found | Label | None:
    labels = record.get("labels") or {}
    claims = record.get("claims") or {}
    if not isinstance(labels, dict) or not isinstance(claims, dict):
        raise BadLineError("`labels` or `claims` is not an object")
    name = _label(labels, _LANGUAGES) or _label(labels, _OTHER_LANGUAGES)
    if name is None or not id_.startswith("Q"):
        return None
    if _HUMAN not in _ids(claims, "P31"):
        return Label(id_, name, next(_ids(claims, "P1001"), None))
    if not plain(name).strip():
        return None
    roles = list(_positions(claims))
    dated = tuple(role for role in roles if role.start or role.end)
    gender = next((_GENDERS[id_] for id_ in _ids(claims, "P21") if id_ in _GENDERS), None)
    links = record.get("sitelinks")
    return Found(
        id_,
        name,
        _others(list(_aliases(record, labels)), name),
        gender,
        len(links) if isinstance(links, dict) else None,
        dated,
        len(roles) - len(dated),
    )


def _label(labels: Mapping[str, Any], languages: tuple[str, ...]) -> str | None:
    return next(filter(None, (_words(labels.get(language)) for language in languages)), None)


def _words(label: Any) -> str:
    value = label.get("value") if isinstance(label, dict) else None
    return value if isinstance(value, str) else ""


def _aliases(record: Mapping[str, Any], labels: Mapping[str, Any]) -> Iterator[str]:
    """Other English spellings and aliases."""
    yield from (_words(labels.get(language)) for language in _LANGUAGES)
    aliases = record.get("aliases")
    for language in _LANGUAGES:
        listed = aliases.get(language) if isinstance(aliases, dict) else None
        yield from map(_words, listed if isinstance(listed, list) else ())


def _statements(claims: Mapping[str, Any], property_: str) -> Iterator[Mapping[str, Any]]:
    """The statements of a property but for those withdrawn; preferred ones come first."""
    listed = claims.get(property_)
    known = [
        statement
        for statement in (listed if isinstance(listed, list) else ())
        if isinstance(statement, dict) and statement.get("rank") != "deprecated"
    ]
    yield from sorted(known, key=lambda statement: statement.get("rank") != "preferred")


def _ids(claims: Mapping[str, Any], property_: str) -> Iterator[str]:
    yield from filter(None, (_id(s.get("mainsnak")) for s in _statements(claims, property_)))


def _value(snak: Any) -> Any:
    data = snak.get("datavalue") if isinstance(snak, dict) else None
    return data.get("value") if isinstance(data, dict) else None


def _id(snak: Any) -> str | None:
    value = _value(snak)
    id_ = value.get("id") if isinstance(value, dict) else None
    return id_ if isinstance(id_, str) else None


def _positions(claims: Mapping[str, Any]) -> Iterator[FoundRole]:
    """The positions held; death ends those that have no other end."""
    deaths = [_claim_day(s.get("mainsnak"), last=True) for s in _statements(claims, "P570")]
    death = next((day for day in deaths if day), None)
    for statement in _statements(claims, "P39"):
        position = _id(statement.get("mainsnak"))
        if position is None:
            continue
        qualifiers = statement.get("qualifiers")
        qualifiers = qualifiers if isinstance(qualifiers, dict) else {}
        start = _qualified_day(qualifiers, "P580", last=False)
        end = _qualified_day(qualifiers, "P582", last=True)
        if end == _BEFORE_ALL:
            end = start or end
        elif end is None and death and (start is None or start <= death):
            end = death
        of_id = _qualified_id(qualifiers, "P642") or _qualified_id(qualifiers, "P768")
        yield FoundRole(None, position, None, of_id, start, end)


def _qualified_id(qualifiers: Mapping[str, Any], property_: str) -> str | None:
    return next(filter(None, map(_id, qualifiers.get(property_) or ())), None)


def _qualified_day(qualifiers: Mapping[str, Any], property_: str, *, last: bool) -> str | None:
    """The day of a qualifier; one whose value nobody knows is over: before all days."""
    for snak in qualifiers.get(property_) or ():
        if isinstance(snak, dict) and snak.get("snaktype") == "somevalue":
            return _BEFORE_ALL if last else None
        return _claim_day(snak, last=last)
    return None


def _claim_day(snak: Any, *, last: bool) -> str | None:
    """The day of a time value, "+2019-05-20T00:00:00Z" with its precision."""
    value = _value(snak)
    if not isinstance(value, dict) or not isinstance(value.get("time"), str):
        return None
    match = _IN_CLAIM.match(value["time"])
    precision = value.get("precision", 11)
    if match is None or not isinstance(precision, int) or precision < 9:
        return _BEFORE_ALL if last else None
    sign, year, month, day = match.groups()
    if sign == "-" or len(year) > 4:
        return _BEFORE_ALL
    parts = (year, month if precision > 9 else "0", day if precision > 10 else "0")
    return _day(parts, last=last)
