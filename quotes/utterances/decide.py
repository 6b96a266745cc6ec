"""Whether two quotations report the same words on the same occasion.

In: a `PairScore`.  Out: how the two hang together, or None.  Each rule looks at this one pair,
so no other quotation can change what it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from quotes.utterances.likeness import Agreement, PairScore
from quotes.utterances.runs import AT_ONCE, SHORT_BITS, WEEKS
from quotes.utterances.wording import COPIED_WORDS, FRAGMENT_WORDS, SURE_BITS

Tie = Literal["equal", "overlap", "part"]
"""Equal: one is nearly the other; overlap: they share a long stretch; part: one holds the other.
The first two make one utterance of all they connect; a part goes to one whole."""

Occasion = Literal["days", "weeks", "far"]

HELD = 0.84
"""How much of the lighter quotation the other must hold: all but a slip.  In the labelled pairs
unlike statements share up to 0.83 of it."""

LONG_BITS = 120.0
LONG_HELD = 0.6
"""Twelve words or so, most of the lighter quotation: joined whoever is named and whenever it was.
Sources of the same words often differ (a critic repeats them, a spokesman is named)."""

LONG_RUN = 12
LONG_RUN_BITS = 110.0
"""A run this long joins two quotations that each go on differently: no stock phrase is longer
than eight words in the labelled pairs."""

NEEDED: Mapping[tuple[Occasion, Agreement], float] = {
    ("days", "same"): 24,
    ("days", "named"): 34,
    ("days", "unknown"): 45,
    ("days", "conflict"): 60,
    ("weeks", "same"): 36,
    ("weeks", "named"): 38,
    ("weeks", "unknown"): 60,
    ("weeks", "conflict"): 80,
    ("far", "same"): 80,
    ("far", "named"): 80,
    ("far", "unknown"): 80,
    ("far", "conflict"): 95,
}
"""Bits that must be shared, by how near the occasions are and whether the speakers agree.

Chosen between the true pairs and the false ones of the labelled development pairs: slogans
repeated after weeks weigh 40 to 62, stock phrases up to 75."""

SURROUNDED_BITS = 60.0
SURROUNDED = 24.0
PHRASE = 32.0
"""Rare words that the surroundings of a fragment share with the other, five or so, tell of one
occasion: it may then share as little as two rare words, weeks later or of an unknown speaker.
Without them two words, whatever they are, are not taken for a part of a fuller quotation."""

DROPPED = 0.5
"""How much a word counts as held that the other only leaves out, nothing in its place."""

PIECE_BITS = 45.0
"""One quoted piece among several that one speaker's quotation of these days holds."""

EQUAL = 0.6
"""From here on two quotations that share so much of the heavier one are wordings of a whole."""

COPIED = 0.9
"""Without quotation marks only copies join: long, nearly identical and of one occasion."""


def decide(pair: PairScore) -> Tie | None:
    """How the two quotations hang together, None if they are two utterances."""
    if not pair.quoted:
        return "equal" if _copied(pair) else None
    if _long(pair):
        return "equal" if pair.similarity >= EQUAL else "overlap"
    if not _held(pair):
        return None
    return "equal" if pair.similarity >= EQUAL and pair.words > 1 else "part"


def occasion(pair: PairScore) -> Occasion:
    """How near the dates are; an unknown date is neither near nor far."""
    if pair.days is not None and pair.days <= AT_ONCE:
        return "days"
    return "weeks" if pair.days is None or pair.days <= WEEKS else "far"


def _copied(pair: PairScore) -> bool:
    alike = pair.similarity >= COPIED and pair.words >= COPIED_WORDS
    return alike and occasion(pair) == "days" and pair.speaker != "conflict"


def _long(pair: PairScore) -> bool:
    if len(pair.run) >= LONG_RUN and pair.run_weight >= LONG_RUN_BITS:
        return True
    return pair.shared >= LONG_BITS and pair.containment >= LONG_HELD


def _held(pair: PairScore) -> bool:
    """Whether the lighter one, or a quoted piece, stands in the other, and says enough."""
    near = occasion(pair) == "days"
    if near and pair.speaker == "same" and pair.piece >= PIECE_BITS:
        return True
    if pair.similarity == 1.0 and (_surrounded(pair) or (near and pair.speaker == "same")):
        return pair.shared >= SURE_BITS
    held = pair.containment + DROPPED * pair.dropped
    return held >= HELD and pair.run_weight >= SHORT_BITS and pair.shared >= _needed(pair)


def _surrounded(pair: PairScore) -> bool:
    """Whether the same speaker, within weeks, says it in the same surroundings."""
    told = pair.around >= SURROUNDED_BITS and pair.speaker in ("same", "named")
    return told and occasion(pair) != "far"


def _needed(pair: PairScore) -> float:
    """Bits that this pair must share, by occasion, speakers and, of fragments, surroundings."""
    when = occasion(pair)
    needed = NEEDED[when, pair.speaker]
    if pair.words > FRAGMENT_WORDS or when == "far" or pair.speaker == "conflict":
        return needed
    if pair.around >= SURROUNDED_BITS:
        return SURROUNDED
    return needed if pair.similarity >= EQUAL else max(needed, PHRASE)
