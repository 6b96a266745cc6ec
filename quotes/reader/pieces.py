"""Words and word pieces of one text, and the windows in which the encoder reads them.

A text comes in, a `Pieces` comes out: the word boundaries (half-open code-point
offsets into the text), each word's case and gap class, and the word-piece ids with
the word each belongs to.  A longer text than the encoder reads at once is cut into windows:
whole paragraphs where they fit, else windows that overlap.  Every word is kept from one window,
so that length has no limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from quotes.records import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

Range = tuple[int, int]
"""Words, half-open."""

CASE_CLASSES = 6
GAP_CLASSES = 4

_STOPS = frozenset(".!?…。")
_NO_LETTER, _LOWER, _CAPITALISED, _SINGLE_CAPITAL, _ALL_CAPITALS, _MIXED = range(CASE_CLASSES)
_GLUED, _SPACE, _NEWLINE, _BLANK_LINE = range(GAP_CLASSES)


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text cut into words and word pieces.

    Attributes:
        starts, ends: code-point offsets of each word, ``(words,)``, half-open, in order.
        cases: case class of each word, 0..`CASE_CLASSES`-1, ``(words,)``: the encoder's
            vocabulary is uncased, this gives the case back.
        gaps: what parts a word from the one before, 0..`GAP_CLASSES`-1, ``(words,)``:
            nothing, white space, a line break, a blank line.
        stops: whether the word is a mark that ends a sentence, ``(words,)``.
        ids: word-piece ids, ``(pieces,)``, without the markers of a window's ends.
        first: index of each word's first piece, ``(words + 1,)``; the last entry is the
            number of pieces.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    cases: NDArray[np.int64]
    gaps: NDArray[np.int64]
    stops: NDArray[np.bool_]
    ids: NDArray[np.int64]
    first: NDArray[np.int64]

    @property
    def lines(self) -> NDArray[np.int64]:
        """The number of the line that each word stands in, ``(words,)``."""
        return np.cumsum(self.gaps >= _NEWLINE)

    def __len__(self) -> int:
        """The number of words."""
        return len(self.starts)

    def span(self, words: Range) -> Span:
        """Where these words stand in the text."""
        return Span(int(self.starts[words[0]]), int(self.ends[words[1] - 1]))

    def words(self, start: int, end: int) -> Range:
        """The words that stand between two offsets, wholly or in part."""
        low = int(np.searchsorted(self.ends, start, side="right"))
        return low, max(low, int(np.searchsorted(self.starts, end, side="left")))

    def joined(self, ranges: Sequence[Range]) -> Pieces:
        """These words alone, each range a paragraph; they stand where they stood in the text."""
        words = np.concatenate([np.arange(low, high) for low, high in ranges])
        pieces = [np.arange(self.first[low], self.first[high]) for low, high in ranges]
        lengths = np.diff(self.first)[words]
        gaps = self.gaps[words]
        gaps[np.cumsum([0, *(high - low for low, high in ranges[:-1])])] = _BLANK_LINE
        gaps[0] = _GLUED
        return Pieces(
            starts=self.starts[words],
            ends=self.ends[words],
            cases=self.cases[words],
            gaps=gaps,
            stops=self.stops[words],
            ids=self.ids[np.concatenate(pieces)],
            first=np.concatenate([[0], np.cumsum(lengths)]),
        )

    def within(self, spans: Iterable[Sequence[int]]) -> NDArray[np.int64]:
        """Places of the word pieces of all words that stand in `spans`, wholly or in part."""
        found = []
        for start, end in spans:
            low, high = self.words(start, end)
            found.append(np.arange(self.first[low], self.first[high]))
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def load_tokenizer(path: Path) -> Tokenizer:
    """Load a word-piece tokenizer file (`tokenizer.json`) with truncation and padding off."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def cut(text: str, tokenizer: Tokenizer) -> Pieces:
    """Cut `text` into words and word pieces; an empty text gives an empty `Pieces`."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    starts: list[int] = []
    ends: list[int] = []
    first: list[int] = []
    previous = None
    for piece, (owner, (start, end)) in enumerate(
        zip(encoding.word_ids, encoding.offsets, strict=True)
    ):
        if owner == previous:
            ends[-1] = end
            continue
        starts.append(start)
        ends.append(end)
        first.append(piece)
        previous = owner
    words = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    gaps = [gap_class(text[end:start]) for end, start in zip([0, *ends], starts, strict=False)]
    return Pieces(
        starts=np.array(starts, dtype=np.int64),
        ends=np.array(ends, dtype=np.int64),
        cases=np.array([case_class(word) for word in words], dtype=np.int64),
        gaps=np.array(gaps, dtype=np.int64),
        stops=np.array([word in _STOPS for word in words], dtype=bool),
        ids=np.array(encoding.ids, dtype=np.int64),
        first=np.array([*first, len(encoding.ids)], dtype=np.int64),
    )


def case_class(word: str) -> int:
    """The case class of one word.

    >>> [case_class(w) for w in ("1945", "war", "War", "A", "NATO", "McCain")]
    [0, 1, 2, 3, 4, 5]
    """
    if word.islower():
        return _LOWER
    if not word.isupper():
        if word.istitle():
            return _CAPITALISED
        return _MIXED if word.upper() != word.lower() else _NO_LETTER
    return _SINGLE_CAPITAL if len(word) == 1 else _ALL_CAPITALS


def gap_class(between: str) -> int:
    """The gap class of the characters between two words.

    >>> [gap_class(b) for b in ("", " ", " \\n", "\\n\\n")]
    [0, 1, 2, 3]
    """
    if not between:
        return _GLUED
    breaks = between.count("\n")
    return _SPACE if breaks == 0 else _NEWLINE if breaks == 1 else _BLANK_LINE


def windows(pieces: Pieces, *, size: int, overlap: int) -> list[Range]:
    """Word ranges ``(from, to)`` that cover all words, each at most `size` pieces long.

    Args:
        pieces: the text's words and pieces.
        size: the most word pieces a window holds.
        overlap: pieces that a window shares with the one before it where it had to cut a
            paragraph; windows that end with a paragraph share nothing, as in training.
    """
    total = len(pieces)
    ranges: list[Range] = []
    begin = 0
    while begin < total:
        limit = pieces.first[begin] + size
        end = max(int(np.searchsorted(pieces.first, limit, side="right")) - 1, begin + 1)
        whole = end
        if end < total:  # the last paragraph that starts in the window's last two thirds
            low = begin + (end - begin) // 3 + 1
            starts = np.flatnonzero(pieces.gaps[low : end + 1] >= _NEWLINE)
            whole = int(starts[-1]) + low if len(starts) else 0
        ranges.append((begin, whole or end))
        back = int(np.searchsorted(pieces.first, pieces.first[end] - overlap))
        begin = whole or min(max(back, begin + 1), end)
    return ranges


def central(ranges: list[Range], pieces: Pieces) -> NDArray[np.int64]:
    """For each word the number of the window that it is taken from, ``(words,)``.

    Two windows meet where a paragraph or else a sentence ends, for a link hardly ever
    leaves its sentence and must be scored by one window's positions.
    """
    chosen = np.zeros(len(pieces), dtype=np.int64)
    for number, ((_, end), (begin, _)) in enumerate(pairwise(ranges), 1):
        part = end
        if begin < end and pieces.gaps[end] < _NEWLINE:  # they share words and cut a paragraph
            part = (begin + end) // 2
            parted = pieces.stops[begin:end] & (pieces.gaps[begin + 1 : end + 1] > 0)
            places = np.flatnonzero(parted) + begin + 1
            if len(places):
                part = int(places[np.abs(places - part).argmin()])
        chosen[part:] = number
    return chosen
