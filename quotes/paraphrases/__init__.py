"""Reports of one statement in different words, told from reports of another.

In: two `Statement`s with the vectors that the reader made.  Out: a `Likeness` of named parts, a
decision, and the reason for it in words.  That two quotations print the same words is told by
`cluster`; which statements to compare is found by `paraphrases`.
"""

from __future__ import annotations

from quotes.paraphrases.compare import Likeness, comparable, compare, resembling
from quotes.paraphrases.decide import LEAST_RESEMBLANCE, MOST_DAYS, similarity, tell
from quotes.paraphrases.statement import Statement

__all__ = [
    "LEAST_RESEMBLANCE",
    "MOST_DAYS",
    "Likeness",
    "Statement",
    "comparable",
    "compare",
    "resembling",
    "similarity",
    "tell",
]
