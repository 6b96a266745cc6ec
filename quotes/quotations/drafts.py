"""A reading on its way to a quotation, and the small questions that every step asks of one.

In: spans of one article's text.  Out: `Draft`s, joined or compared; nothing is judged here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace

from quotes.records import Kind, Span

MARKS_CONFIDENCE = 0.6
"""Given to quotations found by their form alone."""

_WORDS = re.compile(r"(?s)\w(?:.*\S)?")


@dataclass(frozen=True, slots=True)
class Draft:
    """A reading, or by default a quotation found by its form, on its way to a `Quotation`.

    Attributes:
        kind: set where the form of the text, not its marks, says that the words are verbatim.
    """

    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()
    confidence: float = MARKS_CONFIDENCE
    method: str = "marks"
    kind: Kind | None = None


class Claims:
    """All spans of some drafts, for asking which of them touch a given span."""

    def __init__(self, drafts: Iterable[Draft]) -> None:
        """Sort the spans."""
        self._held = sorted(
            (span, number)
            for number, draft in enumerate(drafts)
            for span in (*draft.content, *draft.cue, *draft.source)
        )
        self._starts = [span.start for span, _ in self._held]
        self._longest = max((span.end - span.start for span, _ in self._held), default=0)

    def touching(self, span: Span) -> list[tuple[Span, int]]:
        """The spans that overlap `span`, each with the number of its draft."""
        low = bisect_left(self._starts, span.start - self._longest)
        high = bisect_left(self._starts, span.end)
        return [held for held in self._held[low:high] if overlap(held[0], span)]


def joined(host: Draft, draft: Draft) -> Draft:
    """The host with the content of another draft."""
    return replace(host, content=merged(host.content + draft.content))


def apart(draft: Draft, text: str) -> Draft:
    """The draft, no two spans of which overlap: its content is cut at its cue and its source.

    A source that shares words with the cue is none; neither counts where no content is left.

    >>> text = "It rains, she said, a lot"
    >>> draft = apart(Draft((Span(0, 25),), (Span(14, 18),), (Span(10, 13),)), text)
    >>> [span.of(text) for span in draft.content]
    ['It rains,', 'a lot']
    """
    source = tuple(each for each in draft.source if not any(overlap(each, c) for c in draft.cue))
    taken = sorted(draft.cue + source)
    if source == draft.source and not any(overlap(a, b) for a in draft.content for b in taken):
        return draft
    content: list[Span] = []
    for piece in draft.content:
        at = piece.start
        for start, end in [*((each.start, each.end) for each in taken), (piece.end, piece.end)]:
            words = _WORDS.search(text, at, max(at, min(start, piece.end)))
            content += [Span(*words.span())] if words else []
            at = max(at, end)
    if not content:
        return replace(draft, cue=(), source=())
    return replace(draft, content=tuple(content), source=source)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that overlap joined."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start < out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return tuple(out)


def line_of(text: str, at: int) -> Span:
    """The line, which is the paragraph, that holds an offset."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return Span(start, len(text) if end < 0 else end)


def overlap(a: Span, b: Span) -> bool:
    """Whether two spans share a character."""
    return a.start < b.end and b.start < a.end


def length(spans: Iterable[Span]) -> int:
    """The characters of some spans together."""
    return sum(span.end - span.start for span in spans)
