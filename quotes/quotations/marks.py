"""Quotation marks in a text: what stands inside them, and what its form suggests.

A text comes in.  Out go `Quoted` records, each with the `Look` of its form (speech, a fragment,
a scare quote, a title, a nickname), and `Marks`, which answers questions about spans of the text:
how much of one is quoted, and by which marks.  White space, capitals and punctuation are all the
evidence: no cue verb, no name.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from quotes.quotations.pairing import Pair, pair_marks
from quotes.records import Span

Look = Literal["speech", "fragment", "scare", "title", "nickname"]
"""What the form suggests.

speech: a direct quotation, almost surely.  fragment: quoted words inside the writer's own
sentence, spoken or not.  scare: a word or two held at arm's length, or a word as a word.
title: a work, or a heading.  nickname: inside a name.
"""


@dataclass(frozen=True, slots=True)
class Quoted(Pair):
    """One stretch of text in quotation marks, with what it looks like.

    Attributes:
        depth: 0 for an outermost quotation, 1 and more for those inside others.
        looks_like: see `Look`; "speech" is meant to be right, not to be complete.
    """

    depth: int
    looks_like: Look


def find_quoted(text: str) -> tuple[Quoted, ...]:
    """Every stretch of `text` in quotation marks, nested ones too, by where they start.

    Takes time linear in the text.  Marks around nothing (no word inside) are left out, and so
    is a quotation that reaches past the end of the one it began in: nobody knows where it ends.

    >>> [(q.pieces[0].of("He said, “We did it.”"), q.looks_like)
    ...  for q in find_quoted("He said, “We did it.”")]
    [('We did it.', 'speech')]
    >>> find_quoted("the workers’ pay in the ’90s, rock ’n’ roll and a 6'2\\" man")
    ()
    """
    found: list[Quoted] = []
    around: list[int] = []  # where those end that hold the pair in hand
    previous: Quoted | None = None
    for pair in pair_marks(text):
        while around and around[-1] <= pair.start:
            around.pop()
        if around and pair.end > around[-1]:
            continue
        around.append(pair.end)
        words = sum(_word_count(text, piece) for piece in pair.pieces)
        if not words:
            continue
        look = _Form(text, pair, words, previous).look()
        depth = len(around) - 1
        found.append(Quoted(pair.pieces, pair.outer, pair.mark, pair.closed, depth, look))
        if depth == 0:
            previous = found[-1]
    return tuple(found)


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
_CREDIT = re.compile(r"\s*by\s[A-Z]")


class _Form:
    """What one quotation and its surroundings look like, and the policy on it."""

    def __init__(self, text: str, pair: Pair, words: int, previous: Quoted | None) -> None:
        first, last = pair.pieces[0], pair.pieces[-1]
        self.before = re.split(r"[\r\n]", text[max(0, pair.start - 80) : pair.start])[-1]
        self.after = re.split(r"[\r\n]", text[pair.end : pair.end + 80], maxsplit=1)[0]
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
        gap = "" if previous is None else text[previous.end : pair.start][:81]
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
        """Capitals throughout (Saturday Night Live), or a heading: a line without an end.

        A heading is a short line of its own, or one in single marks: ‘All Bets Are Off.’.
        """
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
        whole = self.words >= 4 or self.follows or self._is_tagged()
        return self.capital and self.anew and whole

    def _is_tagged(self) -> bool:
        """A comma or a question inside the marks, then who said it."""
        told = _LINK.match(self.after) is None and _TAG.match(self.after) is not None
        return told and self.anew and self.close in ",!?—"


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

    def __init__(self, text: str) -> None:
        """Find the quotations of `text`."""
        self.text = text
        self.outermost = tuple(quoted for quoted in find_quoted(text) if quoted.depth == 0)
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
