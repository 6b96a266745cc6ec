"""How rare a word is in English news and talk: bits, from a table that never changes.

In: a word as `wording.words_of` gives it.  Out: its weight in bits.  The table is data of its
own and not the index's counts, so that what is decided about two quotations does not hang on
which others are stored.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files

TABLE = "word_frequencies.tsv"
MOST_BITS = 15.0
"""The weight of a word that the table does not know, and of those it hardly knows: two such
words together make a run that chance does not repeat, one does not."""


@cache
def bits(word: str) -> float:
    """How surprising the word is, 0..`MOST_BITS`.

    In 64ths, so that sums are exact and don't hang on the order of adding.

    >>> bits("the") < bits("president") < bits("lithium") == bits("zelenskiy") == MOST_BITS
    True
    """
    rate = rates().get(word)
    return MOST_BITS if rate is None else min(MOST_BITS, round(-math.log2(rate) * 64) / 64)


@cache
def rates() -> dict[str, float]:
    """The chance that a word of running text is this one, for each word of the table."""
    text = files("quotes").joinpath("data", TABLE).read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and line[0] != "#"]
    (_, documents, occurrences), *rest = rows
    total, length = int(documents), int(occurrences) / int(documents)
    return {
        word: _rate(int(in_documents) / total, int(times) / int(occurrences), length)
        for words, in_documents, times in rest
        for word in words.split()
    }


def _rate(share: float, frequency: float, length: float) -> float:
    """The rate a word has by the share of documents that have it.

    A word that few documents repeat over and over is as rare as those documents.  Where most
    have it, the share says little and the plain frequency is taken.
    """
    return frequency if share > 0.5 else -math.log1p(-share) / length
