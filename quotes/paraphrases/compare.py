"""What two statements have in common: the named parts of a pair's score.

In: two `Statement`s.  Out: a `Likeness`, the same whichever comes first.  Nothing is decided
here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from quotes.paraphrases.statement import Statement

WEIGHTY_BITS = 3.0
"""What a shared word must weigh to be told."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two statements share, in named parts.

    Attributes:
        resemblance: -1..1, the cosine of their vectors.
        overlap: 0..1, the weight of the words they share, stem by stem, as a part of both.
        shared: those words' weight in bits.
        words: those of them that weigh something, the heaviest first.
        claims: both say something, and don't only name it.
        denial: one denies and the other does not.
        numbers: both name numbers and none in common.
        rewrite: their articles are copies or rewrites of one text.
        speaker: the speaker is known and the same.
        days: between their dates.
    """

    resemblance: float
    overlap: float
    shared: float
    words: tuple[str, ...]
    claims: bool
    denial: bool
    numbers: bool
    rewrite: bool
    speaker: bool
    days: int


def comparable(one: Statement, other: Statement) -> bool:
    """Whether one could retell what the other reports.

    Two articles, not two verbatim quotations, not two printings of the same words, and not two
    thoughts that nobody spoke.
    """
    return (
        one.article != other.article
        and not one.kind == other.kind == "direct"
        and (one.cluster is None or one.cluster != other.cluster)
        and "assertion" in (one.attitude, other.attitude)
        and one.wording != other.wording
    )


def compare(one: Statement, other: Statement) -> Likeness:
    """The named parts for two statements whose dates are known."""
    common = {
        word: min(one.words[word], other.words[word]) for word in one.words.keys() & other.words
    }
    shared = math.fsum(common.values())
    whole = math.sqrt(math.fsum(one.words.values()) * math.fsum(other.words.values()))
    return Likeness(
        resemblance=round(float(resembling(one.vector, [other.vector])[0]), 4),
        overlap=round(shared / whole, 4) if whole else 0.0,
        shared=shared,
        words=tuple(
            min(one.forms[word], other.forms[word])
            for word in sorted(common, key=lambda word: (-common[word], word))
            if common[word] >= WEIGHTY_BITS
        ),
        claims=one.claims and other.claims,
        denial=one.denies != other.denies,
        numbers=bool(one.numbers and other.numbers and not one.numbers & other.numbers),
        rewrite=one.family is not None and one.family == other.family,
        speaker=one.speaker is not None and one.speaker == other.speaker,
        days=abs((one.day or 0) - (other.day or 0)),
    )


def resembling(vector: bytes, others: Sequence[bytes]) -> list[float]:
    """The cosine of a vector with each of the others; -1 with one of another length.

    >>> resembling(bytes([3, 4]), [bytes([3, 4]), bytes([252, 3]), b""])
    [1.0, 0.0, -1.0]
    """
    import numpy as np

    alike = [other for other in others if len(other) == len(vector)]
    if not (alike and vector):
        return [-1.0] * len(others)
    mine = np.frombuffer(vector, dtype=np.int8).astype(np.float64)
    theirs = np.frombuffer(b"".join(alike), dtype=np.int8).reshape(len(alike), -1)
    lengths = np.linalg.norm(mine) * np.linalg.norm(theirs.astype(np.float64), axis=1)
    cosines = iter((theirs @ mine / lengths).tolist())
    return [next(cosines) if len(other) == len(vector) else -1.0 for other in others]
