"""Two wordings compared: typed changes that turn one into the other, and what they alter.

In: two wordings as printed.  Out: changes; from these segments that a terminal can colour or a
page mark.  What no change covers is printed alike in both wordings, white space included; so
the second wording is the first with every change put in place.  Gaps next to a change go with
it, as far as the two wordings differ there.

A change alters what is said if a negation, a number or a name comes or goes.  Whole sentences
that one wording leaves out take their words along without a flag: what is left says the same.
A wording that begins later or ends earlier is a fragment and not another statement; of what it
lacks there only a negation is told that stands near by, in the clause that it is cut from.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import NamedTuple

from rapidfuzz.distance import Postfix, Prefix

from quotes.records import Change, ChangeKind, Segment, Span
from quotes.text.lists import load_wordings
from quotes.text.normalised import HYPHENS
from quotes.utterances.align import Pair, Word, WordedText, align, alike, ellipses, moves, worded

EDGE_WORDS = 4
"""Words that one wording must have more at its start or end to have begun earlier or ended
later; below, the ends are told as a substitution."""

NEAR_CUT = 4
"""Words beside a fragment among which a negation denies it.  Of the fragments that PolNeAR's
outlets cut from denied clauses, those farther off were not what was denied."""


def compare(before: str, after: str) -> tuple[Change, ...]:
    """What changed from one wording to another, in reading order; nothing if equal to the letter.

    The comparison the other way round has the same changes with the sides exchanged, dropped
    for added.  Takes time about linear in the length of wordings that are mostly equal.

    >>> [(c.kind, c.meaning) for c in compare("We will not pay $5.", "We will pay $6!")]
    [('dropped', 'negation dropped: not'), ('substituted', 'number changed: $5 → $6'), \
('punctuation', None)]
    """
    if before == after:
        return ()
    # Ties between alignments fall the same way whichever wording comes first.
    first, second = (worded(text) for text in sorted((before, after)))
    pairs = align(first.words, second.words)
    found = _changes(first, second, pairs)
    sides = (
        _Side.of(first, [range(p.a0, p.a1) for p in pairs]),
        _Side.of(second, [range(p.b0, p.b1) for p in pairs]),
    )
    if after < before:
        sides, found = sides[::-1], list(map(_mirrored, found))
    return tuple(replace(c, meaning=_meaning(c, *sides)) for c in found)


def marked(before: str, after: str, changes: Sequence[Change]) -> tuple[Segment, ...]:
    """Both wordings in one line: what they share, and before and after of what they don't.

    White space at the edges of a change is given as shared, so that marks hug the words.

    >>> before, after = "We will not pay", "We will pay"
    >>> [tuple(part) for part in marked(before, after, compare(before, after))]
    [('We will ', 'same', 'both'), ('not', 'dropped', 'before'), (' ', 'same', 'before'), \
('pay', 'same', 'both')]
    """
    parts = []
    for part in _laid_out(before, after, changes):
        core = part.text.strip()
        if part.kind == "same" or not core:
            parts.append(part)
            continue
        lead, _, tail = part.text.partition(core)
        parts += [Segment(lead, "same", part.side), part._replace(text=core)]
        parts.append(Segment(tail, "same", part.side))
    return tuple(part for part in parts if part.text)


def in_plain_marks(before: str, after: str, changes: Sequence[Change]) -> str:
    """Both wordings in one line, ``[-dropped-]`` and ``{+added+}``, as word diffs are printed.

    >>> before, after = "This War MUST end", "this war must end, he said"
    >>> in_plain_marks(before, after, compare(before, after))
    '[-This War MUST-]{+this war must+} end{+, he said+}'
    """
    marks = {"both": "{}", "before": "[-{}-]", "after": "{{+{}+}}"}
    return "".join(
        marks["both" if part.kind == "same" else part.side].format(part.text)
        for part in marked(before, after, changes)
    )


def _laid_out(before: str, after: str, changes: Sequence[Change]) -> Iterator[Segment]:
    """Segments in reading order, to the letter; a change's words before come first."""
    lost = deque(sorted((c.before, n, c.kind) for n, c in enumerate(changes) if c.before))
    gained = deque(sorted((c.after, n, c.kind) for n, c in enumerate(changes) if c.after))
    at = to = 0
    while at < len(before) or to < len(after):
        here = (lost[0][0].start if lost else len(before)) - at
        there = (gained[0][0].start if gained else len(after)) - to
        if lost and not here and (there or not gained or lost[0][1] <= gained[0][1]):
            span, _, kind = lost.popleft()
            yield Segment(span.of(before), kind, "before")
            at = span.end
        elif gained and not there:
            span, _, kind = gained.popleft()
            yield Segment(span.of(after), kind, "after")
            to = span.end
        else:
            length = min(here, there)
            yield Segment(before[at : at + length], "same", "both")
            at, to = at + length, to + length


# The changes


class _Part(NamedTuple):
    """A stretch of a wording between two pairs: its text, and its words by their places.

    `moves` has which move each moved word of it belongs to, by place.
    """

    wording: WordedText
    start: int
    end: int
    first: int
    last: int
    moves: Mapping[int, int]

    @property
    def worded(self) -> bool:
        """Whether it has words."""
        return self.first < self.last

    @property
    def text(self) -> str:
        """As printed."""
        return self.wording.text[self.start : self.end]

    @property
    def lead(self) -> int:
        """Where its first word starts; its end if it has none."""
        return self.wording.words[self.first].span.start if self.worded else self.end

    @property
    def tail(self) -> int:
        """Where its last word ends; its start if it has none."""
        return self.wording.words[self.last - 1].span.end if self.worded else self.start

    @property
    def opening(self) -> _Part:
        """The gap before its first word; all of it if it has none."""
        return self._replace(end=self.lead, last=self.first)

    @property
    def closing(self) -> _Part:
        """The gap behind its last word; all of it if it has none."""
        return self._replace(start=self.tail, last=self.first)

    @property
    def bracketed(self) -> bool:
        """Whether all of its words stand in brackets."""
        return all(w.bracketed for w in self.wording.words[self.first : self.last])

    def split(self, at: int) -> tuple[_Part, _Part]:
        """The part before a word and the part from it on; the gap goes to the outer one."""
        words = self.wording.words
        start = words[at - 1].span.end if self.first else words[at].span.start
        return self._replace(end=start, last=at), self._replace(start=start, first=at)


def _changes(first: WordedText, second: WordedText, pairs: Sequence[Pair]) -> list[Change]:
    """The changes from the first wording to the second, in reading order, without meanings."""
    runs = list(enumerate(moves(first.words, second.words, pairs)))
    ours_moved = {move.a + n: number for number, move in runs for n in range(move.length)}
    theirs_moved = {move.b + n: number for number, move in runs for n in range(move.length)}
    now: dict[int, Span] = {}
    end = Pair(len(first.words), len(first.words), len(second.words), len(second.words))
    found: list[Change] = []
    for before, after in pairwise((Pair(0, 0, 0, 0), *pairs, end)):
        if before.a1 > before.a0:
            ours = first.stretch(before.a0, before.a1)
            theirs = second.stretch(before.b0, before.b1)
            if kind := written(ours.of(first.text), theirs.of(second.text)):
                found.append(Change(kind, ours, theirs))
        one = _part(first, before.a1, after.a0, ours_moved)
        found += _between(one, _part(second, before.b1, after.b0, theirs_moved), now)
    # A moved change goes by its number until both sides of every move are known.
    filled = [
        replace(c, after=now[c.after.start]) if c.kind == "moved" and c.after else c for c in found
    ]
    return _joined(first.text, second.text, filled)


def _part(wording: WordedText, first: int, last: int, moved: Mapping[int, int]) -> _Part:
    words = wording.words
    start = words[first - 1].span.end if first else 0
    end = words[last].span.start if last < len(words) else len(wording.text)
    moves = {at: moved[at] for at in range(first, last) if at in moved}
    return _Part(wording, start, end, first, last, moves)


def written(one: str, other: str) -> ChangeKind | None:
    """How the same word or words are written differently; None if they are not.

    >>> written("[W]e", "We"), written("MUST", "must"), written("it’s", "it's")
    ('bracketed', 'case', 'punctuation')
    >>> written("organise", "organize"), written("don't", "do not"), written("laws", "laws")
    ('spelling', 'spelling', None)
    """
    if one == other:
        return None
    if any((mark in one) != (mark in other) for mark in "[("):
        return "bracketed"
    ours, theirs = _letters(one), _letters(other)
    # Where words are put together: health-care and health care once, healthcare nowhere.
    joints = [sum(char in HYPHENS or char.isspace() for char in text) for text in (one, other)]
    if ours.casefold() != theirs.casefold() or joints[0] != joints[1]:
        return "spelling"
    return "punctuation" if ours == theirs else "case"


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return "".join(char for char in folded if char.isalnum() or char in "%&$€£¥")


def _between(ours: _Part, theirs: _Part, now: dict[int, Span]) -> list[Change]:
    """The changes between two pairs; `now` learns where moved words stand in the second."""
    if ours.moves or theirs.moves:
        return _with_moves(ours, theirs, now)
    if ours.worded and theirs.worded:
        return _at_edges(ours, theirs) or _substituted(ours, theirs)
    if ours.worded:
        return _dropped(ours, theirs)
    if theirs.worded:
        return list(map(_mirrored, _dropped(theirs, ours)))
    return _signs(ours, theirs)


def _mirrored(change: Change) -> Change:
    """The change seen from the other wording, without its meaning."""
    names: dict[ChangeKind, ChangeKind] = {"dropped": "added", "added": "dropped"}
    return Change(names.get(change.kind, change.kind), change.after, change.before)


def _at_edges(ours: _Part, theirs: _Part) -> list[Change]:
    """Where one wording begins earlier or ends later: what it has more, and a substitution.

    None where the parts stand amid the wordings or have about as many words.
    """
    words, others = ours.last - ours.first, theirs.last - theirs.first
    if abs(words - others) < EDGE_WORDS:
        return []
    if words < others:
        return list(map(_mirrored, _at_edges(theirs, ours)))
    if ours.first == theirs.first == 0:
        more, rest = ours.split(ours.last - others)
        same = theirs._replace(start=theirs.lead)
        return _dropped(more, theirs.opening) + _substituted(rest, same)
    if all(part.last == len(part.wording.words) for part in (ours, theirs)):
        rest, more = ours.split(ours.first + others)
        same = theirs._replace(end=theirs.tail)
        return _substituted(rest, same) + _dropped(more, theirs.closing)
    return []


def _substituted(ours: _Part, theirs: _Part) -> list[Change]:
    kind: ChangeKind = "bracketed" if ours.bracketed != theirs.bracketed else "substituted"
    words = Change(kind, Span(ours.lead, ours.tail), Span(theirs.lead, theirs.tail))
    tails = _signs(ours.closing, theirs.closing)
    return [*_signs(ours.opening, theirs.opening), words, *tails]


def _dropped(ours: _Part, gap: _Part) -> list[Change]:
    """Words of ours that the other side lacks: it has a gap there."""
    here, there = _differing(ours, gap)
    if ellipses(gap.text) > ellipses(ours.opening.text) + ellipses(ours.closing.text):
        return [Change("ellipsis", here, there)]
    kind: ChangeKind = "bracketed" if ours.bracketed else "dropped"
    if there is None or not there.of(gap.wording.text).strip():
        return [Change(kind, here, there)]
    return [*_signs(ours.opening, gap), Change(kind, Span(ours.lead, ours.end), None)]


def _signs(ours: _Part, theirs: _Part) -> list[Change]:
    """Two gaps, compared."""
    if ours.text == theirs.text:
        return []
    same = ellipses(ours.text) == ellipses(theirs.text)
    return [Change("punctuation" if same else "ellipsis", *_differing(ours, theirs))]


def _differing(ours: _Part, theirs: _Part) -> tuple[Span | None, Span | None]:
    """Both parts without what they begin and end with in common, words left whole."""
    most = min(ours.lead - ours.start, theirs.lead - theirs.start)
    lead = Prefix.similarity(ours.text[:most], theirs.text[:most])
    rest = min(len(ours.text), len(theirs.text)) - lead
    most = max(0, min(ours.end - ours.tail, theirs.end - theirs.tail, rest))
    tails = (part.text[len(part.text) - most :] for part in (ours, theirs))
    tail = Postfix.similarity(*tails)
    here, there = (
        Span(part.start + lead, part.end - tail) if lead + tail < len(part.text) else None
        for part in (ours, theirs)
    )
    return here, there


def _with_moves(ours: _Part, theirs: _Part, now: dict[int, Span]) -> list[Change]:
    """Parts with moved words: block by block, each with the gap behind it."""
    here, there = _differing(ours, theirs)
    mine, others = _blocks(ours, here), _blocks(theirs, there)
    now.update({number: span for span, number in others if number is not None})
    rest = [span for span, number in mine if number is None]
    other_rest = [span for span, number in others if number is None]
    found: list[Change] = []
    if len(rest) == len(other_rest) == 1 and ours.worded and theirs.worded:
        found = [Change("substituted", rest[0], other_rest[0])]
    else:
        found = [Change("dropped" if ours.worded else "punctuation", span, None) for span in rest]
        kind: ChangeKind = "added" if theirs.worded else "punctuation"
        found += [Change(kind, None, span) for span in other_rest]
    found += [Change("moved", span, Span(n, n)) for span, n in mine if n is not None]
    return sorted(found, key=lambda c: (c.before or Span(ours.end, ours.end)).start)


def _blocks(part: _Part, covered: Span | None) -> list[tuple[Span, int | None]]:
    """The covered stretch parted where moved words begin and end, and which move that is."""
    if covered is None:
        return []
    blocks = groupby(range(part.first, part.last), part.moves.get)
    cuts = [(part.wording.words[next(places)].span.start, number) for number, places in blocks]
    starts = [covered.start, *(start for start, _ in cuts[1:]), covered.end]
    numbers = [number for _, number in cuts] or [None]
    return [(Span(*ends), number) for ends, number in zip(pairwise(starts), numbers, strict=True)]


def _joined(first: str, second: str, found: Iterable[Change]) -> list[Change]:
    """The changes, words whose capitals differ side by side as one."""
    kept: list[Change] = []
    for change in found:
        last = kept[-1] if kept else None
        if last and last.before and last.after and change.before and change.after:
            between = first[last.before.end : change.before.start]
            same = between == second[last.after.end : change.after.start]
            if last.kind == change.kind == "case" and same and not between.strip():
                here = Span(last.before.start, change.before.end)
                change = Change("case", here, Span(last.after.start, change.after.end))
                kept.pop()
        kept.append(change)
    return kept


# Whether a change alters what is said

_CLAUSE_SIGNS = frozenset(",;:()[]–—…\n")
_SILENT = frozenset({"case", "punctuation", "spelling"})


class _Side(NamedTuple):
    """One of two wordings: which sentences both have, and where what both have starts and ends."""

    wording: WordedText
    shared: frozenset[int]
    start: int
    end: int

    @classmethod
    def of(cls, wording: WordedText, paired: Sequence[range]) -> _Side:
        """By the places of the words that are paired, in order."""
        shared = frozenset(wording.words[at].sentence for run in paired for at in run)
        start, end = (paired[0].start, paired[-1].stop) if paired else (0, 0)
        return cls(wording, shared, start, end)

    def within(self, span: Span | None) -> list[int]:
        """Places of the words in a span, of shared sentences."""
        return [
            at
            for at, word in enumerate(self.wording.words)
            if span and span.start <= word.span.start < span.end and word.sentence in self.shared
        ]

    def outside(self, places: Sequence[int]) -> bool:
        """Whether any of these words stands before or behind all that both wordings have."""
        return bool(places) and (places[0] < self.start or places[-1] >= self.end)

    def clause(self, places: Sequence[int]) -> list[int]:
        """Of the words before or behind a fragment those near it, in its own clause."""
        before = bool(places) and places[-1] < self.start
        clause: list[int] = []
        for at in places[::-1] if before else places:
            gap = self.wording.gap(at if before else at - 1)
            if len(clause) == NEAR_CUT or not _CLAUSE_SIGNS.isdisjoint(gap):
                break
            clause.append(at)
        return sorted(clause)

    def words_at(self, places: Iterable[int]) -> list[Word]:
        """The words at these places."""
        return [self.wording.words[at] for at in places]

    def names(self, places: Iterable[int], lower: frozenset[str]) -> list[Word]:
        """Those that are names and nowhere printed in small letters."""
        named = self.words_at(at for at in places if at in self.wording.names)
        return [word for word in named if word.raw not in lower]

    def printed(self, words: Iterable[Word]) -> list[str]:
        """The words as printed, those with but a blank between them as one name."""
        names: list[Span] = []
        for word in words:
            if names and self.wording.text[names[-1].end : word.span.start] == " ":
                names[-1] = Span(names[-1].start, word.span.end)
            else:
                names.append(word.span)
        return [name.of(self.wording.text) for name in names]


def _meaning(change: Change, first: _Side, second: _Side) -> str | None:
    """What the change does to the meaning.

    Of moved words only a negation is told: it denies something else now.
    """
    if change.kind in _SILENT:
        return None
    here, there = first.within(change.before), second.within(change.after)
    if not (here and there) and (first.outside(here) or second.outside(there)):
        return _negation(first.words_at(first.clause(here)), second.words_at(second.clause(there)))
    ours, theirs = first.words_at(here), second.words_at(there)
    if change.kind == "moved":
        denied = [word.raw for word in ours if word.negation]
        return f"negation moved: {', '.join(denied)}" if denied else None
    lower = first.wording.plain | second.wording.plain
    lost, gained = _unmatched(first.names(here, lower), second.names(there, lower))
    name = _told("name", first.printed(lost), second.printed(gained))
    told = (_negation(ours, theirs), _number(ours, theirs), name)
    return "; ".join(part for part in told if part) or None


def _negation(ours: Sequence[Word], theirs: Sequence[Word]) -> str | None:
    lost, gained = ([word.raw for word in side if word.negation] for side in (ours, theirs))
    if len(lost) != len(gained):
        more = len(lost) > len(gained)
        return f"negation {'dropped' if more else 'added'}: {_listed(lost if more else gained)}"
    if len(ours) == len(theirs) == 1 and load_wordings().opposite(ours[0].raw, theirs[0].raw):
        done = "added" if len(theirs[0].raw) > len(ours[0].raw) else "dropped"
        return f"negation {done}: {ours[0].raw} → {theirs[0].raw}"
    return None


def _number(ours: Sequence[Word], theirs: Sequence[Word]) -> str | None:
    lost, gained = _unmatched([w for w in ours if w.number], [w for w in theirs if w.number])
    weak = load_wordings().weak
    if all(word.key in weak for word in (*lost, *gained)) and not (lost and gained):
        return None
    return _told("number", [w.raw for w in lost], [w.raw for w in gained])


def _unmatched(ours: Iterable[Word], theirs: Iterable[Word]) -> tuple[list[Word], list[Word]]:
    """What of either side has no equal on the other, in whatever spelling."""
    lost, left = [], list(theirs)
    for word in ours:
        twin = next((other for other in left if word.key == other.key or alike(word, other)), None)
        if twin is None:
            lost.append(word)
        else:
            left.remove(twin)
    return lost, left


def _told(what: str, lost: Sequence[str], gained: Sequence[str]) -> str | None:
    if Counter(lost) == Counter(gained):
        return None
    if lost and gained:
        return f"{what} changed: {_listed(lost)} → {_listed(gained)}"
    return f"{what} {'dropped' if lost else 'added'}: {_listed(lost or gained)}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))
