"""Given names and spelling: whom a first name is given to, and when two spellings are one name.

Words come in, a gender or folded letters go out; the tables are `data/given_names.toml`.
Nothing here knows articles or persons.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from quotes.lexicon.files import shipped

Gender = Literal["female", "male"]

_APOSTROPHES = str.maketrans("", "", "'’ʼ‘`ʹ.")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


@dataclass(frozen=True, slots=True)
class _Spelling:
    letters: dict[int, str]
    shortest_word: int
    endings: tuple[tuple[str, str], ...]
    inside: tuple[tuple[str, str], ...]


@cache
def _spelling() -> _Spelling:
    table: dict[str, Any] = shipped("given_names.toml")["spelling"]
    return _Spelling(
        letters=str.maketrans(table["letters"]),
        shortest_word=table["shortest_word"],
        endings=tuple((old, new) for old, new in table["endings"]),
        inside=tuple((old, new) for old, new in table["inside"]),
    )


@cache
def _genders() -> dict[str, Gender | None]:
    table = shipped("given_names.toml")
    genders: dict[str, Gender | None] = dict.fromkeys(table["either"].split())
    genders |= dict.fromkeys(table["female"].split(), "female")
    genders |= dict.fromkeys(table["male"].split(), "male")
    return genders


def plain(word: str) -> str:
    """Lower case without diacritics, apostrophes and full stops.

    >>> plain("O’Brien"), plain("Łukasz"), plain("J.D.")
    ('obrien', 'lukasz', 'jd')
    """
    lowered = word.translate(_APOSTROPHES).casefold()
    if lowered.isascii():
        return lowered
    parts = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in parts if not unicodedata.combining(c)).translate(_spelling().letters)


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """The letters that every usual spelling of one name shares; only for comparing.

    >>> fold("Zelenskiy") == fold("Zelenskyy") == fold("Zelens’kyj") == fold("Zelensky")
    True
    >>> fold("Andriy") == fold("Andrii"), fold("Orbán") == fold("Orban")
    (True, True)
    >>> fold("Trump") == fold("Tramp")
    False
    """
    table = _spelling()
    folded = plain(word)
    if len(folded) < table.shortest_word:
        return folded
    for old, new in table.inside:
        folded = folded.replace(old, new)
    for old, new in table.endings:
        if folded.endswith(old):
            return folded[: -len(old)] + new
    return folded


@lru_cache(maxsize=65536)
def fold_name(name: str) -> tuple[str, ...]:
    """A whole name folded word by word, without suffix, its leading initials run together.

    >>> fold_name("J. D. Vance") == fold_name("JD Vance") == ("jd", "vance")
    True
    >>> fold_name("John G. Roberts Jr.")
    ('john', 'g', 'roberts')
    """
    words = [fold(word) for word in name.replace(".", ". ").replace(",", " ").split()]
    words = [word for word in words if word and word not in _SUFFIXES]
    initials = 0
    while initials < len(words) - 1 and len(words[initials]) == 1:
        initials += 1
    if initials > 1:
        words[:initials] = ["".join(words[:initials])]
    return tuple(words)


def is_given(word: str) -> bool:
    """Whether `word` is a known given name."""
    lowered = plain(word)
    return lowered in _genders() or lowered.partition("-")[0] in _genders()


def gender_of(word: str) -> Gender | None:
    """Whom the given name `word` is given to; None if unknown or given to either.

    >>> gender_of("Scott"), gender_of("Kateryna"), gender_of("Kyiv")
    ('male', 'female', None)
    """
    lowered = plain(word)
    genders = _genders()
    return genders.get(lowered) or genders.get(lowered.rpartition("-")[2])
