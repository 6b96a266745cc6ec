"""Where new wordings belong, who goes elsewhere because of them, and the ids of their groups.

In: the wordings that are new, that lost a printing or that are gone, over a store that has
their ties.  Out: the places of all that hang together otherwise than before, written to the
store.  What comes out is what `grouping.group` makes of all wordings at once; done anew are only
the cores and fragments that a change touches.

To call `group` itself on what is tied to a change gives the same groups, in a fifth of the code,
and was measured with `bench_cluster`: in 100,000 quotations an article cost 1.0 times as much in
an archive and 2.3 times in the news of 73 days, where one stock phrase ties 1,000 wordings by
20,000 ties; on all that a chain of ties reaches, 1.4 and 3.5 times, and the more the longer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from quotes.utterances.grouping import Forest, group_id, rank
from quotes.utterances.likeness import Edge
from quotes.utterances.store import Place, Store

Numbers = tuple[int, int]
Ties = dict[Numbers, Edge]
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

    def look_around(self, ties: Iterable[Numbers]) -> None:
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
        self.store.delete(gone)
        for number in gone:
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

    def _printed_together(self, options: Options) -> set[Numbers]:
        """Those of the pairs, where there is a choice, that stand in one article."""
        pairs = {
            _ordered(o[:2]) for several in options.values() if len(several) > 1 for o in several
        }
        return self.store.together(pairs)

    def _rank(self, option: Option, beside: set[Numbers]) -> tuple[object, ...]:
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


def _ordered(pair: tuple[int, int]) -> Numbers:
    return min(pair), max(pair)


# What groups are called


def name_groups(settling: Settling, printed: Mapping[int, Sequence[str]]) -> None:
    """Put the id of its group in every place whose group may be another one now.

    Args:
        settling: the places, with their units and hosts as they are now.
        printed: the quotations, sorted, of the wordings that gained or lost one.
    """
    now = settling.now
    settling.look(printed)
    for number, quotations in printed.items():
        now[number] = replace(now[number], first=quotations[0])
    parted = _parted(settling)
    inside = settling.store.clustered(parted)
    settling.take(inside)
    moved = {*printed, *(p.number for p in inside), *(p.number for p in settling.changed())}
    wanted = [now[number] for number in sorted(moved & now.keys())]
    settling.look([place.unit for place in wanted])
    settling.look([place.host for place in wanted if place.host is not None])
    gained: dict[str, str] = {}
    for number, quotations in printed.items():
        if cluster := settling.stored[number].cluster:
            gained[cluster] = min(gained.get(cluster, quotations[0]), quotations[0])
    for keys in _components(settling, wanted, parted):
        _name(settling, keys, gained)


def _parted(settling: Settling) -> set[str]:
    """The groups that may have come apart or lost their first quotation."""
    parted = set()
    for number, was in settling.stored.items():
        place = settling.now.get(number)
        if was.cluster is None or (place == was and number not in settling.loose):
            continue
        if place is None or number in settling.loose or _left(settling, was, place):
            parted.add(was.cluster)
    return parted


def _left(settling: Settling, was: Place, place: Place) -> bool:
    """Whether a unit went from its host, and not to another one in the same group."""
    if was.host is None or was.host == place.host:
        return False
    host = settling.stored.get(place.host) if place.host is not None else None
    return host is None or host.cluster != was.cluster


def _components(
    settling: Settling, wanted: Iterable[Place], parted: set[str]
) -> list[list[int | str]]:
    """What hangs together now: groups by id, wordings that are looked at singly by number."""
    links = []
    for place in wanted:
        links.append((place.number, place.unit))
        if place.host is not None:
            links.append((place.number, place.host))
    keys = {n: _key(settling, n, parted) for link in links for n in link}
    forest = Forest(keys.values())
    forest.join_all((keys[a], keys[b]) for a, b in links)
    found: defaultdict[str, dict[int | str, None]] = defaultdict(dict)
    for number, key in sorted(keys.items()):
        found[forest.root(key)][number if key == str(number) else key] = None
    return [list(each) for each in found.values()]


def _key(settling: Settling, number: int, parted: set[str]) -> str:
    cluster = settling.stored[number].cluster
    return str(number) if cluster is None or cluster in parted else cluster


def _name(settling: Settling, keys: Sequence[int | str], gained: Mapping[str, str]) -> None:
    """Name what hangs together by its smallest quotation; nothing if that is all it has."""
    store, now = settling.store, settling.now
    wordings = [key for key in keys if isinstance(key, int)]
    groups = [key for key in keys if isinstance(key, str)]
    firsts = [now[number].first for number in wordings]
    firsts += [store.first(each) for each in groups]
    firsts += [gained[each] for each in groups if each in gained]
    id_ = None if not groups and _single(settling, wordings) else group_id(min(firsts))
    others = [each for each in groups if each != id_]
    members = store.clustered(others) if others else []
    settling.take(members)
    for number in [*wordings, *(place.number for place in members)]:
        now[number] = replace(now[number], cluster=id_)


def _single(settling: Settling, wordings: Sequence[int]) -> bool:
    return len(wordings) == 1 and len(settling.store.printings(wordings)[wordings[0]]) == 1
