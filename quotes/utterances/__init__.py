"""Quotations that report the same words on the same occasion, grouped.

In: quotations as `Variant`s.  Out: groups of two or more.  `wording` makes them ready, `runs`
finds which to compare, `compare` scores a pair by named parts, `decide` joins it or not, `tell`
says why, and `grouping` says which groups joined pairs make.  `grouper` does all that as articles
come and go, over a `store` in memory or in SQLite: `settling` and `naming` do anew what they touch.
Words are compared; that two indirect reports mean the same is not told here.
"""

from __future__ import annotations

from collections.abc import Iterable

from quotes.records import Cluster, Variant
from quotes.utterances.decide import decide
from quotes.utterances.grouper import Changes, Grouper, score
from quotes.utterances.likeness import PairScore
from quotes.utterances.store import MemoryStore, Store
from quotes.utterances.tell import Join, joins, tell, tell_join

__all__ = [
    "Changes",
    "Grouper",
    "Join",
    "MemoryStore",
    "PairScore",
    "Store",
    "cluster",
    "decide",
    "joins",
    "score",
    "tell",
    "tell_join",
]


def cluster(variants: Iterable[Variant]) -> tuple[Cluster, ...]:
    """The groups of two or more variants of one utterance, sorted by id.

    The same groups and ids come out in whatever order the variants come in.  A quotation
    stands in one group at most; one with no words stands in none.
    """
    grouper = Grouper(MemoryStore())
    grouper.update((), sorted(variants, key=lambda v: v.quotation))
    return grouper.groups()
