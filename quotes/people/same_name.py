"""Whether two names are one name: equal by spelling, or only compatible.

Two written names come in, yes or no comes out.  Equal names (`same_name`) differ in nothing
but transliteration, diacritics, apostrophes and hyphens: they may be looked up for each
other.  Compatible names (`compatible_names`) can be one person's where the context agrees:
a nickname, the same name in another language, an initial.  That is no evidence by itself.
"""

from __future__ import annotations

from functools import cache, lru_cache

from quotes.people.given_names import fold, fold_name, plain, written_out
from quotes.text.lists import shipped

Key = tuple[str, ...]
"""What equal names share: folded words, hyphens counting as spaces, and the suffix."""

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_ARTICLES = frozenset({"al", "el"})


def suffix_of(name: str) -> str:
    """ "jr" of a junior, which tells him from his father; "" of others.

    >>> suffix_of("John G. Roberts Jr."), suffix_of("John Roberts")
    ('jr', '')
    """
    last = plain(name.rpartition(" ")[2])
    return last if last in _SUFFIXES else ""


def name_keys(name: str) -> tuple[Key, ...]:
    """The keys that a name is filed and looked up by; a second where letters are written out.

    >>> name_keys("Kim Jong-un") == name_keys("Kim Jong Un")
    True
    >>> name_keys("Herta Müller")
    (('herta', 'muller', ''), ('herta', 'mueller', ''))
    """
    first, second = _key(name), _key(written_out(name))
    return (first,) if first == second else (first, second)


@lru_cache(maxsize=1 << 14)
def _key(name: str) -> Key:
    words = [part for word in fold_name(name) for part in word.split("-") if part]
    articled = [n for n, word in enumerate(words) if word in _ARTICLES and 0 < n < len(words) - 1]
    return (*(word for n, word in enumerate(words) if n not in articled), suffix_of(name))


def same_name(a: str, b: str) -> bool:
    """Whether two written names are spellings of one name, word for word.

    >>> same_name("Volodymyr Zelenskiy", "Volodymyr Zelenskyy")
    True
    >>> same_name("Bill Clinton", "William Clinton")
    False
    """
    keys = set(name_keys(a)) & set(name_keys(b))
    return any(key != ("",) for key in keys)


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
    return fold(a) == fold(b) or bool(_lines_of(one) & _lines_of(other))


def compatible_names(a: str, b: str) -> bool:
    """Whether two full names may be one person's: one surname, given names that go together.

    Middle names may be left out but must not disagree, nor must juniors; a lone surname is
    compatible with nothing, since it says too little.

    >>> compatible_names("Mike R. Pence", "Michael Pence")
    True
    >>> compatible_names("Mike Pence", "Karen Pence"), compatible_names("Pence", "Mike Pence")
    (False, False)
    """
    if same_name(a, b):
        return True
    if suffix_of(a) != suffix_of(b):
        return False
    return any(
        len(one) > 2
        and len(other) > 2
        and one[-2] == other[-2]
        and compatible_given(one[0], other[0])
        and middles_agree(one, other)
        for one in name_keys(a)
        for other in name_keys(b)
    )


def middles_agree(a: Key, b: Key) -> bool:
    """Whether the middle names of two keys do not disagree; one that has none never does.

    >>> middles_agree(("robert", "f", "roe", ""), ("robert", "francis", "roe", ""))
    True
    >>> middles_agree(("robert", "f", "roe", ""), ("robert", "q", "roe", ""))
    False
    """
    return all(
        x == y or (1 in {len(x), len(y)} and x[0] == y[0])
        for x, y in zip(a[1:-2], b[1:-2], strict=False)
    )


def _lines_of(word: str) -> frozenset[int]:
    """The lines of nicknames and equivalents in which a given name stands, by number."""
    return _lines().get(word, frozenset()) | _lines().get(fold(word), frozenset())


@cache
def _lines() -> dict[str, frozenset[int]]:
    table = shipped("given_names.toml")
    lines = f"{table['nicknames']['lines']}\n{table['equivalents']['lines']}".splitlines()
    found: dict[str, set[int]] = {}
    for number, line in enumerate(lines):
        for word in line.split():
            found.setdefault(word, set()).add(number)
            found.setdefault(fold(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}
