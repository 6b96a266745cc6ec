"""What tells a claim from a topic, and words by their stems.

`data/claims.toml` comes in, a frozen `Claims` goes out.  Words are given to it in lower case
with straight apostrophes.  It is a rough measure: no grammar is parsed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from quotes.errors import LexiconError
from quotes.text.lists import shipped

_STEM = 4
"""The fewest letters that a stem keeps."""


@dataclass(frozen=True, slots=True, eq=False)
class Claims:
    """The lists of `claims.toml`, as described there."""

    opening: frozenset[str]
    verbs: frozenset[str]
    short: tuple[str, ...]
    denying: frozenset[str]
    suffixes: tuple[str, ...]

    def is_claim(self, words: Sequence[str]) -> bool:
        """Whether the words say something and don't only name it.

        >>> claims = load_claims()
        >>> claims.is_claim("taxes won't rise".split()), claims.is_claim("the tax rise".split())
        (True, False)
        """
        if not words:
            return False
        return words[0] in self.opening or any(map(self._is_verb, words))

    def _is_verb(self, word: str) -> bool:
        return word in self.verbs or word.endswith(self.short)

    def stem(self, word: str) -> str:
        """The word without the first suffix that leaves enough of it.

        >>> [load_claims().stem(word) for word in ("secured", "securing", "red")]
        ['secur', 'secur', 'red']
        """
        for suffix in self.suffixes:
            if len(word) >= len(suffix) + _STEM and word.endswith(suffix):
                return word.removesuffix(suffix)
        return word


@cache
def load_claims() -> Claims:
    """The shipped lists, read once a process.

    Raises:
        LexiconError: the file lacks one of its lists.
    """
    try:
        table = {key: str(value).split() for key, value in shipped("claims.toml").items()}
        return Claims(
            opening=frozenset(table["opening"]),
            verbs=frozenset(table["verbs"]),
            short=tuple(table["short"]),
            denying=frozenset(table["denying"]),
            suffixes=tuple(table["suffixes"]),
        )
    except KeyError as error:
        raise LexiconError(f"claims.toml lacks {error}; correct it") from error
