"""Quotations that report the same words on the same occasion, grouped.

In: every stored quotation of an index, as a `Variant`.  Out: groups of two or more.  Four
steps, each a function of its own: candidate pairs from an index of shared word runs, a score
of named parts for a pair, a decision by named thresholds, and grouping.  It compares words in
quotation marks; telling that two indirect reports mean the same is not done here.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import Match, SequenceMatcher
from hashlib import blake2b
from itertools import combinations, pairwise
from typing import Literal

from quotes.records import Cluster, Variant
from quotes.text import normalise

Agreement = Literal["same", "unknown", "conflict"]
Occasion = Literal["article", "days", "weeks", "far"]

RUN_BITS = 22.0
"""Weight of a shared run of words that makes two quotations candidates: two rare words, or up to
four common ones.  The lightest run of a true pair measured weighed 25."""

BUCKET = 24
"""Quotations that may share a run before only neighbours by speaker and date are compared.

A run met more often is a stock phrase, or one utterance that very many printed; neighbours
still chain the latter together.  Chosen for time; below it no pair is left out."""

NEIGHBOURS = 6
"""How many neighbours each quotation meets in a run shared by more than `BUCKET`."""

FRAGMENT_WORDS = 5
"""A quotation of at most this many words attaches to one whole and never joins two."""

LONG_BITS = 100.0
LONG_CONTAINMENT = 0.6
"""Ten words or so, most of the lighter quotation: joined whoever is named and whenever it was.

Of the labelled pairs, no two utterances shared so much of the lighter one; sources of the
same words often differ (a critic repeats them, a spokesman is named), so speakers don't count."""

LONG_RUN = 12
LONG_RUN_BITS = 110.0
"""A run this long joins two quotations that each go on differently: no stock phrase is longer
than eight words in the labelled pairs."""

CONTAINMENT = 0.85
NEAR_CONTAINMENT = 0.7
"""How much of the lighter quotation must be shared: all but a slip; where speaker and occasion
agree, all but a word.  Unlike statements of one person share up to two thirds."""

AT_ONCE = 3
WEEKS = 21
"""Days between two reports of one occasion, and between a report and its later repetition."""

NEEDED: Mapping[tuple[Occasion, Agreement], float] = {
    ("article", "same"): 24,
    ("article", "unknown"): 34,
    ("article", "conflict"): 50,
    ("days", "same"): 24,
    ("days", "unknown"): 26,
    ("days", "conflict"): 60,
    ("weeks", "same"): 36,
    ("weeks", "unknown"): 38,
    ("weeks", "conflict"): 80,
    ("far", "same"): 75,
    ("far", "unknown"): 80,
    ("far", "conflict"): 95,
}
"""Bits that must be shared, by how near the occasions and whether the speakers agree.

Chosen between the true pairs and the false ones of the labelled development pairs, with
`CONTAINMENT` given; slogans repeated after weeks weigh 40 to 54, stock phrases up to 74."""

IDENTICAL_BITS = 12.0
"""What the very same words need from the same speaker within `AT_ONCE` days: one rare word."""

INDIRECT_WORDS = 8
INDIRECT_SIMILARITY = 0.9
"""Without quotation marks only copies join: long, nearly identical and of one occasion."""

_PRIOR = 100_000.0  # words of general English that a small index is weighed together with
_RATES = (1 / 60, 1 / 800, 1 / 25_000)  # of each word of a band below, and of all others
_COMMON = (
    "the of and to a in that is was it for on with as he be i you at by this not have are from",
    """but his they we an or which all her she had were been has there their will would if no so
    when who what my me your our us him them can do did just about more up out into than then now
    could should very one people know think going get got go like want say said because here how
    its it's i'm don't that's these those make right time good great over only way well any some
    other new country president america american united states years year two many much even
    take let never first need back also let's we're they're he's she's i've we've really""",
)
_BANDS = tuple(frozenset(band.replace("'s ", " ").split()) for band in _COMMON)
"""The commonest words of spoken news English, two bands, for the first guess of a rate.

Source: compiled by hand; their rates only have to be of the right size, as the index's own
counts are added to them."""

SKIP = 4.0
"""Bits that a word replaced by another costs an alignment: below the weight of most words."""

LEAP = 0.5
LEAP_MOST = 8.0
"""Bits that a word left out costs, and the most that any number together costs.

Set by hand so that a slip or an ellipsis is bridged and a stray "the" far off is not."""


@dataclass(frozen=True, slots=True)
class PairScore:
    """What two quotations share and how near they stand, in named parts.

    Attributes:
        shared: weight in bits of the words they share in one alignment; rarer words weigh more.
        containment: 0..1, `shared` as a part of the lighter quotation's weight.
        similarity: 0..1, `shared` as a part of the heavier one's.
        run: the number of words of the heaviest run they share.
        run_weight: its weight in bits.
        fragment: the number of words of the shorter quotation.
        speaker: whether their speakers agree; "unknown" if either has none.
        days: days between their dates, None if either has none.
        same_article: they stand in one article.
        together: their articles share another quotation, so the occasion is probably one.
        quoted: both print the words in quotation marks.
    """

    shared: float
    containment: float
    similarity: float
    run: int
    run_weight: float
    fragment: int
    speaker: Agreement
    days: int | None
    same_article: bool
    together: bool
    quoted: bool


@dataclass(frozen=True, slots=True)
class Side:
    """A variant made ready for comparing."""

    variant: Variant
    words: tuple[str, ...]
    vocabulary: frozenset[str]
    weights: tuple[float, ...]
    weight: float
    day: int | None

    @property
    def id(self) -> str:
        """The quotation's."""
        return self.variant.quotation


Joins = Mapping[tuple[int, int], PairScore]
"""Pairs of places in the prepared list, lower first, that were joined."""


def cluster(variants: Sequence[Variant]) -> tuple[Cluster, ...]:
    """The groups of two or more variants of one utterance, sorted by id.

    The same groups and ids come out in whatever order the variants come in.  A quotation
    stands in one group at most; one with no words stands in none.
    """
    sides = prepare(variants)
    return group(sides, joins(sides, candidates(sides)))


def explain(a: Variant, b: Variant, *, among: Sequence[Variant] = ()) -> PairScore:
    """The score of two quotations; `among` are those that say which words are rare.

    The part `together` is left False: it depends on which other pairs were joined.
    """
    known = {v.quotation: v for v in (*among, a, b)}
    sides = {side.id: side for side in prepare(tuple(known.values()))}
    return score(sides[a.quotation], sides[b.quotation])


def prepare(variants: Sequence[Variant]) -> list[Side]:
    """The variants with words, by id: a place in this list is what the steps below speak of."""
    ordered = sorted(variants, key=lambda v: v.quotation)
    spoken = [(v, _words(" ".join(v.quoted) or v.text)) for v in ordered]
    counts = Counter(word for _, words in spoken for word in words)
    weigh = _weights(counts)
    return [_side(v, words, tuple(weigh[w] for w in words)) for v, words in spoken if words]


def _side(variant: Variant, words: tuple[str, ...], weights: tuple[float, ...]) -> Side:
    return Side(variant, words, frozenset(words), weights, sum(weights), _day(variant))


_BRACKETED = re.compile(r"\[[^\]]{0,80}\]")
_WORD = re.compile(r"[^\W_]+(?:'(?!s\b)[^\W_]+)*")


def _words(printed: str) -> tuple[str, ...]:
    """Words for comparing: without case, possessive endings and an editor's brackets."""
    return tuple(_WORD.findall(_BRACKETED.sub(" ", normalise(printed).text)))


def _weights(counts: Mapping[str, int]) -> dict[str, float]:
    """Bits a word: how surprising it is in spoken news and in this index together."""
    total = sum(counts.values()) + _PRIOR
    return {word: _bits((count + _PRIOR * _rate(word)) / total) for word, count in counts.items()}


def _bits(rate: float) -> float:
    """In 64ths, so that sums of weights are exact and don't hang on the order of adding."""
    return round(-math.log2(rate) * 64) / 64


def _rate(word: str) -> float:
    return next((r for r, band in zip(_RATES, _BANDS, strict=False) if word in band), _RATES[-1])


def _day(variant: Variant) -> int | None:
    try:
        return date.fromisoformat((variant.published or "")[:10]).toordinal()
    except ValueError:
        return None


# Candidates


def candidates(sides: Sequence[Side]) -> list[tuple[int, int]]:
    """Pairs of places in `sides`, lower first, that share a rare run, or all their words."""
    buckets: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, side in enumerate(sides):
        for run in _rare_runs(side):
            buckets[run].append(place)
    return sorted({pair for bucket in buckets.values() for pair in _meetings(bucket, sides)})


def _rare_runs(side: Side) -> set[tuple[str, ...]]:
    """From each word on, the shortest run of `RUN_BITS`; all the words if there is none."""
    runs = set()
    start, weight = 0, 0.0
    for end, added in enumerate(side.weights, 1):
        weight += added
        while weight >= RUN_BITS:
            runs.add(side.words[start:end])
            weight -= side.weights[start]
            start += 1
    return runs or {side.words}


def _meetings(bucket: Sequence[int], sides: Sequence[Side]) -> Iterator[tuple[int, int]]:
    if len(bucket) <= BUCKET:
        yield from combinations(bucket, 2)
        return
    for key in (_by_speaker, _by_article):
        ordered = sorted(bucket, key=lambda place: key(sides[place]))
        for at, place in enumerate(ordered):
            for other in ordered[at + 1 : at + 1 + NEIGHBOURS]:
                yield min(place, other), max(place, other)


def _by_speaker(side: Side) -> tuple[str, int, str]:
    return side.variant.entity or "", side.day or 0, side.id


def _by_article(side: Side) -> tuple[int, str, str]:
    return side.day or 0, side.variant.article, side.id


# Score


def score(a: Side, b: Side, *, together: bool = False) -> PairScore:
    """The named parts for two quotations; the same whichever comes first."""
    if (len(a.words), a.words, a.id) > (len(b.words), b.words, b.id):
        a, b = b, a
    shared, run, run_weight = _aligned(a, b)
    known = a.day is not None and b.day is not None
    return PairScore(
        shared=shared,
        containment=shared / min(a.weight, b.weight),
        similarity=shared / max(a.weight, b.weight),
        run=run,
        run_weight=run_weight,
        fragment=len(a.words),
        speaker=_agreement(a.variant.entity, b.variant.entity),
        days=abs((a.day or 0) - (b.day or 0)) if known else None,
        same_article=a.variant.article == b.variant.article,
        together=together,
        quoted=bool(a.variant.quoted and b.variant.quoted),
    )


def _agreement(a: str | None, b: str | None) -> Agreement:
    if a is None or b is None:
        return "unknown"
    return "same" if a == b else "conflict"


def _aligned(a: Side, b: Side) -> tuple[float, int, float]:
    """Weight of the words shared around the heaviest shared run, and that run."""
    if a.words == b.words:
        return a.weight, len(a.words), a.weight
    blocks = SequenceMatcher(None, a.words, b.words, autojunk=False).get_matching_blocks()[:-1]
    if not blocks:
        return 0.0, 0, 0.0
    weights = [sum(a.weights[m.a : m.a + m.size]) for m in blocks]
    top = max(range(len(blocks)), key=lambda i: (weights[i], -i))
    right = _reach(blocks[top:], weights[top:])
    left = _reach([_mirrored(m) for m in blocks[top::-1]], weights[top::-1])
    return weights[top] + left + right, blocks[top].size, weights[top]


def _mirrored(match: Match) -> Match:
    """The block as it stands when both texts are read backwards."""
    return Match(-match.a - match.size, -match.b - match.size, match.size)


def _reach(blocks: Sequence[Match], weights: Sequence[float]) -> float:
    """What the blocks after the first add, each paid for by the words passed over."""
    gained = best = total = reached = 0.0
    for (last, block), weight in zip(pairwise(blocks), weights[1:], strict=True):
        gap_a, gap_b = block.a - last.a - last.size, block.b - last.b - last.size
        cost = SKIP * min(gap_a, gap_b) + min(LEAP * abs(gap_a - gap_b), LEAP_MOST)
        gained += weight - cost
        total += weight
        if gained > best:
            best, reached = gained, total
    return reached


# Decision


def joins(sides: Sequence[Side], pairs: Iterable[tuple[int, int]]) -> Joins:
    """The pairs that report one utterance, with their scores.

    Decided twice: articles found to share a long quotation are about one occasion, which
    lets short ones join that the dates alone would keep apart.
    """
    scores = {(a, b): score(sides[a], sides[b]) for a, b in pairs if _may_join(sides[a], sides[b])}
    together = {
        _articles(sides[a], sides[b])
        for (a, b), pair in scores.items()
        if _is_long(pair) and not pair.same_article
    }
    known = {
        (a, b): replace(pair, together=_articles(sides[a], sides[b]) in together)
        for (a, b), pair in scores.items()
    }
    return {places: pair for places, pair in known.items() if decide(pair)}


def _may_join(a: Side, b: Side) -> bool:
    """False where the words that both have, in any order, are too few for every rule below."""
    if len(a.words) > len(b.words):
        a, b = b, a
    common = sum(w for word, w in zip(a.words, a.weights, strict=True) if word in b.vocabulary)
    least = min(LONG_CONTAINMENT, NEAR_CONTAINMENT, CONTAINMENT, INDIRECT_SIMILARITY)
    return common >= LONG_RUN_BITS or common >= least * min(a.weight, b.weight)


def _articles(a: Side, b: Side) -> frozenset[str]:
    return frozenset((a.variant.article, b.variant.article))


def decide(pair: PairScore) -> bool:
    """Whether two quotations report the same words on the same occasion."""
    identical = pair.similarity == 1.0
    if pair.run_weight < RUN_BITS and not identical:
        return False
    near = _occasion(pair) in ("article", "days")
    if not pair.quoted:
        alike = pair.similarity >= INDIRECT_SIMILARITY and pair.fragment >= INDIRECT_WORDS
        return alike and near and pair.speaker != "conflict"
    if _is_long(pair):
        return True
    if identical and near and pair.speaker == "same":
        return pair.shared >= IDENTICAL_BITS
    least = NEAR_CONTAINMENT if near and pair.speaker == "same" else CONTAINMENT
    return pair.containment >= least and pair.shared >= NEEDED[_occasion(pair), pair.speaker]


def _is_long(pair: PairScore) -> bool:
    if pair.run_weight < RUN_BITS:
        return False
    if pair.run >= LONG_RUN and pair.run_weight >= LONG_RUN_BITS:
        return True
    return pair.shared >= LONG_BITS and pair.containment >= LONG_CONTAINMENT


def _occasion(pair: PairScore) -> Occasion:
    if pair.same_article:
        return "article"
    if pair.together or (pair.days is not None and pair.days <= AT_ONCE):
        return "days"
    return "weeks" if pair.days is None or pair.days <= WEEKS else "far"


# Grouping


def group(sides: Sequence[Side], joined: Joins) -> tuple[Cluster, ...]:
    """Connected wholes, each with the fragments that stand nearest to it.

    A fragment with several wholes goes to the best of them and does not join them.  Fragments
    without a whole join one another, and all together the best fragment that has one.
    """
    short = [len(side.words) <= FRAGMENT_WORDS for side in sides]
    wholes = [(a, b) for a, b in joined if not short[a] and not short[b]]
    mixed = [(a, b) if short[a] else (b, a) for a, b in joined if short[a] != short[b]]
    shorts = [(a, b) for a, b in joined if short[a] and short[b]]
    forest = Forest(len(sides))
    forest.join_all(wholes)
    hosts = _nearest(((f, f, w) for f, w in mixed), joined)
    forest.join_all((a, b) for a, b in shorts if a not in hosts and b not in hosts)
    forest.join_all(hosts.values())
    attached = [(a, b) if b in hosts else (b, a) for a, b in shorts if (a in hosts) != (b in hosts)]
    forest.join_all(_nearest(((forest.root(f), f, h) for f, h in attached), joined).values())
    return _clusters(sides, forest)


def _nearest(choices: Iterable[tuple[int, int, int]], joined: Joins) -> dict[int, tuple[int, int]]:
    """For each first number, its best pair of a fragment and a host; the lowest place in a tie."""
    best: dict[int, tuple[tuple[float, ...], tuple[int, int]]] = {}
    for chooser, fragment, host in choices:
        pair = joined[min(fragment, host), max(fragment, host)]
        rank = (*_distance(pair), host, fragment)
        if chooser not in best or rank < best[chooser][0]:
            best[chooser] = rank, (fragment, host)
    return {chooser: pair for chooser, (_, pair) in best.items()}


def _distance(pair: PairScore) -> tuple[float, ...]:
    """Sorts pairs, nearest first: article, speaker, occasion, days, words shared."""
    agreement = ("same", "unknown", "conflict").index(pair.speaker)
    days = float("inf") if pair.days is None else pair.days
    return not pair.same_article, agreement, not pair.together, days, -pair.shared


class Forest:
    """Disjoint sets of places; the root of each is its lowest place."""

    def __init__(self, size: int) -> None:
        """`size` sets of one."""
        self._above = list(range(size))

    def root(self, place: int) -> int:
        """The lowest place of the set that `place` is in."""
        while self._above[place] != place:
            self._above[place] = self._above[self._above[place]]
            place = self._above[place]
        return place

    def join_all(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Make one set of the two that each pair stands in."""
        for a, b in pairs:
            low, high = sorted((self.root(a), self.root(b)))
            self._above[high] = low


def _clusters(sides: Sequence[Side], forest: Forest) -> tuple[Cluster, ...]:
    members: dict[int, list[str]] = defaultdict(list)
    for place, side in enumerate(sides):
        members[forest.root(place)].append(side.id)
    found = [_cluster(tuple(ids)) for ids in members.values() if len(ids) > 1]
    return tuple(sorted(found, key=lambda c: c.id))


def _cluster(members: tuple[str, ...]) -> Cluster:
    digest = blake2b(members[0].encode(), digest_size=5).hexdigest()
    return Cluster(id=f"c{digest}", members=members)
