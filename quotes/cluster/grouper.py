"""Groups of quotations kept right while articles come and go.

In: the variants of articles added, the wordings of those removed.  Out: which quotations are now
in which group.  Work is done only where an article touches: its wordings are compared with those
that share a run with them, and the neighbourhoods they stand in are grouped anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import blake2b

from quotes.cluster.compare import PairScore, compare, lighter_first
from quotes.cluster.decide import LONG_RUN_BITS, decide
from quotes.cluster.grouping import Edge, Node, group
from quotes.cluster.runs import meet, runs_of
from quotes.cluster.store import Printing, Store
from quotes.cluster.wording import Wording, wording_of
from quotes.records import Cluster, Variant

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
        placed = [(Printing(v.quotation, v.article), self._number(v)) for v in variants]
        before = self._store.place(placed)
        new = {number for _, number in placed if number is not None}
        around = self._forget_unprinted({*stale, *before} - new)
        changes = self._regroup(new | around)
        groups = self._store.assigned(new)
        now = {p.quotation: None if n is None else groups[n] for p, n in placed}
        return {**now, **changes}

    def groups(self) -> tuple[Cluster, ...]:
        """All groups of two or more quotations, by id."""
        members: defaultdict[str, list[str]] = defaultdict(list)
        numbers = self._store.all()
        printings = self._store.printings(numbers)
        for number, id_ in self._store.assigned(numbers).items():
            if id_ is not None:
                members[id_].extend(p.quotation for p in printings[number])
        return tuple(Cluster(id_, tuple(sorted(ids))) for id_, ids in sorted(members.items()))

    def _number(self, variant: Variant) -> int | None:
        """The wording a quotation prints, kept if need be; None if it has no words."""
        wording = wording_of(variant)
        if wording is None:
            return None
        number = self._store.number_of(wording)
        return self._insert(wording) if number is None else number

    def _forget_unprinted(self, numbers: Iterable[int]) -> set[int]:
        """Those of the wordings that are still printed, and what was tied to the others."""
        kept = set(self._store.read(numbers))
        gone = kept - self._store.printings(kept).keys()
        around = {number for pair in self._store.ties(gone) for number in pair}
        for number in sorted(gone):
            self._store.delete(number)
        return (kept | around) - gone

    def _insert(self, wording: Wording) -> int:
        runs = runs_of(wording)
        others = self._store.read(sorted(self._store.meetings(wording, runs)))
        number = self._store.insert(wording, runs)
        pairs = ((other, tie_between(wording, kept)) for other, kept in others.items())
        self._store.tie({(other, number): edge for other, edge in pairs if edge})
        return number

    def _regroup(self, touched: Iterable[int]) -> dict[str, str | None]:
        """Group the neighbourhoods of these wordings; the quotations whose group changed."""
        ties = self._neighbourhood(touched)
        numbers = sorted({number for pair in ties for number in pair} | set(touched))
        printings = self._store.printings(numbers)
        wordings = self._store.read(numbers)
        nodes = {number: _node(wordings[number], printings[number]) for number in numbers}
        edges = {
            (min(x, y), max(x, y)): edge
            for (a, b), edge in ties.items()
            for x, y in [(nodes[a].key, nodes[b].key)]
        }
        number_of = {node.key: number for number, node in nodes.items()}
        groups: dict[int, str | None] = {}
        for keys in group(nodes.values(), edges):
            printed = sum(len(printings[number_of[key]]) for key in keys)
            id_ = group_id(keys[0]) if printed > 1 else None
            groups.update({number_of[key]: id_ for key in keys})
        before = self._store.assigned(numbers)
        changed = {number: id_ for number, id_ in groups.items() if id_ != before[number]}
        self._store.assign(changed)
        return {p.quotation: id_ for number, id_ in changed.items() for p in printings[number]}

    def _neighbourhood(self, touched: Iterable[int]) -> dict[tuple[int, int], Edge]:
        """All ties that lead, in any number of steps, from these wordings."""
        ties: dict[tuple[int, int], Edge] = {}
        seen = frontier = set(touched)
        while frontier:
            found = self._store.ties(frontier)
            ties.update(found)
            frontier = {number for pair in found for number in pair} - seen
            seen = seen | frontier
        return ties


def _node(wording: Wording, printings: tuple[Printing, ...]) -> Node:
    articles = frozenset(p.article for p in printings)
    return Node(printings[0].quotation, wording.weight, wording.is_fragment, articles)


def group_id(first: str) -> str:
    """A group's id, from its smallest member."""
    return f"c{blake2b(first.encode(), digest_size=5).hexdigest()}"


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
    return common >= min(LONG_RUN_BITS, COMMON * a.weight)


def score(a: Variant, b: Variant) -> PairScore | None:
    """The named parts for two quotations, None if one has no words."""
    first, second = wording_of(a), wording_of(b)
    return compare(first, second) if first and second else None
