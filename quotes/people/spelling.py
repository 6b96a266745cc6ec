"""Spelling of names: folded letters, given names, and when two written names are one name.

Words come in; a gender, folded letters or yes and no come out.  The tables are
`data/given_names.toml`.  Equal names differ in nothing but transliteration, diacritics,
apostrophes and hyphens: they may be looked up for each other.  Compatible given names (a
nickname, the same name in another language, an initial) can be one person's where the
context agrees; that is no evidence by itself.  Nothing here knows articles or persons.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Literal

import regex

from quotes.text.lists import shipped

Gender = Literal["female", "male"]

Key = tuple[str, ...]
"""What equal names share: folded words, hyphens counting as spaces, and the suffix."""

_APOSTROPHES = str.maketrans("", "", "'’ʼ‘`ʹ.")
_ARTICLES = frozenset({"al", "el"})
_RULES = 1  # raise it when `plain`, `fold` or `fold_name` give other letters by the same table


@cache
def _spelling() -> dict[str, Any]:
    """The table of spelling, made ready: letters and words to be replaced, words to be kept."""
    table: dict[str, Any] = shipped("given_names.toml")["spelling"]
    groups = [line.split() for line in table["words"].strip().splitlines()]
    return table | {
        "letters": str.maketrans(table["letters"]),
        "written_out": str.maketrans(table["written_out"]),
        "kept": frozenset(table["kept"].split()),
        "words": {word: group[0] for group in groups for word in group},
    }


def spelling_rules() -> str:
    """A digest of the rules of folding: what was folded by other rules cannot be compared."""
    rules = repr(sorted(shipped("given_names.toml")["spelling"].items()))
    return hashlib.sha256(f"{_RULES}{rules}".encode()).hexdigest()[:16]


def gendered(table: Mapping[str, str]) -> dict[str, Gender | None]:
    """The words of a table of the word lists -> the gender they tell, None for either."""
    genders: dict[str, Gender | None] = dict.fromkeys(table["either"].split())
    genders |= dict.fromkeys(table["female"].split(), "female")
    return genders | dict.fromkeys(table["male"].split(), "male")


@cache
def _genders() -> dict[str, Gender | None]:
    return gendered(shipped("given_names.toml"))


def is_given_name(word: str) -> bool:
    """Whether a word is listed as a given name.

    >>> is_given_name("Helen"), is_given_name("Bridge")
    (True, False)
    """
    return plain(word) in _genders()


@cache
def _suffixes() -> frozenset[str]:
    """ "jr" and the like, which stand behind a name."""
    return frozenset(shipped("titles.toml")["abbreviated"]["suffixes"].split())


def plain(word: str) -> str:
    """Lower case without diacritics, apostrophes and full stops.

    >>> plain("O’Brien"), plain("Łukasz"), plain("J.D.")
    ('obrien', 'lukasz', 'jd')
    """
    lowered = word.translate(_APOSTROPHES).casefold()
    if lowered.isascii():
        return lowered
    parts = unicodedata.normalize("NFKD", lowered)
    letters = "".join(c for c in parts if not unicodedata.combining(c))
    return letters.translate(_spelling()["letters"])


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """The letters that every usual spelling of one name shares; only for comparing.

    >>> fold("Zelenskiy") == fold("Zelenskyy") == fold("Zelens’kyj") == fold("Zelensky")
    True
    >>> fold("Andriy") == fold("Andrii"), fold("Orbán") == fold("Orban")
    (True, True)
    >>> fold("al-Assad") == fold("Assad"), fold("Trump") == fold("Tramp")
    (True, False)
    """
    table = _spelling()
    folded = plain(word)
    for article in table["articles"]:
        if folded.startswith(article) and len(folded) > len(article) + 1:
            folded = folded.removeprefix(article)
    if len(folded) < table["shortest_word"] or folded in table["kept"]:
        return folded
    words: dict[str, str] = table["words"]
    if folded in words:
        return words[folded]
    for old, new in table["inside"]:
        folded = folded.replace(old, new)
    for old, new in table["beginnings"]:
        if folded.startswith(old):
            folded = new + folded[len(old) :]
            break
    for old, new in table["endings"]:
        if folded.endswith(old):
            folded = folded[: -len(old)] + new
            break
    return words.get(folded, folded)


@lru_cache(maxsize=65536)
def fold_name(name: str) -> tuple[str, ...]:
    """A whole name folded word by word, without suffix, its leading initials run together.

    >>> fold_name("J. D. Vance") == fold_name("JD Vance") == ("jd", "vance")
    True
    >>> fold_name("John G. Roberts Jr.")
    ('john', 'g', 'roberts')
    """
    words = [fold(word) for word in name.replace(".", ". ").replace(",", " ").split()]
    words = [word for word in words if word and word not in _suffixes()]
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


def key_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """A body's name for comparing: plain words without a leading article."""
    plained = tuple(plain(word) for word in words)
    return plained[1:] if len(plained) > 1 and plained[0] == "the" else plained


_NOT_SLUG = regex.compile(r"[^\p{L}\p{N}]+")


def slug(name: str) -> str:
    """A readable id from a name.

    >>> slug("Volodymyr Zelensky"), slug("Viktor Orbán")
    ('volodymyr-zelensky', 'viktor-orban')
    """
    plained = " ".join(plain(word) for word in name.split())
    return _NOT_SLUG.sub("-", plained).strip("-") or "unnamed"


# When two names are one


def suffix_of(name: str) -> str:
    """ "jr" of a junior, which tells him from his father; "" of others.

    >>> suffix_of("John G. Roberts Jr."), suffix_of("John Roberts")
    ('jr', '')
    """
    last = plain(name.rpartition(" ")[2])
    return last if last in _suffixes() else ""


def name_keys(name: str) -> tuple[Key, ...]:
    """The keys that a name is filed and looked up by; a second where letters are written out.

    >>> name_keys("Kim Jong-un") == name_keys("Kim Jong Un")
    True
    >>> name_keys("Herta Müller")
    (('herta', 'muller', ''), ('herta', 'mueller', ''))
    """
    first = second = _key(name)
    if not name.isascii():
        letters = _spelling()["written_out"]
        second = _key(unicodedata.normalize("NFC", name).translate(letters))
    return (first,) if first == second else (first, second)


@lru_cache(maxsize=1 << 14)
def _key(name: str) -> Key:
    words = [part for word in fold_name(name) for part in word.split("-") if part]
    articled = [n for n, word in enumerate(words) if word in _ARTICLES and 0 < n < len(words) - 1]
    return (*(word for n, word in enumerate(words) if n not in articled), suffix_of(name))


def compatible_given(a: str, b: str) -> bool:
    """Whether one person may be called by both given names: spelling, nickname, language, initial.

    Not transitive: Alex goes with Alexander and with Alexandra, which do not go together.

    >>> compatible_given("Bill", "William"), compatible_given("Serhii", "Sergei")
    (True, True)
    >>> compatible_given("J.", "Jane"), compatible_given("Anna", "Anne")
    (True, False)
    """
    one, other = plain(a), plain(b)
    if not one or not other:
        return False
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    if fold(a) == fold(b):
        return True
    return bool(lines_of(a) & lines_of(b))


def middles_agree(a: Key, b: Key) -> bool:
    """Whether the middle names of two keys do not disagree; one that has none never does.

    >>> middles_agree(("robert", "f", "roe", ""), ("robert", "q", "roe", ""))
    False
    """
    return all(
        x == y or (1 in {len(x), len(y)} and x[0] == y[0])
        for x, y in zip(a[1:-2], b[1:-2], strict=False)
    )


def lines_of(word: str) -> frozenset[int]:
    """The lines of nicknames and equivalents that a given name stands in: names share one."""
    return frozenset(_lines().get(plain(word), set()) | _lines().get(fold(word), set()))


@cache
def _lines() -> Mapping[str, set[int]]:
    """Given names, also folded -> the lines of nicknames and equivalents in which they stand."""
    table = shipped("given_names.toml")
    lines = f"{table['nicknames']['lines']}\n{table['equivalents']['lines']}".splitlines()
    found: defaultdict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(lines):
        for word in line.split():
            found[word].add(number)
            found[fold(word)].add(number)
    return found
