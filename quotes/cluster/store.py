"""Where wordings, their runs and their ties are kept: what a store does, and one in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from quotes.cluster.grouping import Edge
from quotes.cluster.runs import Runs, meet
from quotes.cluster.wording import Wording


@dataclass(frozen=True, slots=True, order=True)
class Printing:
    """One quotation: its id and its article's."""

    quotation: str
    article: str


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
        """Keep which wording each quotation prints, None for none; those they printed before."""
        ...

    def printings(self, numbers: Iterable[int]) -> dict[int, tuple[Printing, ...]]:
        """Who prints these wordings, sorted; none for those that nobody prints."""
        ...

    def tie(self, ties: Mapping[tuple[int, int], Edge]) -> None:
        """Keep that pairs were joined."""
        ...

    def ties(self, numbers: Iterable[int]) -> dict[tuple[int, int], Edge]:
        """The pairs that any of these stands in, the lower number first."""
        ...

    def assign(self, groups: Mapping[int, str | None]) -> None:
        """Keep the id of each wording's group, None for none."""
        ...

    def assigned(self, numbers: Iterable[int]) -> dict[int, str | None]:
        """The ids kept by `assign`."""
        ...

    def all(self) -> list[int]:
        """The numbers of all wordings, ascending."""
        ...


@dataclass(slots=True)
class MemoryStore:
    """A store that ends with the process."""

    _wordings: dict[int, Wording] = field(default_factory=dict)
    _runs: dict[int, Runs] = field(default_factory=dict)
    _numbers: dict[Wording, int] = field(default_factory=dict)
    _postings: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _printings: defaultdict[int, set[Printing]] = field(default_factory=lambda: defaultdict(set))
    _of_article: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    _ties: defaultdict[int, dict[int, Edge]] = field(default_factory=lambda: defaultdict(dict))
    _groups: dict[int, str | None] = field(default_factory=dict)
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
        for run in runs.all:
            self._postings[run].add(self._last)
        return self._last

    def delete(self, number: int) -> None:
        """See `Store`."""
        del self._numbers[self._wordings.pop(number)]
        for run in self._runs.pop(number).all:
            self._postings[run].discard(number)
        for other in self._ties.pop(number, {}):
            del self._ties[other][number]
        self._printings.pop(number, None)
        self._groups.pop(number, None)

    def read(self, numbers: Iterable[int]) -> dict[int, Wording]:
        """See `Store`."""
        kept = self._wordings
        return {number: kept[number] for number in numbers if number in kept}

    def meetings(self, wording: Wording, runs: Runs) -> set[int]:
        """See `Store`."""
        found = {number for run in runs.all for number in self._postings[run]}
        kept, of = self._wordings, self._runs
        return {number for number in found if meet(wording, kept[number], runs, of[number])}

    def place(self, printings: Iterable[tuple[Printing, int | None]]) -> set[int]:
        """See `Store`."""
        before: set[int] = set()
        for printing, number in printings:
            own = self._of_article[printing.article]
            if (old := own.pop(printing.quotation, None)) is not None:
                self._printings[old].discard(printing)
                before.add(old)
            if number is not None:
                self._printings[number].add(printing)
                own[printing.quotation] = number
        return before

    def forget(self, article: str) -> set[int]:
        """Forget an article's quotations; the wordings that lost them."""
        own = self._of_article.pop(article, {})
        for quotation, number in own.items():
            self._printings[number].discard(Printing(quotation, article))
        return set(own.values())

    def printings(self, numbers: Iterable[int]) -> dict[int, tuple[Printing, ...]]:
        """See `Store`."""
        found = {number: tuple(sorted(self._printings[number])) for number in numbers}
        return {number: printings for number, printings in found.items() if printings}

    def tie(self, ties: Mapping[tuple[int, int], Edge]) -> None:
        """See `Store`."""
        for (a, b), edge in ties.items():
            self._ties[a][b] = self._ties[b][a] = edge

    def ties(self, numbers: Iterable[int]) -> dict[tuple[int, int], Edge]:
        """See `Store`."""
        return {(min(a, b), max(a, b)): edge for a in numbers for b, edge in self._ties[a].items()}

    def assign(self, groups: Mapping[int, str | None]) -> None:
        """See `Store`."""
        self._groups.update(groups)

    def assigned(self, numbers: Iterable[int]) -> dict[int, str | None]:
        """See `Store`."""
        return {number: self._groups.get(number) for number in numbers}

    def all(self) -> list[int]:
        """See `Store`."""
        return sorted(self._wordings)
