"""Groups of quotations kept right while articles come and go.

In: the variants of articles added, the wordings of those removed.  Out: which quotations are now
in which group.  Work is done only where an article touches: its wordings are compared with those
that share a run with them, and the neighbourhoods they stand in are grouped anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from quotes.records import Cluster, Variant
from quotes.utterances.decide import LONG_RUN, LONG_RUN_BITS, decide
from quotes.utterances.grouping import Edge
from quotes.utterances.likeness import PairScore, compare, lighter_first
from quotes.utterances.naming import name_groups
from quotes.utterances.runs import meet, runs_of
from quotes.utterances.settling import Settling
from quotes.utterances.store import Printing, Store
from quotes.utterances.wording import Wording, wording_of

Changes = Mapping[str, str | None]
"""From quotation to the id of its group, None if it now stands alone."""

COMMON = 0.5
"""Part of the lighter wording that the two must have in common, in any order, to be aligned:
below what `decide` asks for, slips allowed for."""


class Grouper:
    """Groups over a store.  The same quotations give the same groups and ids in whatever order
    they were added, and whatever else was added and removed in between.
    """

    def __init__(self, store: Store) -> None:
        """Over what `store` holds already."""
        self._store = store

    def update(self, stale: Iterable[int], variants: Iterable[Variant]) -> Changes:
        """Take in quotations that are new or changed, and forget what nobody prints any more.

        Args:
            stale: numbers of wordings that lost printings; those not kept are passed over.
            variants: the quotations as they are now.

        Returns:
            The group of every quotation given, and of others whose group is another one now.
        """
        placed, made = [], set[int]()
        for variant in variants:
            number, new = self._number(variant)
            placed.append((Printing(variant.quotation, variant.article), number))
            if number is not None and new:
                made.add(number)
        lost = set(self._store.places({*stale, *self._store.place(placed)}))
        gained = {number for _, number in placed if number is not None}
        printed = self._store.printings(lost | gained)
        settling = Settling(self._store)
        gone = (lost | gained) - printed.keys()
        fresh, again = settling.loosen(gone, lost - gone)
        again_printed = [p.quotation for p, number in placed if number in gained - made]
        nearer = self._store.beside(again_printed) if again_printed else {}
        settling.place(fresh | made - gone, again, nearer)
        name_groups(settling, printed)
        return self._written(settling, placed)

    def groups(self) -> tuple[Cluster, ...]:
        """All groups of two or more quotations, by id."""
        groups = self._store.groups()
        return tuple(Cluster(id_, tuple(members)) for id_, members in groups.items())

    def _written(
        self, settling: Settling, placed: Iterable[tuple[Printing, int | None]]
    ) -> dict[str, str | None]:
        """Keep what changed; the groups of the quotations given and of others that changed."""
        changed = settling.changed()
        self._store.put(changed)
        moved = {p.number for p in changed if p.cluster != settling.stored[p.number].cluster}
        printings = self._store.printings(moved).items()
        elsewhere = {q: settling.now[n].cluster for n, own in printings for q in own}
        given = {p.quotation: settling.now[n].cluster if n else None for p, n in placed}
        return {**elsewhere, **given}

    def _number(self, variant: Variant) -> tuple[int | None, bool]:
        """The wording a quotation prints, None if it has no words; and whether it is a new one."""
        wording = wording_of(variant)
        if wording is None:
            return None, False
        number = self._store.number_of(wording)
        return (self._insert(wording), True) if number is None else (number, False)

    def _insert(self, wording: Wording) -> int:
        runs = runs_of(wording)
        others = self._store.read(sorted(self._store.meetings(wording, runs)))
        number = self._store.insert(wording, runs)
        pairs = ((other, tie_between(wording, kept)) for other, kept in others.items())
        self._store.tie({(other, number): edge for other, edge in pairs if edge})
        return number


def tie_between(a: Wording, b: Wording) -> Edge | None:
    """What joins two wordings that meet, None if they are two utterances."""
    if not _may_join(a, b):
        return None
    pair = compare(a, b)
    tie = decide(pair)
    return Edge(tie, pair.speaker, pair.days, pair.shared) if tie else None


def would_tie(a: Wording, b: Wording) -> Edge | None:
    """What joins any two wordings, by all that is known of the two alone."""
    return tie_between(a, b) if meet(a, b, runs_of(a), runs_of(b)) else None


def _may_join(a: Wording, b: Wording) -> bool:
    """False where the words that both have are too few for every rule of `decide`."""
    a, b = lighter_first(a, b)
    if a.pieces or b.pieces:
        return True
    has = set(b.words)
    common = sum(w for word, w in zip(a.words, a.weights, strict=True) if word in has)
    if common >= COMMON * a.weight:
        return True
    return common >= LONG_RUN_BITS and not _stretches(a).isdisjoint(_stretches(b))


def _stretches(wording: Wording) -> set[tuple[str, ...]]:
    """Every run of as many words as make a long one."""
    words = wording.words
    return {words[at : at + LONG_RUN] for at in range(len(words) - LONG_RUN + 1)}


def score(a: Variant, b: Variant) -> PairScore | None:
    """The named parts for two quotations, None if one has no words."""
    first, second = wording_of(a), wording_of(b)
    return compare(first, second) if first and second else None
