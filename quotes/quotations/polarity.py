"""Whether a speaker says that something is so, denies it, or is not known to have said anything.

In: a text and the spans of one quotation.  Out: its polarity and the words that make it so.
Looked at is the cue's own clause: the verb, what stands before it as far as auxiliaries, adverbs
and verbs that take it as their object reach ("has so far refused to say"), the source, and what
opens the clause ("if she says").  The word lists stand in `data/cues.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import regex

from quotes.quotations.cues import forms_of, load_cues
from quotes.records import Polarity, Quotation, Span
from quotes.text.lists import shipped

_TOKEN = regex.compile(r"[\p{L}\p{N}]+(?:['’.-][\p{L}\p{N}]+)*|\S")
_STOPS = frozenset('.!?;:()[]{}…–—“”"„«»')
_SENTENCE_STOPS = regex.compile(r"[.!?…]+[”\"’'»)]*\s|\n")
_REACH = 240
"""Code points before a cue that its clause is looked for in."""

_GOVERNED = 5
"""The most words between an infinitive and the verb before it ("refused three times to say")."""

_NO_NUMBER = regex.compile(
    r"(?i)no(?:\.|\s+\d|\s+(?:doubt|fewer|less|more)\b)|not\s+(?:only|just)\b"
)
_NOT_TRUE = regex.compile(
    r"(?i)\b(?:not true|untrue|false|incorrect|wrong|a lie|not the case|no truth in)\b"
    r"(?=\W+(?:that|the|any|to)\b|\W*$)"
)


class Token(NamedTuple):
    """A word or sign, in lower case with straight apostrophes, and where it stands."""

    word: str
    span: Span
    printed: str


@cache
def _lists() -> Mapping[str, frozenset[str]]:
    """The words of `cues.toml` that turn what is said; verbs in all their forms."""
    table = shipped("cues.toml")["polarity"]
    verbs = table["verbs"]
    found = {
        name: frozenset(form for verb in words.split() for form in forms_of(verb))
        for name, words in verbs.items()
    }
    for name, words in table["words"].items():
        found[name] = found.get(name, frozenset()) | frozenset(words.split())
    found["claims"] |= {f"{noun}s" for noun in found["claims"]}
    return found


@cache
def _phrases() -> tuple[tuple[str, ...], ...]:
    """Phrases of denying, in lemmas."""
    return tuple(
        tuple(each.split()) for each in shipped("cues.toml")["polarity"]["phrases"].split(";")
    )


def with_polarity(text: str, quotations: Iterable[Quotation]) -> tuple[Quotation, ...]:
    """The quotations with their polarity; what is reported in a denial, nobody is known to say."""
    judged = [_judged(text, each) for each in quotations]
    by_id: Mapping[str, Quotation] = {each.id: each for each in judged}
    return tuple(_as_in(each, by_id) for each in judged)


def _judged(text: str, quotation: Quotation) -> Quotation:
    polarity, words = polarity_of(text, quotation)
    attitude = quotation.attitude
    if polarity == "denied" and attitude == "belief" and _is_voiced(text, quotation, words):
        attitude = "assertion"
    return replace(quotation, polarity=polarity, polarity_words=words, attitude=attitude)


def dismisses_a_thing(text: str, quotation: Quotation) -> bool:
    """Whether its denial is a verb of dismissing whose object is no claim ("her questions")."""
    words = [each.of(text).split()[0].lower() for each in quotation.polarity_words]
    dismisses = any(word in _lists()["dismissing"] for word in words)
    return dismisses and not _rejects_a_claim(text, quotation)


def _is_voiced(text: str, quotation: Quotation, words: Iterable[Span]) -> bool:
    """Whether a claim is rejected, which one does aloud; not an offer, and no "not think"."""
    lists = _lists()
    if not any(each.of(text).split()[0].lower() in lists["dismissing"] for each in words):
        return False
    return _rejects_a_claim(text, quotation)


def _rejects_a_claim(text: str, quotation: Quotation) -> bool:
    """Whether what is rejected is a claim, "the idea that", and not an offer or a question."""
    lists = _lists()
    first = [each.word for each in _tokens(text, quotation.content[0])[:5]]
    near = {*first, *(each.word for each in _tokens(text, quotation.cue[0]))}
    clause = first[:1] == ["that"] and len(first) > 4
    return quotation.kind == "direct" or clause or not near.isdisjoint(lists["claims"])


def _as_in(inner: Quotation, others: Mapping[str, Quotation]) -> Quotation:
    outer = others.get(inner.within or "")
    while outer and inner.polarity != "unsaid":
        if outer.polarity != "affirmed":
            return replace(inner, polarity="unsaid", polarity_words=outer.polarity_words)
        outer = others.get(outer.within or "")
    return inner


def polarity_of(text: str, quotation: Quotation) -> tuple[Polarity, tuple[Span, ...]]:
    """The polarity of a quotation and, unless it is affirmed, the words that make it so."""
    if not quotation.cue:
        return "affirmed", ()
    clause = _Clause(text, quotation)
    if unsaid := clause.unsaid():
        return "unsaid", unsaid
    if denied := clause.denied():
        return "denied", denied
    return "affirmed", ()


class _Clause:
    """The clause of a quotation's cue, as far as it tells whether the words were said.

    Attributes:
        cue, head: its words, and which of them reports.
        before: the words of its sentence before the head and outside the content.
        chain: those right before the head that belong to its verb ("did not"), in text order.
        governor: what takes it as its object ("refused" to say), the words down to it; or none.
    """

    def __init__(self, text: str, quotation: Quotation) -> None:
        self.text, self.quotation = text, quotation
        self.cue = _tokens(text, quotation.cue[0])
        self.head = _head(self.cue)
        self.source = quotation.source[0] if quotation.source else None
        start = self.cue[self.head].span.start if self.cue else quotation.cue[0].start
        self.before = self._words_before(start)
        self.chain: list[Token] = []
        self.governor: list[Token] = []
        self._walk_back()

    @property
    def verb(self) -> str:
        """The word that reports."""
        return self.cue[self.head].word if self.cue else ""

    def _words_before(self, end: int) -> list[Token]:
        """The words of the sentence before a place and behind the content before it."""
        start = max(0, end - _REACH)
        for found in _SENTENCE_STOPS.finditer(self.text, start, end):
            start = found.end()
        for piece in self.quotation.content:
            if piece.end <= end:
                start = max(start, piece.end)
        words = _tokens(self.text, Span(start, end))
        for at in range(len(words) - 1, -1, -1):
            if words[at].word in _STOPS:
                return words[at + 1 :]
        return words

    def _walk_back(self) -> None:
        """Find the chain and, before an infinitive or gerund, what governs it."""
        rest = list(self.before)
        while rest and not self._in_source(rest[-1]) and _is_of_verb(rest[-1].word):
            self.chain.insert(0, rest.pop())
        self.governor = self._governor(rest)
        if self.governor:
            rest = [each for each in rest if each.span.start < self.governor[0].span.start]
            while rest and not self._in_source(rest[-1]) and _is_of_verb(rest[-1].word):
                self.chain.insert(0, rest.pop())

    def _governor(self, rest: Sequence[Token]) -> list[Token]:
        words = [each.word for each in self.chain]
        lists = _lists()
        if "to" in words:
            near = [each for each in rest[-_GOVERNED:] if not self._in_source(each)]
            for at in range(len(near) - 1, -1, -1):
                if near[at].word in lists["hearsay"] or near[at].word in ",":
                    return []
                if near[at].word in lists["unsaying"] | lists["implying"]:
                    return [near[at]]
        elif self.verb.endswith("ing") or "having" in words:
            for at, each in enumerate(rest[-2:]):
                behind = [token.word for token in rest[-2:][at + 1 :]]
                part = each.word in ("instead", "rather", "far", "short")
                if part and behind[:1] not in (["of"], ["than"], ["from"]):
                    continue
                if each.word in lists["avoiding"] | lists["implying"]:
                    return [each]
        return []

    def _in_source(self, token: Token) -> bool:
        return self.source is not None and self.source.start <= token.span.start < self.source.end

    # Not said

    def unsaid(self) -> tuple[Span, ...]:
        """The words by which nobody is known to have said it; none if somebody is."""
        found = self._turned() or self._declined() or self._within_cue() or self._nominal()
        found = found or self._nothing() or self._nobody()
        found = found or self._opened() or self._asked() or self._ordered()
        return (found,) if found else ()

    def _turned(self) -> Span | None:
        """A negation, a modal or a governing verb before the head ("did not", "refused to")."""
        lists, chain = _lists(), self.chain
        turned = [token for token in chain if _negates(token.word) and not self._is_only(token)]
        governs = self.governor[0] if self.governor else None
        if governs and governs.word in lists["implying"]:
            # "failed to say" is unsaid, "did not hesitate to say" is said.
            return None if turned else self._through(governs)
        if governs:
            return self._through(turned[0] if turned else governs)
        if turned and self.quotation.attitude in ("belief", "fact"):
            return None
        modals = [
            token for token in chain if token.word in lists["modals"] and token.printed.islower()
        ]
        words = [token.word for token in chain]
        if not turned and not modals and words[-1:] == ["to"]:
            # "has yet to say", "is to announce"
            later = [token for token in chain[-2:-1] if token.word in ("yet", "is", "are")]
            return self._through(later[0]) if later else None
        found = sorted([*turned, *modals], key=lambda token: token.span)
        return self._through(found[0]) if found else None

    def _is_only(self, token: Token) -> bool:
        """Whether a negation is that of "not only said"."""
        behind = self.chain[self.chain.index(token) + 1 :]
        return bool(behind) and behind[0].word in ("only", "just", "simply", "merely")

    def _through(self, first: Token) -> Span:
        """From a word, and an auxiliary before it, up to the last that bears on what is said."""
        chain = sorted({*self.chain, *self.governor}, key=lambda token: token.span)
        at = chain.index(first)
        if _negates(first.word) and at and chain[at - 1].word in _lists()["auxiliaries"]:
            at -= 1
        bears = [
            t for t in chain[at:] if t == first or t in self.governor or t.word in ("to", "of")
        ]
        return Span(chain[at].span.start, bears[-1].span.end)

    def _declined(self) -> Span | None:
        """A verb of declining with an infinitive: "declined | to comment"."""
        if _lemma(self.verb) not in ("decline", "refuse", "refusal", "failure", "reluctance"):
            return None
        end, start = self.cue[self.head].span.end, self.quotation.content[0].start
        behind = _tokens(self.text, Span(end, max(start, end) + len(" to")))
        return self.cue[self.head].span if [t.word for t in behind[:1]] == ["to"] else None

    def _within_cue(self) -> Span | None:
        """A negation or modal farther before the verb in its cue: "did not come out and say"."""
        lists, parts = _lists(), self.cue[: self.head]
        belief = self.quotation.attitude in ("belief", "fact")
        for at, each in enumerate(parts):
            between = {part.word for part in parts[at + 1 :]}
            modal = each.word in lists["modals"] and each.printed.islower() and at == 0
            turns = modal or (_negates(each.word) and not belief)
            if turns and not between & (lists["hearsay"] | lists["implying"] | {"only", "just"}):
                return each.span
        return None

    def _nominal(self) -> Span | None:
        """A negated noun: "no claim that", "without any explanation"."""
        cues, claims = load_cues(), _lists()["claims"]
        heads = [n for n, t in enumerate(self.cue) if t.word in cues.words or t.word in claims]
        for number in [n for n in heads if n >= self.head]:
            near = [*self.before, *self.cue[self.head : number]][-3:]
            for at, each in enumerate(near):
                stopped = near[at + 1 :] and near[at + 1].word == ","
                if each.word in ("no", "without") and not stopped and not self._in_source(each):
                    return each.span
        return None

    def _nothing(self) -> Span | None:
        """Nothing right behind the verb: "said nothing about"."""
        end, start = self.quotation.cue[0].end, self.quotation.content[0].start
        behind = _tokens(self.text, Span(end, max(start, end)))
        words = [*self.cue[self.head + 1 :], *behind][:1]
        return next((each.span for each in words if each.word == "nothing"), None)

    def _nobody(self) -> Span | None:
        """A source that is nobody: "no official said", "none of them", "neither man"."""
        if self.source is None:
            return None
        before = self._words_before(self.source.start)[-3:]
        tied = before[-1:] if [t.word for t in before[-1:]] != ["of"] else before[-2:-1]
        for token in (*_tokens(self.text, self.source)[:1], *tied):
            named = _NO_NUMBER.match(self.text, token.span.start)
            if token.word in _lists()["nobody"] and not named:
                return token.span
        return None

    def _before_subject(self) -> list[Token]:
        """The words before the subject of the cue or, without one, before its verb."""
        cue = self.quotation.cue[0].start
        if self.source and self.source.start < cue:
            return self._words_before(self.source.start)
        return self._words_before(min([cue, *(token.span.start for token in self.chain)]))

    def _opened(self) -> Span | None:
        """What opens the clause right before its subject: "if", "whether", "nor did"."""
        before = self._before_subject()
        if not before:
            return None
        last = before[-1]
        if last.word in _lists()["openers"]:
            return last.span
        if _inverts(last):
            for each in before[-4:-1]:
                if each.word in ("nor", "neither", "never", "no"):
                    return Span(each.span.start, last.span.end)
            if len(before) == 1 and last.word in ("should", "were"):
                return last.span
        return None

    def _asked(self) -> Span | None:
        """A question of the article's own: "Did Lee say so?", "Who said so?"."""
        end = max(span.end for span in (*self.quotation.content, *self.quotation.cue))
        inside = self.quotation.kind == "indirect" and self.text[end - 1 : end] == "?"
        cues = load_cues()
        if not inside and self.text[end : end + 1] != "?":
            return None
        if cues.lemmas.get(self.verb, self.verb) in _lists()["asking"]:
            return None
        before = self._before_subject()
        if 0 < len(before) <= 3 and _inverts(before[-1]):
            return before[-1].span
        first = _tokens(self.text, self.source)[:1] if self.source else []
        if not before and first and first[0].word in ("who", "what", "which", "anyone", "anybody"):
            return first[0].span
        return None

    def _ordered(self) -> Span | None:
        """An order: "Say that …"."""
        if self.source or self.verb not in ("say", "tell", "ask") or self.head or self.before:
            return None
        return self.cue[0].span

    # Denied

    def denied(self) -> tuple[Span, ...]:
        """The words by which it is denied; none if it is not."""
        lists = _lists()
        if self.quotation.attitude in ("belief", "fact"):
            negations = [each.span for each in self.chain if _negates(each.word)]
            if negations:
                return tuple(negations[:1])
        said = self.cue[self.head :]
        if self.verb in lists["claims"] and self.source:
            # "rejected claims that": the noun alone may be the cue.
            behind = (t for t in self.before[-_GOVERNED:] if t.span.start >= self.source.end)
            said = [*(t for t in behind if t.word in lists["denying"] | lists["dismissing"]), *said]
        for at, token in enumerate(said):
            dismissed = token.word in lists["dismissing"] and not self._labels(said[at + 1 :])
            if token.word in lists["denying"] or dismissed:
                return (token.span,)
            for phrase in _phrases():
                words = said[at : at + len(phrase)]
                if tuple(_lemma(each.word) for each in words) == phrase:
                    return (Span(words[0].span.start, words[-1].span.end),)
        between = Span(self.quotation.cue[0].end, self.quotation.content[0].start)
        found = _NOT_TRUE.search(self.text, between.start, max(between.start, between.end))
        return (Span(*found.span()),) if found else ()

    def _labels(self, behind: Sequence[Token]) -> bool:
        """Whether the content is what something is dismissed as, not what is dismissed."""
        content = self.quotation.content[0]
        between = _tokens(self.text, Span(self.quotation.cue[0].end, max(content.start, 0)))
        if "as" in [each.word for each in (*behind[-1:], *between[-1:])]:
            return True
        words = [each.word for each in _tokens(self.text, content)]
        return "as" in words and not {*words[:4]} & _lists()["claims"] and words[0] != "that"


def _lemma(word: str) -> str:
    return load_cues().lemmas.get(word, word)


def _head(cue: Sequence[Token]) -> int:
    """Which word of the cue reports: of "refused to say" the last, of "said in a statement" the
    first, of "denied the claim" the verb of denying.
    """
    lists, cues = _lists(), load_cues()
    known = [n for n, each in enumerate(cue) if cues.attitude(each.word)]
    for number, follows in pairwise(known):
        word, between = cue[number].word, [each.word for each in cue[number + 1 : follows]]
        governs = word in lists["unsaying"] | lists["implying"]
        infinitive = governs and "to" in between and all(map(_is_of_verb, between))
        infinitive = infinitive and cues.attitude(cue[follows].word) == "assertion"
        gerund = word in lists["avoiding"] and cue[follows].word.endswith("ing")
        if not infinitive and not gerund:
            return number
    if known:
        return known[-1]
    lemmas = [_lemma(each.word) for each in cue]
    phrases = (*_phrases(), *(tuple(each.split()) for each in cues.phrases))
    begun = (n for n in range(len(cue)) for p in phrases if tuple(lemmas[n : n + len(p)]) == p)
    verbs = (n for n, each in enumerate(cue) if not _is_of_verb(each.word))
    return next(begun, next(verbs, 0))


def _is_of_verb(word: str) -> bool:
    """Whether a word belongs to the verb behind it: an auxiliary, a negation, an adverb."""
    lists = _lists()
    listed = word in lists["auxiliaries"] or word in lists["modals"] or word in lists["adverbs"]
    return listed or _negates(word) or (word.endswith("ly") and len(word) > 4)


def _inverts(token: Token) -> bool:
    lists = _lists()
    return token.word in lists["auxiliaries"] | lists["modals"] and token.word != "to"


def _negates(word: str) -> bool:
    return word in _lists()["negators"] or word.endswith("n't")


def _tokens(text: str, span: Span) -> list[Token]:
    found = _TOKEN.finditer(text, span.start, span.end)
    return [Token(f[0].lower().replace("’", "'"), Span(*f.span()), f[0]) for f in found]
