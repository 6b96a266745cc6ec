"""Questions about spans of a text: how much of one is quoted, and by which marks.

The quotations of a text are found once; a span comes in, its parts inside marks, its share
of quoted words or the span without its marks goes out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from quotes.quotations.looks import Quoted, find_quoted, word_count
from quotes.records import Span

_CLOSERS: Final = "”\"'’»«›‹“」』"


class Marks:
    """The quotations of one text, ready for questions about spans of it.

    Only outermost quotations count here: a nested one is part of what its speaker said.

    >>> marks = Marks("“We won,” he said of the vote.")
    >>> marks.share([Span(0, 9)]), marks.share([Span(10, 17)]), marks.share([Span(0, 17)])
    (1.0, 0.0, 0.5)
    >>> marks.strip(Span(0, 9))
    Span(start=1, end=8)
    """

    def __init__(self, text: str) -> None:
        """Find the quotations of `text`."""
        self.text = text
        self.quoted = find_quoted(text)
        self.outermost = tuple(quoted for quoted in self.quoted if quoted.depth == 0)
        self._starts = [quoted.start for quoted in self.outermost]
        self._pieces = [piece for quoted in self.outermost for piece in quoted.pieces]
        self._piece_starts = [piece.start for piece in self._pieces]

    def share(self, spans: Iterable[Span]) -> float:
        """The share of the words of `spans` that stand inside marks: 0..1, 0 for no words.

        1 is direct speech, 0 indirect, anything between mixed.
        """
        total = inside = 0
        for span in spans:
            total += word_count(self.text, span)
            inside += sum(word_count(self.text, part) for part in self.inside(span))
        return inside / total if total else 0.0

    def inside(self, span: Span) -> tuple[Span, ...]:
        """The parts of `span` that stand inside marks, in order."""
        first = max(bisect_right(self._piece_starts, span.start) - 1, 0)
        return tuple(_common(self._pieces, first, span))

    def outermost_in(self, span: Span) -> tuple[Quoted, ...]:
        """The outermost quotations that begin inside `span`, in order."""
        low = bisect_left(self._starts, span.start)
        return self.outermost[low : bisect_left(self._starts, span.end)]

    def enclosing(self, span: Span) -> Quoted | None:
        """The outermost quotation that holds all of `span`, marks and space around it aside."""
        bare = self._trimmed(span)
        at = bisect_right(self._starts, bare.start) - 1
        if at >= 0 and bare.end <= self.outermost[at].end:
            return self.outermost[at]
        return None

    def with_marks(self, span: Span) -> Span:
        """`span` with the marks that open right before it and close right behind it.

        A comma or full stop before the closing mark goes with it.

        >>> marks = Marks("“We won” it, he said, calling it “fair.”")
        >>> marks.with_marks(Span(1, 11)), marks.with_marks(Span(22, 38))
        (Span(start=0, end=11), Span(start=22, end=40))
        """
        start, end = span.start, span.end
        for quoted in (self.enclosing(Span(start, start + 1)), self.enclosing(Span(end - 1, end))):
            for inner, outer in zip(quoted.pieces, quoted.outer, strict=True) if quoted else ():
                if inner.start == start:
                    start = outer.start
                if end <= inner.end and not self.text[end : inner.end].strip(" ,.;"):
                    end = outer.end
        return Span(start, end)

    def strip(self, span: Span) -> Span:
        """`span` without the marks at its ends, if it lies in one quotation; else unchanged.

        Space goes too, and a comma after the closing mark; what stands inside stays.
        """
        quoted = self.enclosing(span)
        if quoted is None:
            return span
        start = next((p.start for p in quoted.pieces if p.end > span.start), span.start)
        ends = [piece.end for piece in quoted.pieces if piece.start < span.end]
        bare = Span(max(start, span.start), min(ends[-1] if ends else span.end, span.end))
        return bare if bare.start < bare.end else span

    def _trimmed(self, span: Span) -> Span:
        """`span` without space at its ends, nor a comma or full stop after a closing mark."""
        start, end = span.start, span.end
        while start < end and self.text[start].isspace():
            start += 1
        while start < end and self.text[end - 1].isspace():
            end -= 1
        if end - start > 1 and self.text[end - 1] in ",.;:" and self.text[end - 2] in _CLOSERS:
            end -= 1
        return Span(start, end)


def _common(pieces: Sequence[Span], first: int, span: Span) -> Iterator[Span]:
    """What `span` shares with the ordered `pieces`, from the piece numbered `first` on."""
    for at in range(first, len(pieces)):
        piece = pieces[at]
        if piece.start >= span.end:
            return
        start, end = max(piece.start, span.start), min(piece.end, span.end)
        if start < end:
            yield Span(start, end)
