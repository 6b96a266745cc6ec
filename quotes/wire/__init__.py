"""Which articles are one agency's text, or retell another: copies, rewrites, and their origin.

In: articles.  Out: fingerprints to be stored, relations between articles, families with the
origin that their texts name, and how many accounts of a thing are independent.  It compares
articles; who said what in them is not asked here.
"""

from __future__ import annotations

from quotes.wire.family import Accounts, Family, Membership, families, independent
from quotes.wire.find import MemoryStore, Store, candidates, related
from quotes.wire.fingerprint import Fingerprint, fingerprint
from quotes.wire.relation import Likeness, Relation, RelationKind, judge, likeness, relation

__all__ = [
    "Accounts",
    "Family",
    "Fingerprint",
    "Likeness",
    "Membership",
    "MemoryStore",
    "Relation",
    "RelationKind",
    "Store",
    "candidates",
    "families",
    "fingerprint",
    "independent",
    "judge",
    "likeness",
    "related",
    "relation",
]
