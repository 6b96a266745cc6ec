"""Persons and their offices: what the people files say, and how names and offices compare.

Plain records and words go in and out; which file they come from is for others to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from quotes.people.given_names import Gender, fold_name, plain
from quotes.people.same_name import suffix_of
from quotes.text.lists import shipped

_PARTICLES = frozenset(
    {"von", "van", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le"}
    | {"al", "el", "bin", "ibn", "abu", "ter"}
)


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
    while start > 1 and plain(words[start - 1]) in _PARTICLES:
        start -= 1
    return " ".join(words[start:])


# Offices


@dataclass(frozen=True, slots=True)
class _OfficeWords:
    silent: frozenset[str]
    same: dict[str, str]
    phrases: tuple[tuple[str, str], ...]


@cache
def _office_words() -> _OfficeWords:
    table: dict[str, Any] = shipped("people.toml")["offices"]
    return _OfficeWords(
        silent=frozenset(table["silent"].split()),
        same=dict(table["same"]),
        phrases=tuple((f" {old} ", f" {new} ") for old, new in table["phrases"]),
    )


_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=16384)
def office_words(text: str) -> frozenset[str]:
    """The words of an office that tell it from others, however it is written.

    >>> office_words("Secretary of the Treasury") == office_words("Treasury Secretary")
    True
    >>> office_words("Defence Secretary") == office_words("Deputy Defense Secretary")
    False
    """
    table = _office_words()
    line = " " + " ".join(_WORD.findall(plain(text))) + " "
    for old, new in table.phrases:
        line = line.replace(old, new)
    return frozenset(table.same.get(word, word) for word in line.split()) - table.silent


def office_key(role: str, of: str | None) -> str:
    """An office's own words, sorted: what an office of that name elsewhere would share.

    >>> office_key("President of Ukraine", "Ukraine") == office_key("president", None)
    True
    """
    words = office_words(role)
    return " ".join(sorted((words - office_words(of or "")) or words))


def joined(words: Iterable[str]) -> str:
    """A description's words as one text, a text as it is."""
    return words if isinstance(words, str) else " ".join(words)
