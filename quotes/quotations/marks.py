"""Quotation marks in a text: which belong together, what stands inside, what the form suggests.

A text comes in.  Out go `Quoted` records, each with the `Look` of its form (speech, a fragment,
a scare quote, a title, a nickname), and `Marks`, which answers questions about spans of the text:
how much of one is quoted, and by which marks.  White space, capitals and punctuation are all the
evidence: no cue verb, no name.

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
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from quotes.records import Span

Look = Literal["speech", "fragment", "scare", "title", "nickname"]
"""What the form suggests.

speech: a direct quotation, almost surely.  fragment: quoted words inside the writer's own
sentence, spoken or not.  scare: a word or two held at arm's length, or a word as a word.
title: a work, or a heading.  nickname: inside a name.
"""


@dataclass(frozen=True, slots=True)
class Quoted:
    """One stretch of text in quotation marks, with what it looks like.

    Attributes:
        pieces: inside the marks, in order, never empty; one per paragraph.
        outer: the same pieces with their marks; a piece without a closing mark ends where its
            words end.
        mark: the opening mark.
        closed: False where it ended only because its paragraph did.
        depth: 0 for an outermost quotation, 1 and more for those inside others.
        looks_like: see `Look`; "speech" is meant to be right, not to be complete.
    """

    pieces: tuple[Span, ...]
    outer: tuple[Span, ...]
    mark: str
    closed: bool
    depth: int
    looks_like: Look

    @property
    def start(self) -> int:
        """Where its first opening mark stands."""
        return self.outer[0].start

    @property
    def end(self) -> int:
        """After its last closing mark, or after its last word if there is none."""
        return self.outer[-1].end


def find_quoted(text: str) -> tuple[Quoted, ...]:
    """Every stretch of `text` in quotation marks, nested ones too, by where they start.

    Takes time linear in the text.  Marks around nothing (no word inside) are left out, and so
    is a quotation that reaches past the end of the one it began in: where it ends is unknown.

    >>> [(q.pieces[0].of("He said, “We did it.”"), q.looks_like)
    ...  for q in find_quoted("He said, “We did it.”")]
    [('We did it.', 'speech')]
    >>> find_quoted("the workers’ pay in the ’90s, rock ’n’ roll and a 6'2\\" man")
    ()
    """
    found: list[Quoted] = []
    around: list[int] = []  # where those end that hold the pair in hand
    previous: Quoted | None = None
    # Outer before inner; one cut short by a rival mark may overlap the end of one before it.
    ends = [(pair.outer[0].start, -pair.outer[-1].end, pair) for pair in _Pairing(text).run()]
    for start, end, pair in sorted(ends, key=lambda each: each[:2]):
        while around and around[-1] <= start:
            around.pop()
        if around and -end > around[-1]:
            continue
        around.append(-end)
        words = sum(_word_count(text, piece) for piece in pair.pieces)
        if not words:
            continue
        look = _Form(text, pair, words, previous).look()
        pieces, outer, depth = tuple(pair.pieces), tuple(pair.outer), len(around) - 1
        found.append(Quoted(pieces, outer, pair.mark, pair.closed, depth, look))
        if depth == 0:
            previous = found[-1]
    return tuple(found)


# Which marks belong together


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
    """A quotation that has been opened: `start` and `inside` are those of the piece in hand."""

    mark: str
    start: int
    inside: int
    outer: list[Span] = field(default_factory=list)
    pieces: list[Span] = field(default_factory=list)
    rival: int | None = None  # where a mark of its own family opened inside it
    maybe: Span | None = None  # a closing mark that may be a possessive (the dogs’ owners)
    closed: bool = False

    @property
    def family(self) -> _Family:
        return _MARKS[self.mark][0]

    def end_piece(self, end: int, outer_end: int) -> None:
        if self.inside < end:
            self.pieces.append(Span(self.inside, end))
            self.outer.append(Span(self.start, outer_end))


class _Pairing:
    """One pass over the marks of a text, a small stack holding what is open."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.stack: list[_Open] = []
        self.pairs: list[_Open] = []
        self.waiting: _Open | None = None  # left open by the paragraph before
        self.paragraph = len(text) - len(text.lstrip())

    def run(self) -> list[_Open]:
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
        """End what is open, unless a line is only wrapped; the outermost waits for the next."""
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
        ends = _ends_sentence(self.text, last.inside, stop) or self.text[stop - 1 : stop] in (
            ",",
            ";",
        )
        if last.rival is not None or not ends:
            self._abandon(0, start)
            return
        last.end_piece(stop, stop)
        self.waiting = self.stack.pop()

    def _resume(self, waiting: _Open, mark: str, start: int, end: int) -> bool:
        """Whether `mark` repeats that of the quotation left open, where its paragraph starts."""
        family, role = _MARKS[mark]
        if family == waiting.family and self._only_closes(mark, start, end):
            self._take_up(waiting, self.paragraph, self.paragraph)
            return False  # and the mark closes it
        alike = family == waiting.family and _alike(waiting.mark, mark) and role != "close"
        if start != self.paragraph or not (alike or mark == waiting.mark):
            self._give_up()
            return False
        self._take_up(waiting, start, end)
        return True

    def _take_up(self, waiting: _Open, start: int, inside: int) -> None:
        """Go on with the quotation left open."""
        waiting.start, waiting.inside = start, inside
        self.stack.append(waiting)
        self.waiting = None

    def _only_closes(self, mark: str, start: int, end: int) -> bool:
        """Whether the paragraph's first mark closes what the one before left open."""
        before, after = self.text[start - 1 : start], self.text[end : end + 1]
        role = _MARKS[mark][1]
        told = before in tuple(",.!?…—–") and not after.strip()
        return start > self.paragraph and told and role != "open" and _MARKS[mark][0] != "single"

    def _give_up(self) -> None:
        """Nothing carried on the quotation left open."""
        if self.waiting is not None:
            self._keep(self.waiting)
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
        done.closed = True
        self._keep(done)

    def _abandon(self, keep: int, end: int, *, floor: int | None = None) -> None:
        """End what is open above the lowest `keep`, without closing marks, at `end`."""
        floor = keep if floor is None else floor
        while len(self.stack) > keep:
            self._settle()
            if len(self.stack) <= keep:
                return
            top = self.stack.pop()
            under = self._innermost(top.family)
            straight = _MARKS[top.mark] == ("double", "either")
            paired = under is not None and self.stack[under].rival == top.start
            if straight and under is not None and under >= floor and paired:  # two left over
                self._close(under, top.start, top.inside)
                continue
            stop = _end_before(self.text, top.inside, top.rival or end)
            top.end_piece(stop, stop)
            self._keep(top)

    def _keep(self, done: _Open) -> None:
        """Record a quotation, unless it is empty or a stray mark that never closed."""
        if not done.pieces:
            return
        if len(done.pieces) == 1 and not done.closed:
            # Stray is a mark doubled by mistake ("“No,” he said), and a single one in a line.
            before = self.text[max(0, done.start - 1) : done.start].strip("\r\n")
            trusted = done.mark in _TRUSTED or (done.mark == "‘" and not before)
            if not trusted or self.text[done.pieces[0].start] in '“„"«':
                return
        self.pairs.append(done)


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
    """Whether a line break only wraps: the next word is in lower case or would not have fitted."""
    if text[start:end].replace("\r\n", "\n").rstrip(" \t") != "\n":
        return False
    if text[end : end + 1].islower() and not _ends_sentence(text, max(0, start - 3), start):
        return True
    line = start - 1 - text.rfind("\n", max(0, start - _COLUMNS - 1), start)
    following = text[end : end + _COLUMNS + 1].partition("\n")[0]
    first = following.partition(" ")[0]
    widest = max(len(following), 60)
    return 40 <= line <= _COLUMNS >= len(following) and line + 1 + len(first) > widest


# What the form suggests


_WORD = re.compile(r"\w+(?:[-'’.,&]\w+)*")


def _word_count(text: str, span: Span) -> int:
    """The words of `span`; a hyphen or an apostrophe inside a word does not part it."""
    return len(_WORD.findall(text, span.start, span.end))


_ENDS = ".,!?…—–;:"
_SMALL = re.compile(
    r"(?:an?|the|and|or|but|nor|of|in|on|at|by|for|to|with|from|as|into|over|is|vs?|de|la)"
)
_PRONOUN = r"(?:he|she|they|we|I|it|who|one)"
# Who said it, after the closing mark: "he added", "Mr. Lee told them", "said the president".
_TAG = re.compile(
    rf"\s*(?:{_PRONOUN}\s+(?:\w+ly\s+)?[a-z]+"
    r"|[A-Z][\w.’'-]+(?:\s[^.\s]+)*?\s[a-z]{3,}"
    r"|[a-z]{3,}\s+(?:(?:the|an?|his|her|their|one|another)\s|[A-Z]))"
)
_LINK = re.compile(r"\s*(?:and|or|but|nor|which|that|to|in|on|for|of|with|as|at|from|is|was|are)\b")
_LEAD_IN = re.compile(r"[\w)”\"’]\s*[,:]\s*$")
_NEW_SENTENCE = re.compile(r"(?:^|[.!?…][)\]]?[”\"’']?)\s*$")
# The end of a sentence inside: not "Mrs. Khan", not "U.S. troops".
_INNER_END = re.compile(r"\b(?:[a-z0-9]\S*|\w{4,})[.!?…]+[)\]]?\s+[A-Z“‘\[]")
_STOP_BEHIND = re.compile(r"[.!?](?:\s|$)")
_CREDIT = re.compile(r"\s*by\s[A-Z]")


class _Form:
    """What one quotation and its surroundings look like, and the policy on it."""

    def __init__(self, text: str, pair: _Open, words: int, previous: Quoted | None) -> None:
        first, last = pair.pieces[0], pair.pieces[-1]
        start, end = pair.outer[0].start, pair.outer[-1].end
        self.before = re.split(r"[\r\n]", text[max(0, start - 80) : start])[-1]
        self.after = re.split(r"[\r\n]", text[end : end + 80], maxsplit=1)[0]
        self.head = text[first.start : first.end][:400]
        self.words = words
        self.several = len(pair.pieces) > 1
        self.closed = pair.closed
        self.single = pair.mark in ("‘", "‛", "'")
        letter = re.search(r"[^\W_]", self.head)
        self.capital = letter is not None and not letter[0].islower()
        self.close = text[last.start : last.end][-4:].rstrip().rstrip("'’”\")]")[-1:]
        self.final = self.close != "" and self.close in _ENDS
        self.anew = _NEW_SENTENCE.search(self.before) is not None
        # British: the stop of a sentence that is all quoted, behind the mark.
        behind = self.anew and self.capital and _STOP_BEHIND.match(self.after) is not None
        self.final = self.final or behind
        gap = "" if previous is None else text[previous.end : start][:81]
        spoken = previous is not None and previous.looks_like == "speech"
        # Speech stands shortly before, in the same paragraph.
        self.follows = spoken and len(gap) <= 80 and not re.search(r"[\r\n]", gap)
        self.half = gap.rstrip().endswith(",") and "." not in gap

    def look(self) -> Look:
        """The policy: names and titles first, then speech on strong form alone."""
        if (
            self.words <= 3
            and self.capital
            and not self.final
            and re.search(r"[A-Z][\w.’'-]*\s$", self.before)
            and re.match(r"\s[A-Z]\w", self.after)
        ):
            return "nickname"
        if self._is_title():
            return "title"
        if self._is_speech():
            return "speech"
        return "scare" if self.words <= 2 and not self.capital else "fragment"

    def _is_title(self) -> bool:
        """Capitals throughout (Saturday Night Live), or a heading (‘All Bets Are Off.’)."""
        alone = not (self.before.strip() or self.after.strip() or self.several)
        if alone and self.closed and self.words <= 12 and (self.single or not self.final):
            return True
        if self.close == "," and _CREDIT.match(self.after):
            return True
        if self.close and self.close in ".!?":
            return False
        names = [w for w in _WORD.findall(self.head) if not _SMALL.fullmatch(w)]
        return 2 <= self.words <= 12 and all(not w[0].islower() for w in names) and len(names) > 1

    def _is_speech(self) -> bool:
        """Several sentences; a whole one; one with who said it; or the rest of a spoken one."""
        several = self.several or _INNER_END.search(self.head) is not None
        if several and self.words >= 5 and (self.final or not self.closed):
            return True
        if not self.final:
            return False
        # The rest of a sentence whose first half was speech: “…,” he said, “and …”.
        if self.follows and self.words >= 3 and self.half:
            return True
        # After a lead-in; after the end of a sentence; or with who said it behind the marks.
        if self.capital and _LEAD_IN.search(self.before):
            return self.words >= 3 or self._is_tagged()
        whole = self.words >= (4 if self.single else 3) or self.follows or self._is_tagged()
        return self.capital and self.anew and whole

    def _is_tagged(self) -> bool:
        """A comma or a question inside the marks, then who said it."""
        told = _LINK.match(self.after) is None and _TAG.match(self.after) is not None
        return told and self.anew and self.close in ",!?—"


# Questions about spans


_CLOSERS: Final = "”\"'’»«›‹“」』"
_BARE = re.compile(r"(?s)\S(?:.*\S)?")


class Marks:
    """The quotations of one text, ready for questions about spans of it.

    Only outermost quotations count here: a nested one is part of what its speaker said.

    >>> marks = Marks("“We won,” he said of the vote.")
    >>> marks.share([Span(0, 9)]), marks.share([Span(10, 17)]), marks.share([Span(0, 17)])
    (1.0, 0.0, 0.5)
    >>> marks.strip(Span(0, 9))
    Span(start=1, end=8)
    """

    def __init__(self, text: str, depth: int = 0, found: tuple[Quoted, ...] | None = None) -> None:
        """Find the quotations of `text`; with a `depth` those so deep inside others."""
        self.text, self._depth = text, depth
        self._found = find_quoted(text) if found is None else found
        self.outermost = tuple(quoted for quoted in self._found if quoted.depth == depth)
        self._starts = [quoted.start for quoted in self.outermost]
        self._pieces = [piece for quoted in self.outermost for piece in quoted.pieces]
        self._piece_starts = [piece.start for piece in self._pieces]

    def deeper(self) -> Marks:
        """The quotations inside those that count here, as if they were the outermost."""
        return Marks(self.text, self._depth + 1, self._found)

    def share(self, spans: Iterable[Span]) -> float:
        """The share of the words of `spans` that stand inside marks: 0..1, 0 for no words.

        1 is direct speech, 0 indirect, anything between mixed.
        """
        total = inside = 0
        for span in spans:
            total += _word_count(self.text, span)
            inside += sum(_word_count(self.text, part) for part in self.inside(span))
        return inside / total if total else 0.0

    def inside(self, span: Span) -> tuple[Span, ...]:
        """The parts of `span` that stand inside marks, in order."""
        first = max(bisect_right(self._piece_starts, span.start) - 1, 0)
        after = bisect_left(self._piece_starts, span.end)
        common = (
            Span(max(piece.start, span.start), min(piece.end, span.end))
            for piece in self._pieces[first:after]
        )
        return tuple(part for part in common if part.start < part.end)

    def outermost_in(self, span: Span) -> tuple[Quoted, ...]:
        """The outermost quotations that begin inside `span`, in order."""
        low = bisect_left(self._starts, span.start)
        return self.outermost[low : bisect_left(self._starts, span.end)]

    def enclosing(self, span: Span) -> Quoted | None:
        """The outermost quotation that holds all of `span`, marks and space around it aside."""
        # A comma or full stop after a closing mark goes too.
        bare = _BARE.search(self.text, span.start, span.end)
        start, end = bare.span() if bare else (span.end, span.end)
        if end - start > 1 and self.text[end - 1] in ",.;:" and self.text[end - 2] in _CLOSERS:
            end -= 1
        at = bisect_right(self._starts, start) - 1
        if at >= 0 and end <= self.outermost[at].end:
            return self.outermost[at]
        return None

    def look(self, span: Span) -> Look | None:
        """What the form of the outermost quotation that holds all of `span` suggests."""
        quoted = self.enclosing(span)
        return quoted.looks_like if quoted else None

    def with_marks(self, span: Span) -> Span:
        """`span` with the marks that open right before it and close right behind it.

        A comma or full stop before the closing mark goes with it.

        >>> marks = Marks("“We won” it, he said, calling it “fair.”")
        >>> marks.with_marks(Span(1, 11)), marks.with_marks(Span(22, 38))
        (Span(start=0, end=11), Span(start=22, end=40))
        """
        start, end = span.start, span.end
        for quoted in (self.enclosing(Span(start, start + 1)), self.enclosing(Span(end - 1, end))):
            for inner, outer in zip(quoted.pieces, quoted.outer, strict=True) if quoted else ():
                if inner.start == start:
                    start = outer.start
                if end <= inner.end and not self.text[end : inner.end].strip(" ,.;"):
                    end = outer.end
        return Span(start, end)

    def strip(self, span: Span) -> Span:
        """`span` without the marks at its ends, if it lies in one quotation; else unchanged.

        Space goes too, and a comma after the closing mark; what stands inside stays.
        """
        quoted = self.enclosing(span)
        if quoted is None:
            return span
        start = next((p.start for p in quoted.pieces if p.end > span.start), span.start)
        ends = [piece.end for piece in quoted.pieces if piece.start < span.end]
        bare = Span(max(start, span.start), min(ends[-1] if ends else span.end, span.end))
        return bare if bare.start < bare.end else span
