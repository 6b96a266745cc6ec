"""What differs between two printed wordings of one utterance, word by word.

In: wordings as printed.  Out: typed changes with spans into both, which of them alter the
meaning, and, over a group, the fullest wording, the commonest and the order of spread.
Whether two wordings report one utterance is not asked here.
"""

from __future__ import annotations

from quotes.compare.group import Printing, Spread, commonest, fullest, spread
from quotes.compare.pair import Comparison, compare, in_plain_marks, marked, replayed
from quotes.records import Change, ChangeKind, Segment

__all__ = [
    "Change",
    "ChangeKind",
    "Comparison",
    "Printing",
    "Segment",
    "Spread",
    "commonest",
    "compare",
    "fullest",
    "in_plain_marks",
    "marked",
    "replayed",
    "spread",
]
