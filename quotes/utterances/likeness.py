"""Whether two wordings report the same words on the same occasion.

In: two `Wording`s.  Out: a `PairScore` of named parts, and by it which tie joins the two, or
None.  Both depend on the two alone, and are the same whichever comes first: no other
quotation can change what is said of this pair.  And why, in words for people: what the two
share, as it was printed, whether the speakers agree and how far apart they are; for a group, on
which of its members each one depends.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import exp
from operator import itemgetter
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


def compare(a: Wording, b: Wording) -> PairScore:
    """The named parts for two wordings."""
    a, b = lighter_first(a, b)
    shared, dropped, moved, run, run_weight = align(a, b)
    pieces = (*_held_pieces(a, b), *_held_pieces(b, a))
    return PairScore(
        shared=shared,
        containment=shared / a.weight,
        similarity=shared / b.weight,
        piece=max(pieces, default=0.0),
        run=run,
        run_weight=run_weight,
        dropped=dropped / a.weight,
        moved=moved,
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


def align(a: Wording, b: Wording) -> tuple[float, float, float, tuple[str, ...], float]:
    """The words that `a` shares with `b`.

    Around the heaviest shared run as far as the runs beside it are worth what lies between;
    then runs of `a` that stand elsewhere in `b`.

    Returns:
        In bits what is shared, what of `a` is dropped and what is moved; then the heaviest run,
        and its weight.
    """
    if f" {' '.join(a.words)} " in f" {' '.join(b.words)} ":
        return a.weight, 0.0, 0.0, a.words, a.weight
    blocks = SequenceMatcher(None, a.words, b.words, autojunk=False).get_matching_blocks()[:-1]
    if not blocks:
        return 0.0, 0.0, 0.0, (), 0.0
    heavy = [sum(a.weights[m.a : m.a + m.size]) for m in blocks]
    top = max(range(len(blocks)), key=lambda i: (heavy[i], -i))
    last = top + _reach(blocks[top:], heavy[top:])
    backwards = [Match(-m.a - m.size, -m.b - m.size, m.size) for m in blocks[top::-1]]
    first = top - _reach(backwards, heavy[top::-1])
    chain = blocks[first : last + 1]
    dropped, slips, swapped = _between(a, b, chain)
    moved = _moved(a, b, chain) + swapped
    shared = min(a.weight, sum(heavy[first : last + 1]) + slips + moved)
    run = a.words[blocks[top].a : blocks[top].a + blocks[top].size]
    return shared, dropped, moved, run, heavy[top]


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


def _between(a: Wording, b: Wording, chain: Sequence[Match]) -> tuple[float, float, float]:
    """What stands between the blocks of a chain, in bits: dropped, slips, in another order.

    Dropped words of `a` have nothing in their place; slips may stand at the chain's ends too.
    """
    gaps = [(m.a + m.size, n.a, m.b + m.size, n.b) for m, n in pairwise(chain)]
    ours = Counter(word for start, end, _, _ in gaps for word in a.words[start:end])
    swapped = ours & Counter(word for _, _, start, end in gaps for word in b.words[start:end])
    lost = [w for start, end, at, to in gaps if at == to for w in a.words[start:end]]
    dropped = 0.0 if not _NEGATIONS.isdisjoint(lost) else sum(map(bits, lost))
    first, last = chain[0], chain[-1]
    gaps.append((first.a - 1, first.a, first.b - 1, first.b))
    gaps.append((last.a + last.size, last.a + last.size + 1, last.b + last.size, 1 << 30))
    slips = sum(
        a.weights[i]
        for start, end, other, stop in gaps
        for i, j in zip(range(start, end), range(other, stop), strict=False)
        if 0 <= i < len(a.words) and 0 <= j < len(b.words)
        if min(len(a.words[i]), len(b.words[j])) > 2
        if ratio(a.words[i], b.words[j]) >= SLIP_LIKENESS
    )
    return dropped, SLIP_SHARE * slips, SLIP_SHARE * sum(map(bits, swapped.elements()))


def _moved(a: Wording, b: Wording, chain: Sequence[Match]) -> float:
    """Weight of the heaviest run outside the chain that stands elsewhere in the other text."""
    rest_a, rest_b = list(a.words), list(b.words)
    for m in chain:
        rest_a[m.a : m.a + m.size] = ["\0"] * m.size
        rest_b[m.b : m.b + m.size] = ["\1"] * m.size
    left = a.weight - sum(sum(a.weights[m.a : m.a + m.size]) for m in chain)
    if left < SHORT_BITS or rest_b.count("\1") == len(rest_b):
        return 0.0
    match = SequenceMatcher(None, rest_a, rest_b, autojunk=False).find_longest_match()
    weight = sum(a.weights[match.a : match.a + match.size])
    return weight if weight >= SHORT_BITS else 0.0


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

NEEDED: Mapping[Occasion, Mapping[Agreement, float]] = {
    "days": {"named": 34, "unknown": 45, "conflict": 60},
    "weeks": {"same": 36, "named": 38, "unknown": 60, "conflict": 80},
    "far": {"same": 80, "named": 80, "unknown": 80, "conflict": 95},
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

EQUAL = 0.6
"""From here on two quotations that share so much of the heavier one are wordings of a whole."""

COPIED = 0.9
"""Without quotation marks only copies join: long, nearly identical and of one occasion."""


HELD_OVERLAP = 60.0
"""What two fuller quotations must share to be one for what else is tied to either of them."""


def decide(pair: PairScore) -> Tie | None:
    """Which tie joins the two quotations, None if they are two utterances.

    What one speaker said within days by how likely it is.  Else by fixed limits: of repetitions
    after weeks and of sources that are not known too few were labelled to learn from.
    """
    if not pair.quoted:
        copied = pair.similarity >= COPIED and pair.words >= COPIED_WORDS
        once = occasion(pair) == "days" and pair.speaker != "conflict"
        return "equal" if copied and once else None
    long_run = len(pair.run) >= LONG_RUN and pair.run_weight >= LONG_RUN_BITS
    if long_run or (pair.shared >= LONG_SHARED and pair.containment >= LONG_HELD):
        return "equal" if pair.similarity >= EQUAL else "overlap"
    told = pair.speaker == "same" and occasion(pair) == "days"
    if not (_is_likely(pair) if told else _held(pair)):
        return None
    if pair.similarity >= EQUAL and pair.words > 1:
        return "equal"
    held = _held_part(pair) >= HELD or pair.words <= FRAGMENT_WORDS
    return "part" if held or pair.shared < HELD_OVERLAP else "overlap"


@dataclass(frozen=True, slots=True)
class Joiner:
    """The weights of `traits`, and how likely it must be at least that two are one."""

    weights: tuple[float, ...]
    bias: float
    least: float


@cache
def joiner() -> Joiner:
    """The learned weights, from `data/joiner.toml`."""
    text = files("quotes").joinpath("data", "joiner.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    return Joiner(tuple(read["weights"][name] for name in TRAITS), read["bias"], read["least"])


TRAITS = (
    *("shared", "held", "alike", "run", "one_word", "few_words"),
    *("around", "piece", "moved"),
)


def traits(pair: PairScore) -> tuple[float, ...]:
    """The parts of a score as the joiner weighs them, in the order of `TRAITS`.

    Weights in bits are cut off and scaled to about 0..3; what is so or not is 1 or 0.
    """
    return (
        min(pair.shared, 160.0) / 50.0,
        _held_part(pair),
        pair.similarity,
        min(pair.run_weight, 120.0) / 50.0,
        pair.words == 1,
        pair.words <= FRAGMENT_WORDS,
        min(pair.around, 150.0) / 50.0,
        min(pair.piece, 100.0) / 50.0,
        min(pair.moved, 60.0) / 20.0,
    )


def _is_likely(pair: PairScore) -> bool:
    return pair.shared >= SURE_BITS and likelihood(pair) >= joiner().least


def likelihood(pair: PairScore) -> float:
    """How likely it is, 0..1, that one speaker's quotations in marks, days apart, are one."""
    learned = joiner()
    score = sum(w * value for w, value in zip(learned.weights, traits(pair), strict=True))
    return 1.0 / (1.0 + exp(-score - learned.bias))


def occasion(pair: PairScore) -> Occasion:
    """How near the dates are; an unknown date is neither near nor far."""
    if pair.days is not None and pair.days <= AT_ONCE:
        return "days"
    return "weeks" if pair.days is None or pair.days <= WEEKS else "far"


def _held(pair: PairScore) -> bool:
    """Whether the lighter one stands in the other, and says enough, weeks later or at any time."""
    when = occasion(pair)
    told = pair.around >= SURROUNDED_BITS and pair.speaker in ("same", "named")
    if pair.similarity == 1.0 and told and when != "far":
        return pair.shared >= SURE_BITS
    return (
        _held_part(pair) >= HELD and pair.run_weight >= SHORT_BITS and pair.shared >= _needed(pair)
    )


def _held_part(pair: PairScore) -> float:
    return min(1.0, pair.containment + DROPPED * pair.dropped)


def _needed(pair: PairScore) -> float:
    """Bits that this pair must share, by occasion, speakers and, of fragments, surroundings."""
    when = occasion(pair)
    needed = NEEDED[when][pair.speaker]
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
    """What is stored of a joined pair, enough to choose between several; see `PairScore`."""

    tie: Tie
    speaker: Agreement
    days: int | None
    shared: float


def tie_between(a: Wording, b: Wording) -> Edge | None:
    """What joins two wordings that meet, None if they are two utterances.

    Words that one denied and another affirmed are two, whatever else they share.
    """
    if a.polarity != b.polarity or not _may_join(a, b):
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


def tell_join(a: Variant, b: Variant) -> str:
    """What two quotations share, who is said to speak, how far apart, and what is around both.

    In the words that the first prints.
    """
    ours, theirs = wording_of(a), wording_of(b)
    if not ours or not theirs:
        return "no words to compare"
    pair = compare(ours, theirs)
    apart = f"{pair.days} day{'s' if pair.days != 1 else ''} apart" if pair.days else "the same day"
    days = "a date not known" if pair.days is None else apart
    parts = [_shared_told(a, pair), _SPEAKERS[pair.speaker], days]
    if near := sorted(shared_around(ours, theirs), key=lambda word: (-bits(word), word)):
        text = f"{a.text} {a.context}"
        printed = {word: span.of(text) for word, span in reversed(printed_words(text))}
        shown = (printed.get(word, word) for word in near[:MOST_AROUND])
        parts.append(f"near both: {', '.join(shown)}")
    if not pair.quoted:
        parts.append("not both in quotation marks")
    return "; ".join(parts)


def _shared_told(variant: Variant, pair: PairScore) -> str:
    if not pair.run:
        return "no words shared"
    shown = f"“{_printed_run(variant, pair.run) or ' '.join(pair.run)}”"
    if len(pair.run) > LONGEST_SHOWN:
        shown = f"{len(pair.run)} words in a row"
    if pair.similarity == 1.0:
        return f"the same words, {shown}"
    moved = ", some of it in another place" if pair.moved else ""
    return (
        f"share {shown}: {pair.containment:.0%} of the shorter, "
        f"{pair.similarity:.0%} of the longer{moved}"
    )


def _printed_run(variant: Variant, run: Sequence[str]) -> str:
    """The shared words as the quotation prints them, empty where they stand in two pieces."""
    for piece in compared_text(variant):
        found = printed_words(piece)
        words = [word for word, _ in found]
        for at in range(len(words) - len(run) + 1):
            if words[at : at + len(run)] == list(run):
                return piece[found[at][1].start : found[at + len(run) - 1][1].end]
    return ""


# The reasons of a group


def joins(variants: Iterable[Variant]) -> dict[str, tuple[str | None, str]]:
    """For each quotation of one group, by id, the one that it depends on, and why.

    The fullest wording comes first; then, again and again, the one most firmly tied to one
    that is already there.  So the reasons lead from each quotation to the fullest one.
    Takes time as the square of the number of unlike wordings.

    Returns:
        The id of the other quotation, None for the fullest wording, on which all others depend,
        directly or by way of others; and the reason, as `tell_join` says it.
    """
    alike: defaultdict[Wording | None, list[Variant]] = defaultdict(list)
    for variant in sorted(variants, key=lambda v: (v.published or "9", v.quotation)):
        alike[wording_of(variant)].append(variant)
    found: dict[str, tuple[str | None, str]] = {
        v.quotation: (None, "no words to compare") for v in alike.pop(None, ())
    }
    firsts = {wording: own[0] for wording, own in alike.items() if wording}
    alone = "the fullest wording"
    for wording, partner in _ordered(firsts):
        first, *others = alike[wording]
        host = firsts[partner] if partner else None
        found[first.quotation] = (host.quotation, tell_join(first, host)) if host else (None, alone)
        found |= {v.quotation: (first.quotation, tell_join(v, first)) for v in others}
        alone = "none of the others holds it"
    return dict(sorted(found.items()))


def _ordered(firsts: Mapping[Wording, Variant]) -> list[tuple[Wording, Wording | None]]:
    """The wordings, by their first printings, each with the earlier one that it depends on."""
    runs = {wording: runs_of(wording) for wording in firsts}
    left = sorted(firsts, key=lambda w: (-w.weight, firsts[w].quotation))
    found: list[tuple[Wording, Wording | None]] = []
    best: dict[Wording, tuple[tuple[float, ...], Wording]] = {}
    while left:
        at = min((w for w in left if w in best), key=lambda w: best[w][0], default=left[0])
        found.append((at, best[at][1] if at in best else None))
        left.remove(at)
        for other in left:
            if not meet(at, other, runs[at], runs[other]):
                continue
            pair = compare(at, other)
            if tie := decide(pair):
                days = float("inf") if pair.days is None else pair.days
                firm = (_TIES.index(tie), -pair.similarity, -pair.shared, days)
                best[other] = min(best.get(other, (firm, at)), (firm, at), key=itemgetter(0))
    return found
