"""Quotation marks: what stands inside them, by form alone.

A text comes in, every stretch in quotation marks goes out, with its pieces, its depth and what
its form says about it.  Nothing here knows who spoke, a cue verb or a name: marks, white
space, capitals and punctuation are all the evidence.  The text is never changed.

How marks are paired.  One regular expression visits the marks and the paragraph breaks, and a
small stack holds what is open.

- Curly marks say their direction; straight ones take it from their surroundings, and where
  those say nothing, an open quotation is closed and else one is opened.
- A pair may mix glyphs of one family (“ with "); nesting changes the family, as a rule.
- A quotation still open at the end of its paragraph goes on only if the next paragraph opens
  with the mark again (one piece a paragraph); else it ends there and everything starts anew,
  so that a lost mark costs its own paragraph and no more.
- A closing mark without an opening one is ignored, and so are apostrophes, elisions (’90s),
  feet and inches.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from quotes.records import Span

Style = Literal[
    "double",
    "single",
    "straight-double",
    "straight-single",
    "low-high",
    "guillemet",
    "reversed-guillemet",
    "backtick",
    "corner",
]
"""By the opening mark: “ ‘ " ' „ « » `` 「."""

Look = Literal["speech", "fragment", "scare", "title", "nickname"]
"""What the form suggests.

speech: a direct quotation, almost surely.  fragment: quoted words inside the writer's own
sentence, spoken or not.  scare: a word or two held at arm's length, or a word as a word.
title: a work, or a heading.  nickname: inside a name.
"""

_Family = Literal["double", "single", "guillemet", "angle", "corner", "white-corner"]
_Role = Literal["open", "close", "either"]


@dataclass(frozen=True, slots=True)
class Quoted:
    """One stretch of text in quotation marks.

    Attributes:
        pieces: inside the marks, in order, never empty; one a paragraph.
        outer: the same pieces with their marks; a piece without a closing mark ends alike.
        style: by its opening mark.
        depth: 0 for an outermost quotation, 1 and more for those inside others.
        closed: False where it ended only because its paragraph did.
        words: the number of words inside.
        capital: the first letter inside is a capital.
        final: what stands before the closing mark ends a sentence or clause: . , ! ? … —
        paragraph_start: nothing stands before it in its paragraph.
        whole_line: nothing else stands in its paragraph or paragraphs.
        looks_like: see `Look`; "speech" is meant to be right, not to be complete.
    """

    pieces: tuple[Span, ...]
    outer: tuple[Span, ...]
    style: Style
    depth: int
    closed: bool
    words: int
    capital: bool
    final: bool
    paragraph_start: bool
    whole_line: bool
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

    Takes time linear in the text.  Marks around nothing (no word inside) are left out.

    >>> [(q.pieces[0].of("He said, “We did it.”"), q.looks_like)
    ...  for q in find_quoted("He said, “We did it.”")]
    [('We did it.', 'speech')]
    >>> find_quoted("the workers’ pay in the ’90s, rock ’n’ roll and a 6'2\\" man")
    ()
    """
    found = sorted(_Machine(text).run(), key=lambda pair: (pair.start, -pair.end))
    return tuple(_described(text, found))


class Marks:
    """The quotations of one text, ready for questions about spans of it.

    Only outermost quotations count here: a nested one is part of what its speaker said.

    >>> marks = Marks("“We won,” he said of the vote.")
    >>> marks.share([Span(0, 9)]), marks.share([Span(10, 17)]), marks.share([Span(0, 17)])
    (1.0, 0.0, 0.5)
    >>> marks.strip(Span(0, 9))
    Span(start=1, end=8)
    """

    def __init__(self, text: str) -> None:
        """Find the quotations of `text`."""
        self.text = text
        self.quoted = find_quoted(text)
        self.outermost = tuple(quoted for quoted in self.quoted if quoted.depth == 0)
        self._starts = [quoted.start for quoted in self.outermost]
        self._pieces = [piece for quoted in self.outermost for piece in quoted.pieces]
        self._piece_starts = [piece.start for piece in self._pieces]

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
        return tuple(_common(self._pieces, first, span))

    def enclosing(self, span: Span) -> Quoted | None:
        """The outermost quotation that holds all of `span`, marks and space around it aside."""
        bare = self._trimmed(span)
        at = bisect_right(self._starts, bare.start) - 1
        if at >= 0 and bare.end <= self.outermost[at].end:
            return self.outermost[at]
        return None

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

    def _trimmed(self, span: Span) -> Span:
        """`span` without space at its ends, nor a comma or full stop after a closing mark."""
        start, end = span.start, span.end
        while start < end and self.text[start].isspace():
            start += 1
        while start < end and self.text[end - 1].isspace():
            end -= 1
        if end - start > 1 and self.text[end - 1] in ",.;:" and self.text[end - 2] in _CLOSERS:
            end -= 1
        return Span(start, end)


def _common(pieces: Sequence[Span], first: int, span: Span) -> Iterator[Span]:
    """What `span` shares with the ordered `pieces`, from the piece numbered `first` on."""
    for at in range(first, len(pieces)):
        piece = pieces[at]
        if piece.start >= span.end:
            return
        start, end = max(piece.start, span.start), min(piece.end, span.end)
        if start < end:
            yield Span(start, end)


# Pairing the marks.

_MARKS: Final[dict[str, tuple[_Family, _Role, Style]]] = {
    "“": ("double", "open", "double"),
    "”": ("double", "close", "double"),
    "‟": ("double", "open", "double"),
    "„": ("double", "open", "low-high"),
    '"': ("double", "either", "straight-double"),
    "``": ("double", "open", "backtick"),
    "''": ("double", "either", "straight-double"),
    "‘‘": ("double", "open", "double"),
    "’’": ("double", "close", "double"),
    "‘": ("single", "open", "single"),
    "‛": ("single", "open", "single"),
    "‚": ("single", "open", "low-high"),
    "`": ("single", "open", "backtick"),
    "’": ("single", "close", "single"),
    "'": ("single", "either", "straight-single"),
    "«": ("guillemet", "open", "guillemet"),
    "»": ("guillemet", "close", "reversed-guillemet"),
    "‹": ("angle", "open", "guillemet"),
    "›": ("angle", "close", "reversed-guillemet"),
    "「": ("corner", "open", "corner"),
    "」": ("corner", "close", "corner"),
    "『": ("white-corner", "open", "corner"),
    "』": ("white-corner", "close", "corner"),
}
_OPENERS = "([{<—–-/>|“„‟\"`«‹‘‛‚'「『"
_LEADS = "([{<$£€¥#@&*.…—–-+¿¡“„\"`«‹‘'"
_CLOSERS = "”\"'’»«›‹“」』"
_ENDS = ".,!?…—–;:"
_EVENT = re.compile(r"[\n\r\v\f\x85\u2028\u2029]\s*|``|''|‘‘|’’|[“”‟„\"‘‛‚`’'«»‹›「」『』]")
_ELISION = re.compile(
    r"(?:\d\ds?|(?i:em|til|tis|twas|twere|n)|till|cause|cuz|bout|round|neath|nother|fraid|ere)\b"
)
_WORD = re.compile(r"\w+(?:[-'’.,&]\w+)*")
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
class _Pair:
    """A paired quotation, not yet described."""

    pieces: tuple[Span, ...]
    outer: tuple[Span, ...]
    style: Style
    closed: bool

    @property
    def start(self) -> int:
        return self.outer[0].start

    @property
    def end(self) -> int:
        return self.outer[-1].end


class _Machine:
    """One pass over the marks of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.stack: list[_Open] = []
        self.pairs: list[_Pair] = []
        self.waiting: _Open | None = None  # left open by the paragraph before
        self.paragraph = len(text) - len(text.lstrip())

    def run(self) -> list[_Pair]:
        for event in _EVENT.finditer(self.text):
            mark, start, end = event[0], event.start(), event.end()
            if mark not in _MARKS:
                self._break(start, end)
            elif not self._resume(mark, start, end):
                self._meet(mark, start, end)
        self._break(len(self.text), len(self.text))
        self._give_up()
        return self.pairs

    def _break(self, start: int, end: int) -> None:
        """A paragraph ends at `start`, unless the break only wraps a line."""
        if self.stack and start < end and _wrapped(self.text, start, end):
            return
        self._give_up()
        self.waiting = self._end_paragraph(start)
        self.paragraph = end

    def _resume(self, mark: str, start: int, end: int) -> bool:
        """Whether `mark` carries on the quotation left open by the last paragraph."""
        if self.waiting is None:
            return False
        if start != self.paragraph or not _reopens(self.waiting.mark, mark):
            self._give_up()
            return False
        self.waiting.start, self.waiting.inside = start, end
        self.stack.append(self.waiting)
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
        if before.isdigit() and _is_inch(self.text, start, is_open):
            return None
        if is_open:
            return "open" if opening else "close"
        alone = not before.strip() and not after.strip()
        return "open" if opening or after.isalnum() or alone else None

    def _meet_single(self, mark: str, start: int, before: str, after: str) -> None:
        if before.isalnum() and after.isalnum():
            return
        opening = _faces_open(before, after)
        if opening and _ELISION.match(self.text, start + 1):
            return
        top = self.stack[-1] if self.stack else None
        inside = top is not None and top.family == "single"
        if opening and _MARKS[mark][1] != "close":
            self._settle()
            self._open(mark, start, start + 1)
        elif inside and top is not None and before.strip():
            self._close_single(top, start, before, after)

    def _close_single(self, top: _Open, start: int, before: str, after: str) -> None:
        """Close at a single mark, at once or, if it may be a possessive, for the time being."""
        if before == "n" and self.text[start - 2 : start - 1] in ("’", "'", "‘"):
            return
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
        for at in range(len(self.stack) - 1, -1, -1):
            if self.stack[at].family == family:
                return at
        return None

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
            if under is not None and under >= floor and self._parity(under, top):
                continue
            stop = _end_before(self.text, top.inside, top.rival or end)
            top.end_piece(stop, stop)
            self._keep(top, closed=False)

    def _parity(self, under: int, top: _Open) -> bool:
        """Let the second of two straight marks close the first, if `top` is that second."""
        below = self.stack[under]
        if _MARKS[top.mark][1] != "either" or top.family != "double" or below.rival != top.start:
            return False
        self._close(under, top.start, top.inside)
        return True

    def _end_paragraph(self, end: int) -> _Open | None:
        """End all that is open; the outermost comes back if the next paragraph may go on."""
        self._settle()
        self._abandon(1, end, floor=0)
        self._settle()
        if not self.stack:
            return None
        last = self.stack[-1]
        stop = _end_before(self.text, last.inside, end)
        if last.rival is not None or not _ends_sentence(self.text, last.inside, stop):
            self._abandon(0, end)
            return None
        self.stack.pop()
        last.end_piece(stop, stop)
        return last

    def _keep(self, done: _Open, *, closed: bool) -> None:
        """Record a quotation, unless it is empty or a lone single mark that never closed."""
        lonely = len(done.pieces) == 1 and not closed and not _trusted(done, self.text)
        if done.pieces and not lonely:
            style = _MARKS[done.mark][2]
            self.pairs.append(_Pair(tuple(done.pieces), tuple(done.outer), style, closed))


def _faces_open(before: str, after: str) -> bool:
    """Whether a mark between these two characters can only be an opening one."""
    return (not before.strip() or before in _OPENERS) and (
        after.isalnum() or (after != "" and after in _LEADS)
    )


def _alike(outer: str, inner: str) -> bool:
    """Whether both are straight or neither: curly marks inside straight ones nest properly."""
    return (_MARKS[outer][1] == "either") == (_MARKS[inner][1] == "either")


def _is_inch(text: str, start: int, is_open: bool) -> bool:
    """Whether a straight double mark after a digit means inches: 6'2", or a 12" pipe."""
    return (
        not is_open or re.search(r"\d['’′]\s?\d{1,2}$", text[max(0, start - 6) : start]) is not None
    )


def _reopens(opened: str, mark: str) -> bool:
    """Whether `mark` at a paragraph's start repeats the mark `opened`."""
    family, role, _ = _MARKS[mark]
    alike = family == _MARKS[opened][0] and _alike(opened, mark)
    return mark == opened or (alike and role != "close")


def _trusted(done: _Open, text: str) -> bool:
    """Whether an unclosed quotation is one, and not a stray mark.

    A mark doubled by mistake ("“No,” he said) is stray, and so is a single one inside a line.
    """
    if text[done.pieces[0].start] in '“„"«':
        return False
    if done.mark in ("“", "„", '"', "``", "''", "«", "「"):
        return True
    return done.mark == "‘" and not text[max(0, done.start - 1) : done.start].strip("\r\n")


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


# Describing what was paired.


def _described(text: str, found: Sequence[_Pair]) -> Iterator[Quoted]:
    ends: list[int] = []
    previous: Quoted | None = None
    for pair in found:
        while ends and ends[-1] <= pair.start:
            ends.pop()
        words = sum(_word_count(text, piece) for piece in pair.pieces)
        if not words:
            continue
        quoted = _describe(text, pair, len(ends), words, previous)
        ends.append(pair.end)
        if quoted.depth == 0:
            previous = quoted
        yield quoted


def _word_count(text: str, span: Span) -> int:
    return len(_WORD.findall(text, span.start, span.end))


def _describe(text: str, pair: _Pair, depth: int, words: int, previous: Quoted | None) -> Quoted:
    before = re.split(r"[\r\n]", text[max(0, pair.start - 80) : pair.start])[-1]
    after = re.split(r"[\r\n]", text[pair.end : pair.end + 80], maxsplit=1)[0]
    form = _Form(text, pair, words, before, after, previous)
    return Quoted(
        pieces=pair.pieces,
        outer=pair.outer,
        style=pair.style,
        depth=depth,
        closed=pair.closed,
        words=words,
        capital=form.capital,
        final=form.final,
        paragraph_start=form.at_start,
        whole_line=form.at_start and not after.strip(),
        looks_like=form.look(),
    )


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
_CREDIT = re.compile(r"\s*by\s[A-Z]")


class _Form:
    """What one quotation and its surroundings look like, and the policy on it."""

    def __init__(
        self,
        text: str,
        pair: _Pair,
        words: int,
        before: str,
        after: str,
        previous: Quoted | None,
    ) -> None:
        first, last = pair.pieces[0], pair.pieces[-1]
        self.head = text[first.start : first.end][:400]
        self.words, self.before, self.after = words, before, after
        self.several = len(pair.pieces) > 1
        self.closed = pair.closed
        self.single = pair.style in ("single", "straight-single")
        letter = re.search(r"[^\W_]", self.head)
        self.capital = letter is not None and not letter[0].islower()
        self.close = text[last.start : last.end][-4:].rstrip().rstrip("'’”\")]")[-1:]
        self.final = self.close != "" and self.close in _ENDS
        self.at_start = not before.strip()
        self.gap = "" if previous is None else text[previous.end : pair.start][:81]
        self.follows_speech = previous is not None and previous.looks_like == "speech"

    def look(self) -> Look:
        """The policy: names and titles first, then speech on strong form alone."""
        if self._is_nickname():
            return "nickname"
        if self._is_title():
            return "title"
        if self._is_speech():
            return "speech"
        return "scare" if self.words <= 2 and not self.capital else "fragment"

    def _is_nickname(self) -> bool:
        return (
            self.words <= 3
            and self.capital
            and not self.final
            and re.search(r"[A-Z][\w.’'-]*\s$", self.before) is not None
            and re.match(r"\s[A-Z]\w", self.after) is not None
        )

    def _is_title(self) -> bool:
        """Capitals throughout (Saturday Night Live), or a heading: a line without an end."""
        if self._is_heading() or (self.close == "," and _CREDIT.match(self.after)):
            return True
        if self.close and self.close in ".!?":
            return False
        names = [w for w in _WORD.findall(self.head) if not _SMALL.fullmatch(w)]
        return 2 <= self.words <= 12 and all(not w[0].islower() for w in names) and len(names) > 1

    def _is_heading(self) -> bool:
        """A short line of its own, without an end or in single marks: ‘All Bets Are Off.’."""
        alone = self.at_start and not self.after.strip() and self.closed and not self.several
        return alone and self.words <= 12 and (self.single or not self.final)

    def _is_speech(self) -> bool:
        several = self.several or len(_INNER_END.findall(self.head)) > 0
        if several and self.words >= 5 and (self.final or not self.closed):
            return True
        return self.final and (self._stands_alone() or self._is_tagged() or self._goes_on())

    def _stands_alone(self) -> bool:
        """A capital after a lead-in or the end of a sentence, and an end of its own."""
        if not self.capital:
            return False
        if _LEAD_IN.search(self.before):
            return self.words >= 3
        anew = _NEW_SENTENCE.search(self.before) is not None
        return anew and (self.words >= 4 or self._follows_closely())

    def _is_tagged(self) -> bool:
        """Capital, then a comma or a question inside the marks, then who said it."""
        return (
            self.capital
            and self.close in ",!?—"
            and _NEW_SENTENCE.search(self.before) is not None
            and _LINK.match(self.after) is None
            and _TAG.match(self.after) is not None
        )

    def _goes_on(self) -> bool:
        """The rest of a sentence whose first half was speech: “…,” he said, “and …”."""
        gap = self.gap.rstrip()
        return self._follows_closely() and self.words >= 3 and gap.endswith(",") and "." not in gap

    def _follows_closely(self) -> bool:
        """Speech stands shortly before, in the same paragraph."""
        return self.follows_speech and len(self.gap) <= 80 and not re.search(r"[\r\n]", self.gap)
