"""Words and word pieces of one text: what the encoder is given.

A text comes in, a `Pieces` comes out: the word boundaries (half-open code-point
offsets into the text), each word's case and gap class, and the word-piece ids with
the word each belongs to.  Nothing here knows about quotation marks or models.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

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

    def within(self, spans: Iterable[Sequence[int]]) -> NDArray[np.int64]:
        """Places of the word pieces of all words that stand in `spans`, wholly or in part."""
        found = []
        for start, end in spans:
            first = np.searchsorted(self.ends, start, side="right")
            last = np.searchsorted(self.starts, end, side="left")
            found.append(np.arange(self.first[first], self.first[max(first, last)]))
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
    owners = encoding.word_ids
    offsets = encoding.offsets
    starts: list[int] = []
    ends: list[int] = []
    first: list[int] = []
    previous = None
    for piece, (owner, (start, end)) in enumerate(zip(owners, offsets, strict=True)):
        if owner == previous:
            ends[-1] = end
        else:
            starts.append(start)
            ends.append(end)
            first.append(piece)
            previous = owner
    first.append(len(owners))
    cases = [case_class(text[s:e]) for s, e in zip(starts, ends, strict=True)]
    gaps = [gap_class(text[e:s]) for e, s in zip([0, *ends], starts, strict=False)]
    return Pieces(
        starts=np.array(starts, dtype=np.int64),
        ends=np.array(ends, dtype=np.int64),
        cases=np.array(cases, dtype=np.int64),
        gaps=np.array(gaps, dtype=np.int64),
        stops=np.array([text[s:e] in _STOPS for s, e in zip(starts, ends, strict=True)], bool),
        ids=np.array(encoding.ids, dtype=np.int64),
        first=np.array(first, dtype=np.int64),
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
