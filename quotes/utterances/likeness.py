"""What two wordings share and how near they stand: the named parts of a pair's score.

In: two `Wording`s.  Out: a `PairScore`, a function of the two alone and the same whichever
comes first.  Nothing is decided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import pairwise
from typing import Literal

from rapidfuzz.fuzz import ratio

from quotes.text.lists import bits
from quotes.utterances.runs import SHORT_BITS
from quotes.utterances.wording import Wording

Agreement = Literal["same", "named", "unknown", "conflict"]

SKIP = 4.0
"""Bits that a word replaced by another costs an alignment: below the weight of most words."""

LEAP = 0.5
LEAP_MOST = 8.0
"""Bits that a word left out costs, and the most that any number together costs.

Set by hand so that a slip or an ellipsis is bridged and a stray "the" far off is not."""

_NEGATIONS = frozenset({"not", "no", "never", "none", "nobody", "nothing", "without"})

SLIP_LIKENESS = 75.0
SLIP_SHARE = 0.75
"""How alike two spellings must be, of 100, to be one word misheard or mistyped; and how much
of its weight counts as shared."""


@dataclass(frozen=True, slots=True)
class PairScore:
    """What two quotations share and how near they stand, in named parts.

    Attributes:
        shared: weight in bits of the words they share in one alignment; rarer words weigh more.
        containment: 0..1, `shared` as a part of the lighter quotation's weight.
        similarity: 0..1, `shared` as a part of the heavier one's.
        piece: weight in bits of a quoted piece, half or more of what either prints, that the
            other holds word for word; 0 if there is none.
        run: the words of the heaviest run they share.
        run_weight: its weight in bits.
        dropped: 0..1, the part of the lighter one's weight that the other leaves out within
            what they share, nothing in its place; negations not counted.
        moved: weight of words and runs, part of `shared`, that stand elsewhere in the other.
        words: how many words the lighter quotation has.
        speaker: whether the speakers agree; "named" if one's surroundings name the other's,
            "unknown" if either has none.
        days: days between their dates, None if either has none.
        around: weight of the rare words that the surroundings have in common.
        quoted: both print the words in quotation marks.
    """

    shared: float
    containment: float
    similarity: float
    piece: float
    run: tuple[str, ...]
    run_weight: float
    dropped: float
    moved: float
    words: int
    speaker: Agreement
    days: int | None
    around: float
    quoted: bool


@dataclass(frozen=True, slots=True)
class Aligned:
    """The words that two texts share: weights in bits, and the heaviest run."""

    shared: float
    dropped: float
    moved: float
    run: tuple[str, ...]
    run_weight: float


def compare(a: Wording, b: Wording) -> PairScore:
    """The named parts for two wordings."""
    a, b = lighter_first(a, b)
    found = align(a.words, a.weights, b.words)
    pieces = (*_held_pieces(a, b), *_held_pieces(b, a))
    return PairScore(
        shared=found.shared,
        containment=found.shared / a.weight,
        similarity=found.shared / b.weight,
        piece=max(pieces, default=0.0),
        run=found.run,
        run_weight=found.run_weight,
        dropped=found.dropped / a.weight,
        moved=found.moved,
        words=len(a.words),
        speaker=_agreement(a, b),
        days=None if a.day is None or b.day is None else abs(a.day - b.day),
        around=sum(map(bits, shared_around(a, b))),
        quoted=a.quoted and b.quoted,
    )


def lighter_first(a: Wording, b: Wording) -> tuple[Wording, Wording]:
    """The two by weight, ties by what they say."""
    first, second = sorted((a, b), key=lambda w: (w.weight, w.words, w.speaker or "", w.day or 0))
    return first, second


def _agreement(a: Wording, b: Wording) -> Agreement:
    if a.speaker is not None and a.speaker == b.speaker:
        return "same"
    if _names(a, b.speaker) or _names(b, a.speaker):
        return "named"
    return "unknown" if a.speaker is None or b.speaker is None else "conflict"


def _names(wording: Wording, speaker: str | None) -> bool:
    """Whether the surroundings name a speaker: by the last part of the id, the surname."""
    return speaker is not None and speaker.rpartition("-")[2] in wording.around


def shared_around(a: Wording, b: Wording) -> frozenset[str]:
    """Words that surround both; a fuller wording's own words surround the fragment in it."""
    if not (a.around or b.around):
        return frozenset()
    lighter, _ = lighter_first(a, b)
    near_a, near_b = ({*w.around, *(() if w.is_fragment else w.words)} for w in (a, b))
    return frozenset(near_a & near_b - {*lighter.words})


def _held_pieces(a: Wording, b: Wording) -> Iterable[float]:
    """Weights of the quoted pieces, half of `a` or more, that `b` has word for word."""
    at = 0
    text = f" {' '.join(b.words)} "
    for size in a.pieces:
        weight = sum(a.weights[at : at + size])
        if 2 * weight >= a.weight and f" {' '.join(a.words[at : at + size])} " in text:
            yield weight
        at += size


# Alignment


def align(a: Sequence[str], weights: Sequence[float], b: Sequence[str]) -> Aligned:
    """The words that `a`, whose words weigh `weights`, shares with `b`.

    Around the heaviest shared run as far as the runs beside it are worth what lies between;
    then runs of `a` that stand elsewhere in `b`.
    """
    if f" {' '.join(a)} " in f" {' '.join(b)} ":
        return Aligned(sum(weights), 0.0, 0.0, tuple(a), sum(weights))
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()[:-1]
    if not blocks:
        return Aligned(0.0, 0.0, 0.0, (), 0.0)
    heavy = [sum(weights[m.a : m.a + m.size]) for m in blocks]
    top = max(range(len(blocks)), key=lambda i: (heavy[i], -i))
    last = top + _reach(blocks[top:], heavy[top:])
    first = top - _reach([_mirrored(m) for m in blocks[top::-1]], heavy[top::-1])
    chain = blocks[first : last + 1]
    slips = _slips(a, weights, b, chain)
    moved = _moved(a, weights, b, chain) + _swapped(a, weights, b, chain)
    shared = min(sum(weights), sum(heavy[first : last + 1]) + slips + moved)
    run = tuple(a[blocks[top].a : blocks[top].a + blocks[top].size])
    return Aligned(shared, _dropped(a, weights, chain), moved, run, heavy[top])


def _mirrored(match: Match) -> Match:
    """The block as it stands when both texts are read backwards."""
    return Match(-match.a - match.size, -match.b - match.size, match.size)


def _reach(blocks: Sequence[Match], heavy: Sequence[float]) -> int:
    """How many blocks after the first are worth taking, each paid for by the words between."""
    gained = best = 0.0
    reached = 0
    for place, (last, block) in enumerate(pairwise(blocks), 1):
        gap_a, gap_b = block.a - last.a - last.size, block.b - last.b - last.size
        cost = SKIP * min(gap_a, gap_b) + min(LEAP * abs(gap_a - gap_b), LEAP_MOST)
        gained += heavy[place] - cost
        if gained > best:
            best, reached = gained, place
    return reached


def _dropped(a: Sequence[str], weights: Sequence[float], chain: Sequence[Match]) -> float:
    """Weight of the words between two blocks that stand side by side in the other text."""
    gaps = [range(m.a + m.size, n.a) for m, n in pairwise(chain) if m.b + m.size == n.b]
    if any(a[i] in _NEGATIONS for gap in gaps for i in gap):
        return 0.0
    return sum(weights[i] for gap in gaps for i in gap)


def _slips(
    a: Sequence[str], weights: Sequence[float], b: Sequence[str], chain: Sequence[Match]
) -> float:
    """Weight of words misheard or mistyped, at the ends of the chain and within it."""
    first, last = chain[0], chain[-1]
    gaps = [(m.a + m.size, n.a, m.b + m.size, n.b) for m, n in pairwise(chain)]
    gaps.append((first.a - 1, first.a, first.b - 1, first.b))
    gaps.append((last.a + last.size, last.a + last.size + 1, last.b + last.size, 1 << 30))
    return SLIP_SHARE * sum(
        weights[i]
        for start, end, other, stop in gaps
        for i, j in zip(range(start, end), range(other, stop), strict=False)
        if 0 <= i < len(a) and 0 <= j < len(b) and _is_slip(a[i], b[j])
    )


def _is_slip(word: str, other: str) -> bool:
    return min(len(word), len(other)) > 2 and ratio(word, other) >= SLIP_LIKENESS


def _moved(
    a: Sequence[str], weights: Sequence[float], b: Sequence[str], chain: Sequence[Match]
) -> float:
    """Weight of the heaviest run outside the chain that stands elsewhere in the other text."""
    taken_a = {i for m in chain for i in range(m.a, m.a + m.size)}
    taken_b = {j for m in chain for j in range(m.b, m.b + m.size)}
    left = sum(w for i, w in enumerate(weights) if i not in taken_a)
    if left < SHORT_BITS or len(taken_b) == len(b):
        return 0.0
    rest_a = [f"\0{i}" if i in taken_a else word for i, word in enumerate(a)]
    rest_b = ["\1" if j in taken_b else word for j, word in enumerate(b)]
    match = SequenceMatcher(None, rest_a, rest_b, autojunk=False).find_longest_match()
    weight = sum(weights[match.a : match.a + match.size])
    return weight if weight >= SHORT_BITS else 0.0


def _swapped(
    a: Sequence[str], weights: Sequence[float], b: Sequence[str], chain: Sequence[Match]
) -> float:
    """Weight of words that both have between the blocks of the chain, in another order."""
    between = Counter(b[j] for m, n in pairwise(chain) for j in range(m.b + m.size, n.b))
    total = 0.0
    for i in (i for m, n in pairwise(chain) for i in range(m.a + m.size, n.a)):
        if between[a[i]] > 0:
            between[a[i]] -= 1
            total += SLIP_SHARE * weights[i]
    return total
