"""Who is who: the user's people, those imported and those shipped, asked as one.

`People` finds a person by a full name in any usual spelling, by the bare surname, or by an
office and a day.  A user's `people.toml` wins over imported people, these
over the shipped file wherever one of them is asked for by full name.  It never guesses: what
more than one person may answer to comes back as nobody, or as all of them.

Imported people, any number, lie in a SQLite file that `quotes.people.importing` writes, filed
under the first and last word of each full name, folded.  `ImportedPeople` asks it for one person
at a time; the few rows of one key are compared word by word here.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

from quotes.errors import LexiconError
from quotes.people.persons import Person, Role, office_key, office_words, persons_of, surname_key
from quotes.people.spelling import Key, fold_name, middles_agree, name_keys, spelling_rules
from quotes.text.lists import shipped, users

PEOPLE_FILE, IMPORTED_FILE = "people.toml", "people.db"
"""What a user's people and those imported are called where they lie beside an index."""

APPLICATION_ID, LAYOUT = 0x51505031, 1
"""What marks a file as people of `quotes` ("QPP1"), and how its tables are laid out."""

_SHIPPED = "people.toml (shipped)"  # the `file` of shipped persons
_ACTING = frozenset({"acting"})  # asks for who only acts in an office, which is as well known
_WIKIDATA_ID = re.compile("Q[0-9]+")

WELL_KNOWN = 40
"""Sitelinks from which an imported person may be meant by a surname alone, or by a full name
that others share.  Heads of government and most ministers of large countries have more,
the many namesakes on whom Wikidata has an entry far fewer."""

_LEAD = 3  # and so many times the sitelinks of the next namesake
_MOST_HOLDERS = 10  # of one office: more than one is no answer anyway
_MOST = 200  # namesakes looked at: no press name has more, and made-up data stays cheap


class People:
    """Known persons, by name, by surname and by office.

    >>> people = People([Person("Jane Roe", aliases=("J. Q. Roe",)), Person("Rick Roe")])
    >>> people.named("Jane Roe").name
    'Jane Roe'
    >>> [person.name for person in people.surnamed("Roe")]
    ['Jane Roe', 'Rick Roe']
    """

    def __init__(
        self,
        persons: Iterable[Person],
        imported: ImportedPeople | None = None,
        *,
        alone: Iterable[str] = (),
        checked: str | None = None,
    ) -> None:
        """File persons under their names; the order given is the order given back.

        Args:
            persons: those of the files, who win over imported persons of the same name.
            imported: asked for whom the files do not know.
            alone: offices whose words alone say of what they are ("Treasury Secretary").
            checked: the ISO day until which the shipped file knows who is in office.
        """
        self.persons = tuple(dict.fromkeys(persons))
        self.imported = imported
        self._alone = frozenset(office_words(office) for office in alone)
        self._checked = checked
        self._by_name: defaultdict[Key, list[Person]] = defaultdict(list)
        self._by_ends: defaultdict[Key, list[tuple[Person, Key]]] = defaultdict(list)
        self._by_surname: defaultdict[str, list[Person]] = defaultdict(list)
        self._by_id = {person.wikidata: person for person in self.persons if person.wikidata}
        self._by_office: defaultdict[frozenset[str], list[tuple[Person, Role]]] = defaultdict(list)
        for person in self.persons:
            for key in (key for name in _names(person) for key in name_keys(name)):
                self._by_name[key].append(person)
                if len(key) > 2 and not key[-1]:
                    self._by_ends[key[0], key[-2]].append((person, key))
            self._by_surname[surname_key(person.name)].append(person)
            for role in person.roles:
                self._by_office[_proper(role)].append((person, role))

    def named(self, name: str) -> Person | None:
        """The one person of this name or alias, in any usual spelling; None if none or several.

        Middle names may be left out or added where first name and surname fit one person,
        but must not disagree.  Imported persons answer to full names only; of several the
        well-known one (`WELL_KNOWN`) who leads the others clearly.
        """
        found = self._fully_named(name)
        if found or self.imported is None:
            return found[0] if len(found) == 1 else None
        person = self.imported.named(name)
        return self._own(person) if person else None

    def _fully_named(self, name: str) -> list[Person]:
        """Persons of the files of this full name: word for word, else but for middle names."""
        keys = name_keys(name)
        found = [person for key in keys for person in self._by_name.get(key, ())]
        if found:
            return _unique(found)
        for key in (key for key in keys if len(key) > 2):
            filed = self._by_ends.get((key[0], key[-2]), [])
            against = {person.name for person, own in filed if not middles_agree(own, key)}
            found += [person for person, _ in filed if person.name not in against]
        return _unique(found)

    def surnamed(self, surname: str) -> tuple[Person, ...]:
        """Whom a bare surname may mean: all of the files in their order, else one imported.

        Nearly every surname has bearers among a million imported persons; one of them is
        meant only if no file knows the surname, and if well known and far ahead of the rest.
        """
        found = self._by_surname.get(surname_key(surname), ())
        if found or self.imported is None:
            return tuple(found)
        return tuple(self._own(person) for person in self.imported.surnamed(surname))

    def everyone(self, name: str) -> tuple[Person, ...]:
        """All who go by a full name or a surname, those of the files first: for people to read."""
        found = self._fully_named(name)
        if not found and len(name_keys(name)[0]) < 3:
            found = self._by_surname.get(surname_key(name), [])
        imported = self.imported.all_named(name) if self.imported else ()
        return tuple(_unique([*found, *(self._own(person) for person in imported)]))

    def holders(self, words: str, of: str | None, day: str | None) -> tuple[Person, ...]:
        """Who held an office on a day: what "the Treasury secretary" means without a name.

        Only exactly one holder is an answer; on a day of hand-over there are two.  Nobody is
        known to hold an office on an unknown day, nor, by the shipped file alone, an office
        without an end after the day the file was checked.

        Args:
            words: the description: "Treasury secretary".  All words of the office must be there
                and no others, in any order: a minister is no prime minister, and a secretary
                no deputy secretary.
            of: country, state or body ("Ukraine", for "the Ukrainian president"); where None,
                the words must name it themselves, or be an office that needs no more.
            day: the article's date, ISO 8601.

        >>> yellen, bessent = (
        ...     load_people().holders("Treasury secretary", None, day)
        ...     for day in ("2025-01-15", "2025-02-12")
        ... )
        >>> yellen[0].name, bessent[0].name
        ('Janet Yellen', 'Scott Bessent')
        """
        if day is None:
            return ()
        wanted, place = office_words(words), office_words(of or "")
        late = self._checked is not None and day[:10] > self._checked
        found = [
            person
            for proper, held in self._by_office.items()
            if proper <= wanted
            for person, role in held
            if role.held(day) and self._answers(role, wanted, place)
            if not (late and role.end is None and (person.file or "").startswith(_SHIPPED))
        ]
        if not found and self.imported is not None and wanted:
            key = " ".join(sorted((wanted - place) or wanted))
            held = self.imported.holders(key, day[:10], lambda r: self._answers(r, wanted, place))
            found = [self._own(person) for person in held]
        return tuple(_unique(found))

    def _answers(self, role: Role, wanted: frozenset[str], place: frozenset[str]) -> bool:
        """Whether these words, said of this place, are this office."""
        own, its, proper = office_words(role.role), office_words(role.of or ""), _proper(role)
        if place:
            return place <= its | own and ((wanted - its - place) or wanted) == proper
        if its and its <= wanted:
            return wanted - its == proper or wanted == own
        return wanted in (own, proper) and wanted - _ACTING in self._alone

    def _own(self, person: Person) -> Person:
        """The files' entry of an imported person, if they have one."""
        return self._by_id.get(person.wikidata, person) if person.wikidata else person


def _proper(role: Role) -> frozenset[str]:
    """The words of an office but for those that say of what it is."""
    own = office_words(role.role)
    return (own - office_words(role.of or "")) or own


def _unique(persons: Iterable[Person]) -> list[Person]:
    """Each once, in order."""
    return list(dict.fromkeys(persons))


# Imported people


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


def check_store(db: sqlite3.Connection, path: Path) -> None:
    """Refuse a file of another program or layout."""
    if db.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        raise LexiconError(
            f"{path}: not a file of imported people; name another, or make one with "
            "`quotes people import FILE`"
        )
    if db.execute("PRAGMA user_version").fetchone() != (LAYOUT,):
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
        self._named = lru_cache(maxsize=65536)(
            lambda keys: next(map(self._person, _leading(self._fitting(keys))), None)
        )
        self._surnamed = lru_cache(maxsize=65536)(self._find_surnamed)
        with explaining(path):
            check_store(self._db, path)
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
        return cast(sqlite3.Connection, self._local.db)

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
        """Persons who held an office, as `office_key` writes it, on a day; at most ten of them.

        An office without an end counts as held until the extract's day; `fits` says whether a
        role of this key is the office meant.
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
        return tuple(map(self._person, list(numbers)[:_MOST_HOLDERS]))

    def _find_surnamed(self, surname: str) -> tuple[Person, ...]:
        rows = self._rows(
            "SELECT number, sitelinks FROM person WHERE surname = ? AND sitelinks > 0 "
            "ORDER BY sitelinks DESC LIMIT 2",
            surname,
        )
        known = rows and rows[0][1] >= WELL_KNOWN
        return tuple(map(self._person, _leading(rows))) if known else ()

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
                elif _fit_but_for_middles(own, keys):
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


def _fit_but_for_middles(own: Iterable[Key], keys: Iterable[Key]) -> bool:
    """Whether names of the same ends fit but for middle names, and none of them disagrees."""
    alike = [
        (mine, asked)
        for mine in own
        for asked in keys
        if min(len(mine), len(asked)) > 2 and (mine[0], *mine[-2:]) == (asked[0], *asked[-2:])
    ]
    return bool(alike) and all(middles_agree(*pair) for pair in alike)


def _leading(found: list[tuple[int, int | None]]) -> list[int]:
    """The one person found, or the one who is well known and leads the next clearly, or nobody."""
    ranked = sorted(((links or 0, number) for number, links in found), key=lambda r: (-r[0], r[1]))
    if len(ranked) > 1 and ranked[0][0] < max(WELL_KNOWN, _LEAD * ranked[1][0]):
        return []
    return [number for _, number in ranked[:1]]


# Loading


def people_files(
    db: Path, own: str | Path | None = None, imported: Path | None = None
) -> tuple[Path | None, Path | None]:
    """The people file and the imported people of an index, as `load_people` takes them.

    Those beside the index are used if they are there, and the user names no others.
    """
    beside, beside_imported = db.with_name(PEOPLE_FILE), db.with_name(IMPORTED_FILE)
    return (
        Path(own) if own else beside if beside.is_file() else None,
        imported or (beside_imported if beside_imported.is_file() else None),
    )


def load_people(user_path: Path | None = None, imported: Path | None = None) -> People:
    """The shipped people, what an import knows better, and a user's people over both.

    Args:
        user_path: a TOML file of the shipped one's form; its persons replace shipped ones of
            the same name, and take the aliases they claim away from every shipped person.
        imported: a file made by `quotes people import`, asked lazily.

    Raises:
        LexiconError: a file cannot be read or says something else than it must.
    """
    if user_path is None and imported is None:
        return _shipped_people()
    store = ImportedPeople(imported) if imported else None
    own = persons_of(users(user_path), str(user_path)) if user_path else []
    claimed = {key for person in own for name in _names(person) for key in name_keys(name)}
    ids = {person.wikidata for person in own if person.wikidata}
    kept = [
        replace(person, aliases=tuple(a for a in person.aliases if not claimed & set(name_keys(a))))
        for person in _shipped_people().persons
        if not claimed & set(name_keys(person.name)) and person.wikidata not in ids
    ]
    if store is not None:
        kept = [_updated(person, store) for person in kept]
    return _people([*own, *kept], store)


@cache
def _shipped_people() -> People:
    return _people(persons_of(shipped("people.toml"), _SHIPPED), None)


def _people(persons: Iterable[Person], imported: ImportedPeople | None) -> People:
    table = shipped("people.toml")
    checked: date = table["checked"]
    return People(persons, imported, alone=table["offices"]["alone"], checked=checked.isoformat())


def _names(person: Person) -> tuple[str, ...]:
    return (person.name, *person.aliases)


def _updated(person: Person, imported: ImportedPeople) -> Person:
    """A shipped person with what an import knows better: id, gender, offices and their days."""
    entry = imported.of_id(person.wikidata) if person.wikidata else imported.named(person.name)
    if entry is None or (person.gender and entry.gender and person.gender != entry.gender):
        return person
    return replace(
        person,
        gender=person.gender or entry.gender,
        wikidata=person.wikidata or entry.wikidata,
        roles=_updated_roles(person.roles, entry.roles),
        file=f"{person.file}, {entry.file}",
        sitelinks=entry.sitelinks,
    )


def _updated_roles(own: tuple[Role, ...], newer: tuple[Role, ...]) -> tuple[Role, ...]:
    """The imported roles, and those of our own that the import lacks.

    An office of ours and an imported one are the same where their own words are and they
    began within two months of each other; then the name is ours and the days are theirs.
    """
    left, roles = list(newer), []
    for role in own:
        same = next((other for other in left if _is_same_term(role, other)), None)
        if same is not None:
            left.remove(same)
            role = replace(role, start=same.start, end=same.end)
        roles.append(role)
    return (*roles, *left)


def _is_same_term(a: Role, b: Role) -> bool:
    if a.start is None or b.start is None:
        return False
    days = abs((date.fromisoformat(a.start) - date.fromisoformat(b.start)).days)
    return days <= 61 and office_key(a.role, a.of) == office_key(b.role, b.of)
