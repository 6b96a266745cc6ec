"""An alignment -> typed changes that turn one wording into the other, and what they alter.

What no change covers is printed alike in both wordings, white space included; so the second
wording is the first with every change put in place.  Gaps next to a change go with it, as far
as the two wordings differ there.

A change alters what is said if a negation, a number or a name comes or goes.  Whole sentences
that one wording leaves out take their words along without a flag: what is left says the same.
A wording that begins later or ends earlier is a fragment and not another statement; of what it
lacks there only a negation is told that stands near by, in the clause that it is cut from.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from quotes.records import Change, ChangeKind, Span
from quotes.text.lists import load_wordings
from quotes.text.normalised import HYPHENS
from quotes.utterances.align import Move, Pair, alike, moves
from quotes.utterances.words import Word, WordedText, ellipses

EDGE_WORDS = 4
"""Words that one wording must have more at its start or end to have begun earlier or ended
later; below, the ends are told as a substitution."""

MIRRORED: dict[ChangeKind, ChangeKind] = {"dropped": "added", "added": "dropped"}
"""What a change is called seen from the other wording, where that differs."""


class Part(NamedTuple):
    """A stretch of a wording between two pairs: its text and its words."""

    wording: WordedText
    start: int
    end: int
    first: int
    last: int

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

    def gap(self, start: int, end: int) -> Part:
        """A stretch of it that holds no words."""
        return Part(self.wording, start, end, self.first, self.first)

    def from_(self, start: int) -> Part:
        """The part without the gap it begins with."""
        return self._replace(start=start)

    def to(self, end: int) -> Part:
        """The part without the gap it ends with."""
        return self._replace(end=end)

    def split(self, at: int) -> tuple[Part, Part]:
        """The part before a word and the part from it on; the gap goes to the outer one."""
        words = self.wording.words
        start = words[at - 1].span.end if self.first else words[at].span.start
        return self._replace(end=start, last=at), self._replace(start=start, first=at)

    @property
    def ends(self) -> bool:
        """Whether it reaches to the end of the wording."""
        return self.last == len(self.wording.words)

    @property
    def bracketed(self) -> bool:
        """Whether all of its words stand in brackets."""
        return all(w.bracketed for w in self.wording.words[self.first : self.last])


def changes(first: WordedText, second: WordedText, pairs: Sequence[Pair]) -> Iterator[Change]:
    """The changes from the first wording to the second, in reading order, without meanings."""
    moved = _Moved(moves(first.words, second.words, pairs))
    fence = (Pair(0, 0, 0, 0), *pairs, _end(first, second))
    found: list[Change] = []
    for before, after in pairwise(fence):
        if before.a1 > before.a0:
            found += _paired(first, second, before)
        ours = _part(first, before.a1, after.a0)
        theirs = _part(second, before.b1, after.b0)
        found += _between(ours, theirs, moved)
    return _joined(first, second, moved.put_together(found))


def _end(first: WordedText, second: WordedText) -> Pair:
    return Pair(len(first.words), len(first.words), len(second.words), len(second.words))


def _part(wording: WordedText, first: int, last: int) -> Part:
    words = wording.words
    start = words[first - 1].span.end if first else 0
    end = words[last].span.start if last < len(words) else len(wording.text)
    return Part(wording, start, end, first, last)


# Paired words


def _paired(first: WordedText, second: WordedText, pair: Pair) -> Iterator[Change]:
    ours = Span(first.words[pair.a0].span.start, first.words[pair.a1 - 1].span.end)
    theirs = Span(second.words[pair.b0].span.start, second.words[pair.b1 - 1].span.end)
    kind = written(ours.of(first.text), theirs.of(second.text))
    if kind:
        yield Change(kind, ours, theirs)


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
    if ours.casefold() != theirs.casefold() or _joints(one) != _joints(other):
        return "spelling"
    return "punctuation" if ours == theirs else "case"


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return "".join(char for char in folded if char.isalnum() or char in "%&$€£¥")


def _joints(text: str) -> int:
    """Where a word is put together: health-care and health care once, healthcare nowhere."""
    return sum(char in HYPHENS or char.isspace() for char in text)


# What lies between pairs


class _Moved:
    """Which words moved, and the spans that they are found to cover."""

    def __init__(self, found: Sequence[Move]) -> None:
        self.ours = {m.a + n: number for number, m in enumerate(found) for n in range(m.length)}
        self.theirs = {m.b + n: number for number, m in enumerate(found) for n in range(m.length)}
        self._here: dict[int, Span] = {}
        self._there: dict[int, Span] = {}

    def touches(self, ours: Part, theirs: Part) -> bool:
        """Whether any word of either part moved."""
        return any(at in self.ours for at in range(ours.first, ours.last)) or any(
            at in self.theirs for at in range(theirs.first, theirs.last)
        )

    def note(self, number: int, span: Span, *, here: bool) -> Change | None:
        """Keep what a move covers on one side; a place holder stands where it was first."""
        (self._here if here else self._there)[number] = span
        return Change("moved", span, Span(number, number)) if here else None

    def put_together(self, found: Sequence[Change]) -> list[Change]:
        """With place holders filled: both sides of every move are known now."""
        return [
            Change("moved", c.before, self._there[c.after.start])
            if c.kind == "moved" and c.after
            else c
            for c in found
        ]


def _between(ours: Part, theirs: Part, moved: _Moved) -> list[Change]:
    if moved.touches(ours, theirs):
        return _with_moves(ours, theirs, moved)
    if ours.worded and theirs.worded:
        return _at_edges(ours, theirs) or _substituted(ours, theirs)
    if ours.worded:
        return _dropped(ours, theirs)
    if theirs.worded:
        return [mirrored(change) for change in _dropped(theirs, ours)]
    return _signs(ours, theirs)


def mirrored(change: Change) -> Change:
    """The change seen from the other wording, without its meaning."""
    return Change(MIRRORED.get(change.kind, change.kind), change.after, change.before)


def _at_edges(ours: Part, theirs: Part) -> list[Change]:
    """Where one wording begins earlier or ends later: what it has more, and a substitution.

    None where the parts stand amid the wordings or have about as many words.
    """
    words, others = ours.last - ours.first, theirs.last - theirs.first
    if abs(words - others) < EDGE_WORDS:
        return []
    if words < others:
        return [mirrored(change) for change in _at_edges(theirs, ours)]
    if ours.first == theirs.first == 0:
        more, rest = ours.split(ours.last - others)
        gap = theirs.gap(theirs.start, theirs.lead)
        return _dropped(more, gap) + _substituted(rest, theirs.from_(theirs.lead))
    if ours.ends and theirs.ends:
        rest, more = ours.split(ours.first + others)
        gap = theirs.gap(theirs.tail, theirs.end)
        return _substituted(rest, theirs.to(theirs.tail)) + _dropped(more, gap)
    return []


def _substituted(ours: Part, theirs: Part) -> list[Change]:
    kind: ChangeKind = "bracketed" if ours.bracketed != theirs.bracketed else "substituted"
    leads = _signs(ours.gap(ours.start, ours.lead), theirs.gap(theirs.start, theirs.lead))
    tails = _signs(ours.gap(ours.tail, ours.end), theirs.gap(theirs.tail, theirs.end))
    words = Change(kind, Span(ours.lead, ours.tail), Span(theirs.lead, theirs.tail))
    return [*leads, words, *tails]


def _dropped(ours: Part, gap: Part) -> list[Change]:
    """Words of ours that the other side lacks: it has a gap there."""
    lead = ours.gap(ours.start, ours.lead)
    tail = ours.gap(ours.tail, ours.end)
    if ellipses(gap.text) > ellipses(lead.text) + ellipses(tail.text):
        return _whole("ellipsis", ours, gap)
    kind: ChangeKind = "bracketed" if ours.bracketed else "dropped"
    here, there = _differing(ours, gap)
    if there is None or not there.of(gap.wording.text).strip():
        return [Change(kind, here, there)]
    return [*_signs(lead, gap), Change(kind, Span(ours.lead, ours.end), None)]


def _whole(kind: ChangeKind, ours: Part, theirs: Part) -> list[Change]:
    here, there = _differing(ours, theirs)
    return [Change(kind, here, there)]


def _signs(ours: Part, theirs: Part) -> list[Change]:
    """Two gaps, compared."""
    if ours.text == theirs.text:
        return []
    kind: ChangeKind = "punctuation"
    if ellipses(ours.text) != ellipses(theirs.text):
        kind = "ellipsis"
    return _whole(kind, ours, theirs)


def _differing(ours: Part, theirs: Part) -> tuple[Span | None, Span | None]:
    """Both parts without what they begin and end with in common, words left whole."""
    most = min(ours.lead - ours.start, theirs.lead - theirs.start)
    lead = _shared(ours.text[:most], theirs.text[:most])
    rest = min(len(ours.text), len(theirs.text)) - lead
    most = max(0, min(ours.end - ours.tail, theirs.end - theirs.tail, rest))
    tail = _shared(ours.text[::-1][:most], theirs.text[::-1][:most])
    return (
        _span(ours.start + lead, ours.end - tail),
        _span(theirs.start + lead, theirs.end - tail),
    )


def _shared(one: str, other: str) -> int:
    """How many letters two texts begin with in common."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _span(start: int, end: int) -> Span | None:
    return Span(start, end) if start < end else None


def _with_moves(ours: Part, theirs: Part, moved: _Moved) -> list[Change]:
    """Parts with moved words: block by block, each with the gap behind it."""
    here, there = _differing(ours, theirs)
    mine = list(_blocks(ours, here, moved.ours))
    others = list(_blocks(theirs, there, moved.theirs))
    rest, other_rest = (
        [span for span, number in blocks if number is None] for blocks in (mine, others)
    )
    for span, number in others:
        if number is not None:
            moved.note(number, span, here=False)
    found: list[Change] = []
    if len(rest) == len(other_rest) == 1 and ours.worded and theirs.worded:
        found = [Change("substituted", rest[0], other_rest[0])]
    else:
        found = [Change(_lone(ours), span, None) for span in rest]
        found += [mirrored(Change(_lone(theirs), span, None)) for span in other_rest]
    for span, number in mine:
        if number is not None:
            change = moved.note(number, span, here=True)
            found += [change] if change else []
    return sorted(found, key=lambda c: (c.before or Span(ours.end, ours.end)).start)


def _lone(part: Part) -> ChangeKind:
    if part.worded:
        return "dropped"
    return "ellipsis" if ellipses(part.text) else "punctuation"


def _blocks(
    part: Part, covered: Span | None, moved: dict[int, int]
) -> Iterator[tuple[Span, int | None]]:
    """The covered stretch parted where moved words begin and end, and which move that is."""
    if covered is None:
        return
    cuts: list[tuple[int, int | None]] = []
    for at in range(part.first, part.last):
        number = moved.get(at)
        if not cuts or cuts[-1][1] != number:
            cuts.append((part.wording.words[at].span.start, number))
    if not cuts:
        yield covered, None
        return
    starts = [covered.start, *(start for start, _ in cuts[1:]), covered.end]
    for (_, number), (start, end) in zip(cuts, pairwise(starts), strict=True):
        yield Span(start, end), number


# Neighbours of one kind


_JOINING: frozenset[ChangeKind] = frozenset({"case"})


def _joined(first: WordedText, second: WordedText, found: Sequence[Change]) -> Iterator[Change]:
    """Neighbours told as one: words in capitals side by side."""
    last: Change | None = None
    for change in found:
        together = last and _together(first.text, second.text, last, change)
        if last and not together:
            yield last
        last = together or change
    if last:
        yield last


def _together(first: str, second: str, one: Change, two: Change) -> Change | None:
    if one.kind != two.kind or one.kind not in _JOINING:
        return None
    if not (one.before and one.after and two.before and two.after):
        return None
    between = first[one.before.end : two.before.start]
    if between.strip() or between != second[one.after.end : two.after.start]:
        return None
    return Change(
        one.kind, Span(one.before.start, two.before.end), Span(one.after.start, two.after.end)
    )


# Whether a change alters what is said

_CLAUSE_SIGNS = frozenset(",;:()[]–—…\n")
NEAR_CUT = 4
"""Words beside a fragment among which a negation denies it.  Of the fragments that PolNeAR's
outlets cut from denied clauses, those farther off were not what was denied."""

_SILENT = frozenset({"case", "punctuation", "spelling"})


class Meanings:
    """The judge of the changes between two wordings."""

    def __init__(self, first: WordedText, second: WordedText, pairs: Sequence[Pair]) -> None:
        """`pairs` tell which sentences the wordings share."""
        self._first, self._second = first, second
        self._ours = {first.words[at].sentence for p in pairs for at in range(p.a0, p.a1)}
        self._ends = _ends(pairs)
        self._theirs = {second.words[at].sentence for p in pairs for at in range(p.b0, p.b1)}

    def of(self, change: Change) -> str | None:
        """What the change does to the meaning.

        Of moved words only a negation is told: it denies something else now.
        """
        if change.kind in _SILENT:
            return None
        ours = self._within(self._first, change.before, self._ours)
        theirs = self._within(self._second, change.after, self._theirs)
        if not (ours and theirs) and self._at_edge(ours, theirs):
            ours, theirs = self._clause(ours, self._first), self._clause(theirs, self._second)
            return self._negation(ours, theirs)
        if change.kind == "moved":
            denied = [self._first.words[at].raw for at in ours if self._first.words[at].negation]
            return f"negation moved: {', '.join(denied)}" if denied else None
        told = (self._negation(ours, theirs), self._number(ours, theirs), self._name(ours, theirs))
        return "; ".join(part for part in told if part) or None

    def _within(self, wording: WordedText, span: Span | None, shared: set[int]) -> list[int]:
        if span is None:
            return []
        return [
            at
            for at, word in enumerate(wording.words)
            if span.start <= word.span.start < span.end and word.sentence in shared
        ]

    def _at_edge(self, ours: Sequence[int], theirs: Sequence[int]) -> bool:
        mine = bool(ours) and (ours[0] < self._ends[0] or ours[-1] >= self._ends[1])
        others = bool(theirs) and (theirs[0] < self._ends[2] or theirs[-1] >= self._ends[3])
        return mine or others

    def _clause(self, places: Sequence[int], wording: WordedText) -> list[int]:
        """Of the words before or behind a fragment those near it, in its own clause."""
        if not places:
            return []
        kept = self._ends[:2] if wording is self._first else self._ends[2:]
        inward = places[::-1] if places[-1] < kept[0] else places
        clause: list[int] = []
        for at in inward:
            near, far = (at, at + 1) if inward is not places else (at - 1, at)
            words = wording.words
            gap = wording.text[words[near].span.end : words[far].span.start]
            if len(clause) == NEAR_CUT or any(sign in _CLAUSE_SIGNS for sign in gap):
                break
            clause.append(at)
        return sorted(clause)

    def _negation(self, ours: Sequence[int], theirs: Sequence[int]) -> str | None:
        mine = [self._first.words[at] for at in ours]
        others = [self._second.words[at] for at in theirs]
        lost = [word for word in mine if word.negation]
        gained = [word for word in others if word.negation]
        if len(lost) != len(gained):
            more = lost if len(lost) > len(gained) else gained
            done = "dropped" if more is lost else "added"
            return f"negation {done}: {_listed(word.raw for word in more)}"
        if len(mine) == len(others) == 1 and load_wordings().opposite(mine[0].raw, others[0].raw):
            done = "added" if len(others[0].raw) > len(mine[0].raw) else "dropped"
            return f"negation {done}: {mine[0].raw} → {others[0].raw}"
        return None

    def _number(self, ours: Sequence[int], theirs: Sequence[int]) -> str | None:
        lost = [w for at in ours if (w := self._first.words[at]).number]
        gained = [w for at in theirs if (w := self._second.words[at]).number]
        lost, gained = _unmatched(lost, gained, lambda one, two: one.key == two.key)
        weak = load_wordings().weak
        if all(word.key in weak for word in (*lost, *gained)) and not (lost and gained):
            return None
        return _told("number", [w.raw for w in lost], [w.raw for w in gained])

    def _name(self, ours: Sequence[int], theirs: Sequence[int]) -> str | None:
        lower = self._first.plain | self._second.plain
        lost = _names(self._first, ours, lower)
        gained = _names(self._second, theirs, lower)
        lost, gained = _unmatched(
            lost, gained, lambda one, two: one.key == two.key or alike(one, two)
        )
        return _told("name", _printed(self._first, lost), _printed(self._second, gained))


def _ends(pairs: Sequence[Pair]) -> tuple[int, int, int, int]:
    """Where the first and the last pair stand, in the first and the second wording."""
    if not pairs:
        return 0, 0, 0, 0
    return pairs[0].a0, pairs[-1].a1, pairs[0].b0, pairs[-1].b1


def _names(wording: WordedText, places: Sequence[int], lower: frozenset[str]) -> list[Word]:
    named = [wording.words[at] for at in places if at in wording.names]
    return [word for word in named if word.raw not in lower]


def _printed(wording: WordedText, words: Sequence[Word]) -> list[str]:
    """The words as printed, those with but a blank between them as one name."""
    names: list[Span] = []
    for word in words:
        last = names[-1] if names else None
        if last and wording.text[last.end : word.span.start] == " ":
            names[-1] = Span(last.start, word.span.end)
        else:
            names.append(word.span)
    return [name.of(wording.text) for name in names]


def _unmatched(
    ours: Sequence[Word], theirs: Sequence[Word], same: Callable[[Word, Word], bool]
) -> tuple[list[Word], list[Word]]:
    """What of either side has no equal on the other."""
    left = list(theirs)
    lost = []
    for word in ours:
        twin = next((other for other in left if same(word, other)), None)
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
