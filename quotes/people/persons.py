"""Persons and their offices: the records, how offices compare, and how people.toml is read.

A parsed people.toml, the shipped one or a user's, comes in; checked `Person` records go out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from quotes.errors import LexiconError
from quotes.people.spelling import Gender, fold_name, plain, suffix_of
from quotes.people.titles import load_titles
from quotes.text.lists import shipped

_PERSON_KEYS = frozenset({"name", "aliases", "gender", "wikidata", "surname", "roles"})
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

    Attributes:
        wikidata: the Wikidata id ("Q22686").
        surname: the bare surname means this one of its family while in office.
        file: which file says so: a path, or "people.toml (shipped)".
        sitelinks: in how many Wikipedias the person stands; only imported persons have it.
    """

    name: str
    aliases: tuple[str, ...] = ()
    gender: Gender | None = None
    wikidata: str | None = None
    roles: tuple[Role, ...] = ()
    surname: bool = False
    file: str | None = None
    sitelinks: int | None = None

    def roles_on(self, day: str | None) -> tuple[Role, ...]:
        """The offices held on `day` (ISO 8601), in the file's order."""
        return tuple(role for role in self.roles if role.held(day))


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
    while len(words) > 1 and suffix_of(" ".join(words)):
        words.pop()
    start = len(words) - 1
    while start > 1 and plain(words[start - 1]) in load_titles().particles:
        start -= 1
    return " ".join(words[start:])


# Offices


_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=16384)
def office_words(text: str) -> frozenset[str]:
    """The words of an office that tell it from others, however it is written.

    >>> office_words("Secretary of the Treasury") == office_words("Treasury Secretary")
    True
    >>> office_words("Defence Secretary") == office_words("Deputy Defense Secretary")
    False
    """
    silent, same, phrases = _office_table()
    line = f" {' '.join(_WORD.findall(plain(text)))} "
    for old, new in phrases:
        line = line.replace(old, new)
    return frozenset(same.get(word, word) for word in line.split()) - silent


@cache
def _office_table() -> tuple[frozenset[str], Mapping[str, str], list[tuple[str, str]]]:
    """Words that say nothing, words that stand for others, phrases likewise with their blanks."""
    table = shipped("people.toml")["offices"]
    phrases = [(f" {old} ", f" {new} ") for old, new in table["phrases"]]
    return frozenset(table["silent"].split()), table["same"], phrases


def office_key(role: str, of: str | None) -> str:
    """An office's own words, sorted: what an office of that name elsewhere would share.

    >>> office_key("President of Ukraine", "Ukraine") == office_key("president", None)
    True
    """
    words = office_words(role)
    return " ".join(sorted((words - office_words(of or "")) or words))


# The people file


def persons_of(table: Mapping[str, Any], where: str) -> list[Person]:
    """The persons of a parsed file, in its order; `where` is its name, which becomes their `file`.

    Raises:
        LexiconError: the file says something else than it must; the message names the
            file, the person and what to write.
    """
    blocks = table.get("person", [])
    if not isinstance(blocks, list):
        raise LexiconError(f"{where}: `person` must be a list; begin each with [[person]]")
    return [_person(block, where, n) for n, block in enumerate(blocks, start=1)]


def _person(block: Any, file: str, number: int) -> Person:
    where = f"{file}: person {number}"
    name = _name(block, "name", f'{where} has no name; write name = "..."')
    where = f"{where} ({name})"
    _only(block, _PERSON_KEYS, where)
    gender = block.get("gender")
    if gender not in {None, "female", "male"}:
        raise LexiconError(f'{where}: gender is {gender!r}; write "female", "male" or leave it out')
    aliases, roles = block.get("aliases", []), block.get("roles", [])
    if not isinstance(aliases, list) or not all(isinstance(a, str) and a for a in aliases):
        raise LexiconError(f'{where}: aliases must be a list of names, ["...", "..."]')
    if not isinstance(roles, list):
        raise LexiconError(f'{where}: roles must be a list, [{{ role = "..." }}]')
    return Person(
        name=name,
        aliases=tuple(aliases),
        gender=gender,
        wikidata=_text(block, "wikidata", where),
        roles=tuple(_role(role, where) for role in roles),
        surname=block.get("surname") is True,
        file=file,
    )


def _role(block: Any, where: str) -> Role:
    name = _name(block, "role", f'{where}: a role without a name; write {{ role = "..." }}')
    _only(block, _ROLE_KEYS, where)
    days = (_day(block, key, where) for key in ("from", "to"))
    return Role(name, _text(block, "of", where), *days)


def _name(block: Any, key: str, wrong: str) -> str:
    name = block.get(key) if isinstance(block, dict) else None
    if not isinstance(name, str) or not name:
        raise LexiconError(wrong)
    return name


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
    if value is None or isinstance(value, date):
        return value.isoformat()[:10] if value else None
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise LexiconError(f"{where}: {key} = {value!r} is not a day; write 2025-01-28") from error
