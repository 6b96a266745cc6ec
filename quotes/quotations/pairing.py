"""Pairing the marks: which opening mark belongs to which closing one.

One regular expression visits the marks and the paragraph breaks of a text, and a small stack
holds what is open.

- Curly marks say their direction; straight ones take it from their surroundings, and where
  those say nothing, an open quotation is closed and else one is opened.
- A pair may mix glyphs of one family (“ with "); nesting changes the family, as a rule.
- A quotation still open at the end of its paragraph goes on only if the next paragraph opens
  with the mark again (one piece per paragraph); else it ends there and everything starts anew,
  so that a lost mark costs its own paragraph and no more.
- A closing mark without an opening one is ignored, and so are apostrophes, elisions (’90s),
  feet and inches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from quotes.records import Span

_Family = Literal["double", "single", "guillemet", "angle", "corner", "white-corner"]
_Role = Literal["open", "close", "either"]

_ROLES: Final[tuple[_Role, ...]] = ("open", "close", "either")
_KINDS: Final[dict[_Family, tuple[str, ...]]] = {  # by role, as in `_ROLES`
    "double": ("“ ‟ „ `` ‘‘", "” ’’", "\" ''"),
    "single": ("‘ ‛ ‚ `", "’", "'"),
    "guillemet": ("«", "»"),
    "angle": ("‹", "›"),
    "corner": ("「", "」"),
    "white-corner": ("『", "』"),
}
_MARKS: Final = {
    mark: (family, role)
    for family, kinds in _KINDS.items()
    for role, marks in zip(_ROLES, kinds, strict=False)
    for mark in marks.split()
}
_OPENERS = "([{<—–-/>|“„‟\"`«‹‘‛‚'「『"
_LEADS = "([{<$£€¥#@&*.…—–-+¿¡“„\"`«‹‘'"
_EVENT = re.compile(r"[\n\r\v\f\x85\u2028\u2029]\s*|``|''|‘‘|’’|[“”‟„\"‘‛‚`’'«»‹›「」『』]")
_ELISION = re.compile(
    r"(?:\d\ds?|(?i:em|til|tis|twas|twere|n)|till|cause|cuz|bout|round|neath|nother|fraid|ere)\b"
)
_FEET = re.compile(r"\d['’′]\s?\d{1,2}$")
_TRUSTED = ("“", "„", '"', "``", "''", "«", "「")  # even where they never close
_COLUMNS = 100  # the longest line taken for a wrapped one
_DEEPEST = 6  # openings nested deeper are ignored: it keeps a text of marks alone linear


@dataclass(slots=True)
class _Open:
    """A quotation that has been opened: `start` and `inside` of the piece in hand."""

    mark: str
    start: int
    inside: int
    outer: list[Span] = field(default_factory=list)
    pieces: list[Span] = field(default_factory=list)
    rival: int | None = None  # where a mark of its own family opened inside it
    maybe: Span | None = None  # a closing mark that may be a possessive (the dogs’ owners)

    @property
    def family(self) -> _Family:
        return _MARKS[self.mark][0]

    def end_piece(self, end: int, outer_end: int) -> None:
        if self.inside < end:
            self.pieces.append(Span(self.inside, end))
            self.outer.append(Span(self.start, outer_end))


@dataclass(frozen=True, slots=True)
class Pair:
    """One stretch of text in quotation marks.

    Attributes:
        pieces: inside the marks, in order, never empty; one per paragraph.
        outer: the same pieces with their marks; a piece without a closing mark ends where its
            words end.
        mark: the opening mark.
        closed: False where it ended only because its paragraph did.
    """

    pieces: tuple[Span, ...]
    outer: tuple[Span, ...]
    mark: str
    closed: bool

    @property
    def start(self) -> int:
        """Where its first opening mark stands."""
        return self.outer[0].start

    @property
    def end(self) -> int:
        """After its last closing mark, or after its last word if there is none."""
        return self.outer[-1].end


def pair_marks(text: str) -> list[Pair]:
    """Every pair of marks in `text`, nested ones too, by where they start; outer before inner.

    A pair cut short by a rival mark may overlap the end of one begun before it.

    >>> [pair.pieces[0].of("“a ‘b’” 'c'") for pair in pair_marks("“a ‘b’” 'c'")]
    ['a ‘b’', 'b', 'c']
    """
    return sorted(_Machine(text).run(), key=lambda pair: (pair.start, -pair.end))


class _Machine:
    """One pass over the marks of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.stack: list[_Open] = []
        self.pairs: list[Pair] = []
        self.waiting: _Open | None = None  # left open by the paragraph before
        self.paragraph = len(text) - len(text.lstrip())

    def run(self) -> list[Pair]:
        for event in _EVENT.finditer(self.text):
            mark, start, end = event[0], event.start(), event.end()
            if mark not in _MARKS:
                self._break(start, end)
            elif self.waiting is None or not self._resume(self.waiting, mark, start, end):
                self._meet(mark, start, end)
        self._break(len(self.text), len(self.text))
        self._give_up()
        return self.pairs

    def _break(self, start: int, end: int) -> None:
        """A paragraph ends at `start`, unless the break only wraps a line.

        All that is open ends; the outermost waits if the next paragraph may go on with it.
        """
        if self.stack and start < end and _wrapped(self.text, start, end):
            return
        self._give_up()
        self.paragraph = end
        self._settle()
        self._abandon(1, start, floor=0)
        self._settle()
        if not self.stack:
            return
        last = self.stack[-1]
        stop = _end_before(self.text, last.inside, start)
        if last.rival is not None or not _ends_sentence(self.text, last.inside, stop):
            self._abandon(0, start)
            return
        last.end_piece(stop, stop)
        self.waiting = self.stack.pop()

    def _resume(self, waiting: _Open, mark: str, start: int, end: int) -> bool:
        """Whether `mark` repeats that of the quotation left open, where its paragraph starts."""
        family, role = _MARKS[mark]
        alike = family == waiting.family and _alike(waiting.mark, mark) and role != "close"
        if start != self.paragraph or not (alike or mark == waiting.mark):
            self._give_up()
            return False
        waiting.start, waiting.inside = start, end
        self.stack.append(waiting)
        self.waiting = None
        return True

    def _give_up(self) -> None:
        """Nothing carried on the quotation left open."""
        if self.waiting is not None:
            self._keep(self.waiting, closed=False)
            self.waiting = None

    def _meet(self, mark: str, start: int, end: int) -> None:
        """Open, close or pass over, for one mark."""
        before = self.text[start - 1] if start else ""
        after = self.text[end] if end < len(self.text) else ""
        if _MARKS[mark][0] == "single":
            self._meet_single(mark, start, before, after)
            return
        self._settle()
        at = self._innermost(_MARKS[mark][0])
        move = self._direction(mark, start, before, after, at is not None)
        if move == "open":
            self._open(mark, start, end)
        elif move == "close" and at is not None:
            self._close(at, start, end)

    def _direction(
        self, mark: str, start: int, before: str, after: str, is_open: bool
    ) -> _Role | None:
        """Which way a double mark or guillemet faces; None if it is no mark."""
        role = _MARKS[mark][1]
        if role == "either" and before == "=" and after:
            return None  # an attribute of markup left in the text
        opening = _faces_open(before, after)
        if role == "open":
            return "close" if is_open and not opening else "open"
        if role == "close":
            if is_open:
                return "close"
            return "open" if opening and after.isalnum() else None
        if before.isdigit() and (not is_open or _FEET.search(self.text[max(0, start - 6) : start])):
            return None  # inches: 6'2", or a 12" pipe where nothing is open
        if is_open:
            return "open" if opening else "close"
        alone = not before.strip() and not after.strip()
        return "open" if opening or after.isalnum() or alone else None

    def _meet_single(self, mark: str, start: int, before: str, after: str) -> None:
        opening = _faces_open(before, after)
        if before.isalnum() and after.isalnum():
            return
        if opening and _ELISION.match(self.text, start + 1):
            return
        if opening and _MARKS[mark][1] != "close":
            self._settle()
            self._open(mark, start, start + 1)
            return
        if not (self.stack and self.stack[-1].family == "single" and before.strip()):
            return
        if before == "n" and self.text[start - 2 : start - 1] in ("’", "'", "‘"):
            return
        top = self.stack[-1]
        if before in "sS" and after == " " and self.text[start + 2 : start + 3].islower():
            top.maybe = top.maybe or Span(start, start + 1)
            return
        self._close(len(self.stack) - 1, start, start + 1)

    def _settle(self) -> None:
        """Close a single quotation whose only closing mark looked like a possessive."""
        if self.stack and self.stack[-1].maybe is not None:
            at = self.stack[-1].maybe
            self._close(len(self.stack) - 1, at.start, at.end)

    def _innermost(self, family: _Family) -> int | None:
        found = (at for at, each in enumerate(self.stack) if each.family == family)
        return max(found, default=None)

    def _open(self, mark: str, start: int, end: int) -> None:
        if len(self.stack) >= _DEEPEST:
            return
        at = self._innermost(_MARKS[mark][0])
        if at is not None and self.stack[at].rival is None and _alike(self.stack[at].mark, mark):
            self.stack[at].rival = start
        self.stack.append(_Open(mark, start, end))

    def _close(self, at: int, start: int, end: int) -> None:
        """Close the quotation at `at` of the stack; what is open inside it ends here too."""
        self._abandon(at + 1, start)
        done = self.stack.pop()
        done.end_piece(start, end)
        self._keep(done, closed=True)

    def _abandon(self, keep: int, end: int, *, floor: int | None = None) -> None:
        """End what is open above the lowest `keep`, without closing marks, at `end`.

        Two straight marks left over are taken for a pair, from `floor` of the stack on.
        """
        floor = keep if floor is None else floor
        while len(self.stack) > keep:
            self._settle()
            if len(self.stack) <= keep:
                return
            top = self.stack.pop()
            under = self._innermost(top.family)
            straight = _MARKS[top.mark] == ("double", "either")
            paired = under is not None and self.stack[under].rival == top.start
            if straight and under is not None and under >= floor and paired:
                self._close(under, top.start, top.inside)
                continue
            stop = _end_before(self.text, top.inside, top.rival or end)
            top.end_piece(stop, stop)
            self._keep(top, closed=False)

    def _keep(self, done: _Open, *, closed: bool) -> None:
        """Record a quotation, unless it is empty or a stray mark that never closed.

        A mark doubled by mistake ("“No,” he said) is stray, and so is a single one in a line.
        """
        if not done.pieces:
            return
        if len(done.pieces) == 1 and not closed:
            before = self.text[max(0, done.start - 1) : done.start].strip("\r\n")
            trusted = done.mark in _TRUSTED or (done.mark == "‘" and not before)
            if not trusted or self.text[done.pieces[0].start] in '“„"«':
                return
        self.pairs.append(Pair(tuple(done.pieces), tuple(done.outer), done.mark, closed))


def _faces_open(before: str, after: str) -> bool:
    """Whether a mark between these two characters can only be an opening one."""
    return (not before.strip() or before in _OPENERS) and (
        after.isalnum() or (after != "" and after in _LEADS)
    )


def _alike(outer: str, inner: str) -> bool:
    """Whether both are straight or neither: curly marks inside straight ones nest properly."""
    return (_MARKS[outer][1] == "either") == (_MARKS[inner][1] == "either")


def _end_before(text: str, start: int, end: int) -> int:
    """`end`, moved back over white space, not past `start`."""
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _ends_sentence(text: str, start: int, end: int) -> bool:
    return text[max(start, end - 3) : end].rstrip(")]'’\"”").endswith(tuple(".!?…:—–-"))


def _wrapped(text: str, start: int, end: int) -> bool:
    """Whether a line break only wraps a line, as in plain text of at most 100 columns.

    It does if there is no blank line and the next line goes on in lower case, or its first
    word would not have fitted.
    """
    if text[start:end].replace("\r\n", "\n").rstrip(" \t") != "\n":
        return False
    if text[end : end + 1].islower() and not _ends_sentence(text, max(0, start - 3), start):
        return True
    line = start - 1 - text.rfind("\n", max(0, start - _COLUMNS - 1), start)
    following = text[end : end + _COLUMNS + 1].partition("\n")[0]
    first = following.partition(" ")[0]
    widest = max(len(following), 60)
    return 40 <= line <= _COLUMNS >= len(following) and line + 1 + len(first) > widest
