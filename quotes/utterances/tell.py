"""Why quotations are one utterance, in words for people.

In: quotations, or the score of a pair.  Out: what they share, as it was printed, whether the
speakers agree and how far apart they are; and for a group, on which of its members each one
hangs.  Nothing is decided here that `decide` does not decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from quotes.records import Variant
from quotes.text.lists import bits
from quotes.utterances.likeness import (
    Agreement,
    PairScore,
    Tie,
    compare,
    decide,
    shared_around,
)
from quotes.utterances.wording import (
    Wording,
    compared_text,
    meet,
    printed_words,
    runs_of,
    wording_of,
)

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
    """What a quotation hangs on within its group.

    Attributes:
        quotation: its id.
        partner: the id of the other one, None for the fullest wording, on which all others
            hang, directly or by way of others.
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


# Groups


def joins(variants: Iterable[Variant]) -> tuple[Join, ...]:
    """For each quotation of one group the one that it hangs on, by quotation id.

    The fullest wording comes first; then, again and again, the one that hangs most firmly on
    one that is already there.  So the reasons lead from each quotation to the fullest one.
    Takes time as the square of the number of unlike wordings.
    """
    return _Tree(variants).grown()


class _Tree:
    """The quotations of a group, by what each hangs on."""

    def __init__(self, variants: Iterable[Variant]) -> None:
        self._variants = sorted(variants, key=lambda v: (v.published or "9", v.quotation))
        self._alike: dict[Wording, list[Variant]] = {}
        self._without: list[Variant] = []
        for variant in self._variants:
            if wording := wording_of(variant):
                self._alike.setdefault(wording, []).append(variant)
            else:
                self._without.append(variant)
        self._runs = {wording: runs_of(wording) for wording in self._alike}

    def grown(self) -> tuple[Join, ...]:
        found = [Join(v.quotation, None, "no words to compare") for v in self._without]
        alone = "the fullest wording"
        for wording, partner in self._ordered():
            first, *others = self._alike[wording]
            host = self._alike[partner][0] if partner else None
            reason = tell_join(first, host) if host else alone
            found.append(Join(first.quotation, host.quotation if host else None, reason))
            found += (Join(v.quotation, first.quotation, tell_join(v, first)) for v in others)
            alone = "none of the others holds it"
        return tuple(sorted(found, key=lambda join: join.quotation))

    def _ordered(self) -> list[tuple[Wording, Wording | None]]:
        """The wordings, each with the earlier one that it hangs on; the first hangs on none."""
        left = sorted(self._alike, key=lambda w: (-w.weight, self._alike[w][0].quotation))
        found: list[tuple[Wording, Wording | None]] = []
        best: dict[Wording, tuple[tuple[float, ...], Wording]] = {}
        while left:
            tied = [wording for wording in left if wording in best]
            at = min(tied, key=lambda wording: best[wording][0]) if tied else left[0]
            found.append((at, best[at][1] if tied else None))
            left.remove(at)
            for other in left:
                rank = self._rank(at, other)
                if rank and (other not in best or rank < best[other][0]):
                    best[other] = rank, at
        return found

    def _rank(self, a: Wording, b: Wording) -> tuple[float, ...] | None:
        """How firmly two wordings hang together, the firmest first; None if not at all."""
        if not meet(a, b, self._runs[a], self._runs[b]):
            return None
        pair = compare(a, b)
        tie = decide(pair)
        days = float("inf") if pair.days is None else pair.days
        return (_TIES.index(tie), -pair.similarity, -pair.shared, days) if tie else None
