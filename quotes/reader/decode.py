"""From the network's numbers to attributions: the best tag path, then who belongs to whom.

Tag logits and link projections of one text's words come in, `Attribution`s over word
ranges come out.  A cue is the anchor: PolNeAR gives every attribution exactly one, and no
word plays two roles, so flat tags and two links (content piece -> cue, cue -> source)
lose nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

TAGS = ("O", "B-content", "I-content", "B-cue", "I-cue", "B-source", "I-source")
ROLES = ("content", "cue", "source")
BUCKETS = 32
_FAR = 400.0
_IMPOSSIBLE = -1e4


def bucket(distance: NDArray[np.int64]) -> NDArray[np.int64]:
    """Class of a signed distance in words, 0..`BUCKETS`-1, logarithmic on both sides."""
    half = BUCKETS // 2
    size = np.abs(distance)
    level = np.log1p(size) / np.log1p(_FAR) * (half - 1)
    level = np.minimum(level.astype(np.int64), half - 1)
    return np.where(distance < 0, half - 1 - level, half + level)


def bucket_table(words: int) -> NDArray[np.int64]:
    """Buckets of all pairs, ``(words, words)``: from the row's word to the column's."""
    place = np.arange(words)
    return bucket(place[None, :] - place[:, None])
