"""One article as its sources are read: names, sentences, the reader's links, what was said.

The article, its names and the reader's mentions come in.  Names are joined to chains and
weighed by how they stand in their sentence; what was said and followed so far is kept in text
order.  Whom a source means is not decided here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import regex

from quotes.people.known import People
from quotes.people.titles import Titles
from quotes.records import AnnotatedArticle, Mention, Quotation, Region, Span
from quotes.speakers.chains import Chain, Chains
from quotes.speakers.names import Name, find_names, with_mentions
from quotes.speakers.sources import Source

REACH = 48
"""Names looked back over at most, so that a text without sentences stays linear."""

_ASIDES = frozenset({"boilerplate", "byline", "caption"})
"""Kinds of regions whose people are nobody's "he" or "she"."""

_FREE_PRONOUN = regex.compile(r"(?<![\p{L}’'])([Hh]e|[Ss]he)(?![\p{L}’'])")


@dataclass(slots=True)
class Layout:
    """Where sentences and paragraphs of the story lie.

    Attributes:
        sentences: starts of sentences.
        story: for each sentence how many sentences before it are not all quoted.
        paragraphs: starts of paragraphs.
        quoted: quoted stretches, sorted, not overlapping.
    """

    sentences: list[int]
    story: list[int]
    paragraphs: list[int]
    quoted: list[Span]
    quoted_starts: list[int]

    def sentence(self, at: int) -> int:
        """The story's sentence number at an offset."""
        return self.story[max(0, bisect_right(self.sentences, at) - 1)] if self.story else 0

    def paragraph(self, at: int) -> int:
        """The paragraph's number at an offset."""
        return bisect_right(self.paragraphs, at)

    def is_quoted(self, at: int) -> bool:
        """Whether an offset lies in quotation marks."""
        before = bisect_right(self.quoted_starts, at) - 1
        return before >= 0 and at < self.quoted[before].end

    def is_all_quoted(self, span: Span) -> bool:
        """Whether one quoted stretch holds a sentence, all but its last mark and stop."""
        before = bisect_right(self.quoted_starts, span.start) - 1
        return before >= 0 and max(span.start, span.end - 2) < self.quoted[before].end


_MARKED = regex.compile(r"“[^“”\n]{0,4000}+”|\"[^\"\n]{0,4000}+\"|''[^\n]{0,4000}?''")
_PARAGRAPH = regex.compile(r"\n\s*")


def build_layout(text: str, sentences: Sequence[Span]) -> Layout:
    """Lay out a text: paragraphs by line breaks, quoted stretches by their marks."""
    quoted = [Span(m.start(), m.end()) for m in _MARKED.finditer(text)]
    layout = Layout(
        sentences=[span.start for span in sentences],
        story=[],
        paragraphs=[0, *(m.end() for m in _PARAGRAPH.finditer(text))],
        quoted=quoted,
        quoted_starts=[span.start for span in quoted],
    )
    number = 0
    for span in sentences:
        layout.story.append(number)
        if not layout.is_all_quoted(span):
            number += 1
    return layout


@dataclass(frozen=True, slots=True)
class Seen:
    """One place where a chain is spoken of or speaks, and how much it stands out there, 0..1."""

    at: int
    chain: Chain
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    """Content already resolved: where it lies, who speaks it and to whom."""

    start: int
    end: int
    speaker: Chain | None
    hearer: Chain | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Whom a source means: a chain, or none, and why.

    Attributes:
        via: where the mention begins that led to the chain, if one did.
        way: the mentions from the source's own words to the chain's first full one.
    """

    chain: Chain | None
    basis: str
    via: int | None = None
    way: tuple[Span, ...] = ()


class Story:
    """What is known of an article up to the place that is resolved next.

    Attributes:
        chains: its names, joined; `links`: what the reader says of its mentions.
        seen, seen_starts: names of persons and of who may be one, in text order, and where.
        bodies: names of bodies, likewise.
        bounds: the part of the text in hand: a teaser, or everything.
        spoken: who spoke so far, and where; None where nobody was found.
        pronouns: where pronouns and nameless persons stand that were followed, and whom they mean.
        followed: the answer of each pronoun that is a source, by where it begins.
        free, free_at: every "he" and "she", and how many of them have been read.
        contents: the quotations resolved so far.
    """

    def __init__(
        self,
        annotated: AnnotatedArticle,
        people: People,
        titles: Titles,
        mentions: Sequence[Mention],
    ) -> None:
        """Find and join the names, and weigh where each stands."""
        article = annotated.article
        self.text, self.day, self.titles = article.text, article.published, titles
        self.people, self.regions = people, annotated.regions
        names = with_mentions(find_names(self.text, titles, people), mentions)
        self.chains = Chains(self.text, names, people=people, titles=titles, day=self.day)
        self.layout = build_layout(self.text, annotated.sentences)
        self.links = Links(mentions, self.chains)
        asides = [r.span for r in annotated.regions if r.kind in _ASIDES]
        standing = list(self._weighed())
        self.bodies = [s for s in standing if s.chain.kind == "organisation"]
        self.seen = [
            s for s in standing if s.chain.kind != "organisation" and not _within(s.at, asides)
        ]
        self.seen_starts = [s.at for s in self.seen]
        self.teasers = [r.span for r in annotated.regions if r.kind == "teaser"]
        self.bounds = (0, len(self.text))
        self.spoken: list[tuple[int, Chain | None]] = []
        self.pronouns: list[Seen] = []
        self.followed: dict[int, Answer] = {}
        self.free = [(m.start(), m.group(1)) for m in _FREE_PRONOUN.finditer(self.text)]
        self.free_at = 0
        self.contents: list[Words] = []

    def _weighed(self) -> Iterator[Seen]:
        """Every name of a person or body, weighed by how it stands in its sentence."""
        for name in self.chains.names:
            chain = self.chains.of.get(name.start)
            if chain is not None and chain.kind != "place":
                weight = _standing(self.text, name, self.layout, self.titles)
                yield Seen(name.start, chain, weight)

    def enter_region(self, at: int) -> None:
        """Keep to the region an offset lies in: a teaser's "he" is nobody of the story."""
        region = next((r for r in self.regions if r.span.start <= at < r.span.end), None)
        bounds = _bounds(region, len(self.text))
        if bounds != self.bounds:
            self.bounds = bounds
            self.spoken.clear()
            self.pronouns.clear()

    def is_elsewhere(self, at: int) -> bool:
        """Whether an offset lies outside the teaser in hand, or in a teaser of the story."""
        if not self.bounds[0] <= at < self.bounds[1]:
            return True
        return self.bounds[1] - self.bounds[0] == len(self.text) and any(
            span.start <= at < span.end for span in self.teasers
        )

    def before(self, at: int, own: tuple[Span, ...]) -> list[Seen]:
        """Names met before an offset, latest first, without those in a quotation's content."""
        last = bisect_left(self.seen_starts, at)
        found = []
        mixed = bool(self.teasers)
        for seen in reversed(self.seen[max(0, last - REACH) : last]):
            if seen.at < self.bounds[0]:
                break
            if mixed and self.is_elsewhere(seen.at):
                continue
            if not any(span.start <= seen.at < span.end for span in own):
                found.append(seen)
        return found

    def last_seen(
        self, chain: Chain | None, source: Source, own: tuple[Span, ...] = ()
    ) -> int | None:
        """Where a chain was last named before a source; of the nameless where it was first met."""
        if chain is None or chain.sort is not None:
            return chain.first if chain is not None else None
        before = self.before(source.own.start, own)
        return next((seen.at for seen in before if seen.chain is chain), None)

    def hearer(self, quotation: Quotation) -> Chain | None:
        """The person named right behind the cue, unless it is who speaks: "told Mary Orr"."""
        if not quotation.cue:
            return None
        after = quotation.cue[-1].end + 1
        if any(span.start <= after < span.end for span in quotation.source):
            return None
        chain = self.chains.of.get(after)
        return chain if chain is not None and chain.kind == "person" else None

    def remember(self, source: Source, anchor: int, chain: Chain | None) -> None:
        """Keep in mind who spoke."""
        self.spoken.append((anchor, chain))
        if chain is not None and chain.sort is not None:
            self.links.bind(source.own, chain)
            if chain.sort == "unnamed":
                self.pronouns.append(Seen(source.own.start, chain, 1.0))


def _within(at: int, spans: Sequence[Span]) -> bool:
    return any(span.start <= at < span.end for span in spans)


def _bounds(region: Region | None, length: int) -> tuple[int, int]:
    if region is not None and region.kind == "teaser":
        return region.span.start, region.span.end
    return 0, length


# How a name stands in its sentence.

_WORD_BEFORE = regex.compile(r"(?r)([\p{L}\p{N}'’\-]+|[^\s\p{L}\p{N}])[ \u00a0]*")
"""Read backwards from a name."""


_COORDINATED = regex.compile(r" and \p{Lu}")


def _standing(text: str, name: Name, layout: Layout, titles: Titles) -> float:
    """1 for a subject, less for others, least inside quotation marks."""
    if layout.is_quoted(name.start):
        return 0.1
    if name.possessive:
        return 0.35
    following = text[name.end : name.end + 24].lstrip(" ").partition(" ")[0].lower().strip(".,")
    plural = following in titles.groups and following.endswith("s")
    if plural or following in titles.body_nouns or following in titles.people:
        return 0.25
    if _COORDINATED.match(text, name.end) or text.endswith(" and ", 0, name.start):
        return 0.6
    word = _word_before(text, name.start, titles)
    if word in titles.prepositions:
        return 0.8 if text.startswith((", who ", " who "), name.end) else 0.4
    if word in titles.clauses or not word or not word[0].isalnum():
        return 1.0 if word != "," or not text.startswith(",", name.end) else 0.6
    acts = following in titles.finite or (len(following) > 4 and following.endswith("ed"))
    return 1.0 if acts else 0.45


def _word_before(text: str, start: int, titles: Titles) -> str:
    """The word or mark before a name, over the nouns and adjectives of its own phrase."""
    for _ in range(6):
        match = _WORD_BEFORE.match(text, max(0, start - 60), start)
        if match is None:
            return ""
        word: str = match.group(1)
        lowered = word.lower()
        own = lowered in titles.people or lowered in titles.common or lowered in titles.offices
        if not own and lowered not in {"the", "a", "an", "former", "his", "her", "campaign"}:
            return lowered
        start = match.start()
    return ""


# What the reader says of mentions.

_NAMING = frozenset({"person", "organisation", "place"})

_DEEPEST = 24
"""Links followed one after the other at most; the probability is spent long before."""


@dataclass(slots=True)
class Links:
    """The mentions of one article and the chains that they lead to."""

    mentions: Sequence[Mention]
    chains: Chains
    _starts: list[int] = field(default_factory=list)
    _bound: dict[int, Chain] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the mentions by where they start."""
        self._starts = [mention.span.start for mention in self.mentions]

    def meant(self, span: Span) -> Mapping[Chain, float]:
        """The chains that the words at `span` may mean by the reader, with probabilities.

        Empty where the reader has no mention there or links it to nothing.
        """
        number = self._at(span)
        return self._followed(number, {}, _DEEPEST) if number is not None else {}

    def bind(self, span: Span, chain: Chain) -> None:
        """Let the mention at `span` stand for a chain without a name, for links to it."""
        number = self._at(span)
        if number is not None:
            self._bound.setdefault(number, chain)

    def _at(self, span: Span) -> int | None:
        """The mention that the words at `span` are, by where they begin or where they end.

        A name at their beginning is none: "Ms Orr’s lawyer" is not Ms Orr.
        """
        number = bisect_left(self._starts, span.start)
        while number < len(self._starts) and self._starts[number] < span.end:
            mention = self.mentions[number]
            begins = mention.span.start == span.start and mention.kind not in _NAMING
            if begins or mention.span.end == span.end:
                return number
            number += 1
        return None

    def _shares(
        self, number: int, known: dict[int, Mapping[Chain, float]], depth: int
    ) -> Mapping[Chain, float]:
        """The chains that a mention stands for, itself or by what it refers to."""
        named = self._bound.get(number) or self._named(self.mentions[number])
        if named is not None:
            return {named: 1.0}
        if number not in known:
            known[number] = {}
            known[number] = self._followed(number, known, depth - 1)
        return known[number]

    def _followed(
        self, number: int, known: dict[int, Mapping[Chain, float]], depth: int
    ) -> Mapping[Chain, float]:
        shares: dict[Chain, float] = {}
        links = self.mentions[number].antecedents if depth else ()
        for other, probability in links:
            for chain, share in self._shares(other, known, depth).items():
                shares[chain] = shares.get(chain, 0.0) + probability * share
        return shares

    def _named(self, mention: Mention) -> Chain | None:
        """The chain of the name that a mention is."""
        if mention.kind not in _NAMING:
            return None
        for name in self.chains.between(mention.span.start, mention.span.end):
            if name.start >= mention.span.start or name.title:
                return self.chains.of.get(name.start)
        return None
