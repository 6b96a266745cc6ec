"""Which quotations are worth comparing: the runs of words by which a store finds them.

In: a `Wording`.  Out: its runs as numbers, of three lengths.  A short run is looked up only
near its date and among those who may have said it, a middle one only near its date, a long one
anywhere; so a phrase that everybody uses is never followed through a whole index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from quotes.utterances.wording import Wording

SHORT_BITS = 22.0
"""Two rare words, or up to four common ones.  The lightest run that a true pair shares."""

MIDDLE_BITS = 45.0
LONG_BITS = 75.0
"""Runs that speakers who differ, and dates far apart, must share: below what `decide` asks of
them, and longer than nearly all stock phrases."""

THINNED = {"middle": 2, "long": 4}
"""Of so many neighbouring runs one is kept, the one with the lowest number: two quotations that
share a run longer by that many words still share a kept one.

Source: winnowing (Schleimer, Wilkerson, Aiken, SIGMOD 2003)."""


AT_ONCE = 3
WEEKS = 21
"""Days between two reports of one occasion, and between a report and its later repetition.

Within the first a short run is followed whoever speaks, within the second if one may have
spoken both; a middle run within the second; a long one everywhere."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The numbers of a wording's runs, sorted, by length; 48 bits each."""

    short: tuple[int, ...]
    middle: tuple[int, ...]
    long: tuple[int, ...]

    @property
    def all(self) -> tuple[int, ...]:
        """Every number under which the wording is stored."""
        return tuple(sorted({*self.short, *self.middle, *self.long}))


def runs_of(wording: Wording) -> Runs:
    """The runs a wording is found by.

    Of words without marks only nearly equal ones are grouped, so short runs are left out.
    A wording too light for any run is found by all its words together.
    """
    short = _numbers("s", wording, SHORT_BITS) if wording.quoted else ()
    middle = _thinned(_numbers("m", wording, MIDDLE_BITS), THINNED["middle"])
    long = _thinned(_numbers("l", wording, LONG_BITS), THINNED["long"])
    if not short and not middle:
        short = (_number("s", wording.words),)
    return Runs(tuple(sorted(set(short))), tuple(sorted(set(middle))), tuple(sorted(set(long))))


def _numbers(level: str, wording: Wording, least: float) -> tuple[int, ...]:
    spans = lightest_runs(wording.weights, least)
    return tuple(_number(level, wording.words[start:end]) for start, end in spans)


def lightest_runs(weights: Sequence[float], least: float) -> Iterator[tuple[int, int]]:
    """Start and end of every run of at least `least` bits that holds no shorter such run.

    Any stretch that weighs `least` holds one, so two texts that share it share a run.

    >>> list(lightest_runs([8, 1, 15, 9], 22))
    [(0, 3), (2, 4)]
    """
    start, weight, last = 0, 0.0, -1
    for end, added in enumerate(weights, 1):
        weight += added
        while weight - weights[start] >= least:
            weight -= weights[start]
            start += 1
        if weight >= least and start > last:
            yield start, end
            last = start


def _number(level: str, words: Sequence[str]) -> int:
    digest = blake2b(f"{level} {' '.join(words)}".encode(), digest_size=6).digest()
    return int.from_bytes(digest)


def _thinned(numbers: Sequence[int], window: int) -> tuple[int, ...]:
    if len(numbers) <= window:
        return tuple(numbers[:0]) if not numbers else (min(numbers),)
    return tuple(min(numbers[at : at + window]) for at in range(len(numbers) - window + 1))


def meet(a: Wording, b: Wording, runs_a: Runs, runs_b: Runs) -> bool:
    """Whether a store would find one of the two by the other: what its look-ups come to.

    Undated wordings meet others by long runs only, and one another as if of one day.
    """
    if not set(runs_a.long).isdisjoint(runs_b.long):
        return True
    if (a.day is None) != (b.day is None):
        return False
    days = abs((a.day or 0) - (b.day or 0))
    if days <= WEEKS and not set(runs_a.middle).isdisjoint(runs_b.middle):
        return True
    may_be_one = a.speaker == b.speaker or a.speaker is None or b.speaker is None
    near = days <= (WEEKS if may_be_one else AT_ONCE)
    return near and not set(runs_a.short).isdisjoint(runs_b.short)
