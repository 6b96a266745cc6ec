"""Whether two quotations report one statement in different words.

In: `Statement`s, made of what the index holds of a quotation, with the vectors that the reader
made.  Out: a `Likeness` of named parts, the same whichever comes first; a decision, which looks at
this one pair; and the reason for it in words.  `data/claims.toml` tells a claim from a topic: a
rough measure, no grammar is parsed.  Whether two quotations print the same words is the business
of `utterances`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from quotes.errors import LexiconError
from quotes.records import Attitude, Kind, Polarity
from quotes.text.lists import bits, load_wordings, shipped
from quotes.text.normalised import normalise
from quotes.utterances.wording import words_of

COMMON_BITS = 5.0
"""What every word weighs less than its rarity, so that the commonest weigh nothing."""

WEIGHTY_BITS = 3.0
"""What a shared word must weigh to be told."""

MOST_DAYS = 3
"""Days between two reports of one statement; later a speaker says it again."""

OVERLAP_COUNTS = 0.5
"""How much the shared words count beside the vectors."""

NEEDED = 0.8
"""What both must come to.  On one half of the labelled pairs 0.75 is right in nine of ten cases and
0.8 in five of five; 0.75 joins two statements of the sample articles, so it is 0.8."""

NEEDED_IN_REWRITE = 0.5
"""The same where one article is a rewrite of the other and tells mostly the same; there a topic
is enough too.  Chosen on the one rewrite of the sample articles."""

LEAST_RESEMBLANCE = 0.2
"""Vectors farther apart are of different statements, whatever words they share."""

LEAST_SHARED = 15.0
"""Bits of shared words, two rare ones: less is a stock phrase."""

_TOLD = 6
"""The most shared words that are told."""

_STEM = 4
"""The fewest letters that a stem keeps."""


@dataclass(frozen=True)
class Statement:
    """One quotation as a report of what somebody said.

    Attributes:
        quotation: its number in the index.
        article: which one printed it.
        cluster: the group of wordings it stands in, None for none.
        family: of its article's wire copies and rewrites, None for none.
        speaker: an entity's id, None if not known.
        day: a day's ordinal, None if not known.
        text, cue: as printed.
        vector: see `quotes.records.Quotation`.
    """

    quotation: int
    article: str
    cluster: str | None
    family: str | None
    speaker: str | None
    day: int | None
    kind: Kind
    attitude: Attitude
    text: str
    cue: str
    vector: bytes
    polarity: Polarity = "affirmed"

    @cached_property
    def wording(self) -> tuple[str, ...]:
        """All its words, for comparing."""
        return words_of(self.text)

    @cached_property
    def words(self) -> dict[str, float]:
        """Stems and their weights in bits; what weighs nothing is left out."""
        stem = load_claims().stem
        weights = {stem(word): bits(word) - COMMON_BITS for word in self.wording}
        return {word: weight for word, weight in weights.items() if weight > 0}

    @cached_property
    def forms(self) -> dict[str, str]:
        """Of each stem a word that has it, for telling."""
        return {load_claims().stem(word): word for word in sorted(self.wording, reverse=True)}

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers in figures."""
        return frozenset(word for word in self.wording if word[0].isdigit())

    @cached_property
    def claims(self) -> bool:
        """Whether it says something; what stands in quotation marks does."""
        return self.kind == "direct" or load_claims().is_claim(_plain(self.text))

    @cached_property
    def denies(self) -> bool:
        """Whether it, or the verb that reports it, denies."""
        words = _plain(self.text) + _plain(self.cue)
        denying = load_claims().denying
        if self.polarity == "denied":
            return True
        return any(word in denying or load_wordings().denies(word) for word in words)

    @property
    def voice(self) -> str | None:
        """Where reports of the same statement are looked for; None if nowhere.

        Under its speaker; without one, in the copies and rewrites of its article alone.
        """
        if not self.vector or self.day is None:
            return None
        if self.speaker is not None and (self.claims or self.family is not None):
            return f"speaker {self.speaker}"
        return f"family {self.family}" if self.family is not None else None


def _plain(printed: str) -> list[str]:
    return [word.strip('.,;:!?()[]"') for word in normalise(printed).text.split()]


# What two have in common, and the decision


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
    thoughts that nobody spoke; nor what nobody is known to have said.
    """
    return (
        one.article != other.article
        and not one.kind == other.kind == "direct"
        and (one.cluster is None or one.cluster != other.cluster)
        and "assertion" in (one.attitude, other.attitude)
        and "unsaid" not in (one.polarity, other.polarity)
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


def similarity(pair: Likeness) -> float | None:
    """How alike two statements are, 0..1, if they are one; else None."""
    if pair.days > MOST_DAYS or pair.denial or pair.numbers or not (pair.claims or pair.rewrite):
        return None
    if pair.shared < LEAST_SHARED or pair.resemblance < LEAST_RESEMBLANCE:
        return None
    reached = pair.resemblance + OVERLAP_COUNTS * pair.overlap
    if reached < (NEEDED_IN_REWRITE if pair.rewrite else NEEDED):
        return None
    return round(min(1.0, reached / (1 + OVERLAP_COUNTS)), 4)


def tell(pair: Likeness) -> str:
    """The score in words: who and when, what is shared, how near the vectors are."""
    who = "the same speaker" if pair.speaker else "speakers not known"
    when = "the same day" if pair.days == 0 else f"{pair.days} day{'s' * (pair.days > 1)} apart"
    words = ", ".join(pair.words[:_TOLD])
    parts = [who, when, f"both have {words}", f"resemblance {pair.resemblance:.2f}"]
    if pair.rewrite:
        parts.append("one text or its rewrite")
    return "; ".join(parts)


# Claims and stems


@dataclass(frozen=True, slots=True, eq=False)
class Claims:
    """The lists of `claims.toml`, as described there; words in lower case, apostrophes straight."""

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
        verbs = (word in self.verbs or word.endswith(self.short) for word in words)
        return any(word in self.opening for word in words[:1]) or any(verbs)

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
    """The shipped lists, read once per process.

    Raises:
        LexiconError: the file lacks one of its lists.
    """
    table = {key: str(value).split() for key, value in shipped("claims.toml").items()}
    try:
        opening, verbs, denying = (frozenset(table[key]) for key in ("opening", "verbs", "denying"))
        return Claims(opening, verbs, tuple(table["short"]), denying, tuple(table["suffixes"]))
    except KeyError as error:
        raise LexiconError(f"claims.toml lacks {error}; correct it") from error
