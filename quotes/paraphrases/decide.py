"""Whether two statements are one, and the telling of it.

In: a `Likeness`.  Out: how alike they are if they are one statement, else None; and the same in
words for people.  Each decision looks at this one pair.
"""

from __future__ import annotations

from quotes.paraphrases.compare import Likeness

MOST_DAYS = 3
"""Days between two reports of one statement; later a speaker says it again."""

OVERLAP_COUNTS = 0.5
"""How much the shared words count beside the vectors."""

NEEDED = 0.8
"""What both must come to.  On one half of the labelled pairs 0.75 is right in nine of ten cases and
0.8 in five of five; 0.75 joins two statements of the sample articles, so it is 0.8."""

NEEDED_IN_REWRITE = 0.5
"""The same where one article is a rewrite of the other and tells mostly the same; there a topic
is enough too.  Chosen on the one rewrite of the sample articles."""

LEAST_RESEMBLANCE = 0.2
"""Vectors farther apart are of different statements, whatever words they share."""

LEAST_SHARED = 15.0
"""Bits of shared words, two rare ones: less is a stock phrase."""


def similarity(pair: Likeness) -> float | None:
    """How alike two statements are, 0..1, if they are one; else None."""
    if pair.days > MOST_DAYS or pair.denial or pair.numbers or not (pair.claims or pair.rewrite):
        return None
    if pair.shared < LEAST_SHARED or pair.resemblance < LEAST_RESEMBLANCE:
        return None
    reached = pair.resemblance + OVERLAP_COUNTS * pair.overlap
    if reached < (NEEDED_IN_REWRITE if pair.rewrite else NEEDED):
        return None
    return round(min(1.0, reached / (1 + OVERLAP_COUNTS)), 4)


def tell(pair: Likeness) -> str:
    """The score in words: who and when, what is shared, how near the vectors are."""
    who = "the same speaker" if pair.speaker else "speakers not known"
    when = "the same day" if pair.days == 0 else f"{pair.days} day{'s' * (pair.days > 1)} apart"
    words = ", ".join(pair.words[:_TOLD])
    parts = [who, when, f"both have {words}", f"resemblance {pair.resemblance:.2f}"]
    if pair.rewrite:
        parts.append("one text or its rewrite")
    return "; ".join(parts)


_TOLD = 6
