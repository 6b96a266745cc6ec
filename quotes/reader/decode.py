"""From the network's numbers to attributions, and to names, roles, pronouns and whom they mean.

Logits and link projections of one text's words come in, `Reading`s and `Mention`s come out.

Of an attribution the cue is the anchor: PolNeAR gives each exactly one, and no word plays two
roles, so the best tag path and two links (content piece -> cue, cue -> source) lose nothing.  A
mention is linked at its head, the last word of its core: "leader" in "the leader of the party".
It may refer to mentions of its own window and of the one in front; farther back lies nothing
that an article leaves unnamed.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quotes.reader.pieces import Pieces, Range
from quotes.records import Mention, MentionKind, Reading, Span

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

Role = Literal["content", "cue", "source"]
ROLES: tuple[Role, ...] = ("content", "cue", "source")
TAGS = ("O", *(f"{place}-{role}" for role in ROLES for place in "BI"))
BUCKETS = 32
_FAR = 400.0
_IMPOSSIBLE = -1e4

_FAINT = 0.02
"""The least probability of its first word's tag that makes a word a candidate for a cue or a
source although the best tag path passes it over."""

_CROSSED = 5.0
"""Log-odds against a content piece's link for each other cue that it crosses: 151 of 23,291
links in PolNeAR train cross one."""

_BROKEN = {"cue": 6.0, "source": 7.0}
"""Log-odds against a link across a line break, content to cue and cue to source: 256 of 23,291
links and 10 of 18,359 have one."""

_LOOSE_WORDS = 28
"""The most words without a role between a content piece and its cue: more stand there in 17
of 23,291 links."""

_REACH = 600
"""Words around a stretch in which its links are sought: two windows, where training saw one."""

_STRETCH = 1000
"""Words whose links are weighed at once, so that time and memory grow with a text's length."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of one text's words.

    Attributes:
        tags: logits, ``(words, tags)``.
        content_query, cue_key: projections whose dot product scores "this content word
            belongs to the cue that begins there", ``(words, n + 1)`` and ``(words, n)``;
            the query's last column is the score of "no cue".
        cue_query, source_key: the same for "this cue's source begins there".
    """

    tags: Floats
    content_query: Floats
    cue_key: Floats
    cue_query: Floats
    source_key: Floats


@dataclass(frozen=True, slots=True)
class Weights:
    """The decoder's own learned numbers, shipped beside the network.

    Attributes:
        transitions: log-scores of tag following tag, ``(tags, tags)``.
        content_bias, source_bias: log-score by signed distance class, ``(BUCKETS,)``.
        outside: added to every word's "O" logit; below 0 finds more and errs more.
    """

    transitions: Floats
    content_bias: Floats
    source_bias: Floats
    outside: float = 0.0


def decode(scores: Scores, weights: Weights, words: Pieces) -> tuple[Reading, ...]:
    """The attributions of one text, in the order of their first content word.

    A content piece without a cue of its own stands alone; a cue without content is
    dropped, for it reports nothing.
    """
    emissions = scores.tags.astype(np.float64)
    emissions[:, 0] += weights.outside
    path = _best_path(emissions, weights.transitions)
    contents = _ranges(path, "content")
    if not contents:
        return ()
    shares = _softmax(scores.tags)
    lines = words.lines
    cues = _candidates(shares, path, "cue")
    sources = _candidates(shares, path, "source")
    loose = np.concatenate([[0], np.cumsum(path == 0)])
    owners, owner_sure = _links(
        contents,
        cues,
        lambda some, near: _choose(
            _votes(some, near, scores.content_query, scores.cue_key, weights.content_bias),
            _between(some, near, loose) - _breaks(some, near, lines, "cue"),
        ),
    )
    heard, _ = _links(
        cues.ranges,
        sources,
        lambda some, near: _choose(
            _votes(some, near, scores.cue_query, scores.source_key, weights.source_bias),
            -_breaks(some, near, lines, "source"),
        ),
    )
    # Each word's probability of the role that the path gives it.
    by_role = np.concatenate([shares[:, :1], shares[:, 1::2] + shares[:, 2::2]], axis=1)
    sure = by_role[np.arange(len(path)), (path + 1) // 2]
    found: list[Reading] = []
    pieces_of: defaultdict[int, list[int]] = defaultdict(list)
    for i, owner in enumerate(owners):
        pieces_of[owner].append(i)
    for number, mine in sorted(pieces_of.items()):
        cue = (words.span(cues.ranges[number]),) if number >= 0 else ()
        heard_in = heard[number] if number >= 0 else -1
        source = (words.span(sources.ranges[heard_in]),) if heard_in >= 0 else ()
        for group in [mine] if cue else [[i] for i in mine]:
            content = tuple(words.span(contents[i]) for i in group)
            told = np.concatenate([sure[slice(*contents[i])] for i in group])
            confidence = float(told.mean()) * float(np.mean([owner_sure[i] for i in group]))
            found.append(Reading(content, cue, source, round(confidence, 3)))
    return tuple(sorted(found, key=lambda each: each.content[0]))


def within(inner: Iterable[Reading], outer: Sequence[Reading]) -> tuple[Reading, ...]:
    """Of the inner attributions those that stand, source and all, in an outer one's content."""
    held = sorted(span for reading in outer for span in reading.content)
    found = []
    for reading in inner:
        spans = (*reading.content, *reading.cue, *reading.source)
        at = bisect_right(held, min(span.start for span in spans), key=attrgetter("start")) - 1
        if at < 0 or not reading.cue or held[at] in reading.content:
            continue
        if max(span.end for span in spans) <= held[at].end:
            found.append(reading)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Word ranges that a link may point to, in order: those of the best path and faint ones."""

    ranges: list[Range]
    support: Floats  # log-probabilities of faint ones' tags, 0 for those on the path

    def within(self, first: int, last: int) -> tuple[int, _Candidates]:
        """The number of the first that begins in some words, and all that do."""
        low, high = (bisect_left(self.ranges, (word, 0)) for word in (first, last))
        return low, _Candidates(self.ranges[low:high], self.support[low:high])


def _candidates(shares: Floats, path: Ints, role: Role) -> _Candidates:
    """The ranges of `role` on the path, and the faint ones beside it."""
    begin = 1 + 2 * ROLES.index(role)
    starts = np.flatnonzero((path == 0) & (shares[:, begin] >= _FAINT))
    faint = _runs(starts, (path == 0) & (shares[:, begin + 1] > shares[:, 0]))
    support = dict(zip(faint, np.log(shares[starts, begin]).tolist(), strict=True))
    ranges = sorted([*_ranges(path, role), *faint])
    return _Candidates(ranges, np.array([support.get(r, 0.0) for r in ranges], dtype=np.float32))


def _best_path(emissions: NDArray[np.float64], transitions: Floats) -> Ints:
    """The best tag sequence that the BIO scheme allows, ``(words,)`` (Viterbi)."""
    steps = (transitions + forbidden_steps(len(transitions))).astype(np.float64)
    emissions[0] += np.where(_inside(len(transitions)), _IMPOSSIBLE, 0.0)
    # For each word and tag the score of the best path that ends there.  Words go in blocks of
    # about the root of their number, all blocks at once: first what each block adds from any
    # tag before it to any tag at its end, then the scores between blocks, then those within.
    last, count = len(emissions) - 1, emissions.shape[1]
    size = max(1, math.isqrt(last))
    blocks = -(-last // size)
    padded = np.zeros((blocks * size, count))
    padded[:last] = emissions[1:]
    blocked = padded.reshape(blocks, size, count)
    across = steps + blocked[:, 0, None, :]
    for word in range(1, size):
        through = across[:, :, 0, None] + steps[0]
        for tag in range(1, count):
            np.maximum(through, across[:, :, tag, None] + steps[tag], out=through)
        across = through + blocked[:, word, None, :]
    at = emissions[:1].repeat(blocks, 0)
    for block in range(1, blocks):
        at[block] = (at[block - 1][:, None] + across[block - 1]).max(0)
    scores = np.empty_like(blocked)
    for word in range(size):
        at = (at[:, :, None] + steps).max(1) + blocked[:, word]
        scores[:, word] = at
    best = np.concatenate([emissions[:1], scores.reshape(-1, count)[:last]])
    back = (best[:-1, :, None] + steps).argmax(1).tolist()
    path = [int(best[-1].argmax())]
    for choice in reversed(back):
        path.append(choice[path[-1]])
    return np.array(path[::-1], dtype=np.int64)


def _ranges(path: Ints, role: Role) -> list[Range]:
    """The word ranges that `path` tags with `role`, in order."""
    begin = 1 + 2 * ROLES.index(role)
    return _runs(np.flatnonzero(path == begin), path == begin + 1)


def _runs(starts: Ints, goes_on: NDArray[np.bool_]) -> list[Range]:
    """From each start the words up to the next one that goes on no range."""
    stops = np.flatnonzero(~np.append(goes_on, False))
    ends = stops[np.searchsorted(stops, starts, side="right")]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def bucket(distance: Ints) -> Ints:
    """Class of a signed distance in words, 0..`BUCKETS`-1, logarithmic on both sides."""
    half = BUCKETS // 2
    share = np.log1p(np.abs(distance)) / np.log1p(_FAR) * (half - 1)
    level = np.minimum(share.astype(np.int64), half - 1)
    classes: Ints = np.where(distance < 0, half - 1 - level, half + level)
    return classes


def forbidden_steps(count: int = len(TAGS)) -> Floats:
    """Added to the transitions: a large negative where BIO forbids a step, into an I- from
    another role or kind.
    """
    role = np.array([(number + 1) // 2 for number in range(count)])
    breaks = _inside(count)[None, :] & (role[:, None] != role[None, :])
    return np.where(breaks, np.float32(_IMPOSSIBLE), np.float32(0.0))


_Weigh = Callable[[list[Range], _Candidates], tuple[list[int], list[float]]]


def _links(
    asking: list[Range], offered: _Candidates, weigh: _Weigh
) -> tuple[list[int], list[float]]:
    """For each asking range the number of what it links to, -1 for none, and the probability."""
    numbers: list[int] = []
    sure: list[float] = []
    for _, together in groupby(asking, lambda words: words[0] // _STRETCH):
        some = list(together)
        low, near = offered.within(some[0][0] - _REACH, some[-1][1] + _REACH)
        chosen, shares = weigh(some, near)
        numbers += [number + low if number >= 0 else -1 for number in chosen]
        sure += shares
    return numbers, sure


def _votes(
    asking: list[Range], offered: _Candidates, query: Floats, key: Floats, bias: Floats
) -> Floats:
    """How well each asking range's words link to none (column 0) and to each candidate."""
    if not asking:
        return np.zeros((0, len(offered.ranges) + 1), dtype=np.float32)
    heads = np.array([start for start, _ in offered.ranges], dtype=np.int64)
    words = np.concatenate([np.arange(start, end) for start, end in asking])
    scores = np.empty((len(words), len(heads) + 1), dtype=np.float32)
    scores[:, 0] = query[words, -1]
    scores[:, 1:] = query[words, :-1] @ key[heads].T
    scores[:, 1:] += bias[bucket(heads[None, :] - words[:, None])]
    lengths = np.array([end - start for start, end in asking])
    firsts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    votes: Floats = np.add.reduceat(scores, firsts, axis=0) / lengths[:, None]
    votes[:, 1:] += offered.support
    return votes


def _between(contents: list[Range], cues: _Candidates, loose: Ints) -> Floats:
    """Log-odds against each link by what it crosses, but for faint cues, ``(contents, cues)``.

    `loose` counts the words without a role before each word.
    """
    if not contents or not cues.ranges:
        return np.zeros((len(contents), len(cues.ranges)), dtype=np.float32)
    starts, ends = np.array(contents).T
    cue_starts, cue_ends = np.array(cues.ranges).T
    after = cue_starts[None, :] >= ends[:, None]
    low = np.where(after, ends[:, None], cue_ends[None, :])
    high = np.where(after, cue_starts[None, :], starts[:, None])
    firm = cue_starts[cues.support == 0.0]
    crossed = np.searchsorted(firm, high) - np.searchsorted(firm, low)
    far = np.where(loose[high] - loose[low] > _LOOSE_WORDS, _IMPOSSIBLE, 0.0)
    against: Floats = (far - _CROSSED * crossed).astype(np.float32)
    return against


def _breaks(
    asking: list[Range], offered: _Candidates, lines: Ints, role: Literal["cue", "source"]
) -> Floats:
    """The weight of the line breaks between asking and offered, ``(asking, offered)``."""
    mine = lines[[start for start, _ in asking]]
    theirs = lines[[start for start, _ in offered.ranges]]
    count = np.abs(mine[:, None] - theirs[None, :])
    against: Floats = (_BROKEN[role] * count).astype(np.float32)
    return against


def _choose(votes: Floats, against: Floats) -> tuple[list[int], list[float]]:
    """For each row of votes the number of the choice, -1 for none, and its probability."""
    if not len(votes):
        return [], []
    votes = votes + np.pad(against, ((0, 0), (1, 0)))
    shares = _softmax(votes)
    best = votes.argmax(1)
    return (best - 1).tolist(), shares[np.arange(len(best)), best].tolist()


def _softmax(tags: Floats) -> Floats:
    exp = np.exp(tags - tags.max(1, keepdims=True))
    shares: Floats = exp / exp.sum(1, keepdims=True)
    return shares


def _inside(count: int) -> NDArray[np.bool_]:
    """Which of so many tags go on what another began: O, then B- and I- of each kind."""
    inside: NDArray[np.bool_] = np.arange(count) % 2 == 0
    inside[0] = False
    return inside


# Mentions


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

_SURE = 4.0
"""The log-odds from which on a word is outside of names and roles, whatever stands beside it."""

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
    text: str, pieces: Pieces, scores: MentionScores, apart: Floats, steps: Floats
) -> tuple[Mention, ...]:
    """The mentions of one text in text order, each with its likeliest antecedents.

    Args:
        apart: log-scores of an antecedent by distance class, ``(BUCKETS + 1,)``; the last is
            that of the window in front.
        steps: log-scores of tag following tag, ``(kinds, kinds)``.
    """
    best = kind_path(scores.kinds, steps)
    marked = sorted(_named(text, pieces, best) + _pronouns(text, pieces, best))
    if not marked:
        return ()
    heads = np.array([head for _, _, head, _ in marked])
    kinds: list[MentionKind] = [kind for *_, kind in marked]
    pronoun = np.array([kind == "pronoun" for kind in kinds])
    found: list[list[tuple[int, float]]] = []
    # A window at a time, with the one in front: what a mention may refer to lies in these.
    window = scores.window[heads]
    for number in np.unique(window).tolist():
        first, begin, end = np.searchsorted(window, [number - 1, number, number + 1]).tolist()
        shares = _shares(heads[first:end], begin - first, pronoun[begin:end], scores, apart)
        for row in shares:
            likely = np.flatnonzero(row > _LIKELY)
            found.append([(first + at, round(float(row[at]), 3)) for at in likely.tolist()])
    return tuple(
        Mention(Span(start, end), kind, tuple(sorted(links, key=lambda link: (-link[1], link[0]))))
        for (start, end, _, kind), links in zip(marked, found, strict=True)
    )


_Marked = tuple[int, int, int, MentionKind]
"""Start, end, word of the head, kind."""


def kind_path(kinds: Floats, steps: Floats) -> Ints:
    """The best tags of the words.

    Where nothing but "O" is likely the path need not be sought: of a run of such words the
    first and the last stand for all.
    """
    doubtful = kinds[:, 0] - kinds[:, 1:].max(1) < _SURE
    near = doubtful.copy()
    near[1:] |= doubtful[:-1]
    near[:-1] |= doubtful[1:]
    path = np.zeros(len(kinds), dtype=np.int64)
    if near.any():
        path[near] = _best_path(kinds[near].astype(np.float64), steps)
    return path


def _named(text: str, pieces: Pieces, best: Ints) -> list[_Marked]:
    """Runs of words that the network tags as one name or role."""
    kind = (best + 1) // 2
    begins = (best % 2 == 1) | (np.diff(kind, prepend=0) != 0)
    marked: list[_Marked] = []
    for run in _runs(np.flatnonzero((kind > 0) & begins), (kind > 0) & ~begins):
        span = pieces.span(run)
        core = head_start(text, span.start, span.end)
        head = int(np.searchsorted(pieces.ends, core, side="right"))
        marked.append((span.start, span.end, head, KINDS[kind[run[0]] - 1]))
    return marked


def _pronouns(text: str, pieces: Pieces, best: Ints) -> list[_Marked]:
    """The pronouns that no name or role holds."""
    marked: list[_Marked] = []
    longest = max(map(len, PRONOUNS))
    short = np.flatnonzero((pieces.ends - pieces.starts <= longest) & (best == 0))
    starts, ends = pieces.starts[short].tolist(), pieces.ends[short].tolist()
    for word, start, end in zip(short.tolist(), starts, ends, strict=True):
        written = text[start:end]
        small = written.lower()
        if small in PRONOUNS and not (written.isupper() and small in _ALSO_CAPITALS):
            marked.append((start, end, word, "pronoun"))
    return marked


def _shares(
    heads: Ints, fresh: int, pronoun: NDArray[np.bool_], scores: MentionScores, apart: Floats
) -> Floats:
    """How likely each means each one before it, a pronoun also one behind it in its window.

    Of the mentions from number `fresh` on, ``(mentions - fresh, mentions)``.
    """
    query, key, window = scores.query[heads[fresh:]], scores.key[heads], scores.window[heads]
    back = window[fresh:, None] - window[None, :]
    place = np.arange(len(heads))
    before = place[None, :] < place[fresh:, None]
    may = (before & (back <= 1)) | (pronoun[:, None] & ~before & (back == 0))
    np.fill_diagonal(may[:, fresh:], False)
    classes = np.where(back == 0, bucket(heads[None, :] - heads[fresh:, None]), BUCKETS)
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
