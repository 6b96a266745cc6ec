"""Which articles are one agency's text, or retell another: copies, rewrites, and their origin.

In: articles.  Out: fingerprints to be stored, relations between articles, families with the
origin that their texts name, and how many accounts of a thing are independent.  It compares
articles; who said what in them is not asked here.
"""

from __future__ import annotations

from quotes.wires.family import Family, Link, Membership, compose, families
from quotes.wires.find import LEAST_SHARED, REACH, MemoryStore, Sharing, Store, candidates, related
from quotes.wires.fingerprint import VERSION, Fingerprint, fingerprint
from quotes.wires.relation import Likeness, Relation, RelationKind, judge, likeness, relation

__all__ = [
    "LEAST_SHARED",
    "REACH",
    "VERSION",
    "Family",
    "Fingerprint",
    "Likeness",
    "Link",
    "Membership",
    "MemoryStore",
    "Relation",
    "RelationKind",
    "Sharing",
    "Store",
    "candidates",
    "compose",
    "families",
    "fingerprint",
    "judge",
    "likeness",
    "related",
    "relation",
]
