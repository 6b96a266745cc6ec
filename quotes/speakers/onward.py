"""The speaker of a quotation that has no source of its own: whom a reader gives it, and why.

In: the article as it is read, and the quotations told so far with their speakers.  Out: an
answer by one of a few situations, each with its reason, or none: where a reader would have to
guess, nobody is named.

- It goes on: the paragraph before quotes one speaker, or ends in what one person said.
- It is announced: a colon stands before it, and one person acts in that sentence.
- It is answered: the paragraph before is a question to somebody by name, or to whom the
  questions before were put.

How they were chosen: of 56 quotations that are a paragraph of their own in the labelled training
articles, 42 follow one that quotes a single speaker, and 41 of these are the same speaker's.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from quotes.records import AnnotatedArticle, Quotation, RegionKind, Span
from quotes.speakers.chains import Chain, way
from quotes.speakers.story import Answer, Story

_LINE = regex.compile(r"\S(?:[^\r\n\u2028\u2029]*\S)?")
_ENDS = tuple(".!?:;,…”\"’'»)]")
_SHORT = 60  # code points of a line without a stop that is taken for a heading
_LEAD = 3000  # code points at the head of a text, where an interview says whose it is
_MOST = 40  # quotations of one paragraph looked at, from its end: no paragraph has more
_MARKS = " \t\xa0“”\"'‘’«»"
_LAST_SENTENCE = regex.compile(r"(?r)(?:^|[.!?…][”\"’')\]]*\s)")
_OPENING = ("“", '"', "‘", "«", "'")
_ASKS = frozenset({"Q", "Question"})
_ANSWERS = frozenset({"A", "Answer"})
_BLUNT = 120  # code points of a sentence that only leads to what is said
_TO_THE_SUBJECT = 40  # code points of titles and roles before the subject's name
_SIDE_BY_SIDE = regex.compile(r"[^“”\"\n]*[”\"] [“\"]")
_ADDRESS = regex.compile(r"\s*\?|,")
_INTERVIEW = regex.compile(
    r"(?i:\b(?:interview(?:ed|s|ing)?|q\s?&\s?a|questions? (?:to|for)|conversation|"
    r"talk(?:s|ed)? (?:to|with)|spoke (?:to|with)|speaks (?:to|with)|s[ai]ts? down with|"
    r"ch?at(?:s|ted)? with|caught up with|asked)\b)"
)
_TELLS = regex.compile(
    r"(?:, [^,.\n]{1,80},)? (?:talks|speaks|tells|answers|answered|spoke|talked|explains|"
    r"s[ai]ts? down|discusses)\b"
)
_NEXT_SENTENCE = regex.compile(r"[.!?][”\"’')\]]*\s+[“\"‘'(\[]*[\p{Lu}\p{N}]")
_BETWEEN: frozenset[RegionKind] = frozenset({"boilerplate", "caption", "byline", "pull-quote"})
"""Regions that a reader skips: what stands above one goes on below it."""

_NO_SOURCE = "no source in the text"


@dataclass(frozen=True, slots=True)
class _Told:
    """A quotation told so far, from its first word to its last, tag included."""

    quotation: Quotation
    chain: Chain | None
    start: int
    end: int

    @property
    def is_speech(self) -> bool:
        return self.quotation.kind != "indirect" or self.quotation.attitude == "assertion"

    @property
    def is_direct(self) -> bool:
        return self.quotation.kind == "direct"


class Onward:
    """The quotations of one article as they are told, and the paragraphs that they stand in."""

    def __init__(self, story: Story, annotated: AnnotatedArticle) -> None:
        """Find the paragraphs, without what a reader skips."""
        self.story, self.text = story, story.text
        skipped = [r.span for r in annotated.regions if r.kind in _BETWEEN]
        starts = [span.start for span in skipped]
        lines = (Span(*found.span()) for found in _LINE.finditer(self.text))
        self._paragraphs = [
            line
            for line in lines
            if not (at := bisect_right(starts, line.start)) or skipped[at - 1].end <= line.start
        ]
        self._starts = [line.start for line in self._paragraphs]
        self._first_turn = 0
        self._told: list[list[_Told]] = [[] for _ in self._paragraphs]

    def remember(self, quotation: Quotation, chain: Chain | None) -> None:
        """Keep a quotation in mind by the paragraph in which it ends."""
        spans = (*quotation.content, *quotation.cue, *quotation.source)
        told = _Told(quotation, chain, min(spans).start, max(span.end for span in spans))
        for number in {self._number(span.start) for span in spans}:
            if number >= 0:
                self._told[number].append(told)

    def is_turn(self, quotation: Quotation) -> bool:
        """Whether a quotation is a question or an answer of an interview without marks."""
        if quotation.kind != "direct":
            return False
        if quotation.source:
            return quotation.source[0].of(self.text) in _ASKS | _ANSWERS
        first = quotation.content[0]
        number = self._number(first.start)
        whole = number >= 0 and self._paragraphs[number] == first
        return whole and not quotation.cue and first.of(self.text)[0] not in _OPENING

    def turn(self, quotation: Quotation) -> Answer:
        """Who asks or answers in an interview: the paper asks, who was interviewed answers."""
        label = quotation.source[0].of(self.text) if quotation.source else ""
        words = quotation.content[-1].of(self.text)
        first = (*quotation.source, *quotation.content)[0].start
        self._first_turn = self._first_turn or first
        if label in _ASKS or (not label and words.endswith("?")):
            return Answer(None, "the interviewer asks, whom the text does not name")
        return self._answer(self._first_turn)

    def speaker(self, quotation: Quotation) -> Answer:
        """Whose words a quotation without a source is."""
        if quotation.kind != "direct":
            return Answer(None, _NO_SOURCE)
        start = quotation.content[0].start
        number = self._number(start)
        if number < 0:
            return Answer(None, _NO_SOURCE)
        line = self._paragraphs[number]
        before = self.text[line.start : start].strip(_MARKS)
        if before:
            answer = self._within(Span(line.start, start), number)
        elif number:
            answer = self._below(self._paragraphs[number - 1], number - 1)
        else:
            answer = Answer(None, _NO_SOURCE)
        return self._unless_named(quotation, answer)

    def _number(self, at: int) -> int:
        return bisect_right(self._starts, at) - 1

    def _within(self, before: Span, number: int) -> Answer:
        """By the sentence before in the same paragraph."""
        words = self.text[before.start : before.end].rstrip(_MARKS)
        end = before.start + len(words)
        if words.endswith((":", ",")):
            return self._announced(Span(before.start, end))
        if self._is_answered(number, before.end):
            return Answer(None, f"{_NO_SOURCE}: another quotation stands right behind it")
        last = self._last(number, before.end)
        if last is None or self.text[last.end : before.end].strip(_MARKS + ".,!?…"):
            return self._acts(Span(before.start, end), number)
        return self._same(last, "the sentence before")

    def _acts(self, before: Span, number: int) -> Answer:
        """By the sentence before, where one person acts in it: "Ann Lee was blunt."."""
        sentence = self._last_sentence(before)
        seen = self.story.seen_in(sentence)
        first = [s for s in seen if s.at <= sentence.start + _TO_THE_SUBJECT and s.weight >= 1.0]
        closes = self._paragraphs[number].of(self.text).endswith(("”", '"', "’", "”.", '".'))
        alone = len({each.chain for each in seen}) == 1 and len(sentence.of(self.text)) < _BLUNT
        if not (first and alone and closes):
            return Answer(None, f"{_NO_SOURCE}: nobody speaks in the sentence before")
        chain = first[0].chain
        steps = way(_name_at(self.story, first[0].at), None, chain, self.story.chains)
        return Answer(chain, f"{chain.name} acts in the sentence before it", way=steps)

    def _is_answered(self, number: int, at: int) -> bool:
        """Whether two quotations stand side by side: in talk the second is an answer."""
        found = _SIDE_BY_SIDE.match(self.text, at, self._paragraphs[number].end)
        return found is not None

    def _below(self, above: Span, number: int) -> Answer:
        """By the paragraph before."""
        words = above.of(self.text)
        if words.endswith(":"):
            return self._announced(above)
        if not words.endswith(_ENDS) and len(words) <= _SHORT:
            return Answer(None, f"{_NO_SOURCE}: it stands below a heading")
        spoken = [each for each in self._outermost(number) if each.is_speech]
        if words.endswith("?") and not any(told.is_direct for told in spoken):
            return self._asked(above, number)
        if not spoken:
            return Answer(None, f"{_NO_SOURCE}: nobody speaks in the paragraph before")
        direct = [told for told in spoken if told.is_direct]
        last = max(direct or spoken, key=lambda told: told.end)
        if (
            words.rstrip(_MARKS).endswith("?")
            and last.is_direct
            and not self._after(last, above).strip("?")
        ):
            return Answer(None, f"{_NO_SOURCE}: the paragraph before ends in a question")
        who = {told.chain for told in direct or spoken if told.chain or told.quotation.source}
        if len(who) > 1:
            names = " or ".join(sorted({c.name if c else "somebody unknown" for c in who}))
            return Answer(None, f"{_NO_SOURCE}: it could be {names}, who speak before")
        if not direct and not _is_person(last.chain):
            return Answer(None, f"{_NO_SOURCE}: no person speaks in the paragraph before")
        if not direct and _NEXT_SENTENCE.search(self._after(last, above)):
            return Answer(None, f"{_NO_SOURCE}: the paragraph before does not end in speech")
        return self._same(last, "the paragraph before")

    def _after(self, told: _Told, line: Span) -> str:
        """What of a paragraph stands behind a quotation and its tag, marks and stops aside."""
        return self.text[told.end : line.end].strip(_MARKS + ",…")

    def _last(self, number: int, before: int) -> _Told | None:
        """The quotation in this paragraph that ends last before an offset."""
        ended = [told for told in self._outermost(number) if told.end <= before]
        return max(ended, key=lambda told: told.end, default=None)

    def _outermost(self, number: int) -> Sequence[_Told]:
        """What is told in a paragraph, without what is told inside something else."""
        told = self._told[number][-_MOST:]
        return [
            each
            for each in told
            if not any(
                other is not each
                and any(
                    piece.start <= each.start and each.end <= piece.end
                    for piece in other.quotation.content
                )
                for other in told
            )
        ]

    def _last_sentence(self, before: Span) -> Span:
        found = _LAST_SENTENCE.search(self.text, before.start, before.end - 1)
        return Span(found.end() if found else before.start, before.end)

    def _announced(self, before: Span) -> Answer:
        """By the words before a colon: the one person who acts in that sentence."""
        sentence = self._last_sentence(before)
        seen = [
            seen
            for seen in self.story.seen_in(sentence)
            if not self.story.layout.is_quoted(seen.at)
        ]
        acting = [each for each in seen if each.weight >= 1.0] or seen
        if len({each.chain for each in acting}) != 1:
            return Answer(None, f"{_NO_SOURCE}: unclear who is announced before it")
        chain = acting[0].chain
        basis = f"announced by the words before it: {chain.name}"
        return Answer(
            chain,
            basis,
            way=way(_name_at(self.story, acting[0].at), None, chain, self.story.chains),
        )

    def _asked(self, question: Span, number: int) -> Answer:
        """By a question that is a paragraph: who is addressed in it, or answered before it."""
        addressed = {
            seen.chain
            for seen in self.story.seen_in(question)
            if _ADDRESS.match(self.text, self.story.chains.between(seen.at, seen.at + 1)[0].end)
        }
        if len(addressed) == 1:
            (chain,) = addressed
            at = next(s.at for s in self.story.seen_in(question) if s.chain is chain)
            steps = way(_name_at(self.story, at), None, chain, self.story.chains)
            return Answer(chain, f"answers the question before it, put to {chain.name}", way=steps)
        before = self._told[number - 1] if number and not addressed else []
        if before and before[-1].is_direct and not before[-1].quotation.cue:
            return self._same(before[-1], "the answer before")
        if _INTERVIEW.search(self.text, 0, min(question.start, _LEAD)):
            return self._answer(question.start)
        return Answer(None, f"{_NO_SOURCE}: it answers a question, unclear to whom")

    def _answer(self, before: int) -> Answer:
        """Who was interviewed, by the words above the first question."""
        last = bisect_left(self.story.seen_starts, min(before, _LEAD))
        seen = self.story.seen[:last]
        if len({each.chain for each in seen}) > 1:
            telling = [s for s in seen if _TELLS.match(self.text, _name_at(self.story, s.at).end)]
            seen = telling or [each for each in seen if self._is_interviewed(each.at)]
        if len({each.chain for each in seen}) != 1:
            return Answer(None, "abstained: unclear who was interviewed")
        chain = seen[0].chain
        steps = way(_name_at(self.story, seen[0].at), None, chain, self.story.chains)
        return Answer(chain, f"answers as who was interviewed: {chain.name}", way=steps)

    def _is_interviewed(self, at: int) -> bool:
        """Whether a name stands behind "interview with" and the like."""
        found = _INTERVIEW.search(self.text, max(0, at - 80), at)
        return bool(found and not _NEXT_SENTENCE.search(self.text, found.end(), at))

    def _same(self, told: _Told, where: str) -> Answer:
        """The speaker of what it goes on from."""
        chain = told.chain
        if chain is None:
            return Answer(None, f"{_NO_SOURCE}: goes on from {where}, whose speaker is not known")
        source = told.quotation.source[:1] or told.quotation.chain[:1]
        steps = way(source[0], None, chain, self.story.chains) if source else ()
        return Answer(chain, f"goes on from {where}, where {chain.name} speaks", way=steps)

    def _unless_named(self, quotation: Quotation, answer: Answer) -> Answer:
        """The answer, unless the words speak of that very person by name."""
        chain = answer.chain
        of = self.story.chains.of
        for piece in quotation.content if chain else ():
            names = self.story.chains.between(piece.start, piece.end)
            if any(of.get(name.start) is chain for name in names):
                return Answer(
                    None, f"{_NO_SOURCE}: its words speak of {chain.name if chain else ''}"
                )
        return answer


def _is_person(chain: Chain | None) -> bool:
    return chain is not None and chain.kind != "organisation" and chain.sort in {None, "unnamed"}


def _name_at(story: Story, at: int) -> Span:
    name = story.chains.between(at, at + 1)[0]
    return Span(name.start, name.end)
