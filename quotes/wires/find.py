"""Which stored articles may be the same text as a new one: a look-up by keys, not all pairs.

In: a fingerprint and a store of others.  Out: those near in time that share keys with it, and
relations to them.  Whether two articles are compared hangs on these two alone and not on what
else is stored, so that the order in which articles come changes nothing.  How keys are kept is
the store's business; `MemoryStore` is the plain one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from quotes.wires.fingerprint import Fingerprint
from quotes.wires.relation import Relation, relation

REACH = 31
"""Days that may lie between two printings of one text.  An article without a date may be a
printing of any."""

LEAST_SHARED = 5
SHARE = 0.12
"""Keys, and their part of the poorer article's, that make a candidate.  Measured: the rewrite
at hand shares 36% of them, articles on the same event 4% to 16%."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """A stored article within reach: how many keys it shares with another, and has in all."""

    article: str
    shared: int
    keys: int


class Store(Protocol):
    """Where fingerprints are kept and found by their keys."""

    def sharing(self, one: Fingerprint) -> Iterable[Sharing]:
        """The others within `REACH` days of it that share at least `LEAST_SHARED` keys."""

    def get(self, article: str) -> Fingerprint:
        """The stored fingerprint of an article."""


class MemoryStore:
    """A store in memory."""

    def __init__(self, prints: Iterable[Fingerprint] = ()) -> None:
        """With the given fingerprints in it."""
        self._prints: dict[str, Fingerprint] = {}
        self._holders: dict[int, set[str]] = defaultdict(set)
        for one in prints:
            self.add(one)

    def add(self, one: Fingerprint) -> None:
        """Store a fingerprint; one of the same article is replaced."""
        self.remove(one.article)
        self._prints[one.article] = one
        for key in one.keys:
            self._holders[key].add(one.article)

    def remove(self, article: str) -> None:
        """Forget an article, if it is stored."""
        known = self._prints.pop(article, None)
        for key in known.keys if known else ():
            self._holders[key].discard(article)

    def sharing(self, one: Fingerprint) -> tuple[Sharing, ...]:
        """The others within `REACH` days of it that share at least `LEAST_SHARED` keys."""
        shared = Counter(article for key in one.keys for article in self._holders.get(key, ()))
        del shared[one.article]
        return tuple(
            Sharing(article, count, len(self._prints[article].keys))
            for article, count in shared.items()
            if count >= LEAST_SHARED and _within_reach(one, self._prints[article])
        )

    def get(self, article: str) -> Fingerprint:
        """The stored fingerprint of an article."""
        return self._prints[article]


def _within_reach(one: Fingerprint, other: Fingerprint) -> bool:
    return not one.day or not other.day or abs(one.day - other.day) <= REACH


def candidates(one: Fingerprint, store: Store) -> tuple[str, ...]:
    """Ids of the stored articles worth comparing, those with the most shared keys first."""
    worth = [
        other
        for other in store.sharing(one)
        if other.shared >= SHARE * min(len(one.keys), other.keys)
    ]
    return tuple(o.article for o in sorted(worth, key=lambda o: (-o.shared, o.article)))


def related(one: Fingerprint, store: Store) -> tuple[Relation, ...]:
    """What the stored articles are to a new one: relations with it as `first`, by article id."""
    found = (relation(one, store.get(article)) for article in candidates(one, store))
    return tuple(sorted((r for r in found if r), key=lambda r: r.second))
