"""Which stored articles may be the same text as a new one: a look-up by keys, not all pairs.

In: a fingerprint and a store of others.  Out: relations to those that share rare keys with it.
How keys are stored is the store's business; `MemoryStore` is the plain one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from quotes.wire.fingerprint import Fingerprint
from quotes.wire.relation import Relation, relation

COMMON = 64
"""Articles that may share a key before it says nothing: a stock phrase, or a much-told event."""

LEAST_SHARED = 5
SHARE = 0.12
"""Keys, and their part of the poorer article's, that make a candidate.  Measured: the rewrite
at hand shares 36% of them, articles on the same event 4% to 16%."""

MOST = 40
"""Candidates that are compared, those with the most shared keys first."""


class Store(Protocol):
    """Where fingerprints are kept and found by their keys."""

    def holders(self, keys: Collection[int], *, most: int) -> Mapping[int, Collection[str]]:
        """For each key the ids of the articles that have it; keys of more than `most` left out."""

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

    def holders(self, keys: Collection[int], *, most: int) -> dict[int, set[str]]:
        """For each key the ids of the articles that have it; keys of more than `most` left out."""
        found = {key: self._holders[key] for key in keys if key in self._holders}
        return {key: held for key, held in found.items() if 0 < len(held) <= most}

    def get(self, article: str) -> Fingerprint:
        """The stored fingerprint of an article."""
        return self._prints[article]


def candidates(one: Fingerprint, store: Store) -> tuple[str, ...]:
    """Ids of the stored articles worth comparing, those with the most shared keys first."""
    held = store.holders(one.keys, most=COMMON)
    shared = Counter(article for articles in held.values() for article in articles)
    del shared[one.article]
    ranked = sorted(shared.items(), key=lambda entry: (-entry[1], entry[0]))
    worth = (
        article
        for article, count in ranked
        if count >= LEAST_SHARED
        and count >= SHARE * min(len(one.keys), len(store.get(article).keys))
    )
    return tuple(article for _, article in zip(range(MOST), worth, strict=False))


def related(one: Fingerprint, store: Store) -> tuple[Relation, ...]:
    """What the stored articles are to a new one: relations with it as `first`, by article id."""
    found = (relation(one, store.get(article)) for article in candidates(one, store))
    return tuple(sorted((r for r in found if r), key=lambda r: r.second))
