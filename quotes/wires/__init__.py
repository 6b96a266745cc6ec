"""Which articles are one agency's text, or retell another: copies, rewrites, and their origin.

In: articles.  Out: fingerprints to be stored, what one text is to another, and families with the
origin that their texts name.  It compares articles; who said what in them is not asked here.
"""

from quotes.wires.family import Fingerprint, compose, fingerprint, relation
from quotes.wires.stored import forget_families, update_families

__all__ = [
    "Fingerprint",
    "compose",
    "fingerprint",
    "forget_families",
    "relation",
    "update_families",
]
