"""Where words stand: stanza's numbering of tokens and words against offsets of the text.

stanza numbers the words of a sentence from 1 in `Word.id`, from 0 in its coreference, and a
multi-word token ("Kyiv's", "don't") is one token of two or more words, which know their own
offsets only if they add up to it.  All that is settled here, once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from stanza.models.common.doc import Document

from quotes.records import Span


@dataclass(frozen=True, slots=True)
class Range:
    """Words or tokens of one sentence, all counted from 0, `past` left out."""

    sentence: int
    first: int
    past: int


@dataclass(frozen=True, slots=True)
class Row:
    """All words, or all tokens, of a document in text order."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    places: tuple[tuple[int, int], ...]

    def under(self, span: Span) -> Range | None:
        """What a span touches; None if that is nothing, or parts of two sentences."""
        first = last = bisect_right(self.ends, span.start)
        while last < len(self.starts) and self.starts[last] < span.end:
            last += 1
        touched = self.places[first:last]
        if not touched or touched[0][0] != touched[-1][0]:
            return None
        return Range(touched[0][0], touched[0][1], touched[-1][1] + 1)


def tokens_of(document: Document) -> Row:
    """The tokens of a document: what entities are made of."""
    return _row(sentence.tokens for sentence in document.sentences)


def words_of(document: Document) -> Row:
    """The words of a document: what coreference is counted in."""
    return _row(sentence.words for sentence in document.sentences)


def _row(sentences: Iterable[Sequence[Any]]) -> Row:
    units = [(unit, (i, j)) for i, each in enumerate(sentences) for j, unit in enumerate(each)]
    spans = [span_of([unit]) for unit, _ in units]
    return Row(
        tuple(span.start for span in spans),
        tuple(span.end for span in spans),
        tuple(place for _, place in units),
    )


def span_of(units: Sequence[Any]) -> Span:
    """The text that neighbouring words or tokens take up.

    A word that does not know its offsets has those of its token.
    """
    first, last = units[0], units[-1]
    start = first.start_char if first.start_char is not None else first.parent.start_char
    end = last.end_char if last.end_char is not None else last.parent.end_char
    return Span(start, end)


def sentences_of(document: Document, offset: int = 0) -> list[Span]:
    """The sentences of a document as spans, moved by `offset`."""
    spans = [span_of(sentence.tokens) for sentence in document.sentences]
    return [Span(offset + span.start, offset + span.end) for span in spans]
