"""Windows over a text longer than the encoder reads at once.

A `Pieces` comes in, a list of word ranges comes out: whole paragraphs where they fit, else
windows that overlap.  Every word is kept from one window, so that length has no limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from quotes.reader.pieces import Pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LINE = 2
"""The least gap class that parts lines."""


def windows(pieces: Pieces, *, size: int, overlap: int) -> list[tuple[int, int]]:
    """Word ranges ``(from, to)`` that cover all words, each at most `size` pieces long.

    Args:
        pieces: the text's words and pieces.
        size: the most word pieces a window holds.
        overlap: pieces that a window shares with the one before it where it had to cut a
            paragraph; windows that end with a paragraph share nothing, as in training.
    """
    total = len(pieces)
    ranges: list[tuple[int, int]] = []
    begin = 0
    while begin < total:
        end = max(_last_word_within(pieces, begin, size), begin + 1)
        whole = end if end == total else _paragraph_start(pieces, begin + (end - begin) // 3, end)
        ranges.append((begin, whole or end))
        back = int(np.searchsorted(pieces.first, pieces.first[end] - overlap))
        begin = whole or min(max(back, begin + 1), end)
    return ranges


def central(ranges: list[tuple[int, int]], pieces: Pieces) -> NDArray[np.int64]:
    """For each word the number of the window that it is taken from, ``(words,)``.

    Two windows are parted where a paragraph or else a sentence ends, for a link hardly ever
    leaves its sentence and must be scored by one window's positions.
    """
    chosen = np.zeros(len(pieces), dtype=np.int64)
    for number in range(1, len(ranges)):
        chosen[_parting(pieces, ranges[number][0], ranges[number - 1][1]) :] = number
    return chosen


def _parting(pieces: Pieces, begin: int, end: int) -> int:
    """Where to part two windows that share the words ``begin:end``."""
    if begin == end or pieces.gaps[end] >= _LINE:
        return end
    middle = (begin + end) // 2
    after_stop = np.flatnonzero(pieces.stops[begin:end] & (pieces.gaps[begin + 1 : end + 1] > 0))
    if not len(after_stop):
        return middle
    places = after_stop + begin + 1
    return int(places[np.abs(places - middle).argmin()])


def _last_word_within(pieces: Pieces, begin: int, size: int) -> int:
    limit = pieces.first[begin] + size
    return int(np.searchsorted(pieces.first, limit, side="right")) - 1


def _paragraph_start(pieces: Pieces, low: int, high: int) -> int | None:
    """The last word in ``(low, high]`` that begins a paragraph, if any."""
    starts = np.flatnonzero(pieces.gaps[low + 1 : high + 1] >= _LINE)
    return int(starts[-1]) + low + 1 if len(starts) else None
