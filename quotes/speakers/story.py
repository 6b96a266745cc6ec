"""One article as its sources are read: names, sentences, the reader's links, who has no name.

The article, its names and the reader's mentions come in.  Names are joined to chains and
weighed by how they stand in their sentence; what was said and followed so far is kept in text
order.  Whom a source means is not decided here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import regex

from quotes.people.known import People
from quotes.people.spelling import Gender, plain
from quotes.people.titles import Titles
from quotes.records import AnnotatedArticle, Mention, Quotation, Span, SpeakerKind
from quotes.speakers.chains import Chain, Chains
from quotes.speakers.names import Name, find_names, trimmed
from quotes.speakers.sources import Source

REACH = 48
"""Names looked back over at most, so that a text without sentences stays linear."""

_ASIDES = frozenset({"boilerplate", "byline", "caption"})
"""Kinds of regions whose people are nobody's "he" or "she"."""

_FREE_PRONOUN = regex.compile(r"(?<![\p{L}’'])([Hh]e|[Ss]he)(?![\p{L}’'])")
_MARKED = regex.compile(r"“[^“”\n]{0,4000}+”|\"[^\"\n]{0,4000}+\"|''[^\n]{0,4000}?''")
_PARAGRAPH = regex.compile(r"\n\s*")


class Layout:
    """Where the sentences, paragraphs (by line breaks) and quoted stretches of a text lie.

    `sentences` has where sentences start.
    """

    def __init__(self, text: str, sentences: Sequence[Span]) -> None:
        """Lay out a text; a sentence that is all quoted has the number of the one before."""
        quoted = [match.span() for match in _MARKED.finditer(text)]
        self._quoted, self._quoted_ends = [at for at, _ in quoted], [end for _, end in quoted]
        self._paragraphs = [0, *(match.end() for match in _PARAGRAPH.finditer(text))]
        self.sentences = [span.start for span in sentences]
        told = (max(s.start, s.end - 2) >= self._quoted_until(s.start) for s in sentences)
        self._numbers = list(accumulate(told, initial=0))

    def sentence(self, at: int) -> int:
        """The story's sentence number at an offset."""
        return self._numbers[max(0, bisect_right(self.sentences, at) - 1)]

    def paragraph(self, at: int) -> int:
        """The paragraph's number at an offset."""
        return bisect_right(self._paragraphs, at)

    def is_quoted(self, at: int) -> bool:
        """Whether an offset lies in quotation marks."""
        return at < self._quoted_until(at)

    def _quoted_until(self, at: int) -> int:
        before = bisect_right(self._quoted, at) - 1
        return self._quoted_ends[before] if before >= 0 else 0


@dataclass(frozen=True, slots=True)
class Seen:
    """One place where a chain is spoken of or speaks, and how much it stands out there, 0..1."""

    at: int
    chain: Chain
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Whom a source means: a chain, or none, and why.

    Attributes:
        via: where the mention begins that led to the chain, if one did.
        way: the mentions from the source's own words to the chain's first full one.
        likely: whom it may mean by probability, where that is known.
    """

    chain: Chain | None
    basis: str
    via: int | None = None
    way: tuple[Span, ...] = ()
    likely: tuple[tuple[Chain, float], ...] = ()


class Story:
    """What is known of an article up to the place that is resolved next.

    Attributes:
        chains: its names, joined; `links`: what the reader says of its mentions.
        seen, seen_starts: names of persons and of who may be one, in text order, and where.
        bodies, body_starts: names of bodies, likewise.
        teaser: the teaser in hand; None in the story.
        spoken: who spoke so far, and where; None where nobody was found.
        likely: who spoke last, by probability.
        unresolved: the nameless who stand for descriptions that nobody clearly fitted.
        pronouns: where pronouns and nameless persons stand that were followed, and whom they mean.
        followed: the answer of each pronoun that is a source, by where it begins.
        free, free_at: every "he" and "she", and how many of them have been read.
        contents: where the quotations resolved so far lie, who speaks each and to whom.
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
        self.people = people
        names = trimmed(find_names(self.text, titles, people), mentions, self.text, titles)
        self.chains = Chains(
            self.text, names, people=people, titles=titles, day=self.day, mentions=mentions
        )
        self.layout = Layout(self.text, annotated.sentences)
        self.links = Links(mentions, self.chains)
        asides = [r.span for r in annotated.regions if r.kind in _ASIDES]
        standing: list[Seen] = []
        for name in self.chains.names:
            chain = self.chains.of.get(name.start)
            if chain is not None and chain.kind != "place":
                weight = _standing(self.text, name, self.layout, titles)
                standing.append(Seen(name.start, chain, weight))
        self.bodies = [s for s in standing if s.chain.kind == "organisation"]
        persons = (s for s in standing if s.chain.kind != "organisation")
        self.seen = [s for s in persons if not within(s.at, asides)]
        self.seen_starts = [s.at for s in self.seen]
        self.body_starts = [s.at for s in self.bodies]
        self.teasers = [r.span for r in annotated.regions if r.kind == "teaser"]
        self.teaser: Span | None = None
        self.spoken: list[tuple[int, Chain | None]] = []
        self.likely: tuple[tuple[Chain, float], ...] = ()
        self.unresolved: set[Chain] = set()
        self.pronouns: list[Seen] = []
        self.followed: dict[int, Answer] = {}
        self.free = [(m.start(), m.group(1)) for m in _FREE_PRONOUN.finditer(self.text)]
        self.free_at = 0
        self.contents: list[tuple[Span, Chain | None, Chain | None]] = []

    def enter_region(self, at: int) -> None:
        """Keep to the teaser an offset lies in, or the story: a teaser's "he" is nobody's there."""
        teaser = self._teaser(at)
        if teaser != self.teaser:
            self.teaser = teaser
            self.spoken.clear()
            self.likely = ()
            self.pronouns.clear()

    def is_elsewhere(self, at: int) -> bool:
        """Whether an offset lies outside the teaser in hand, or in a teaser of the story."""
        return self._teaser(at) != self.teaser

    def _teaser(self, at: int) -> Span | None:
        return next((span for span in self.teasers if span.start <= at < span.end), None)

    def before(self, at: int, own: tuple[Span, ...], *, bodies: bool = False) -> list[Seen]:
        """Names met before an offset, latest first, without those in a quotation's content.

        Those of persons and of who may be one, or of bodies.
        """
        seen, starts = self.seen, self.seen_starts
        if bodies:
            seen, starts = self.bodies, self.body_starts
        last = bisect_left(starts, at)
        near = reversed(seen[max(0, last - REACH) : last])
        return [s for s in near if not self.is_elsewhere(s.at) and not within(s.at, own)]

    def seen_in(self, span: Span) -> list[Seen]:
        """Names of persons inside a span."""
        first, last = (bisect_left(self.seen_starts, at) for at in (span.start, span.end))
        return self.seen[first : min(last, first + REACH)]

    def last_seen(self, chain: Chain, source: Source, own: tuple[Span, ...] = ()) -> int | None:
        """Where a chain was last named before a source; of the nameless where it was first met."""
        if chain.sort is not None:
            return chain.first
        before = self.before(source.own.start, own)
        return next((seen.at for seen in before if seen.chain is chain), None)

    def hearer(self, quotation: Quotation) -> Chain | None:
        """The person named right behind the cue, unless it is who speaks: "told Mary Orr"."""
        if not quotation.cue:
            return None
        after = quotation.cue[-1].end + 1
        chain = self.chains.of.get(after) if not within(after, quotation.source) else None
        return chain if chain is not None and chain.kind == "person" else None

    def remember(self, source: Source, anchor: int, answer: Answer) -> None:
        """Keep in mind who spoke."""
        chain = answer.chain
        self.spoken.append((anchor, chain))
        self.likely = answer.likely or (((chain, 1.0),) if chain is not None else ())
        if chain is not None and chain.sort is not None:
            self.links.bind(source.own, chain)
            if chain.sort == "unnamed":
                self.pronouns.append(Seen(source.own.start, chain))


def within(at: int, spans: Sequence[Span]) -> bool:
    """Whether one of some spans holds an offset."""
    return any(span.start <= at < span.end for span in spans)


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

_CLEARLY = 0.8  # the lead of one gender's pronouns from which a chain is called so clearly
_GENDERS: dict[str, Gender] = {
    **dict.fromkeys(("he", "him", "his", "himself"), "male"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "female"),
}  # fmt: skip

_DEEPEST = 24  # links followed one after the other at most; the probability is spent long before


class Links:
    """The mentions of one article and the chains that they lead to; if any is `linking`."""

    def __init__(self, mentions: Sequence[Mention], chains: Chains) -> None:
        """Index the mentions by where they start."""
        self.mentions, self.chains = mentions, chains
        self.linking = any(mention.antecedents for mention in mentions)
        self._starts = [mention.span.start for mention in mentions]
        self._bound: dict[int, Chain] = {}
        self._votes = self._count_votes()

    def meant(self, span: Span) -> Mapping[Chain, float]:
        """The chains that the words at `span` may mean by the reader, with probabilities.

        Empty where the reader has no mention there or links it to nothing.
        """
        number = self._at(span)
        return self._followed(number, {}, _DEEPEST) if number is not None else {}

    def called(self, chain: Chain, gender: Gender | None) -> int:
        """What the article's own "he" and "she" say of a chain's gender: -2 against, 2 for it."""
        if gender is None or chain not in self._votes:
            return 0
        for_it = self._votes[chain][gender]
        against = sum(self._votes[chain].values()) - for_it
        lead = for_it - against
        return (lead > 0) - (lead < 0) if abs(lead) < _CLEARLY else 2 if lead > 0 else -2

    def _count_votes(self) -> dict[Chain, dict[Gender, float]]:
        """How surely pronouns of either gender lead to each chain, all added up."""
        votes: dict[Chain, dict[Gender, float]] = {}
        led: dict[int, dict[Chain, float]] = {}
        for number, mention in enumerate(self.mentions):
            if mention.kind != "pronoun":
                continue
            gender = _GENDERS.get(mention.span.of(self.chains.text).lower())
            shares: defaultdict[Chain, float] = defaultdict(float)
            for other, probability in mention.antecedents:
                named = self._named(other)
                for chain, share in ({named: 1.0} if named else led.get(other, {})).items():
                    shares[chain] += probability * share
            led[number] = shares
            for chain, share in shares.items():
                if gender is not None:
                    told = votes.setdefault(chain, {"male": 0.0, "female": 0.0})
                    told[gender] += share
        return votes

    def bind(self, span: Span, chain: Chain) -> None:
        """Let the mention at `span` stand for a chain without a name, for links to it."""
        number = self._at(span)
        if number is not None:
            self._bound.setdefault(number, chain)

    def _at(self, span: Span) -> int | None:
        """The mention that the words at `span` are, by where they begin or where they end.

        A name at their beginning is none: "Ms Orr’s lawyer" is not Ms Orr.
        """
        first, last = (bisect_left(self._starts, at) for at in (span.start, span.end))
        for number in range(first, last):
            mention = self.mentions[number]
            begins = mention.span.start == span.start and mention.kind not in _NAMING
            if begins or mention.span.end == span.end:
                return number
        return None

    def _followed(
        self, number: int, known: dict[int, Mapping[Chain, float]], depth: int
    ) -> Mapping[Chain, float]:
        """The chains that a mention refers to; `known`: those followed so far."""
        shares: defaultdict[Chain, float] = defaultdict(float)
        for other, probability in self.mentions[number].antecedents if depth else ():
            named = self._bound.get(other) or self._named(other)
            if named is None and other not in known:
                known[other] = {}
                known[other] = self._followed(other, known, depth - 1)
            for chain, share in ({named: 1.0} if named else known[other]).items():
                shares[chain] += probability * share
        return shares

    def _named(self, number: int) -> Chain | None:
        """The chain that a mention names."""
        mention = self.mentions[number]
        start, end = mention.span.start, mention.span.end
        names = self.chains.between(start, end) if mention.kind in _NAMING else ()
        return self.chains.of.get(next((n.start for n in names if n.start >= start or n.title), -1))


# Those who speak without a name.

_INDEFINITE = frozenset({"a", "an", "one", "another"})
_MOST_MET = 200  # referents looked back over: more than any article has


class Referents:
    """The nameless of one article, as they were `met`: they have a `sort` in a name's place."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.met: list[Chain] = []
        self._called: dict[tuple[str, str], Chain] = {}
        self._at: dict[int, Chain] = {}
        self._together: dict[frozenset[Chain], Chain] = {}

    @property
    def persons(self) -> list[Chain]:
        """Those that are one person each, in the order they were met."""
        return [chain for chain in self.met[-_MOST_MET:] if chain.sort == "unnamed"]

    def meant(self, source: Source, sort: SpeakerKind) -> Chain | None:
        """The unnamed person, group or text a source is: who goes by the same words is the same.

        None where the words are no more than a pronoun.
        """
        if not source.body and sort != "unnamed":
            return None
        key = (sort, plain(source.body))
        chain = self._at.get(source.own.start)
        if chain is None and (sort == "group" or source.determiner not in _INDEFINITE):
            if sort == "unnamed":
                chain = self._again(source, sort) or self._called.get(key)
            else:
                chain = self._called.get(key) or self._again(source, sort)
        if chain is None and source.body:
            chain = self._new(source, sort, source.body)
            chain.aliases.add(source.body)
            if sort == "unnamed":
                chain.kind = "person"
                chain.roles.update(word.lower() for word in chain.words)
                chain.told.update([source.gender] if source.gender else ())
        if chain is not None:
            self._called[key] = chain
        return chain

    def together(self, members: Sequence[Chain], source: Source) -> Chain:
        """The group of two or more who are named, whatever their order."""
        chain = self._together.get(frozenset(members))
        if chain is None:
            name = ", ".join(chain.name for chain in members[:-1]) + f" and {members[-1].name}"
            chain = self._together[frozenset(members)] = self._new(source, "group", name)
            chain.members = tuple(members)
        chain.aliases.add(source.text)
        return chain

    def _again(self, source: Source, sort: SpeakerKind) -> Chain | None:
        """What a definite phrase means: the last one met with that noun and those words."""
        if not source.is_definite:
            return None
        words = {source.head} | (set(source.modifiers) - {source.determiner})
        for chain in reversed(self.met[-_MOST_MET:]):
            if chain.sort == sort and words <= {word.lower() for word in chain.words}:
                return chain
        return None

    def _new(self, source: Source, sort: SpeakerKind, name: str) -> Chain:
        chain = Chain(
            tuple(name.split()), "unknown", source.own.start, sort=sort, end=source.own.end
        )
        self._at[source.own.start] = chain
        self.met.append(chain)
        return chain
