"""From pairs to groups: near-equal wordings make a core, a part goes to one core that holds it.

In: wordings and the ties among them.  Out: which belong together, a function of these alone,
whatever their order.  What a wording goes to depends on what it is tied to and on the cores
there, so an article added or deleted changes only groups tied to those it touches.

`group` groups all wordings at once.  `Settling` keeps the groups of an index: in come the
wordings that are new, that lost a printing or that are gone, over a store that has their ties;
out go the places of all that belong elsewhere than before, written to the store.  The result is
that of `group`; done anew are only the cores and fragments that a change touches.

To call `group` itself on what is tied to a change gives the same groups, in a fifth of the code,
and was measured with `bench_cluster`: in 100,000 quotations an article cost 1.0 times as much in
an archive and 2.3 times in the news of 73 days, where one stock phrase ties 1,000 wordings by
20,000 ties; on all that a chain of ties reaches, 1.4 and 3.5 times, and the more the longer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain
from typing import Any, TypeVar

from quotes.utterances.likeness import Agreement, Edge
from quotes.utterances.store import Numbers, Place, Store, Ties

_AGREEMENTS: tuple[Agreement, ...] = ("same", "named", "unknown", "conflict")


@dataclass(frozen=True, slots=True)
class Node:
    """A wording to be grouped.

    Attributes:
        key: the smallest id of its quotations.
        weight: of its words, in bits.
        fragment: too short to stand for an utterance.
        articles: those that print it.
        order: settles ties, by what the wording says and not by who prints it; see
            `wording.order_of`.
    """

    key: str
    weight: float
    fragment: bool
    articles: frozenset[str]
    order: bytes

    @property
    def heft(self) -> tuple[float, bytes]:
        """By which the heaviest is told."""
        return self.weight, self.order


Edges = Mapping[tuple[str, str], Edge]
"""By the keys of two nodes, the smaller key first."""


def group(nodes: Iterable[Node], edges: Edges) -> tuple[tuple[str, ...], ...]:
    """The nodes' keys in groups, each sorted, in the order of their first keys.

    1. Fuller wordings tied as equal or overlapping are cores, however many ties it takes.
    2. A core that is part of others goes to the best one of them, and joins no two.
    3. So does each fragment; those that no core holds join their equals, and all of these
       together follow the best of their equals that a core holds.
    """
    found = {node.key: node for node in sorted(nodes, key=lambda n: n.key)}
    wholes = {key for key, node in found.items() if not node.fragment}
    held = {key for pair in edges if not wholes.isdisjoint(pair) for key in pair} - wholes
    kinds = {key: "whole" if key in wholes else "held" if key in held else "free" for key in found}
    cores = (
        (a, b)
        for (a, b), edge in sorted(edges.items())
        if kinds[a] == kinds[b] != "held" and (kinds[a] == "free" or edge.tie != "part")
    )
    units = connected(found, cores)
    heaviest: dict[str, tuple[float, bytes]] = {}
    for key, node in found.items():
        heaviest[units[key]] = max(heaviest.get(units[key], (0.0, b"")), node.heft)
    best: dict[str, tuple[tuple[object, ...], str, str]] = {}
    for pair, edge in edges.items():
        # Free to held, held to whole; and a core to one with a heavier wording, never in a circle.
        a, b = sorted(pair, key=lambda key: (kinds[key], heaviest[units[key]]))
        if units[a] != units[b] and not kinds[a] == kinds[b] != "whole":
            part, host = found[a], found[b]
            apart = part.articles.isdisjoint(host.articles)
            option = rank(edge, apart, host.heft, part.order), a, b
            best[units[a]] = min(best.get(units[a], option), option)
    hosted = ((units[part], units[host]) for _, part, host in best.values())
    roots = connected(units.values(), hosted)
    members: dict[str, list[str]] = defaultdict(list)
    for key in found:
        members[roots[units[key]]].append(key)
    return tuple(map(tuple, members.values()))


def group_id(first: str) -> str:
    """A group's id, from its smallest member."""
    return f"c{blake2b(first.encode(), digest_size=5).hexdigest()}"


def rank(
    edge: Edge, apart: bool, heft: tuple[float, bytes], order: bytes
) -> tuple[bool, int, float, float, float, bytes, bytes]:
    """How near a part is to a host, nearest first.

    By article (`apart`: none prints both), speaker, days, what they share; the larger host, by
    its `heft`; then what settles ties, `order` that of the part.
    """
    days = float("inf") if edge.days is None else edge.days
    agreement = _AGREEMENTS.index(edge.speaker)
    return apart, agreement, days, -edge.shared, -heft[0], heft[1], order


_Key = TypeVar("_Key", int, str)


def connected(keys: Iterable[_Key], pairs: Iterable[tuple[_Key, _Key]]) -> dict[_Key, _Key]:
    """By key the smallest of all those that pairs connect it to."""
    above = {key: key for key in keys}

    def root(key: _Key) -> _Key:
        while above[key] != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for a, b in pairs:
        low, high = sorted((root(a), root(b)))
        above[high] = low
    return {key: root(key) for key in above}


# Kept in an index

Option = tuple[int, int, Edge]
"""A part, a host, and what ties them."""


@dataclass(slots=True)
class Settling:
    """The places that one update looks at, as they were stored and as they are now.

    A unit is what goes to a host as one: a core, a fragment that a whole holds, or fragments
    that are tied and not held.  It goes by its heaviest wording.
    """

    store: Store
    now: dict[int, Place] = field(default_factory=dict)
    stored: dict[int, Place] = field(default_factory=dict)
    loose: set[int] = field(default_factory=set)
    """Wordings that had a place and may have lost the tie that kept them there."""
    _inside: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """The wordings that were read, by unit."""

    def look(self, numbers: Iterable[int]) -> None:
        """Read the places of these wordings, if they were not read yet."""
        self.take(self.store.places(set(numbers) - self.stored.keys()))

    def take(self, places: Iterable[Place]) -> None:
        """Places as they are stored."""
        for place in places:
            if place.number not in self.stored:
                self.stored[place.number] = self.now[place.number] = place
                self._inside[place.unit].add(place.number)

    def look_around(self, ties: Iterable[Numbers]) -> None:
        """Read the places at both ends of these ties, and those of the units there."""
        ends = {number for pair in ties for number in pair}
        self.look(ends)
        self.look({self.now[number].unit for number in ends})

    def members(self, units: Iterable[int]) -> set[int]:
        """The wordings of these units as they are now."""
        wanted = set(units)
        self.take(self.store.places(wanted, by="unit"))
        return {number for unit in wanted for number in self._inside[unit]}

    def changed(self) -> list[Place]:
        """The places that are others now, by number."""
        return [place for number, place in sorted(self.now.items()) if place != self.stored[number]]

    def loosen(self, gone: set[int], lost: set[int]) -> tuple[set[int], set[int]]:
        """Forget wordings that are gone; of those that lost a printing another host may be nearer.

        Returns the wordings to be placed anew, since what tied them may be gone; and the units
        that are to choose anew among all they are tied to.
        """
        if not gone and not lost:
            return set(), set()
        ties = self.store.ties(gone | lost)
        self.look(gone | lost)
        self.look_around(ties)
        around = {number for pair in ties for number in pair} - gone
        fresh = self.members({self.now[number].unit for number in gone})
        fresh |= {number for number in around if self.now[number].kind == "held"}
        self.store.delete(gone)
        for number in gone:
            self._inside[self.now.pop(number).unit].discard(number)
        again = {self.now[number].unit for number in around | lost if number not in fresh}
        self.loose |= (fresh | lost) - gone
        return fresh - gone, again - fresh - gone

    def place(self, fresh: set[int], again: set[int], nearer: Ties) -> None:
        """Find the units and hosts of fresh wordings, and what follows for others.

        The units in `again` choose anew among all they are tied to; the ties `nearer` are others'.
        """
        self.look(fresh)
        ties = self.store.ties(fresh)
        self.look_around(ties)
        # Of fresh wholes the free fragments tied to them, with all of their units, are held now.
        held = {
            self.now[b].unit
            for pair in ties
            for a, b in (pair, pair[::-1])
            if a in fresh and self.now[a].kind == "whole"
            if b not in fresh and self.now[b].kind == "free"
        }
        if held:
            freed = self.members(held) - fresh
            ties |= self.store.ties(freed)
            self.look_around(ties)
            self.loose |= freed
            fresh = fresh | freed
        whole_ends = (pair for pair in ties if any(self.now[n].kind == "whole" for n in pair))
        of_wholes = set(chain.from_iterable(whole_ends))
        for number in fresh:
            kind = self.now[number].kind
            if kind != "whole":
                kind = "held" if number in of_wholes else "free"
            self._put(number, kind=kind, unit=number, part=None, host=None)
        merged = self._unite(fresh, ties)
        self._choose(ties | nearer, merged | {self.now[unit].unit for unit in again})

    def _unite(self, fresh: set[int], ties: Ties) -> set[int]:
        """Make units of what is tied; those that several were made one of."""
        heads = fresh | {self.now[number].unit for pair in ties for number in pair}
        joined = (
            (self.now[a].unit, self.now[b].unit)
            for (a, b), edge in ties.items()
            if self.now[a].kind == self.now[b].kind != "held"
            if self.now[a].kind == "free" or edge.tie != "part"
        )
        together: defaultdict[int, set[int]] = defaultdict(set)
        for number, root in connected(heads, joined).items():
            together[root].add(number)
        merged = set()
        for several in together.values():
            top = max(several, key=lambda number: self.now[number].heft)
            old = several - fresh - {top}
            moved = self.members(old) if old else set[int]()
            for number in moved | several - {top}:
                self._put(number, unit=top, part=None, host=None)
            if moved:
                merged.add(top)
        return merged

    def _put(self, number: int, **changes: Any) -> None:
        place = self.now[number]._replace(**changes)
        self._inside[self.now[number].unit].discard(number)
        self._inside[place.unit].add(number)
        self.now[number] = place

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
        options = self._options(known, whole)
        open_to = {_ordered(o[:2]) for each in options.values() if len(each) > 1 for o in each}
        beside = self.store.together(open_to)

        def ranked(option: Option) -> tuple[object, ...]:
            part, host, edge = option
            apart = _ordered((part, host)) not in beside
            return rank(edge, apart, self.now[host].heft, self.now[part].order)

        for unit, several in options.items():
            best = min(several, key=ranked, default=None)
            self._put(unit, part=best and best[0], host=best and best[1])

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

    def _may_go(self, part: Place, host: Place) -> bool:
        """Free to held, held to whole, a core to one with a heavier wording."""
        if part.kind == host.kind == "whole":
            return self.now[part.unit].heft < self.now[host.unit].heft
        return (part.kind, host.kind) in (("free", "held"), ("held", "whole"))

    def _options(self, ties: Ties, whole: set[int]) -> dict[int, list[Option]]:
        """By unit the pairs by which it may go to another; beside `whole` also its choice."""
        options: dict[int, list[Option]] = {unit: [] for unit in whole}
        for pair, edge in ties.items():
            for part, host in (pair, pair[::-1]):
                if self._may_go(self.now[part], self.now[host]):
                    options.setdefault(self.now[part].unit, []).append((part, host, edge))
        chosen = {
            unit: (place.part, place.host)
            for unit in options.keys() - whole
            if (place := self.now[unit]).part is not None and place.host is not None
        }
        self.look(part for part, _ in chosen.values())
        edges = self.store.tied(map(_ordered, chosen.values()))
        for unit, pair in chosen.items():
            options[unit].append((*pair, edges[_ordered(pair)]))
        return options


def _ordered(pair: Numbers) -> Numbers:
    return min(pair), max(pair)


# What groups are called


def name_groups(settling: Settling, printed: Mapping[int, Sequence[str]]) -> None:
    """Put the id of its group in every place whose group may be another one now.

    `printed` has the quotations, sorted, of the wordings that gained or lost one.
    """
    now = settling.now
    settling.look(printed)
    for number, quotations in printed.items():
        now[number] = now[number]._replace(first=quotations[0])
    parted = _parted(settling)
    inside = settling.store.places(parted, by="cluster")
    settling.take(inside)
    moved = {*printed, *(p.number for p in inside), *(p.number for p in settling.changed())}
    wanted = [now[number] for number in sorted(moved & now.keys())]
    settling.look([place.unit for place in wanted])
    settling.look([place.host for place in wanted if place.host is not None])
    gained: defaultdict[str | None, list[str]] = defaultdict(list)
    for number, quotations in printed.items():
        gained[settling.stored[number].cluster].append(quotations[0])
    for wordings, groups in _linked(settling, wanted, parted):
        firsts = [now[number].first for number in wordings]
        firsts += [
            first for each in groups for first in (settling.store.first(each), *gained[each])
        ]
        alone = not groups and len(wordings) == 1
        id_: str | None = group_id(min(firsts))
        if alone and len(settling.store.printings(wordings)[wordings[0]]) == 1:
            id_ = None  # one quotation alone gets no name
        others = [each for each in groups if each != id_]
        members = settling.store.places(others, by="cluster") if others else []
        settling.take(members)
        for number in [*wordings, *(place.number for place in members)]:
            now[number] = now[number]._replace(cluster=id_)


def _parted(settling: Settling) -> set[str]:
    """The groups that may have come apart or lost their first quotation."""
    parted = set()
    for number, was in settling.stored.items():
        place = settling.now.get(number)
        if was.cluster is None or (place == was and number not in settling.loose):
            continue
        left = place is not None and was.host is not None and was.host != place.host
        host = settling.stored.get(place.host) if place and place.host is not None else None
        stays = host is not None and host.cluster == was.cluster  # with another host
        if place is None or number in settling.loose or (left and not stays):
            parted.add(was.cluster)
    return parted


def _linked(
    settling: Settling, wanted: Iterable[Place], parted: set[str]
) -> Iterator[tuple[list[int], list[str]]]:
    """What is one group now: wordings that are looked at singly, and former groups."""
    links = [
        (place.number, other)
        for place in wanted
        for other in (place.unit, place.host)
        if other is not None
    ]
    keys: dict[int, str] = {}
    for number in sorted({number for link in links for number in link}):
        cluster = settling.stored[number].cluster
        keys[number] = str(number) if cluster is None or cluster in parted else cluster
    roots = connected(keys.values(), ((keys[a], keys[b]) for a, b in links))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, root in roots.items():
        found[root].append(key)
    for each in found.values():
        yield [int(key) for key in each if key.isdigit()], [k for k in each if not k.isdigit()]
