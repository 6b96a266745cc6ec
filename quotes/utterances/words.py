"""A wording as its words: where each stands, what it is compared by, what it may stand for.

In: a wording as printed.  Out: a `WordedText` with its words in order.  Between the words stand
gaps, of white space and signs, that are compared as they are.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from quotes.people.titles import load_titles
from quotes.records import Span
from quotes.text.lists import load_wordings
from quotes.text.normalised import HYPHENS, SINGLE_MARKS, normalise, sentences

_LETTERS = r"(?:[^\W_][\u0300-\u036f\u00ad\u200b-\u200d]*+)++"
_WORD = re.compile(
    rf"""
      {_LETTERS}\[{_LETTERS}\](?:{_LETTERS})?+ | \[{_LETTERS}\]{_LETTERS}
    | (?:[^\W\d_]\.){{2,}}
    | [$€£¥]?+{_LETTERS} (?: (?: [{SINGLE_MARKS}{HYPHENS}] | (?<=\d)[.,](?=\d) ) {_LETTERS} )*+
    | [%&]
    """,
    re.VERBOSE,
)
_BRACKETS = re.compile(r"\[[^\[\]()]{1,200}+\]|\([^\[\]()]{1,200}+\)")
_ELLIPSIS = re.compile(r"[\[(]?\s?(?:…|\.(?:\s?\.){2,})\s?[\])]?")
_IN_WORD = re.compile(rf"[\[\]{re.escape(HYPHENS)}]")
_TITLE_CASE = 0.7  # of the weighty words with capitals: then a capital makes no name
_FEW_WORDS = 4
_SHOUTED = 5  # letters: longer words in capitals are rather loud than names


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a wording.

    Attributes:
        span: where it stands, with the editor's brackets that open before it or close behind.
        raw: its letters for comparing, as written; `key` in one spelling, numbers in figures.
        readings: what it may stand for; `key` is the first.
        bracketed: whether it stands, wholly or in part, in brackets.
        sentence: the number of its sentence.
    """

    span: Span
    raw: str
    key: str
    readings: tuple[str, ...]
    bracketed: bool = False
    sentence: int = 0

    @property
    def small(self) -> bool:
        """Whether it tells nothing by itself."""
        small = load_wordings().small
        return self.raw in small or ("'" in self.raw and self.raw.split("'")[0] in small)

    @property
    def number(self) -> bool:
        """Whether it is a number, in figures or in words."""
        return self.raw in load_wordings().numbers or any(char.isdigit() for char in self.key)

    @property
    def negation(self) -> bool:
        """Whether it denies."""
        return load_wordings().denies(self.raw)


@dataclass(frozen=True, eq=False)
class WordedText:
    """A wording and its words, in order."""

    text: str
    words: tuple[Word, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What the words are compared by."""
        return tuple(word.key for word in self.words)

    @cached_property
    def names(self) -> frozenset[int]:
        """Which words are proper names, as far as capitals tell: places in `words`."""
        inner = {at for at in range(len(self.words)) if not self._opens(at) and self._capital(at)}
        known = {self.words[at].raw for at in inner}
        opening = {at for at in range(len(self.words)) if self._opens(at) and self._capital(at)}
        led = {at for at in opening if self.words[at].raw in known or self._runs_on(at, inner)}
        return frozenset() if self._title_case(inner) else frozenset(inner | led)

    @cached_property
    def plain(self) -> frozenset[str]:
        """The words printed without a capital: what is among them is no name."""
        return frozenset(w.raw for w in self.words if not w.span.of(self.text)[:1].isupper())

    def _opens(self, at: int) -> bool:
        return at == 0 or self.words[at].sentence != self.words[at - 1].sentence

    def _capital(self, at: int) -> bool:
        word = self.words[at]
        printed = word.span.of(self.text)
        if word.bracketed or word.small or word.number or word.negation or not printed[0].isupper():
            return False
        shouted = len(printed) > _SHOUTED and printed.isupper()
        return not shouted and not _is_title(word.raw)

    def _runs_on(self, at: int, names: set[int]) -> bool:
        if at + 1 not in names:
            return False
        between = self.text[self.words[at].span.end : self.words[at + 1].span.start]
        return not between.strip()

    def _title_case(self, names: set[int]) -> bool:
        weighty = [w for w in self.words if not w.small and w.raw[0].isalpha()]
        capitals = sum(w.span.of(self.text)[0].isupper() for w in weighty)
        return len(weighty) >= _FEW_WORDS and capitals > _TITLE_CASE * len(weighty) and bool(names)


def _is_title(raw: str) -> bool:
    titles = load_titles()
    return raw in titles.courtesy or raw in titles.offices


@lru_cache(maxsize=256)  # one wording of an utterance is compared with all the others
def worded(text: str) -> WordedText:
    """A wording's words.

    >>> [word.key for word in worded("“[W]e don’t want five U.S. [military] bases …”").words]
    ['we', 'do not', 'want', '5', 'us', 'military', 'bases']
    """
    starts = [sentence.start for sentence in sentences(text)]
    words = [
        _word(match, bisect_right(starts, match.start()) - 1) for match in _WORD.finditer(text)
    ]
    for group in _BRACKETS.finditer(text):
        _bracket(words, *group.span())
    return WordedText(text, tuple(words))


def _word(match: re.Match[str], sentence: int) -> Word:
    raw, readings = _readings(match[0])
    return Word(Span(*match.span()), raw, readings[0], readings, "[" in match[0], sentence)


@lru_cache(maxsize=65_536)
def _readings(printed: str) -> tuple[str, tuple[str, ...]]:
    raw = _IN_WORD.sub("", normalise(printed).text) or printed
    if "." in raw and not any(char.isdigit() for char in raw):
        raw = raw.replace(".", "")
    elif raw[-1].isdigit():
        raw = raw.replace(",", "")
    return raw, load_wordings().readings(raw)


def _bracket(words: list[Word], start: int, end: int) -> None:
    """Mark the words inside a pair of brackets; the outer ones take the brackets along."""
    within = [at for at, w in enumerate(words) if start < w.span.start and w.span.end < end]
    for at in within:
        span = words[at].span
        first = start if at == within[0] else span.start
        last = end if at == within[-1] else span.end
        words[at] = replace(words[at], span=Span(first, last), bracketed=True)


def ellipses(gap: str) -> int:
    """How many ellipses, bracketed or not, stand in a gap.

    >>> ellipses(" … "), ellipses(" [. . .] "), ellipses(". ")
    (1, 1, 0)
    """
    return len(_ELLIPSIS.findall(gap))
