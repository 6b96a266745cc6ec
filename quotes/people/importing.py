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
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from quotes.errors import InputError
from quotes.index.opening import select, transaction
from quotes.people import known
from quotes.people.persons import office_key, surname_key
from quotes.people.spelling import Gender, plain, spelling_rules

BATCH = 2000  # lines per transaction: what a run that is killed does again
_LONGEST_LINE = 1 << 26  # bytes; longer lines are skipped: the longest entities have millions
_PASSES = 3  # readings of the file: persons; names of their offices; of what those offices are

_HUMAN = "Q5"
_GENDERS: Mapping[str, Gender] = {
    "Q6581097": "male",
    "Q2449503": "male",
    "Q6581072": "female",
    "Q1052281": "female",
}
_LANGUAGES = ("en", "en-us", "en-gb", "en-ca", "mul")
# Those in Latin letters, whose spelling will do where there is no English one:
_OTHER_LANGUAGES = ("de", "fr", "es", "it", "nl", "pl", "pt", "sv", "cs", "tr")
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$")
_IN_CLAIM = re.compile(r"([+-])(\d{4,})-(\d\d)-(\d\d)T")
_BEFORE_ALL = "0001-01-01"
_HALF = re.compile("[\ud800-\udfff]")
_LARGEST = 1 << 63  # SQLite's integers end there

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


BadLineReport = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did.

    Attributes:
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
    progress: Callable[[int], None] | None = None,
) -> ImportSummary:
    """Read an extract into the store at `to`, made if need be; see `quotes.api.import_people`.

    Raises:
        InputError: the file cannot be read, or breaks off in the middle of its compression.
        LexiconError: the store cannot be written.
    """
    with known.explaining(to), closing(_open_store(to)) as db:
        _refile(db)
        run = _begin(db, file)
        if not run.done:
            _read_persons(db, file, run, bad_line, progress)
            _name_offices(db, file)
            _finish(db, run)
        told = select(
            db,
            """SELECT lines, bad, skipped, undated,
                (SELECT count(*) FROM person WHERE source = source.number) AS persons,
                (SELECT count(*) FROM label WHERE name IS NULL) AS unnamed
            FROM source WHERE number = ?""",
            (run.source,),
        ).fetchone()
        if not run.done:
            with suppress(sqlite3.OperationalError):  # others are reading: it works as it is
                db.execute("PRAGMA journal_mode = DELETE")
    return ImportSummary(**told, unchanged=bool(run.done))


def _open_store(path: Path) -> sqlite3.Connection:
    """The file at `path` for writing, made if need be; another program's is refused."""
    db = sqlite3.connect(path, isolation_level=None, timeout=30)
    if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
        db.executescript(
            f"PRAGMA application_id = {known.APPLICATION_ID}; PRAGMA user_version = {known.LAYOUT};"
            f"BEGIN; {_TABLES} COMMIT;"
        )
        db.execute("INSERT INTO setting VALUES ('spelling', ?)", (spelling_rules(),))
    known.check_store(db, path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.create_function("office_key", 2, office_key, deterministic=True)
    return db


class _Run(NamedTuple):
    """A source's reading of this `number`; persons of an older one are swept at its end."""

    source: int
    number: int
    lines: int
    done: int


def _begin(db: sqlite3.Connection, file: Path) -> _Run:
    """The source's row: a new one, the stopped one to go on with, or that of a changed file."""
    try:
        stat = file.stat()
    except OSError as error:
        raise InputError(f"{file}: {error.strerror or error}; check the path") from error
    day = datetime.fromtimestamp(stat.st_mtime, UTC).date().isoformat()
    path = str(file.resolve())
    db.execute(
        "INSERT INTO source (path, size, changed, day, run, lines) VALUES (?, ?, ?, ?, 1, 0) "
        "ON CONFLICT (path) DO UPDATE SET size = excluded.size, changed = excluded.changed, "
        "day = excluded.day, run = run + 1, lines = 0, bad = 0, skipped = 0, undated = 0, done = 0 "
        "WHERE size != excluded.size OR changed != excluded.changed",
        (path, stat.st_size, stat.st_mtime_ns, day),
    )
    run = db.execute("SELECT number, run, lines, done FROM source WHERE path = ?", (path,))
    return _Run(*run.fetchone())


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


_EMPTY = frozenset({b"", b"[", b"]", b",", b"\xef\xbb\xbf"})


def _read_persons(
    db: sqlite3.Connection,
    file: Path,
    run: _Run,
    bad_line: BadLineReport | None,
    progress: Callable[[int], None] | None,
) -> None:
    """Read from the first line not yet dealt with to the last, in transactions."""
    with _opened(file) as stream:
        number, more = run.lines, True
        lines = islice(enumerate(_lines(stream), start=1), number, None)
        while more:
            more, counts = False, Counter[str]()
            with transaction(db):
                for number, line in islice(lines, BATCH):
                    more = True
                    try:
                        counts.update(_take_in(db, line, run))
                    except BadLineError as error:
                        counts["bad"] += 1
                        if bad_line:
                            bad_line(number, str(error))
                db.execute(
                    "UPDATE source SET lines = ?, bad = bad + ?, skipped = skipped + ?, "
                    "undated = undated + ? WHERE number = ?",
                    (number, counts["bad"], counts["skipped"], counts["undated"], run.source),
                )
            if progress:
                progress(number)


def _take_in(db: sqlite3.Connection, line: bytes, run: _Run) -> dict[str, int]:
    """Write the person or the name of an office that a line has; what of it was left out."""
    if line in _EMPTY:
        return {}
    found = _decoded(line)
    if isinstance(found, Found):
        _write_person(db, found, run)
        return {"undated": found.undated}
    if isinstance(found, Label):
        _write_label(db, found)
    return {"skipped": found is None}


# Rows


def _write_person(db: sqlite3.Connection, found: Found, run: _Run) -> None:
    """A person's rows, in place of those of the same id."""
    aliases = json.dumps(found.aliases, ensure_ascii=False)
    facts = (found.id, found.name, aliases, found.gender, found.sitelinks, surname_key(found.name))
    inserted = db.execute(
        "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (_cleared(db, found.id), *facts, run.source, run.number),
    )
    number = inserted.lastrowid or 0
    _file(db, number, found.name, found.aliases)
    for place, role in enumerate(found.roles):
        db.execute("INSERT INTO role VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", (number, place, *role))
        _expect(db, role.role_id, role.of_id)


def _cleared(db: sqlite3.Connection, id_: str) -> int | None:
    """The number of the person of this id, whose rows are gone; None if there was none."""
    row = db.execute("SELECT number, name, aliases FROM person WHERE id = ?", (id_,)).fetchone()
    if row is None:
        return None
    number: int = row[0]
    filed = [(ends, number) for ends in known.ends_of([row[1], *json.loads(row[2])])]
    db.executemany("DELETE FROM name WHERE ends = ? AND person = ?", filed)
    db.execute("DELETE FROM role WHERE person = ?", (number,))
    db.execute("DELETE FROM person WHERE number = ?", (number,))
    return number


def _expect(db: sqlite3.Connection, *ids: str | None) -> None:
    """Note ids whose names the extract may tell."""
    told = [(id_,) for id_ in ids if id_]
    db.executemany("INSERT OR IGNORE INTO label (id) VALUES (?)", told)


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
        if not db.execute("SELECT 1 FROM label WHERE name IS NULL LIMIT 1").fetchone():
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
    with suppress(BadLineError):  # reported in the first pass
        found = _decoded(line)
        return isinstance(found, Label) and _is_missing(db, found.id) and _write_label(db, found)
    return False


def _is_missing(db: sqlite3.Connection, id_: str) -> bool:
    row = db.execute("SELECT 1 FROM label WHERE id = ? AND name IS NULL", (id_,)).fetchone()
    return row is not None


def _finish(db: sqlite3.Connection, run: _Run) -> None:
    """Sweep whom a newer state of the file lacks, and write the names of offices in."""
    with transaction(db):
        for (gone,) in db.execute(
            "SELECT id FROM person WHERE source = ? AND run < ?", (run.source, run.number)
        ).fetchall():
            _cleared(db, gone)
        db.execute(
            "UPDATE role SET role = (SELECT name FROM label WHERE id = role_id), "
            "of = (SELECT name FROM label WHERE id = coalesce(role.of_id, "
            "(SELECT label.of_id FROM label WHERE id = role_id))) WHERE role_id IS NOT NULL"
        )
        db.execute("UPDATE role SET key = office_key(role, of) WHERE role IS NOT NULL")
        db.execute("UPDATE source SET done = 1 WHERE number = ?", (run.source,))


def _refile(db: sqlite3.Connection) -> None:
    """File all persons again where the rules of spelling have changed since."""
    if known.folded_by_these_rules(db):
        return
    with transaction(db):
        db.execute("DELETE FROM name")
        persons = db.execute("SELECT number, name, aliases FROM person ORDER BY number")
        for number, name, aliases in persons:
            surname = surname_key(name)
            db.execute("UPDATE person SET surname = ? WHERE number = ?", (surname, number))
            _file(db, number, name, json.loads(aliases))
        db.execute("UPDATE role SET key = office_key(role, of) WHERE role IS NOT NULL")
        db.execute("REPLACE INTO setting VALUES ('spelling', ?)", (spelling_rules(),))


def _file(db: sqlite3.Connection, number: int, name: str, aliases: Sequence[str]) -> None:
    """File a person under all names."""
    filed = [(ends, number) for ends in known.ends_of([name, *aliases])]
    db.executemany("INSERT INTO name VALUES (?, ?)", filed)


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


class Found(NamedTuple):
    """A person of the extract; `undated` offices have neither beginning nor end."""

    id: str
    name: str
    aliases: tuple[str, ...]
    gender: Gender | None
    sitelinks: int | None
    roles: tuple[FoundRole, ...]
    undated: int = 0


class Label(NamedTuple):
    """An entity that is not a person: its name, and of what it is an office, if it is one."""

    id: str
    name: str
    of_id: str | None


def _decoded(line: bytes) -> Found | Label | None:
    """The person or the label of a line; None if it is neither (a property, nameless)."""
    _need(len(line) < _LONGEST_LINE, "too long")
    try:
        record = json.loads(line.rstrip(b","))
    except (ValueError, RecursionError) as error:
        raise BadLineError(f"not JSON: {error}") from error
    _need(isinstance(record, dict), "not a JSON object")
    halves = b"\\u" in line and _HALF.search(json.dumps(record, ensure_ascii=False))
    _need(not halves, "half of a surrogate pair")
    id_ = record.get("id")
    _need(isinstance(id_, str) and id_, "no `id`")
    return (_entity if "claims" in record or "labels" in record else _flat)(id_, record)


def _need(holds: object, wrong: str) -> None:
    """Refuse a line for which something does not hold."""
    if not holds:
        raise BadLineError(wrong)


# The simple form


def _flat(id_: str, record: Any) -> Found:
    name, gender, links = record.get("name"), record.get("gender"), record.get("sitelinks")
    aliases, roles = record.get("aliases") or [], record.get("roles") or []
    _need(isinstance(name, str) and plain(name).strip(), "no `name`")
    listed = isinstance(aliases, list) and all(isinstance(alias, str) for alias in aliases)
    _need(listed, "`aliases` is not a list of names")
    _need(gender in (None, "", "male", "female"), f'`gender` is {gender!r}, not "male" or "female"')
    whole = links is None or (type(links) is int and 0 <= links < _LARGEST)
    _need(whole, "`sitelinks` is not a number")
    _need(isinstance(roles, list), "`roles` is not a list")
    own = _others(aliases, name)
    return Found(id_, name, own, gender or None, links, tuple(map(_flat_role, roles)))


def _flat_role(role: Any) -> FoundRole:
    name, of = _under(role, "role"), _under(role, "of")
    _need(isinstance(name, str) and name, "an office without `role`")
    _need(isinstance(of, str | None), "`of` is not text")
    start, end = _flat_day(role, "from"), _flat_day(role, "to", last=True)
    return FoundRole(name, None, of or None, None, start, end)


def _flat_day(role: Mapping[str, Any], key: str, *, last: bool = False) -> str | None:
    value = role.get(key)
    if value in (None, ""):
        return None
    match = _DAY.match(value) if isinstance(value, str) else None
    day = _day(match.groups(), last=last) if match else None
    _need(day, f"`{key}` is {value!r}, not a day such as 2025-01-28")
    return day


def _day(parts: tuple[Any, ...], *, last: bool) -> str | None:
    """An ISO day of year, month and day, of which the latter may be missing or 0."""
    year, month, day = (int(part or 0) for part in parts)
    if not month:
        month, day = (12 if last else 1), 0
    if not 1 <= year <= 9999 or not 1 <= month <= 12:
        return None
    longest = calendar.monthrange(year, month)[1]
    day = day or (longest if last else 1)
    return f"{year:04}-{month:02}-{day:02}" if day <= longest else None


def _others(names: list[str], name: str) -> tuple[str, ...]:
    """Each other name once, in order."""
    return tuple(dict.fromkeys(other for other in names if other.strip() and other != name))


# Wikidata's form


def _entity(id_: str, record: Mapping[str, Any]) -> Found | Label | None:
    labels, claims = record.get("labels") or {}, record.get("claims") or {}
    objects = isinstance(labels, dict) and isinstance(claims, dict)
    _need(objects, "`labels` or `claims` is not an object")
    english = [_text(labels, language, "value") for language in _LANGUAGES]
    others = (_text(labels, language, "value") for language in _OTHER_LANGUAGES)
    name = next(filter(None, chain(english, others)), None)
    if name is None or not id_.startswith("Q"):
        return None
    if _HUMAN not in _ids(claims, "P31"):
        return Label(id_, name, next(_ids(claims, "P1001"), None))
    if not plain(name).strip():
        return None
    listed = [_list(record.get("aliases"), language) for language in _LANGUAGES]
    aliases = [_text(alias, "value") for alias in chain.from_iterable(listed)]
    roles = list(_positions(claims))
    dated = tuple(role for role in roles if role.start or role.end)
    links = record.get("sitelinks")
    return Found(
        id_,
        name,
        _others([*english, *aliases], name),
        next((_GENDERS[each] for each in _ids(claims, "P21") if each in _GENDERS), None),
        len(links) if isinstance(links, dict) else None,
        dated,
        len(roles) - len(dated),
    )


def _under(value: Any, *keys: str) -> Any:
    """What an object of objects has under these keys; None if one of them is something else."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _text(value: Any, *keys: str) -> str:
    found = _under(value, *keys)
    return found if isinstance(found, str) else ""


def _list(value: Any, key: str) -> list[Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _statements(claims: Mapping[str, Any], property_: str) -> list[Any]:
    """The statements of a property but for those withdrawn; preferred ones come first."""
    listed = [each for each in _list(claims, property_) if isinstance(each, dict)]
    held = [each for each in listed if each.get("rank") != "deprecated"]
    return sorted(held, key=lambda each: each.get("rank") != "preferred")


def _id(snak: Any) -> str:
    return _text(snak, "datavalue", "value", "id")


def _ids(claims: Mapping[str, Any], property_: str) -> Iterator[str]:
    return filter(None, (_id(s.get("mainsnak")) for s in _statements(claims, property_)))


def _positions(claims: Mapping[str, Any]) -> Iterator[FoundRole]:
    """The positions held; death ends those that have no other end."""
    deaths = (_claim_day(s.get("mainsnak"), last=True) for s in _statements(claims, "P570"))
    death = next(filter(None, deaths), None)
    for statement in _statements(claims, "P39"):
        position = _id(statement.get("mainsnak"))
        if not position:
            continue
        qualifiers = statement.get("qualifiers")
        start = _qualified_day(qualifiers, "P580", last=False)
        end = _qualified_day(qualifiers, "P582", last=True)
        if end == _BEFORE_ALL:
            end = start or end
        elif end is None and death and (start is None or start <= death):
            end = death
        of = [_id(snak) for p in ("P642", "P768") for snak in _list(qualifiers, p)]
        yield FoundRole(None, position, None, next(filter(None, of), None), start, end)


def _qualified_day(qualifiers: Any, property_: str, *, last: bool) -> str | None:
    """The day of a qualifier; one of unknown value is over, so it sorts before all days."""
    for snak in _list(qualifiers, property_):
        if _under(snak, "snaktype") == "somevalue":
            return _BEFORE_ALL if last else None
        return _claim_day(snak, last=last)
    return None


def _claim_day(snak: Any, *, last: bool) -> str | None:
    """The day of a time value, "+2019-05-20T00:00:00Z" with its precision."""
    value = _under(snak, "datavalue", "value")
    if not isinstance(_under(value, "time"), str):
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
