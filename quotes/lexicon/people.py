"""The people file: public figures with their aliases, offices and the days they held them.

`data/people.toml` and, where given, a user's file of the same form come in; a `People` table
goes out, which finds a person by a name in any usual spelling or by the bare surname.  It
never guesses: what more than one person may answer to comes back as all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from quotes.errors import LexiconError
from quotes.lexicon.files import shipped, users
from quotes.lexicon.given_names import Gender, fold_name, plain

_PARTICLES = frozenset(
    {"von", "van", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le"}
    | {"al", "el", "bin", "ibn", "abu", "ter"}
)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_NAME_KEYS = frozenset({"name", "aliases", "gender", "wikidata", "surname", "roles"})
_ROLE_KEYS = frozenset({"role", "of", "from", "to"})


@dataclass(frozen=True, slots=True)
class Role:
    """An office: its name, of what, and from which day to which (ISO dates, None if open)."""

    role: str
    of: str | None = None
    start: str | None = None
    end: str | None = None

    def held(self, day: str | None) -> bool:
        """Whether the office was held on `day`; on an unknown day: whether it has no end.

        >>> Role("Governor", "Ohio", "2011-01-10", "2019-01-14").held("2016-09-01")
        True
        """
        if day is None:
            return self.end is None
        day = day[:10]
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def ended(self, day: str | None) -> bool:
        """Whether the office was over on `day`; on an unknown day: whether it has an end."""
        return self.end is not None and (day is None or self.end < day[:10])


@dataclass(frozen=True, slots=True)
class Person:
    """A public figure; `name` is the one shown for every spelling.

    `surname` says that the bare surname means this one of its family while in office.
    """

    name: str
    aliases: tuple[str, ...] = ()
    gender: Gender | None = None
    wikidata: str | None = None
    roles: tuple[Role, ...] = ()
    surname: bool = False

    def roles_on(self, day: str | None) -> tuple[Role, ...]:
        """The offices held on `day` (ISO 8601), in the file's order."""
        return tuple(role for role in self.roles if role.held(day))


class People:
    """Known persons, by name and by surname.

    >>> people = People([Person("Jane Roe", aliases=("J. Q. Roe",)), Person("Rick Roe")])
    >>> people.named("Jane Roe").name
    'Jane Roe'
    >>> [person.name for person in people.surnamed("Roe")]
    ['Jane Roe', 'Rick Roe']
    """

    def __init__(self, persons: Iterable[Person]) -> None:
        """File persons under their names; the order given is the order given back."""
        self.persons = tuple(persons)
        self._by_name: dict[tuple[str, ...], list[Person]] = {}
        self._by_ends: dict[tuple[str, str], list[Person]] = {}
        self._by_surname: dict[str, list[Person]] = {}
        for person in self.persons:
            self._file(person)

    def _file(self, person: Person) -> None:
        for name in (person.name, *person.aliases):
            words = fold_name(name)
            _append(self._by_name, (*words, _suffix(name)), person)
            if len(words) > 1 and not _suffix(name):
                _append(self._by_ends, (words[0], words[-1]), person)
        _append(self._by_surname, surname_key(person.name), person)

    def named(self, name: str) -> Person | None:
        """The one person of this name or alias, in any usual spelling; None if none or several.

        Middle names may be left out or added where first name and surname fit one person.
        """
        words = fold_name(name)
        found = self._by_name.get((*words, _suffix(name)))
        if found is None and len(words) > 1:
            found = self._by_ends.get((words[0], words[-1]))
        return found[0] if found and len(found) == 1 else None

    def surnamed(self, surname: str) -> tuple[Person, ...]:
        """All persons of this surname, in the file's order."""
        return tuple(self._by_surname.get(surname_key(surname), ()))


def _suffix(name: str) -> str:
    """ "jr" of a junior, which tells him from his father; "" of others."""
    last = plain(name.rpartition(" ")[2])
    return last if last in _SUFFIXES else ""


def surname_key(name: str) -> str:
    """The last word of a name, folded: what a bare surname is compared by.

    >>> surname_key("Ursula von der Leyen") == surname_key("von der Leyen") == "leyen"
    True
    """
    words = fold_name(name)
    return words[-1] if words else ""


def surname_of(name: str) -> str:
    """The surname as written, with its particles.

    >>> surname_of("Ursula von der Leyen"), surname_of("John G. Roberts Jr.")
    ('von der Leyen', 'Roberts')
    """
    words = name.replace(",", " ").split()
    while len(words) > 1 and plain(words[-1]) in _SUFFIXES:
        words.pop()
    start = len(words) - 1
    while start > 1 and plain(words[start - 1]) in _PARTICLES:
        start -= 1
    return " ".join(words[start:])


def load_people(user_path: Path | None = None) -> People:
    """The shipped people, with those of the user's file put over them.

    Args:
        user_path: a TOML file of the same form; its persons replace shipped ones of the
            same name, and take the aliases they claim away from every shipped person.

    Raises:
        LexiconError: the user's file cannot be read or says something else than it must.
    """
    return _shipped_people() if user_path is None else _with_users(user_path)


@lru_cache(maxsize=1)
def _shipped_people() -> People:
    return People(_persons(shipped("people.toml"), "people.toml"))


def _with_users(path: Path) -> People:
    own = _persons(users(path), str(path))
    claimed = {fold_name(name) for person in own for name in (person.name, *person.aliases)}
    kept = [
        Person(
            name=person.name,
            aliases=tuple(alias for alias in person.aliases if fold_name(alias) not in claimed),
            gender=person.gender,
            wikidata=person.wikidata,
            roles=person.roles,
            surname=person.surname,
        )
        for person in _shipped_people().persons
        if fold_name(person.name) not in claimed
    ]
    return People([*own, *kept])


def _persons(table: Mapping[str, Any], where: str) -> list[Person]:
    blocks = table.get("person", [])
    if not isinstance(blocks, list):
        raise LexiconError(f"{where}: `person` must be a list; begin each with [[person]]")
    return [_person(block, f"{where}: person {n}") for n, block in enumerate(blocks, start=1)]


def _person(block: Any, where: str) -> Person:
    if not isinstance(block, dict) or not isinstance(block.get("name"), str) or not block["name"]:
        raise LexiconError(f'{where} has no name; write name = "..."')
    where = f"{where} ({block['name']})"
    _only(block, _NAME_KEYS, where)
    gender = block.get("gender")
    if gender not in {None, "female", "male"}:
        raise LexiconError(f'{where}: gender is {gender!r}; write "female", "male" or leave it out')
    aliases, roles = block.get("aliases", []), block.get("roles", [])
    if not isinstance(aliases, list) or not all(isinstance(a, str) and a for a in aliases):
        raise LexiconError(f'{where}: aliases must be a list of names, ["...", "..."]')
    if not isinstance(roles, list):
        raise LexiconError(f'{where}: roles must be a list, [{{ role = "..." }}]')
    return Person(
        name=block["name"],
        aliases=tuple(aliases),
        gender=gender,
        wikidata=_text(block, "wikidata", where),
        roles=tuple(_role(role, where) for role in roles),
        surname=block.get("surname") is True,
    )


def _role(block: Any, where: str) -> Role:
    if not isinstance(block, dict) or not isinstance(block.get("role"), str) or not block["role"]:
        raise LexiconError(f'{where}: a role without a name; write {{ role = "..." }}')
    _only(block, _ROLE_KEYS, where)
    return Role(
        role=block["role"],
        of=_text(block, "of", where),
        start=_day(block, "from", where),
        end=_day(block, "to", where),
    )


def _only(block: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    unknown = sorted(set(block) - known)
    if unknown:
        raise LexiconError(f"{where}: unknown `{unknown[0]}`; known: {', '.join(sorted(known))}")


def _text(block: Mapping[str, Any], key: str, where: str) -> str | None:
    value = block.get(key)
    if value is not None and not isinstance(value, str):
        raise LexiconError(f"{where}: {key} must be text in quotation marks, not {value!r}")
    return value


def _day(block: Mapping[str, Any], key: str, where: str) -> str | None:
    value = block.get(key)
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError as error:
            raise LexiconError(f"{where}: {key} = {value!r} is no day; write 2025-01-28") from error
    if isinstance(value, datetime):
        value = value.date()
    if value is not None and not isinstance(value, date):
        raise LexiconError(f"{where}: {key} must be a day such as 2025-01-28, not {value!r}")
    return value.isoformat() if value else None


def _append(table: dict[Any, list[Person]], key: Any, person: Person) -> None:
    entries = table.setdefault(key, [])
    if person not in entries:
        entries.append(person)
