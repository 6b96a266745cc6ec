"""Where wordings, their runs and their ties are kept: what a store does, and one in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from quotes.utterances.grouping import Edge, order_of
from quotes.utterances.runs import WEEKS, Runs, meet
from quotes.utterances.wording import Wording

SPAN = WEEKS + 1
"""Days whose runs are kept side by side: two dates within `WEEKS` of each other lie in one span or
in neighbours; and in a file the news of these weeks is in a few pages."""

ANY_TIME = -SPAN
"""The span of runs that are looked up whatever their date."""


@dataclass(frozen=True, slots=True, order=True)
class Printing:
    """One quotation: its id and its article's."""

    quotation: str
    article: str


Kind = Literal["free", "held", "whole"]
"""Of a wording: a whole; or a fragment, held by a whole or not."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a wording stands among the others.

    Attributes:
        number: the wording's.
        weight: of its words, in bits.
        order: settles ties; see `grouping.order_of`.
        kind: whether it holds others, is held or neither.
        unit: the heaviest wording of those that go to a host as one: of its core, of the free
            fragments it hangs together with; a held fragment goes by itself.
        part, host: on the unit's own place the wordings, one of the unit and one of another,
            by which it goes there.
        first: the smallest id of its quotations.
        cluster: the id of its group, None if it stands alone.
    """

    number: int
    weight: float
    order: bytes
    kind: Kind
    unit: int
    part: int | None = None
    host: int | None = None
    first: str = ""
    cluster: str | None = None

    @property
    def heft(self) -> tuple[float, bytes]:
        """By which the heaviest is told."""
        return self.weight, self.order


def place_of(wording: Wording, number: int) -> Place:
    """The place of a wording that no other is known of."""
    kind: Kind = "free" if wording.is_fragment else "whole"
    return Place(number, wording.weight, order_of(wording), kind, number)


Ties = Mapping[tuple[int, int], Edge]
"""What ties pairs of wordings, the lower number first."""


class Store(Protocol):
    """Wordings by number, found again by their runs; numbers mean nothing outside the store."""

    def number_of(self, wording: Wording) -> int | None:
        """The number of this very wording, None if it is not kept."""
        ...

    def insert(self, wording: Wording, runs: Runs) -> int:
        """Keep a new wording under its runs; its number."""
        ...

    def delete(self, number: int) -> None:
        """Forget a wording, its runs and its ties."""
        ...

    def read(self, numbers: Iterable[int]) -> dict[int, Wording]:
        """The wordings of these numbers; those that are not kept are left out."""
        ...

    def meetings(self, wording: Wording, runs: Runs) -> set[int]:
        """The numbers of all wordings that `runs.meet` this one; a few others may be among them."""
        ...

    def place(self, printings: Iterable[tuple[Printing, int | None]]) -> set[int]:
        """Keep which wording each quotation prints, None for none; those that lost one by it."""
        ...

    def printings(self, numbers: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """The quotations that print these wordings, sorted; none for those that nobody prints."""
        ...

    def tie(self, ties: Ties) -> None:
        """Keep that pairs were joined."""
        ...

    def ties(self, numbers: Iterable[int]) -> dict[tuple[int, int], Edge]:
        """The pairs that any of these stands in."""
        ...

    def tied(self, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Edge]:
        """Those of the pairs, the lower number first, that were joined."""
        ...

    def together(self, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
        """Those of the pairs that one article prints."""
        ...

    def beside(self, quotations: Iterable[str]) -> dict[tuple[int, int], Edge]:
        """What ties the wordings of these quotations to others of the same article."""
        ...

    def places(self, numbers: Iterable[int]) -> dict[int, Place]:
        """Where these wordings stand; those that are not kept are left out."""
        ...

    def members(self, units: Iterable[int]) -> list[Place]:
        """The places of all wordings of these units."""
        ...

    def clustered(self, clusters: Iterable[str]) -> list[Place]:
        """The places of all wordings of these groups."""
        ...

    def first(self, cluster: str) -> str:
        """The smallest id of a group's quotations."""
        ...

    def put(self, places: Iterable[Place]) -> None:
        """Keep where wordings stand now."""
        ...

    def groups(self) -> dict[str, list[str]]:
        """The quotations of every group."""
        ...


@dataclass(slots=True)
class MemoryStore:
    """A store that ends with the process."""

    _wordings: dict[int, Wording] = field(default_factory=dict)
    _runs: dict[int, Runs] = field(default_factory=dict)
    _numbers: dict[Wording, int] = field(default_factory=dict)
    _postings: defaultdict[tuple[int, int], set[int]] = field(
        default_factory=lambda: defaultdict(set)
    )
    _printings: defaultdict[int, set[Printing]] = field(default_factory=lambda: defaultdict(set))
    _of_article: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    _ties: defaultdict[int, dict[int, Edge]] = field(default_factory=lambda: defaultdict(dict))
    _places: dict[int, Place] = field(default_factory=dict)
    _units: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _clusters: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _last: int = 0

    def number_of(self, wording: Wording) -> int | None:
        """See `Store`."""
        return self._numbers.get(wording)

    def insert(self, wording: Wording, runs: Runs) -> int:
        """See `Store`."""
        self._last += 1
        self._wordings[self._last] = wording
        self._runs[self._last] = runs
        self._numbers[wording] = self._last
        self.put([place_of(wording, self._last)])
        for key in _postings(wording, runs, (0,)):
            self._postings[key].add(self._last)
        return self._last

    def delete(self, number: int) -> None:
        """See `Store`."""
        wording = self._wordings.pop(number)
        del self._numbers[wording]
        for key in _postings(wording, self._runs.pop(number), (0,)):
            self._postings[key].discard(number)
        for other in self._ties.pop(number, {}):
            del self._ties[other][number]
        self._printings.pop(number, None)
        self._unput(self._places.pop(number))

    def read(self, numbers: Iterable[int]) -> dict[int, Wording]:
        """See `Store`."""
        kept = self._wordings
        return {number: kept[number] for number in numbers if number in kept}

    def meetings(self, wording: Wording, runs: Runs) -> set[int]:
        """See `Store`."""
        keys = _postings(wording, runs, (-1, 0, 1))
        found = {number for key in keys for number in self._postings.get(key, ())}
        kept, of = self._wordings, self._runs
        return {number for number in found if meet(wording, kept[number], runs, of[number])}

    def place(self, printings: Iterable[tuple[Printing, int | None]]) -> set[int]:
        """See `Store`."""
        lost: set[int] = set()
        for printing, number in printings:
            own = self._of_article[printing.article]
            old = own.pop(printing.quotation, None)
            if old is not None and old != number:
                self._printings[old].discard(printing)
                lost.add(old)
            if number is not None:
                self._printings[number].add(printing)
                own[printing.quotation] = number
        return lost

    def forget(self, article: str) -> set[int]:
        """Forget an article's quotations; the wordings that lost them."""
        own = self._of_article.pop(article, {})
        for quotation, number in own.items():
            self._printings[number].discard(Printing(quotation, article))
        return set(own.values())

    def printings(self, numbers: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """See `Store`."""
        found = {number: sorted(self._printings[number]) for number in numbers}
        return {n: tuple(p.quotation for p in printed) for n, printed in found.items() if printed}

    def tie(self, ties: Ties) -> None:
        """See `Store`."""
        for (a, b), edge in ties.items():
            self._ties[a][b] = self._ties[b][a] = edge

    def ties(self, numbers: Iterable[int]) -> dict[tuple[int, int], Edge]:
        """See `Store`."""
        return {(min(a, b), max(a, b)): edge for a in numbers for b, edge in self._ties[a].items()}

    def tied(self, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Edge]:
        """See `Store`."""
        return {(a, b): self._ties[a][b] for a, b in pairs if b in self._ties[a]}

    def together(self, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
        """See `Store`."""
        return {(a, b) for a, b in pairs if not self._articles(a).isdisjoint(self._articles(b))}

    def _articles(self, number: int) -> set[str]:
        return {printing.article for printing in self._printings[number]}

    def beside(self, quotations: Iterable[str]) -> dict[tuple[int, int], Edge]:
        """See `Store`."""
        wanted = set(quotations)
        found = [own for own in self._of_article.values() if not wanted.isdisjoint(own)]
        return self.tied(
            (min(own[quotation], other), max(own[quotation], other))
            for own in found
            for quotation in wanted & own.keys()
            for other in own.values()
        )

    def places(self, numbers: Iterable[int]) -> dict[int, Place]:
        """See `Store`."""
        return {number: self._places[number] for number in numbers if number in self._places}

    def members(self, units: Iterable[int]) -> list[Place]:
        """See `Store`."""
        return [self._places[number] for unit in units for number in self._units[unit]]

    def clustered(self, clusters: Iterable[str]) -> list[Place]:
        """See `Store`."""
        return [self._places[number] for id_ in clusters for number in self._clusters[id_]]

    def first(self, cluster: str) -> str:
        """See `Store`."""
        return min(self._places[number].first for number in self._clusters[cluster])

    def put(self, places: Iterable[Place]) -> None:
        """See `Store`."""
        for place in places:
            if place.number in self._places:
                self._unput(self._places[place.number])
            self._places[place.number] = place
            self._units[place.unit].add(place.number)
            if place.cluster is not None:
                self._clusters[place.cluster].add(place.number)

    def _unput(self, place: Place) -> None:
        self._units[place.unit].discard(place.number)
        if place.cluster is not None:
            self._clusters[place.cluster].discard(place.number)

    def groups(self) -> dict[str, list[str]]:
        """See `Store`."""
        return {
            id_: sorted(p.quotation for number in numbers for p in self._printings[number])
            for id_, numbers in sorted(self._clusters.items())
            if numbers
        }


def _postings(wording: Wording, runs: Runs, beside: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Span and run, of its own and of spans beside it; long runs are in one span, all of them."""
    span = (wording.day or 0) // SPAN
    for step in beside:
        yield from ((span + step, run) for run in (*runs.short, *runs.middle))
    yield from ((ANY_TIME, run) for run in runs.long)
