"""Windows over a text longer than the encoder reads at once.

A `Pieces` comes in, a list of word ranges comes out: whole paragraphs where they fit,
each window overlapping the one before.  Every word is kept from the window in which it
stands farthest from an edge, so that length has no limit and no word lacks context.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from quotes.reader.pieces import Pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray


def windows(pieces: Pieces, *, size: int, overlap: int) -> list[tuple[int, int]]:
    """Word ranges ``(from, to)`` that cover all words, each at most `size` pieces long.

    Args:
        pieces: the text's words and pieces.
        size: the most word pieces a window holds.
        overlap: pieces that a window shares with the one before it, at most; a paragraph
            start inside the overlap is preferred as the place to begin.
    """
    total = len(pieces)
    ranges: list[tuple[int, int]] = []
    begin = 0
    while begin < total:
        end = max(_last_word_within(pieces, begin, size), begin + 1)
        if end < total:
            end = _paragraph_start(pieces, begin + (end - begin) * 2 // 3, end) or end
        ranges.append((begin, end))
        if end >= total:
            break
        back = int(np.searchsorted(pieces.first, pieces.first[end] - overlap))
        begin = min(max(back, begin + 1), end)
    return ranges


def central(ranges: list[tuple[int, int]], total: int) -> NDArray[np.int64]:
    """For each of `total` words the number of the window that it is taken from."""
    chosen = np.zeros(total, dtype=np.int64)
    for number in range(1, len(ranges)):
        begin, previous_end = ranges[number][0], ranges[number - 1][1]
        middle = (begin + previous_end) // 2 if begin < previous_end else begin
        chosen[middle:] = number
    return chosen


def _last_word_within(pieces: Pieces, begin: int, size: int) -> int:
    limit = pieces.first[begin] + size
    return int(np.searchsorted(pieces.first, limit, side="right")) - 1


def _paragraph_start(pieces: Pieces, low: int, high: int) -> int | None:
    """The last word in ``(low, high]`` that begins a paragraph, if any."""
    starts = np.flatnonzero(pieces.gaps[low + 1 : high + 1] >= 2)
    return int(starts[-1]) + low + 1 if len(starts) else None
