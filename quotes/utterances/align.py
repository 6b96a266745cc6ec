"""Which words of one wording are words of another: the alignment, and the stretches moved.

In: two wordings.  Out: pairs of places in order, and moves of what the pairs leave over.
Equal ends cost one step a word; the middle is parted at words that both have once, and only
what lies between those is compared word by word with every other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA, LCSseq

from quotes.text.lists import load_wordings
from quotes.utterances.words import Word

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


class _Area(NamedTuple):
    a0: int
    a1: int
    b0: int
    b1: int

    @property
    def cells(self) -> int:
        return (self.a1 - self.a0) * (self.b1 - self.b0)


def align(first: Sequence[Word], second: Sequence[Word]) -> tuple[Pair, ...]:
    """The pairs of equal or alike words, in the order of both wordings.

    >>> from quotes.utterances.words import worded
    >>> one, two = worded("We do not want war").words, worded("We don't want this war").words
    >>> [tuple(pair) for pair in align(one, two)]
    [(0, 1, 0, 1), (1, 3, 1, 2), (3, 4, 2, 3), (4, 5, 4, 5)]
    """
    found: list[Pair] = []
    todo = [_Area(0, len(first), 0, len(second))]
    while todo:
        pairs, area = _ends(first, second, todo.pop())
        found += pairs
        if not area.cells:
            continue
        anchors = _anchors(first, second, area) if area.cells > SMALL_AREA else []
        if anchors:
            found += [Pair(a, a + 1, b, b + 1) for a, b in anchors]
            todo += _between(area, anchors)
        else:
            found += _compared(first, second, area)
    return _without_strays(first, second, sorted(found))


def _ends(first: Sequence[Word], second: Sequence[Word], area: _Area) -> tuple[list[Pair], _Area]:
    """The pairs at both ends of an area, and what is left between them."""
    a0, a1, b0, b1 = area
    pairs = []
    while a0 < a1 and b0 < b1 and first[a0].key == second[b0].key:
        pairs.append(Pair(a0, a0 + 1, b0, b0 + 1))
        a0, b0 = a0 + 1, b0 + 1
    while a0 < a1 and b0 < b1 and first[a1 - 1].key == second[b1 - 1].key:
        a1, b1 = a1 - 1, b1 - 1
        pairs.append(Pair(a1, a1 + 1, b1, b1 + 1))
    return pairs, _Area(a0, a1, b0, b1)


def _anchors(first: Sequence[Word], second: Sequence[Word], area: _Area) -> list[tuple[int, int]]:
    """Weighty words that either side has once, the longest chain in the order of both.

    Source: patience diff, as B. Cohen described it for version control.
    """
    ours, theirs = _once(first, area.a0, area.a1), _once(second, area.b0, area.b1)
    places = sorted((at, theirs[key]) for key, at in ours.items() if key in theirs)
    return _rising(places)


def _once(words: Sequence[Word], start: int, end: int) -> dict[str, int]:
    counts = Counter(word.key for word in words[start:end])
    return {
        words[at].key: at
        for at in range(start, end)
        if counts[words[at].key] == 1 and not words[at].small
    }


def _rising(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain of pairs that rises on both sides."""
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
        chain.append(places[at])
        at = before[at]
    return chain[::-1]


def _between(area: _Area, anchors: Sequence[tuple[int, int]]) -> Iterator[_Area]:
    a, b = area.a0, area.b0
    for next_a, next_b in (*anchors, (area.a1, area.b1)):
        yield _Area(a, next_a, b, next_b)
        a, b = next_a + 1, next_b + 1


def _compared(first: Sequence[Word], second: Sequence[Word], area: _Area) -> list[Pair]:
    ours, theirs = first[area.a0 : area.a1], second[area.b0 : area.b1]
    pairs = _best(ours, theirs) if area.cells <= LARGEST_AREA else _common(ours, theirs)
    return [
        Pair(a0 + area.a0, a1 + area.a0, b0 + area.b0, b1 + area.b0) for a0, a1, b0, b1 in pairs
    ]


def _common(ours: Sequence[Word], theirs: Sequence[Word]) -> list[Pair]:
    codes = LCSseq.opcodes([w.key for w in ours], [w.key for w in theirs])
    return [
        Pair(
            code.src_start + n, code.src_start + n + 1, code.dest_start + n, code.dest_start + n + 1
        )
        for code in codes
        if code.tag == "equal"
        for n in range(code.src_end - code.src_start)
    ]


# The best alignment of a small area


class _Step(NamedTuple):
    """A pair that ends at a cell: words on either side, worth, whether it follows a pair."""

    a: int
    b: int
    worth: int
    follows: bool


def _best(ours: Sequence[Word], theirs: Sequence[Word]) -> list[Pair]:
    """The alignment of most worth, by dynamic programming over all cells."""
    # Rapidfuzz pairs equal words one by one: it misses "don't" and "do not", "healthcare" and
    # "health-care" or "health care", and "law" and "laws", which six cases of the tests have.
    pairs = _possible(ours, theirs)
    best = [[0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    ending: dict[tuple[int, int], _Step] = {}
    for i in range(1, len(ours) + 1):
        above, row, here = best[i - 1], best[i], pairs.get(i, {})
        for j in range(1, len(theirs) + 1):
            most = max(above[j], row[j - 1])
            if j in here:
                step = _step(best, ending, i, j, here[j])
                ending[i, j] = step
                most = max(most, step.worth)
            row[j] = most
    return _traced(best, ending, len(ours), len(theirs))


def _step(
    best: Sequence[Sequence[int]],
    ending: dict[tuple[int, int], _Step],
    i: int,
    j: int,
    choices: Sequence[tuple[int, int, int]],
) -> _Step:
    steps = []
    for a, b, worth in choices:
        before = ending.get((i - a, j - b))
        steps.append(_Step(a, b, best[i - a][j - b] + worth, False))
        if before:
            steps.append(_Step(a, b, before.worth + worth + RUN, True))
    return max(steps, key=lambda step: (step.worth, step.follows, -step.a - step.b))


def _traced(
    best: Sequence[Sequence[int]], ending: dict[tuple[int, int], _Step], i: int, j: int
) -> list[Pair]:
    pairs = []
    must = False
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
                worth = sum(_worth(word) for word in ours[i - a : i])
                pairs[i].setdefault(j, []).append((a, b, worth))
    for i, j in _alike_places(ours, theirs):
        pairs[i].setdefault(j, []).append((1, 1, ALIKE))
    return pairs


def _worth(word: Word) -> int:
    return SMALL if word.small else WEIGHTY


def _forms(words: Sequence[Word]) -> Iterator[tuple[str, int, int]]:
    """What runs of up to three words may be written as, with their ends and lengths."""
    for end in range(1, len(words) + 1):
        yield from ((reading, end, 1) for reading in words[end - 1].readings)
        for length in (2, 3):
            run = words[end - length : end] if length <= end else ()
            if run:
                full = {" ".join(word.key for word in run), _written_as_one(run)}
                yield from ((form, end, length) for form in sorted(full))


def _written_as_one(run: Sequence[Word]) -> str:
    return load_wordings().readings("".join(word.raw for word in run))[0]


def _alike_places(ours: Sequence[Word], theirs: Sequence[Word]) -> Iterator[tuple[int, int]]:
    by_letter: dict[str, list[int]] = defaultdict(list)
    for j, word in enumerate(theirs, 1):
        by_letter[word.raw[0]].append(j)
    for i, word in enumerate(ours, 1):
        yield from ((i, j) for j in by_letter.get(word.raw[0], ()) if alike(word, theirs[j - 1]))


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
    if _inflected(short, long):
        return True
    slips = 2 if len(short) > 6 else 1 if len(short) > 4 else 0
    return slips > 0 and OSA.distance(short, long, score_cutoff=slips) <= slips


def _inflected(short: str, long: str) -> bool:
    if long.startswith(short) and long[len(short) :] in ENDINGS:
        return True
    return short.endswith("y") and long in (f"{short[:-1]}ies", f"{short[:-1]}ied")


# What an alignment leaves over


def _without_strays(
    first: Sequence[Word], second: Sequence[Word], pairs: Sequence[Pair]
) -> tuple[Pair, ...]:
    """Without small words paired amid words that all differ: those say nothing of each other."""
    fence = (Pair(0, 0, 0, 0), *pairs, Pair(len(first), len(first), len(second), len(second)))
    kept = []
    for before, pair, after in zip(fence, fence[1:], fence[2:], strict=False):
        lonely = all(
            one.a1 < two.a0 and one.b1 < two.b0 for one, two in ((before, pair), (pair, after))
        )
        if not (lonely and first[pair.a0].small):
            kept.append(pair)
    return tuple(kept)


def moves(first: Sequence[Word], second: Sequence[Word], pairs: Sequence[Pair]) -> tuple[Move, ...]:
    """Stretches that no pair holds and that stand on both sides: at other places.

    The longest first.  One with nothing but small words has not moved, it only recurs; nor has
    a single word that stands more than `NEAR` paired words away.

    >>> from quotes.utterances.words import worded
    >>> one, two = worded("Today we won").words, worded("We won today").words
    >>> moves(one, two, align(one, two))
    (Move(a=0, b=2, length=1),)
    """
    ours = set(range(len(first))).difference(*(range(p.a0, p.a1) for p in pairs))
    theirs = set(range(len(second))).difference(*(range(p.b0, p.b1) for p in pairs))
    places: dict[str, list[int]] = defaultdict(list)
    for b in sorted(theirs):
        places[second[b].key].append(b)
    runs = []
    for a in sorted(ours):
        for b in places.get(first[a].key, ()):
            move = Move(a, b, _run(first, second, a, b, ours, theirs))
            if _has_moved(first, pairs, move):
                runs.append(move)
    return _chosen(runs)


def _run(
    first: Sequence[Word], second: Sequence[Word], a: int, b: int, ours: set[int], theirs: set[int]
) -> int:
    length = 0
    while (
        a + length in ours
        and b + length in theirs
        and first[a + length].key == second[b + length].key
    ):
        length += 1
    return length


def _has_moved(first: Sequence[Word], pairs: Sequence[Pair], move: Move) -> bool:
    weighty = sum(not word.small for word in first[move.a : move.a + move.length])
    if weighty == 1:
        passed = bisect_left(pairs, move.a, key=_a) - bisect_left(pairs, move.b, key=_b)
        return abs(passed) <= NEAR
    return weighty > 1


def _a(pair: Pair) -> int:
    return pair.a0


def _b(pair: Pair) -> int:
    return pair.b0


def _chosen(runs: Sequence[Move]) -> tuple[Move, ...]:
    chosen: list[Move] = []
    ours: set[int] = set()
    theirs: set[int] = set()
    for run in sorted(runs, key=lambda run: (-run.length, run.a, run.b)):
        here, there = range(run.a, run.a + run.length), range(run.b, run.b + run.length)
        if ours.isdisjoint(here) and theirs.isdisjoint(there):
            ours.update(here)
            theirs.update(there)
            chosen.append(run)
    return tuple(sorted(chosen))
