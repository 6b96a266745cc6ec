"""Where new wordings belong, and who goes elsewhere because of them.

In: the wordings that are new, that lost a printing or that are gone, over a store that has
their ties.  Out: the places of all that hang together otherwise than before, written to the
store.  What comes out is what `grouping.group` makes of all wordings at once; done anew are only
the cores and fragments that a change touches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from quotes.utterances.grouping import Edge, Forest, rank
from quotes.utterances.store import Place, Store

Pair = tuple[int, int]
Ties = dict[Pair, Edge]
Option = tuple[int, int, Edge]
"""A part, a host, and what ties them."""

Options = dict[int, list[Option]]
"""By unit, what it may choose among."""

_NONE = None, None


@dataclass(slots=True)
class Settling:
    """The places that one update looks at, as they were stored and as they are now.

    A unit is what goes to a host as one: a core, a fragment that a whole holds, or fragments
    that hang together and are not held.  It goes by its heaviest wording.
    """

    store: Store
    now: dict[int, Place] = field(default_factory=dict)
    stored: dict[int, Place] = field(default_factory=dict)
    loose: set[int] = field(default_factory=set)
    """Wordings that had a place and may have lost what they hung on."""
    _inside: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """The wordings that were read, by unit."""

    def look(self, numbers: Iterable[int]) -> None:
        """Read the places of these wordings, if they were not read yet."""
        self.take(self.store.places(set(numbers) - self.stored.keys()).values())

    def take(self, places: Iterable[Place]) -> None:
        """Places as they are stored."""
        for place in places:
            if place.number not in self.stored:
                self.stored[place.number] = self.now[place.number] = place
                self._inside[place.unit].add(place.number)

    def look_around(self, ties: Iterable[Pair]) -> None:
        """Read the places at both ends of these ties, and those of the units there."""
        ends = {number for pair in ties for number in pair}
        self.look(ends)
        self.look({self.now[number].unit for number in ends})

    def members(self, units: Iterable[int]) -> set[int]:
        """The wordings of these units as they are now."""
        wanted = set(units)
        self.take(self.store.members(wanted))
        return {number for unit in wanted for number in self._inside[unit]}

    def changed(self) -> list[Place]:
        """The places that are others now, by number."""
        return [place for number, place in sorted(self.now.items()) if place != self.stored[number]]

    # What is gone.

    def loosen(self, gone: Iterable[int], lost: Iterable[int]) -> tuple[set[int], set[int]]:
        """Forget wordings that nobody prints.

        Args:
            gone: those wordings.
            lost: others that lost a printing: what they hang on may be nearer elsewhere now.

        Returns:
            The wordings to be placed anew, since what they hung together by may be gone; and the
            units that are to choose anew among all they are tied to.
        """
        gone, lost = set(gone), set(lost)
        if not gone and not lost:
            return set(), set()
        ties = self.store.ties(gone | lost)
        self.look(gone | lost)
        self.look_around(ties)
        around = {number for pair in ties for number in pair} - gone
        fresh = self.members({self.now[number].unit for number in gone})
        fresh |= {number for number in around if self.now[number].kind == "held"}
        for number in gone:
            self.store.delete(number)
            self._inside[self.now.pop(number).unit].discard(number)
        again = {self.now[number].unit for number in around | lost if number not in fresh}
        self.loose |= (fresh | lost) - gone
        return fresh - gone, again - fresh - gone

    # Who hangs together.

    def place(self, fresh: set[int], again: set[int], nearer: Ties) -> None:
        """Find the units and hosts of wordings that have none, and what follows for others.

        Args:
            fresh: wordings without a place.
            again: units that are to choose anew among all they are tied to.
            nearer: ties of others that are nearer than they were.
        """
        self.look(fresh)
        ties = self.store.ties(fresh)
        self.look_around(ties)
        freed = self._now_held(ties, fresh)
        if freed:
            ties |= self.store.ties(freed)
            self.look_around(ties)
            self.loose |= freed
        self._reset(fresh | freed, ties)
        merged = self._unite(fresh | freed, ties)
        self._choose(ties | nearer, merged | {self.now[unit].unit for unit in again})

    def _now_held(self, ties: Ties, fresh: set[int]) -> set[int]:
        """The fragments that hung together with one that a fresh whole holds."""
        held = {
            self.now[b].unit
            for pair in ties
            for a, b in (pair, pair[::-1])
            if a in fresh and self.now[a].kind == "whole"
            if b not in fresh and self.now[b].kind == "free"
        }
        return (self.members(held) if held else set()) - fresh

    def _reset(self, fresh: set[int], ties: Ties) -> None:
        """Each by itself, and fragments held if a whole is tied to them."""
        of_wholes = {
            number
            for pair in ties
            if any(self.now[each].kind == "whole" for each in pair)
            for number in pair
        }
        for number in fresh:
            kind = self.now[number].kind
            if kind != "whole":
                kind = "held" if number in of_wholes else "free"
            self._put(number, kind=kind, unit=number, part=None, host=None)

    def _unite(self, fresh: set[int], ties: Ties) -> set[int]:
        """Make units of what hangs together; those that several were made one of."""
        heads = fresh | {self.now[number].unit for pair in ties for number in pair}
        forest = Forest(heads)
        forest.join_all(
            (self.now[a].unit, self.now[b].unit)
            for (a, b), edge in ties.items()
            if self.now[a].kind == self.now[b].kind != "held"
            if self.now[a].kind == "free" or edge.tie != "part"
        )
        together: defaultdict[int, set[int]] = defaultdict(set)
        for number in heads:
            together[forest.root(number)].add(number)
        return {unit for each in together.values() if (unit := self._join(each, fresh))}

    def _join(self, heads: set[int], fresh: set[int]) -> int | None:
        """Make one unit, by the heaviest; None if it is as it was but for what is fresh."""
        top = max(heads, key=lambda number: self.now[number].heft)
        old = heads - fresh - {top}
        moved = self.members(old) if old else set[int]()
        for number in moved | heads - {top}:
            self._put(number, unit=top, part=None, host=None)
        return top if moved else None

    def _put(self, number: int, **changes: object) -> None:
        place = replace(self.now[number], **changes)  # type: ignore[arg-type]
        self._inside[self.now[number].unit].discard(number)
        self._inside[place.unit].add(number)
        self.now[number] = place

    # What goes where.

    def _choose(self, ties: Ties, whole: set[int]) -> None:
        """Choose hosts: of units in `whole` among all ties, of others also as they had chosen."""
        known, read = dict(ties), set[int]()
        while True:
            self.look_around(known)
            whole = whole | self._lost_hold({self.now[n].unit for pair in known for n in pair})
            if whole <= read:
                break
            known |= self.store.ties(self.members(whole - read))
            read = whole
        options = self._options(known)
        self._add_chosen(options, whole)
        for unit in whole:
            options.setdefault(unit, [])
        beside = self._printed_together(options)
        for unit, several in options.items():
            best = min(several, key=lambda option: self._rank(option, beside), default=_NONE)
            self._put(unit, part=best[0], host=best[1])

    def _lost_hold(self, units: Iterable[int]) -> set[int]:
        """The units that may not go any more to where they went."""
        chosen = {unit: host for unit in units if (host := self.now[unit].host) is not None}
        self.look(chosen.values())
        hosts = {number: self.now[number] for number in chosen.values() if number in self.now}
        self.look(host.unit for host in hosts.values())
        return {
            unit
            for unit, number in chosen.items()
            if number not in hosts or not self._may_go(self.now[unit], hosts[number])
        }

    def _may_go(self, place: Place, host: Place) -> bool:
        if place.kind == "whole":
            return host.kind == "whole" and place.heft < self.now[host.unit].heft
        return host.kind == ("whole" if place.kind == "held" else "held")

    def _add_chosen(self, options: Options, whole: set[int]) -> None:
        """To the options of each unit that was not judged anew what it had chosen before."""
        chosen = {
            unit: (place.part, place.host)
            for unit in options
            if unit not in whole
            if (place := self.now[unit]).part is not None and place.host is not None
        }
        self.look(part for part, _ in chosen.values())
        edges = self.store.tied(map(_ordered, chosen.values()))
        for unit, pair in chosen.items():
            options[unit].append((*pair, edges[_ordered(pair)]))

    def _printed_together(self, options: Options) -> set[Pair]:
        """Those of the pairs, where there is a choice, that stand in one article."""
        pairs = {
            _ordered(o[:2]) for several in options.values() if len(several) > 1 for o in several
        }
        return self.store.together(pairs)

    def _rank(self, option: Option, beside: set[Pair]) -> tuple[object, ...]:
        part, host, edge = option
        apart = _ordered((part, host)) not in beside
        return rank(edge, apart, self.now[host].heft, self.now[part].order)

    def _options(self, ties: Ties) -> Options:
        """For each unit the pairs by which it may go to another."""
        options: defaultdict[int, list[Option]] = defaultdict(list)
        for pair, edge in ties.items():
            part, host = sorted(pair, key=lambda number: self._looseness(number))
            if self.now[part].kind == self.now[host].kind != "whole":
                continue
            if self.now[part].unit != self.now[host].unit:
                options[self.now[part].unit].append((part, host, edge))
        return dict(options)

    def _looseness(self, number: int) -> tuple[int, tuple[float, bytes]]:
        """Of two that are tied, the first by this goes to the other."""
        place = self.now[number]
        return _KINDS.index(place.kind), self.now[place.unit].heft


_KINDS = ("free", "held", "whole")


def _ordered(pair: tuple[int, int]) -> Pair:
    return min(pair), max(pair)
