"""Whether one article is another's text, cut or extended, or retells it in other words.

In: two fingerprints.  Out: a `Relation` with its parts in figures and in words, or None.  Two
reports of one event share names, numbers and quotations, but not sentence after sentence in one
order; that is what a rewrite keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from quotes.wires.fingerprint import Fingerprint, unpacked_runs, unpacked_told

RelationKind = Literal["copy", "shortened", "extended", "rewrite"]
"""What the second text is to the first: the same, all but for light edits; a part of it; the
same with more; or the same told in other words."""

COPIED = 0.4
"""Share of one text's word runs that the other has, from which on they are one wording."""

ALL = 0.8
"""Share of what one text tells that the other must tell in the same order to hold all of it."""

HALF = 0.5
"""The least of what the lesser text tells that must be in the other, for one to be a copy."""

RETOLD = 0.45
"""Share of what each tells that the other tells in the same order, from which on it is a
rewrite.  Measured: the one rewrite at hand 0.59, articles on the same event up to 0.34."""

RETOLD_IN_PART = 0.65
"""The same of the lesser text alone, where the other tells much more."""

LEAST_OF_OTHER = 0.2
LEAST_TOLD = 100
"""Such a lesser text must be a fifth of the other and weigh so much, about eight sentences: the
few sentences of a brief are found in every longer report of an event."""

LEAST_RUNS = 6
"""Sampled runs (some thirty words) a text must have before its wording is judged at all."""

OVERLAP = 0.3
"""Share of a sentence's weight found on the other side, below which nothing of it is."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts share, in named parts, each 0..1.

    Attributes:
        wording_of_first, wording_of_second: share of a text's word runs that the other has.
        told_of_first, told_of_second: share of what a text tells that the other tells too, in
            the same order.
        weight: what the lesser of the two tells, in words, names and numbers twice.
        runs: how many sampled runs the lesser of the two has.
    """

    wording_of_first: float
    wording_of_second: float
    told_of_first: float
    told_of_second: float
    weight: int
    runs: int


@dataclass(frozen=True, slots=True)
class Relation:
    """What the text of one article is to that of another.

    Attributes:
        first, second: article ids; the kind says what the second is to the first.
        reason: the evidence, in words for people.
    """

    first: str
    second: str
    kind: RelationKind
    likeness: Likeness
    reason: str

    def mirrored(self) -> Relation:
        """What the first is to the second."""
        turned: Mapping[RelationKind, RelationKind]
        turned = {"shortened": "extended", "extended": "shortened"}
        kind = turned.get(self.kind, self.kind)
        part = self.likeness
        likeness = Likeness(
            part.wording_of_second,
            part.wording_of_first,
            part.told_of_second,
            part.told_of_first,
            part.weight,
            part.runs,
        )
        return Relation(self.second, self.first, kind, likeness, _reason(kind, likeness))


def relation(first: Fingerprint, second: Fingerprint) -> Relation | None:
    """What the second text is to the first; None if nothing but its own.

    Asked the other way round it gives the mirrored answer.
    """
    parts = likeness(first, second)
    kind = judge(parts)
    if kind is None:
        return None
    return Relation(first.article, second.article, kind, parts, _reason(kind, parts))


def likeness(first: Fingerprint, second: Fingerprint) -> Likeness:
    """How much two texts share, without a decision."""
    ours, theirs = unpacked_runs(first), unpacked_runs(second)
    common = len(ours & theirs)
    told, retold = unpacked_told(first), unpacked_told(second)
    weights = _weight(told), _weight(retold)
    return Likeness(
        wording_of_first=_share(common, len(ours)),
        wording_of_second=_share(common, len(theirs)),
        told_of_first=_share(in_order(told, retold), weights[0]),
        told_of_second=_share(in_order(retold, told), weights[1]),
        weight=min(weights),
        runs=min(len(ours), len(theirs)),
    )


def judge(parts: Likeness) -> RelationKind | None:
    """The decision from the parts alone."""
    told = parts.told_of_first, parts.told_of_second
    wording = max(parts.wording_of_first, parts.wording_of_second)
    if parts.runs >= LEAST_RUNS and wording >= COPIED and max(told) >= HALF:
        return _copied(*told)
    if parts.weight < LEAST_TOLD:
        return None
    if min(told) >= RETOLD or (max(told) >= RETOLD_IN_PART and min(told) >= LEAST_OF_OTHER):
        return "rewrite"
    return None


def _copied(of_first: float, of_second: float) -> RelationKind:
    if min(of_first, of_second) >= ALL:
        return "copy"
    if of_first == of_second:  # as much cut as added
        return "rewrite"
    return "shortened" if of_second > of_first else "extended"


def in_order(told: Sequence[Mapping[int, int]], retold: Sequence[Mapping[int, int]]) -> int:
    """The weight of what one text tells that another tells too, in the same order.

    Each sentence is looked for in two neighbouring ones of the other text, as rewriting parts
    and joins sentences, and never before the place where the sentence before it was found.
    """
    windows = [
        {**after, **sentence} for sentence, after in zip(retold, (*retold[1:], {}), strict=False)
    ]
    best = [0] * len(windows)
    for sentence in told:
        least = OVERLAP * sum(sentence.values())
        most = 0
        row = []
        for before, window in zip(best, windows, strict=True):
            most = max(most, before)
            shared = sum(sentence[word] for word in sentence.keys() & window.keys())
            row.append(most + (shared if shared >= least else 0))
        best = row
    return max(best, default=0)


def _weight(told: Sequence[Mapping[int, int]]) -> int:
    return sum(sum(sentence.values()) for sentence in told)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _reason(kind: RelationKind, parts: Likeness) -> str:
    wording = max(parts.wording_of_first, parts.wording_of_second)
    kept, own = _percent(parts.told_of_first), _percent(1 - parts.told_of_second)
    if kind == "rewrite":
        return f"retells {kept} of it in the same order, {_percent(wording)} of it word for word"
    if kind == "copy":
        return f"{_percent(wording)} word for word, tells the same in the same order"
    return f"{_percent(wording)} word for word, keeps {kept} of it, {own} is its own"


def _percent(share: float) -> str:
    return f"{round(100 * share)}%"
