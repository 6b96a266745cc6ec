"""Which words of one wording are words of another: the alignment, and the stretches moved.

In: a wording as printed, made a `WordedText` of words and the gaps between them, of white space
and signs; then the words of two.  Out: pairs of places in order, and moves of what the pairs
leave over.  Equal ends cost one step per word; the middle is parted at words that both have
once, and only what lies between those is compared word by word with every other.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from rapidfuzz.distance import OSA, LCSseq

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
    def names(self) -> frozenset[int]:
        """Which words are proper names, as far as capitals tell: places in `words`."""
        words = self.words
        capitals = {at for at in range(len(words)) if self._capital(at)}
        opening = {at for at in capitals if not at or words[at].sentence != words[at - 1].sentence}
        inner = capitals - opening
        known = {words[at].raw for at in inner}
        led = {
            at
            for at in opening
            if words[at].raw in known or (at + 1 in inner and not self.gap(at).strip())
        }
        weighty = [w.span.of(self.text) for w in words if not w.small and w.raw[0].isalpha()]
        most = _TITLE_CASE * len(weighty)
        title_case = len(weighty) >= _FEW_WORDS and sum(w[0].isupper() for w in weighty) > most
        return frozenset() if inner and title_case else frozenset(inner | led)

    @cached_property
    def plain(self) -> frozenset[str]:
        """The words printed without a capital: what is among them is no name."""
        return frozenset(w.raw for w in self.words if not w.span.of(self.text)[:1].isupper())

    def stretch(self, start: int, stop: int) -> Span:
        """Where the words from one place up to another stand."""
        return Span(self.words[start].span.start, self.words[stop - 1].span.end)

    def gap(self, at: int) -> str:
        """What stands between a word and the next one."""
        return self.text[self.words[at].span.end : self.words[at + 1].span.start]

    def _capital(self, at: int) -> bool:
        """Whether its capital says something: no title, and not loud."""
        word, titles = self.words[at], load_titles()
        printed = word.span.of(self.text)
        if not printed[0].isupper() or word.bracketed or word.small or word.number or word.negation:
            return False
        shouted = len(printed) > _SHOUTED and printed.isupper()
        return not (shouted or word.raw in titles.courtesy or word.raw in titles.offices)


@lru_cache(maxsize=256)  # one wording of an utterance is compared with all the others
def worded(text: str) -> WordedText:
    """A wording's words.

    >>> [word.key for word in worded("“[W]e don’t want five U.S. [military] bases …”").words]
    ['we', 'do not', 'want', '5', 'us', 'military', 'bases']
    """
    starts = [sentence.start for sentence in sentences(text)]
    words = []
    for match in _WORD.finditer(text):
        raw, readings = _readings(match[0])
        sentence = bisect_right(starts, match.start()) - 1
        span = Span(*match.span())
        words.append(Word(span, raw, readings[0], readings, "[" in match[0], sentence))
    for group in _BRACKETS.finditer(text):
        # The outer words in brackets take the brackets along.
        start, end = group.span()
        within = [at for at, w in enumerate(words) if start < w.span.start and w.span.end < end]
        for at in within:
            first = start if at == within[0] else words[at].span.start
            last = end if at == within[-1] else words[at].span.end
            words[at] = replace(words[at], span=Span(first, last), bracketed=True)
    return WordedText(text, tuple(words))


@lru_cache(maxsize=65_536)
def _readings(printed: str) -> tuple[str, tuple[str, ...]]:
    raw = _IN_WORD.sub("", normalise(printed).text) or printed
    if "." in raw and not any(char.isdigit() for char in raw):
        raw = raw.replace(".", "")
    elif raw[-1].isdigit():
        raw = raw.replace(",", "")
    return raw, load_wordings().readings(raw)


def ellipses(gap: str) -> int:
    """How many ellipses, bracketed or not, stand in a gap.

    >>> ellipses(" … "), ellipses(" [. . .] "), ellipses(". ")
    (1, 1, 0)
    """
    return len(_ELLIPSIS.findall(gap))


# Which word is which

SMALL_AREA = 900
"""Cells (30 by 30 words) that are compared whole; larger areas are parted first."""

LARGEST_AREA = 90_000
"""Cells beyond which a plain longest common subsequence stands in, to bound time."""

WEIGHTY, SMALL, ALIKE, RUN = 8, 4, 6, 2
"""What a pair is worth: a weighty word, a small one, one in another spelling; and what it is
worth more right behind another pair.  Only their order matters: two small words don't outweigh
a weighty one with its neighbour."""

NEAR = 6
"""Paired words that a single weighty word may pass; one farther off is rather said again."""

ENDINGS = frozenset(("s", "es", "d", "ed", "ing", "'s", "'"))
"""What one form of a word may have more than another."""


class Pair(NamedTuple):
    """Words `first[a0:a1]` are words `second[b0:b1]`; at least one side is a single word."""

    a0: int
    a1: int
    b0: int
    b1: int


class Move(NamedTuple):
    """Words `first[a : a + length]` stand elsewhere in the second wording, from `b` on."""

    a: int
    b: int
    length: int


def align(first: Sequence[Word], second: Sequence[Word]) -> tuple[Pair, ...]:
    """The pairs of equal or alike words, in the order of both wordings.

    >>> one, two = worded("We do not want war").words, worded("We don't want this war").words
    >>> [tuple(pair) for pair in align(one, two)]
    [(0, 1, 0, 1), (1, 3, 1, 2), (3, 4, 2, 3), (4, 5, 4, 5)]
    """
    found: list[Pair] = []
    todo = [(0, len(first), 0, len(second))]
    while todo:
        a0, a1, b0, b1 = todo.pop()
        while a0 < a1 and b0 < b1 and first[a0].key == second[b0].key:
            found.append(Pair(a0, a0 + 1, b0, b0 + 1))
            a0, b0 = a0 + 1, b0 + 1
        while a0 < a1 and b0 < b1 and first[a1 - 1].key == second[b1 - 1].key:
            a1, b1 = a1 - 1, b1 - 1
            found.append(Pair(a1, a1 + 1, b1, b1 + 1))
        if a0 == a1 or b0 == b1:
            continue
        ours, theirs = first[a0:a1], second[b0:b1]
        cells = len(ours) * len(theirs)
        anchors = _anchors(ours, theirs) if cells > SMALL_AREA else []
        if anchors:
            pairs = anchors
            fence = (Pair(0, 0, 0, 0), *anchors, Pair(a1 - a0, 0, b1 - b0, 0))
            todo += [
                (a0 + one.a1, a0 + two.a0, b0 + one.b1, b0 + two.b0) for one, two in pairwise(fence)
            ]
        else:
            pairs = _best(ours, theirs)
        found += [Pair(p.a0 + a0, p.a1 + a0, p.b0 + b0, p.b1 + b0) for p in pairs]
    return _without_strays(first, second, sorted(found))


def _anchors(ours: Sequence[Word], theirs: Sequence[Word]) -> list[Pair]:
    """Weighty words that either side has once, the longest chain in the order of both.

    Source: patience diff, as B. Cohen described it for version control.
    """
    here, there = _once(ours), _once(theirs)
    places = sorted((at, there[key]) for key, at in here.items() if key in there)
    tails: list[int] = []  # the lowest end of a chain of each length
    ends: list[int] = []  # and which pair that is
    before: list[int] = []
    for at, (_, b) in enumerate(places):
        length = bisect_left(tails, b)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [b]
        ends[length : length + 1] = [at]
    chain = []
    at = ends[-1] if ends else -1
    while at >= 0:
        a, b = places[at]
        chain.append(Pair(a, a + 1, b, b + 1))
        at = before[at]
    return chain[::-1]


def _once(words: Sequence[Word]) -> dict[str, int]:
    counts = Counter(word.key for word in words)
    return {w.key: at for at, w in enumerate(words) if counts[w.key] == 1 and not w.small}


# The best alignment of a small area


class _Step(NamedTuple):
    """A pair that ends at a cell: words on either side, worth, whether it follows a pair."""

    a: int
    b: int
    worth: int
    follows: bool


def _best(ours: Sequence[Word], theirs: Sequence[Word]) -> list[Pair]:
    """The alignment of most worth, by dynamic programming over all cells, if not too many."""
    if len(ours) * len(theirs) > LARGEST_AREA:
        edits = LCSseq.editops([w.key for w in ours], [w.key for w in theirs])
        blocks = edits.as_matching_blocks()
        return [
            Pair(m.a + n, m.a + n + 1, m.b + n, m.b + n + 1) for m in blocks for n in range(m.size)
        ]
    # Rapidfuzz pairs equal words one by one: it misses "don't" and "do not", "healthcare" and
    # "health-care" or "health care", and "law" and "laws", which six cases of the tests have.
    choices = _possible(ours, theirs)
    best = [[0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    ending: dict[tuple[int, int], _Step] = {}
    for i in range(1, len(ours) + 1):
        above, row, here = best[i - 1], best[i], choices.get(i, {})
        for j in range(1, len(theirs) + 1):
            most = max(above[j], row[j - 1])
            if j in here:
                steps = [_Step(a, b, best[i - a][j - b] + worth, False) for a, b, worth in here[j]]
                steps += [
                    _Step(a, b, before.worth + worth + RUN, True)
                    for a, b, worth in here[j]
                    if (before := ending.get((i - a, j - b)))
                ]
                step = (
                    max(steps, key=lambda s: (s.worth, s.follows, -s.a - s.b))
                    if len(steps) > 1
                    else steps[0]
                )
                ending[i, j] = step
                most = max(most, step.worth)
            row[j] = most
    return _traced(best, ending)


def _traced(best: Sequence[Sequence[int]], ending: dict[tuple[int, int], _Step]) -> list[Pair]:
    """The pairs of the best alignment, from its end to its start."""
    pairs, must = [], False
    i, j = len(best) - 1, len(best[0]) - 1
    while i and j:
        step = ending.get((i, j))
        if step and (must or step.worth == best[i][j]):
            pairs.append(Pair(i - step.a, i, j - step.b, j))
            i, j, must = i - step.a, j - step.b, step.follows
        elif best[i - 1][j] == best[i][j]:
            i -= 1
        else:
            j -= 1
    return pairs


def _possible(
    ours: Sequence[Word], theirs: Sequence[Word]
) -> dict[int, dict[int, list[tuple[int, int, int]]]]:
    """By the ends of either side: the pairs (words of ours, of theirs, worth) that may be."""
    forms: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for form, end, length in _forms(theirs):
        forms[form].append((end, length))
    pairs: dict[int, dict[int, list[tuple[int, int, int]]]] = defaultdict(dict)
    for form, i, a in _forms(ours):
        for j, b in forms.get(form, ()):
            if min(a, b) == 1:
                worth = sum(SMALL if word.small else WEIGHTY for word in ours[i - a : i])
                pairs[i].setdefault(j, []).append((a, b, worth))
    by_letter: dict[str, list[tuple[int, Word]]] = defaultdict(list)
    for j, word in enumerate(theirs, 1):
        by_letter[word.raw[0]].append((j, word))
    for i, word in enumerate(ours, 1):
        for j, other in by_letter.get(word.raw[0], ()):
            if alike(word, other):
                pairs[i].setdefault(j, []).append((1, 1, ALIKE))
    return pairs


def _forms(words: Sequence[Word]) -> Iterator[tuple[str, int, int]]:
    """What runs of up to three words may be written as, with their ends and lengths."""
    for end in range(1, len(words) + 1):
        yield from ((reading, end, 1) for reading in words[end - 1].readings)
        for length in range(2, min(end, 3) + 1):
            run = words[end - length : end]
            written_as_one = load_wordings().readings("".join(word.raw for word in run))[0]
            full = {" ".join(word.key for word in run), written_as_one}
            yield from ((form, end, length) for form in sorted(full))


def alike(one: Word, other: Word) -> bool:
    """Whether two unequal words are one in another form, spelling or slip of a letter or two.

    Small words, numbers and negations are what they are: no slip makes one of another.
    """
    if one.key == other.key or one.small or other.small or one.number or other.number:
        return False
    if one.negation != other.negation or load_wordings().opposite(one.raw, other.raw):
        return False
    short, long = sorted((one.raw, other.raw), key=len)
    if len(short) < 3 or short[0] != long[0]:
        return False
    if long.startswith(short) and long[len(short) :] in ENDINGS:
        return True
    if short.endswith("y") and long in (f"{short[:-1]}ies", f"{short[:-1]}ied"):
        return True
    slips = 2 if len(short) > 6 else 1 if len(short) > 4 else 0
    return slips > 0 and OSA.distance(short, long, score_cutoff=slips) <= slips


# What an alignment leaves over


def _without_strays(
    first: Sequence[Word], second: Sequence[Word], pairs: Sequence[Pair]
) -> tuple[Pair, ...]:
    """Without small words paired amid words that all differ: those say nothing of each other."""
    fence = (Pair(0, 0, 0, 0), *pairs, Pair(len(first), len(first), len(second), len(second)))
    lonely = [one.a1 < two.a0 and one.b1 < two.b0 for one, two in pairwise(fence)]
    return tuple(
        pair
        for pair, before, after in zip(pairs, lonely, lonely[1:], strict=False)
        if not (before and after and first[pair.a0].small)
    )


def moves(first: Sequence[Word], second: Sequence[Word], pairs: Sequence[Pair]) -> tuple[Move, ...]:
    """Stretches that no pair holds and that stand on both sides: at other places.

    The longest are chosen first.  One with nothing but small words has not moved, it only
    recurs; nor has a single word that stands more than `NEAR` paired words away.

    >>> one, two = worded("Today we won").words, worded("We won today").words
    >>> moves(one, two, align(one, two))
    (Move(a=0, b=2, length=1),)
    """
    ours = set(range(len(first))).difference(*(range(p.a0, p.a1) for p in pairs))
    theirs = set(range(len(second))).difference(*(range(p.b0, p.b1) for p in pairs))
    places: dict[str, list[int]] = defaultdict(list)
    for b in theirs:
        places[second[b].key].append(b)
    runs = []
    for a in ours:
        for b in places.get(first[a].key, ()):
            length = 1
            while (
                a + length in ours
                and b + length in theirs
                and first[a + length].key == second[b + length].key
            ):
                length += 1
            runs.append(Move(a, b, length))
    chosen = []
    for run in sorted(runs, key=lambda run: (-run.length, run.a, run.b)):
        here, there = range(run.a, run.a + run.length), range(run.b, run.b + run.length)
        if ours.issuperset(here) and theirs.issuperset(there) and _has_moved(first, pairs, run):
            ours.difference_update(here)
            theirs.difference_update(there)
            chosen.append(run)
    return tuple(sorted(chosen))


def _has_moved(first: Sequence[Word], pairs: Sequence[Pair], move: Move) -> bool:
    weighty = sum(not word.small for word in first[move.a : move.a + move.length])
    if weighty != 1:
        return weighty > 1
    passed = bisect_left(pairs, move.a, key=attrgetter("a0"))
    passed -= bisect_left(pairs, move.b, key=attrgetter("b0"))
    return abs(passed) <= NEAR
