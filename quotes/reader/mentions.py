"""Names, roles and pronouns, and whom each refers to, from the network's numbers.

Kind logits and antecedent projections of one text's words come in, `Mention`s over its
characters go out.  A mention is linked at its head, the last word of its core: "leader" in
"the leader of the party".  It may refer to mentions of its own window and of the one in
front; farther back lies nothing that an article leaves unnamed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from quotes.reader.decode import BUCKETS, bucket
from quotes.records import Mention, MentionKind, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from quotes.reader.pieces import Pieces

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

KINDS: tuple[MentionKind, ...] = ("person", "organisation", "place", "nationality", "role")
KIND_TAGS = ("O", *(f"{place}-{kind}" for kind in KINDS for place in "BI"))

PRONOUNS = frozenset(
    (
        *("he", "him", "his", "himself", "she", "her", "hers", "herself", "it", "its", "itself"),
        *("they", "them", "their", "theirs", "themselves", "i", "me", "my", "mine", "myself"),
        *("you", "your", "yours", "yourself", "we", "us", "our", "ours", "ourselves"),
        *("who", "whom", "whose"),
    )
)
_ALSO_CAPITALS = frozenset(("us", "it", "who", "me"))
"""Pronouns that are something else in capitals: US, IT, WHO, ME."""

_LIKELY = 0.05
"""The least probability that an antecedent is kept with."""

_CORE_ENDS = re.compile(
    r"[,(;:\n]|\s(?:of|for|in|at|on|with|from|to|by|who|whom|whose|which|that|and|or|as|about"
    r"|against|under|over|between|near|than|–|—|-)\s"
)
_LAST_WORD = re.compile(r"\w+(?=\W*$)")


@dataclass(frozen=True, slots=True)
class MentionScores:
    """What the network says of the mentions of one text.

    Attributes:
        kinds: logits, ``(words, kinds)``.
        query, key: projections whose dot product scores "this mention means that one",
            ``(words, n + 1)`` and ``(words, n)``; the query's last column scores "none".
        window: the number of the window that each word was read in, ``(words,)``.
    """

    kinds: Floats
    query: Floats
    key: Floats
    window: Ints


def mentions(
    text: str, pieces: Pieces, scores: MentionScores, apart: Floats
) -> tuple[Mention, ...]:
    """The mentions of one text in text order, each with its likeliest antecedents.

    Args:
        apart: log-scores of an antecedent by distance class, ``(BUCKETS + 1,)``; the last is
            that of the window in front.
    """
    marked = sorted(_named(text, pieces, scores.kinds) + _pronouns(text, pieces, scores.kinds))
    if not marked:
        return ()
    heads = np.array([head for _, _, head, _ in marked])
    kinds: list[MentionKind] = [kind for *_, kind in marked]
    shares = _shares(heads, np.array([kind == "pronoun" for kind in kinds]), scores, apart)
    rows, columns = np.nonzero(shares > _LIKELY)
    found: list[list[tuple[int, float]]] = [[] for _ in marked]
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        found[row].append((column, round(float(shares[row, column]), 3)))
    return tuple(
        Mention(Span(start, end), kind, tuple(sorted(links, key=lambda link: (-link[1], link[0]))))
        for (start, end, _, kind), links in zip(marked, found, strict=True)
    )


_Marked = tuple[int, int, int, MentionKind]
"""Start, end, word of the head, kind."""


def _named(text: str, pieces: Pieces, kinds: Floats) -> list[_Marked]:
    """Runs of words that the network tags as one name or role."""
    best = kinds.argmax(1)
    kind = (best + 1) // 2
    begins = (best % 2 == 1) | (np.diff(kind, prepend=0) != 0)
    firsts = np.flatnonzero((kind > 0) & begins)
    stops = np.flatnonzero(np.append(begins | (kind == 0), True))  # words that go on no run
    lasts = stops[np.searchsorted(stops, firsts, side="right")] - 1
    starts, ends = pieces.starts[firsts].tolist(), pieces.ends[lasts].tolist()
    cores = [head_start(text, *span) for span in zip(starts, ends, strict=True)]
    heads = np.searchsorted(pieces.ends, np.array(cores, dtype=np.int64), side="right").tolist()
    return list(zip(starts, ends, heads, (KINDS[k - 1] for k in kind[firsts]), strict=True))


def _pronouns(text: str, pieces: Pieces, kinds: Floats) -> list[_Marked]:
    """The pronouns that no name or role holds."""
    marked: list[_Marked] = []
    short = np.flatnonzero((pieces.ends - pieces.starts <= _LONGEST) & (kinds.argmax(1) == 0))
    starts, ends = pieces.starts[short].tolist(), pieces.ends[short].tolist()
    for word, start, end in zip(short.tolist(), starts, ends, strict=True):
        written = text[start:end]
        small = written.lower()
        if small in PRONOUNS and not (written.isupper() and small in _ALSO_CAPITALS):
            marked.append((start, end, word, "pronoun"))
    return marked


_LONGEST = max(map(len, PRONOUNS))


def _shares(
    heads: Ints, pronoun: NDArray[np.bool_], scores: MentionScores, apart: Floats
) -> Floats:
    """How likely each mention means each other one, ``(mentions, mentions)``.

    A name or role means one before it; a pronoun may mean one behind it in its window.
    """
    query, key, window = scores.query[heads], scores.key[heads], scores.window[heads]
    back = window[:, None] - window[None, :]
    place = np.arange(len(heads))
    before = place[None, :] < place[:, None]
    may = (before & (back <= 1)) | (pronoun[:, None] & ~before & (back == 0))
    np.fill_diagonal(may, False)
    classes = np.where(back == 0, bucket(heads[None, :] - heads[:, None]), BUCKETS)
    votes = np.where(may, query[:, :-1] @ key.T + apart[classes], -np.inf)
    nobody = query[:, -1:]
    top = np.maximum(votes.max(1, keepdims=True), nobody)
    shares: Floats = np.exp(votes - top)
    shares /= shares.sum(1, keepdims=True) + np.exp(nobody - top)
    return shares


def head_start(text: str, start: int, end: int) -> int:
    """Offset of the last word of a mention's core.

    >>> text = "the leader of the party"
    >>> text[head_start(text, 0, len(text)):]
    'leader of the party'
    """
    cut = _CORE_ENDS.search(text, start + 1, end)
    core = text[start : cut.start() if cut else end]
    for possessive in ("'s", "’s", "'", "’"):
        core = core.removesuffix(possessive)
    word = _LAST_WORD.search(core)
    return start + word.start() if word else start
