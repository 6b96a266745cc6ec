"""Reports inside reports: "Zelensky wrote: “As Trump said, let’s get it done”".

In: the quotations of one article.  Out: the same, each that stands in another's content with the
id of that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from quotes.records import Quotation, Span


def placed(quotations: Sequence[Quotation]) -> tuple[Quotation, ...]:
    """The quotations, each with the id of the smallest other one whose content holds it."""
    return tuple(replace(each, within=_holder(each, quotations)) for each in quotations)


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
