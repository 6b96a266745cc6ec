"""The ids of groups, where an update joined or parted them.

In: the places that an update looked at.  Out: the same with the ids of their groups.  A group
that only grew is taken as one; of one that may have come apart every member is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from quotes.utterances.grouping import Forest
from quotes.utterances.settling import Settling
from quotes.utterances.store import Place


def group_id(first: str) -> str:
    """A group's id, from its smallest member."""
    return f"c{blake2b(first.encode(), digest_size=5).hexdigest()}"


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
