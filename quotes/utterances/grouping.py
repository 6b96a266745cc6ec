"""From pairs to groups: near-equal wordings make a core, a part goes to one core that holds it.

In: wordings and the ties among them.  Out: which belong together, a function of these alone,
whatever their order.  What a wording goes to depends on what it is tied to and on the cores
there, so an article added or deleted changes only groups tied to those it touches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, TypeVar

from quotes.utterances.likeness import Agreement, Edge

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
    forest = Forest(found)
    wholes = [pair for pair in sorted(edges) if not any(found[key].fragment for key in pair)]
    forest.join_all(pair for pair in wholes if edges[pair].tie != "part")
    choose = _Chooser(found, edges)
    forest.join_all(_hosts_of_cores(wholes, forest, choose))
    forest.join_all(_hosts_of_fragments(sorted(edges), forest, choose))
    members: dict[str, list[str]] = defaultdict(list)
    for key in found:
        members[forest.root(key)].append(key)
    return tuple(tuple(keys) for keys in members.values())


def group_id(first: str) -> str:
    """A group's id, from its smallest member."""
    return f"c{blake2b(first.encode(), digest_size=5).hexdigest()}"


@dataclass(frozen=True, slots=True)
class _Chooser:
    """Ranks pairs of a part and a host, nearest first."""

    nodes: Mapping[str, Node]
    edges: Edges

    def nearest(self, choices: Iterable[tuple[str, str, str]]) -> dict[str, tuple[str, str]]:
        """For each chooser its best pair; a choice is a chooser, a part and a host."""
        best: dict[str, tuple[tuple[object, ...], tuple[str, str]]] = {}
        for chooser, part, host in choices:
            found = self._rank(part, host)
            if chooser not in best or found < best[chooser][0]:
                best[chooser] = found, (part, host)
        return {chooser: pair for chooser, (_, pair) in best.items()}

    def _rank(self, part: str, host: str) -> tuple[object, ...]:
        a, b = self.nodes[part], self.nodes[host]
        edge = self.edges[min(part, host), max(part, host)]
        apart = a.articles.isdisjoint(b.articles)
        return rank(edge, apart, (b.weight, b.order), a.order)


def rank(
    edge: Edge, apart: bool, heft: tuple[float, bytes], order: bytes
) -> tuple[bool, int, float, float, float, bytes, bytes]:
    """How near a part is to a host, nearest first.

    By article, speaker, days, what they share; the larger host; then what settles ties.

    Args:
        edge: what ties them.
        apart: no article prints both.
        heft: weight and order of the host.
        order: of the part.
    """
    days = float("inf") if edge.days is None else edge.days
    agreement = _AGREEMENTS.index(edge.speaker)
    return apart, agreement, days, -edge.shared, -heft[0], heft[1], order


def _hosts_of_cores(
    wholes: Sequence[tuple[str, str]], forest: Forest[str], choose: _Chooser
) -> Iterable[tuple[str, str]]:
    """For each core that others hold a part of, the pair that attaches it.

    A core only goes to one whose heaviest wording is heavier, so that none goes in a circle.
    """
    heaviest: dict[str, tuple[float, bytes]] = {}
    for key, node in choose.nodes.items():
        root = forest.root(key)
        heaviest[root] = max(heaviest.get(root, (0.0, b"")), (node.weight, node.order))
    choices = []
    for a, b in wholes:
        core_a, core_b = forest.root(a), forest.root(b)
        if core_a == core_b:
            continue
        if heaviest[core_a] < heaviest[core_b]:
            choices.append((core_a, a, b))
        else:
            choices.append((core_b, b, a))
    return choose.nearest(choices).values()


def _hosts_of_fragments(
    pairs: Sequence[tuple[str, str]], forest: Forest[str], choose: _Chooser
) -> Iterable[tuple[str, str]]:
    fragment: Callable[[str], bool] = lambda key: choose.nodes[key].fragment  # noqa: E731
    mixed = [(a, b) if fragment(a) else (b, a) for a, b in pairs if fragment(a) != fragment(b)]
    among = [(a, b) for a, b in pairs if fragment(a) and fragment(b)]
    hosts = choose.nearest((f, f, host) for f, host in mixed)
    free = [(a, b) for a, b in among if a not in hosts and b not in hosts]
    forest.join_all(free)
    beside = [(a, b) if b in hosts else (b, a) for a, b in among if (a in hosts) != (b in hosts)]
    followers = choose.nearest((forest.root(f), f, held) for f, held in beside)
    return [*hosts.values(), *followers.values()]


_Key = TypeVar("_Key", int, str)


class Forest(Generic[_Key]):
    """Disjoint sets of keys; the root of each is its smallest key."""

    def __init__(self, keys: Iterable[_Key]) -> None:
        """Each key a set of its own."""
        self._above: dict[_Key, _Key] = {key: key for key in keys}

    def root(self, key: _Key) -> _Key:
        """The smallest key of the set that `key` is in."""
        while self._above[key] != key:
            self._above[key] = self._above[self._above[key]]
            key = self._above[key]
        return key

    def join_all(self, pairs: Iterable[tuple[_Key, _Key]]) -> None:
        """Make one set of the two that each pair stands in."""
        for a, b in list(pairs):
            low, high = sorted((self.root(a), self.root(b)))
            self._above[high] = low
