"""Two wordings compared, put back together, and laid out for the eye.

In: two wordings as printed.  Out: a `Comparison`; from it the second wording again, and
segments that a terminal can colour or a page mark.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from quotes.records import Change, Segment
from quotes.utterances.align import Pair, align
from quotes.utterances.changes import changes, mirrored
from quotes.utterances.meaning import Meanings
from quotes.utterances.words import wording


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two wordings and all that differs between them.

    Attributes:
        before, after: as printed.
        changes: in reading order; none if the wordings are equal to the letter.
    """

    before: str
    after: str
    changes: tuple[Change, ...]

    @property
    def meanings(self) -> tuple[str, ...]:
        """What alters the meaning, in reading order."""
        return tuple(change.meaning for change in self.changes if change.meaning)


def compare(before: str, after: str) -> Comparison:
    """What changed from one wording to another.

    The comparison the other way round has the same changes with the sides exchanged, dropped
    for added.  Takes time about linear in the length of wordings that are mostly equal.

    >>> [(c.kind, c.meaning) for c in compare("We will not pay $5.", "We will pay $6!").changes]
    [('dropped', 'negation dropped: not'), ('substituted', 'number changed: $5 → $6'), \
('punctuation', None)]
    """
    if before == after:
        return Comparison(before, after, ())
    # Ties between alignments fall the same way whichever wording comes first.
    flipped = after < before
    first, second = (wording(text) for text in sorted((before, after)))
    pairs = align(first.words, second.words)
    found = list(changes(first, second, pairs))
    if flipped:
        first, second = second, first
        pairs = tuple(Pair(b0, b1, a0, a1) for a0, a1, b0, b1 in pairs)
        found = [mirrored(change) for change in found]
    judge = Meanings(first, second, pairs)
    return Comparison(before, after, tuple(replace(c, meaning=judge.of(c)) for c in found))


def replayed(comparison: Comparison) -> str:
    """The first wording with every change put in place: the second wording.

    Only the words of the changes are taken from the second wording.

    >>> replayed(compare("Though it is law, he left.", "Although it is the law he left."))
    'Although it is the law he left.'
    """
    return "".join(part.text for part in _laid_out(comparison) if part.side != "before")


def marked(comparison: Comparison) -> tuple[Segment, ...]:
    """Both wordings in one line: what they share, and before and after of what they don't.

    White space at the edges of a change is given as shared, so that marks hug the words.

    >>> [tuple(part) for part in marked(compare("We will not pay", "We will pay"))]
    [('We will ', 'same', 'both'), ('not', 'dropped', 'before'), (' ', 'same', 'before'), \
('pay', 'same', 'both')]
    """
    parts = []
    for part in _laid_out(comparison):
        core = part.text.strip()
        if part.kind == "same" or not core:
            parts.append(part)
            continue
        lead, _, tail = part.text.partition(core)
        parts += [Segment(lead, "same", part.side), part._replace(text=core)]
        parts.append(Segment(tail, "same", part.side))
    return tuple(part for part in parts if part.text)


def in_plain_marks(comparison: Comparison) -> str:
    """Both wordings in one line, ``[-dropped-]`` and ``{+added+}``, as word diffs are printed.

    >>> in_plain_marks(compare("This War MUST end", "this war must end, he said"))
    '[-This War MUST-]{+this war must+} end{+, he said+}'
    """
    marks = {"both": ("", ""), "before": ("[-", "-]"), "after": ("{+", "+}")}
    shown = []
    for part in marked(comparison):
        opening, closing = marks[part.side] if part.kind != "same" else marks["both"]
        shown.append(f"{opening}{part.text}{closing}")
    return "".join(shown)


def _laid_out(comparison: Comparison) -> Iterator[Segment]:
    """Segments in reading order, to the letter; a change's words before come first."""
    before, after = comparison.before, comparison.after
    order = tuple(enumerate(comparison.changes))
    lost = deque(sorted((c.before, n, c.kind) for n, c in order if c.before))
    gained = deque(sorted((c.after, n, c.kind) for n, c in order if c.after))
    at = to = 0
    while at < len(before) or to < len(after):
        here = (lost[0][0].start if lost else len(before)) - at
        there = (gained[0][0].start if gained else len(after)) - to
        if lost and not here and (there or not gained or lost[0][1] <= gained[0][1]):
            span, _, kind = lost.popleft()
            yield Segment(span.of(before), kind, "before")
            at = span.end
        elif gained and not there:
            span, _, kind = gained.popleft()
            yield Segment(span.of(after), kind, "after")
            to = span.end
        else:
            length = min(here, there)
            yield Segment(before[at : at + length], "same", "both")
            at, to = at + length, to + length
