"""Reports inside reports: "Zelensky wrote: “As Trump said, let’s get it done”".

In: the readings or quotations of one article.  Out: readings in two layers, which are judged
apart; quotations as they were, each that stands in another's content with the id of that one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

from quotes.records import Quotation, Reading, Span


def placed(quotations: Sequence[Quotation]) -> tuple[Quotation, ...]:
    """The quotations, each with the id of the smallest other one whose content holds it."""
    pieces = sorted((p, number) for number, each in enumerate(quotations) for p in each.content)
    starts = [piece.start for piece, _ in pieces]
    reach = list(accumulate((piece.end for piece, _ in pieces), max))
    out = []
    for each in quotations:
        around: dict[int, Quotation] = {}
        at = bisect_right(starts, each.content[0].start) - 1
        while at >= 0 and reach[at] >= each.content[0].end:
            around[pieces[at][1]] = quotations[pieces[at][1]]
            at -= 1
        out.append(replace(each, within=_holder(each, around.values())))
    return tuple(out)


def layers(readings: Sequence[Reading]) -> tuple[list[Reading], list[Reading]]:
    """The readings, and apart from them those that stand, cue and all, in a piece of another."""
    pieces = sorted((span, number) for number, each in enumerate(readings) for span in each.content)
    reach = list(accumulate((span.end for span, _ in pieces), max))
    outer: list[Reading] = []
    inner: list[Reading] = []
    for number, reading in enumerate(readings):
        spans = (*reading.content, *reading.cue)
        start, end = min(s.start for s in spans), max(s.end for s in spans)
        at = bisect_right(pieces, start, key=lambda piece: piece[0].start) - 1
        held = False
        while reading.cue and at >= 0 and reach[at] >= end and not held:
            span, holder = pieces[at]
            held = holder != number and span.end >= end and span not in reading.content
            at -= 1
        (inner if held else outer).append(reading)
    return outer, inner


def _holder(inner: Quotation, quotations: Iterable[Quotation]) -> str | None:
    """The id of the narrowest quotation that says what `inner` reports, its cue included."""
    inside = (*inner.content, *inner.cue)
    holders = (
        (_length(outer.content), outer.id)
        for outer in quotations
        if outer.content[0].start <= inner.content[0].start
        and outer.id != inner.id
        and _length(outer.content) > _length(inner.content)
        and all(any(_holds(piece, each) for piece in outer.content) for each in inside)
    )
    return min(holders, default=(0, None))[1]


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _length(spans: Iterable[Span]) -> int:
    return sum(span.end - span.start for span in spans)
