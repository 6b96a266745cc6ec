"""What the form of a quotation suggests: speech, a fragment, a scare quote, a title, a nickname.

Paired marks come in, each with the text around it; `Quoted` records go out.  White space,
capitals and punctuation are all the evidence: no cue verb, no name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from quotes.quotations.pairing import Pair, Style, pair_marks
from quotes.records import Span

Look = Literal["speech", "fragment", "scare", "title", "nickname"]
"""What the form suggests.

speech: a direct quotation, almost surely.  fragment: quoted words inside the writer's own
sentence, spoken or not.  scare: a word or two held at arm's length, or a word as a word.
title: a work, or a heading.  nickname: inside a name.
"""


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
    return tuple(_described(text, pair_marks(text)))


_ENDS = ".,!?…—–;:"
_WORD = re.compile(r"\w+(?:[-'’.,&]\w+)*")


def _described(text: str, found: Sequence[Pair]) -> Iterator[Quoted]:
    ends: list[int] = []
    previous: Quoted | None = None
    for pair in found:
        while ends and ends[-1] <= pair.start:
            ends.pop()
        words = sum(word_count(text, piece) for piece in pair.pieces)
        if not words:
            continue
        quoted = _describe(text, pair, len(ends), words, previous)
        ends.append(pair.end)
        if quoted.depth == 0:
            previous = quoted
        yield quoted


def word_count(text: str, span: Span) -> int:
    """The words of `span`; a hyphen or an apostrophe inside a word does not part it."""
    return len(_WORD.findall(text, span.start, span.end))


def _describe(text: str, pair: Pair, depth: int, words: int, previous: Quoted | None) -> Quoted:
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
        pair: Pair,
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
