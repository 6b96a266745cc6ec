"""Whether two wordings report the same words on the same occasion.

In: two `Wording`s.  Out: a `PairScore` of named parts, and by it which tie joins the two, or
None.  Both depend on the two alone, and are the same whichever comes first: no other
quotation can change what is said of this pair.  And why, in words for people: what the two
share, as it was printed, whether the speakers agree and how far apart they are; for a group, on
which of its members each one depends.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import pairwise
from typing import Literal

from rapidfuzz.fuzz import ratio

from quotes.records import Variant
from quotes.text.lists import bits
from quotes.utterances.wording import (
    AT_ONCE,
    COPIED_WORDS,
    FRAGMENT_WORDS,
    SHORT_BITS,
    SURE_BITS,
    WEEKS,
    Wording,
    compared_text,
    meet,
    printed_words,
    runs_of,
    wording_of,
)

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
    for wording, speaker in ((a, b.speaker), (b, a.speaker)):
        # The last part of the id is the surname.
        if speaker is not None and speaker.rpartition("-")[2] in wording.around:
            return "named"
    return "unknown" if a.speaker is None or b.speaker is None else "conflict"


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
    backwards = [Match(-m.a - m.size, -m.b - m.size, m.size) for m in blocks[top::-1]]
    first = top - _reach(backwards, heavy[top::-1])
    chain = blocks[first : last + 1]
    slips = _slips(a, weights, b, chain)
    moved = _moved(a, weights, b, chain) + _swapped(a, weights, b, chain)
    shared = min(sum(weights), sum(heavy[first : last + 1]) + slips + moved)
    run = tuple(a[blocks[top].a : blocks[top].a + blocks[top].size])
    return Aligned(shared, _dropped(a, weights, chain), moved, run, heavy[top])


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
        if 0 <= i < len(a) and 0 <= j < len(b) and min(len(a[i]), len(b[j])) > 2
        if ratio(a[i], b[j]) >= SLIP_LIKENESS
    )


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


# Decision

Tie = Literal["equal", "overlap", "part"]
"""Equal: one is nearly the other; overlap: they share a long stretch; part: one holds the other.
The first two make one utterance of all they connect; a part goes to one whole."""

Occasion = Literal["days", "weeks", "far"]

HELD = 0.84
"""How much of the lighter quotation the other must hold: all but a slip.  In the labelled pairs
unlike statements share up to 0.83 of it."""

LONG_SHARED = 120.0
LONG_HELD = 0.6
"""Twelve words or so, most of the lighter quotation: joined whoever is named and whenever it was.
Sources of the same words often differ (a critic repeats them, a spokesman is named)."""

LONG_RUN = 12
LONG_RUN_BITS = 110.0
"""A run this long joins two quotations that each go on differently: no stock phrase is longer
than eight words in the labelled pairs."""

NEEDED: Mapping[tuple[Occasion, Agreement], float] = {
    ("days", "same"): 24,
    ("days", "named"): 34,
    ("days", "unknown"): 45,
    ("days", "conflict"): 60,
    ("weeks", "same"): 36,
    ("weeks", "named"): 38,
    ("weeks", "unknown"): 60,
    ("weeks", "conflict"): 80,
    ("far", "same"): 80,
    ("far", "named"): 80,
    ("far", "unknown"): 80,
    ("far", "conflict"): 95,
}
"""Bits that must be shared, by how near the occasions are and whether the speakers agree.

Chosen between the true pairs and the false ones of the labelled development pairs: slogans
repeated after weeks weigh 40 to 62, stock phrases up to 75."""

SURROUNDED_BITS = 60.0
SURROUNDED = 24.0
PHRASE = 32.0
"""Rare words that the surroundings of a fragment share with the other, five or so, tell of one
occasion: it may then share as little as two rare words, weeks later or of an unknown speaker.
Without them two words, whatever they are, are not taken for a part of a fuller quotation."""

DROPPED = 0.5
"""How much a word counts as held that the other only leaves out, nothing in its place."""

PIECE_BITS = 45.0
"""One quoted piece among several that one speaker's quotation of these days holds."""

EQUAL = 0.6
"""From here on two quotations that share so much of the heavier one are wordings of a whole."""

COPIED = 0.9
"""Without quotation marks only copies join: long, nearly identical and of one occasion."""


def decide(pair: PairScore) -> Tie | None:
    """Which tie joins the two quotations, None if they are two utterances."""
    if not pair.quoted:
        copied = pair.similarity >= COPIED and pair.words >= COPIED_WORDS
        once = occasion(pair) == "days" and pair.speaker != "conflict"
        return "equal" if copied and once else None
    long_run = len(pair.run) >= LONG_RUN and pair.run_weight >= LONG_RUN_BITS
    if long_run or (pair.shared >= LONG_SHARED and pair.containment >= LONG_HELD):
        return "equal" if pair.similarity >= EQUAL else "overlap"
    if not _held(pair):
        return None
    return "equal" if pair.similarity >= EQUAL and pair.words > 1 else "part"


def occasion(pair: PairScore) -> Occasion:
    """How near the dates are; an unknown date is neither near nor far."""
    if pair.days is not None and pair.days <= AT_ONCE:
        return "days"
    return "weeks" if pair.days is None or pair.days <= WEEKS else "far"


def _held(pair: PairScore) -> bool:
    """Whether the lighter one, or a quoted piece, stands in the other, and says enough."""
    when = occasion(pair)
    near = when == "days" and pair.speaker == "same"
    if near and pair.piece >= PIECE_BITS:
        return True
    told = pair.around >= SURROUNDED_BITS and pair.speaker in ("same", "named")
    if pair.similarity == 1.0 and (near or (told and when != "far")):
        return pair.shared >= SURE_BITS
    held = pair.containment + DROPPED * pair.dropped
    return held >= HELD and pair.run_weight >= SHORT_BITS and pair.shared >= _needed(pair)


def _needed(pair: PairScore) -> float:
    """Bits that this pair must share, by occasion, speakers and, of fragments, surroundings."""
    when = occasion(pair)
    needed = NEEDED[when, pair.speaker]
    if pair.words > FRAGMENT_WORDS or when == "far" or pair.speaker == "conflict":
        return needed
    if pair.around >= SURROUNDED_BITS:
        return SURROUNDED
    return needed if pair.similarity >= EQUAL else max(needed, PHRASE)


COMMON = 0.5
"""Part of the lighter wording that the two must have in common, in any order, to be aligned:
below what `decide` asks for, slips allowed for."""


@dataclass(frozen=True, slots=True)
class Edge:
    """What is stored of a pair that was joined, enough to choose between several.

    Attributes:
        tie: as `decide` says.
        speaker, days, shared: as in `PairScore`.
    """

    tie: Tie
    speaker: Agreement
    days: int | None
    shared: float


def tie_between(a: Wording, b: Wording) -> Edge | None:
    """What joins two wordings that meet, None if they are two utterances."""
    if not _may_join(a, b):
        return None
    pair = compare(a, b)
    tie = decide(pair)
    return Edge(tie, pair.speaker, pair.days, pair.shared) if tie else None


def _may_join(a: Wording, b: Wording) -> bool:
    """False where the words that both have are too few for every rule of `decide`."""
    a, b = lighter_first(a, b)
    if a.pieces or b.pieces:
        return True
    has = set(b.words)
    common = sum(w for word, w in zip(a.words, a.weights, strict=True) if word in has)
    if common >= COMMON * a.weight:
        return True
    if common < LONG_RUN_BITS:
        return False
    long_runs, others = (
        {w.words[at : at + LONG_RUN] for at in range(len(w.words) - LONG_RUN + 1)} for w in (a, b)
    )
    return not long_runs.isdisjoint(others)


# Why, in words for people

LONGEST_SHOWN = 12
"""Words of a shared run that are shown; of a longer one only how many they are."""

MOST_AROUND = 4
"""Words of the surroundings that are shown, the rarest."""

_TIES: tuple[Tie, ...] = ("equal", "overlap", "part")
_SPEAKERS: Mapping[Agreement, str] = {
    "same": "the same speaker",
    "named": "the speaker of one is named beside the other",
    "unknown": "speaker of one not known",
    "conflict": "different speakers",
}


@dataclass(frozen=True, slots=True)
class Join:
    """Which other quotation a quotation depends on to be in its group.

    Attributes:
        quotation: its id.
        partner: the id of the other one, None for the fullest wording, on which all others
            depend, directly or by way of others.
        reason: why, as `tell_join` says it.
    """

    quotation: str
    partner: str | None
    reason: str


def tell(pair: PairScore, *, run: str = "", around: Sequence[str] = ()) -> str:
    """A score in words: what is shared, who is said to speak, how far apart, and around it.

    Args:
        run: the shared run as printed; without it, the words that are compared.
        around: words of the surroundings that both have, to be named.
    """
    parts = [_shared_told(pair, run), _SPEAKERS[pair.speaker], _days_told(pair.days)]
    if around:
        parts.append(f"near both: {', '.join(around)}")
    elif pair.around:
        parts.append(f"surroundings share {pair.around:.0f} bits of rare words")
    if not pair.quoted:
        parts.append("not both in quotation marks")
    return "; ".join(parts)


def _shared_told(pair: PairScore, run: str) -> str:
    if not pair.run:
        return "no words shared"
    shown = f"“{run or ' '.join(pair.run)}”"
    if len(pair.run) > LONGEST_SHOWN:
        shown = f"{len(pair.run)} words in a row"
    if pair.similarity == 1.0:
        return f"the same words, {shown}"
    moved = ", some of it in another place" if pair.moved else ""
    return (
        f"share {shown}: {pair.containment:.0%} of the shorter, "
        f"{pair.similarity:.0%} of the longer{moved}"
    )


def _days_told(days: int | None) -> str:
    if days is None:
        return "a date not known"
    return "the same day" if days == 0 else f"{days} day{'s' if days > 1 else ''} apart"


def tell_join(a: Variant, b: Variant) -> str:
    """What two quotations share and how near they stand, in the words that the first prints."""
    ours, theirs = wording_of(a), wording_of(b)
    if not ours or not theirs:
        return "no words to compare"
    pair = compare(ours, theirs)
    return tell(pair, run=_printed_run(a, pair.run), around=_printed_around(a, ours, theirs))


def _printed_run(variant: Variant, run: Sequence[str]) -> str:
    """The shared words as the quotation prints them, empty where they stand in two pieces."""
    for piece in compared_text(variant):
        found = printed_words(piece)
        words = [word for word, _ in found]
        for at in range(len(words) - len(run) + 1):
            if run and words[at : at + len(run)] == list(run):
                return piece[found[at][1].start : found[at + len(run) - 1][1].end]
    return ""


def _printed_around(variant: Variant, ours: Wording, theirs: Wording) -> list[str]:
    """The rarest words around both, as the first prints them."""
    text = f"{variant.text} {variant.context}"
    printed = {word: span.of(text) for word, span in reversed(printed_words(text))}
    rarest = sorted(shared_around(ours, theirs), key=lambda word: (-bits(word), word))
    return [printed.get(word, word) for word in rarest[:MOST_AROUND]]


# The reasons of a group


def joins(variants: Iterable[Variant]) -> tuple[Join, ...]:
    """For each quotation of one group the one that it depends on, by quotation id.

    The fullest wording comes first; then, again and again, the one most firmly tied to one
    that is already there.  So the reasons lead from each quotation to the fullest one.
    Takes time as the square of the number of unlike wordings.
    """
    alike: defaultdict[Wording | None, list[Variant]] = defaultdict(list)
    for variant in sorted(variants, key=lambda v: (v.published or "9", v.quotation)):
        alike[wording_of(variant)].append(variant)
    found = [Join(v.quotation, None, "no words to compare") for v in alike.pop(None, ())]
    firsts = {wording: own[0] for wording, own in alike.items() if wording}
    alone = "the fullest wording"
    for wording, partner in _ordered(firsts):
        first, *others = alike[wording]
        host = firsts[partner] if partner else None
        reason = tell_join(first, host) if host else alone
        found.append(Join(first.quotation, host.quotation if host else None, reason))
        found += (Join(v.quotation, first.quotation, tell_join(v, first)) for v in others)
        alone = "none of the others holds it"
    return tuple(sorted(found, key=lambda join: join.quotation))


def _ordered(firsts: Mapping[Wording, Variant]) -> list[tuple[Wording, Wording | None]]:
    """The wordings, each with the earlier one that it depends on; the first depends on none.

    Args:
        firsts: by wording its first printing.
    """
    runs = {wording: runs_of(wording) for wording in firsts}
    left = sorted(firsts, key=lambda w: (-w.weight, firsts[w].quotation))
    found: list[tuple[Wording, Wording | None]] = []
    best: dict[Wording, tuple[tuple[float, ...], Wording]] = {}
    while left:
        at = min((w for w in left if w in best), key=lambda w: best[w][0], default=left[0])
        found.append((at, best[at][1] if at in best else None))
        left.remove(at)
        for other in left:
            if meet(at, other, runs[at], runs[other]) and (firm := _firmness(at, other)):
                best[other] = min(best.get(other, (firm, at)), (firm, at), key=lambda each: each[0])
    return found


def _firmness(a: Wording, b: Wording) -> tuple[float, ...] | None:
    """How firmly two wordings are tied, the firmest first; None if not at all."""
    pair = compare(a, b)
    tie = decide(pair)
    days = float("inf") if pair.days is None else pair.days
    return (_TIES.index(tie), -pair.similarity, -pair.shared, days) if tie else None
