"""One article's state while its sources are resolved in text order.

The article, its names and the reader's mentions come in; names are joined to chains and
weighed, and what was said, followed and remembered so far is kept here.  Who is meant by a
source is not decided here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from quotes.people.known import People
from quotes.people.spelling import Gender
from quotes.people.titles import Titles
from quotes.records import AnnotatedArticle, Mention, Quotation, Region, Span
from quotes.speakers.antecedents import Memory, Seen, build_layout, build_scene, choose, weigh
from quotes.speakers.chains import Chain, build_chains
from quotes.speakers.links import Links, with_mentions
from quotes.speakers.names import find_names
from quotes.speakers.referents import Referents
from quotes.speakers.sources import Source

_PRONOUNS_FOLLOWED = 12
"""Pronouns of the story read before a source: older ones weigh nothing there."""


_FREE_PRONOUN = regex.compile(r"(?<![\p{L}’'])([Hh]e|[Ss]he)(?![\p{L}’'])")


@dataclass(frozen=True, slots=True)
class Words:
    """Content already resolved: where it lies, who speaks it and to whom."""

    start: int
    end: int
    speaker: Chain | None
    hearer: Chain | None


class Story:
    """What is known of an article up to the place that is resolved next."""

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
        self.chains = build_chains(
            self.text, names, people=people, titles=titles, day=article.published
        )
        layout = build_layout(self.text, annotated.sentences)
        links = Links(mentions, self.chains)
        self.scene = build_scene(
            self.text, self.chains, layout, links, titles=titles, day=article.published
        )
        asides = [r.span for r in annotated.regions if r.kind in _ASIDES]
        self.scene.seen = [s for s in self.scene.seen if not _within(s.at, asides)]
        self.scene.seen_starts = [s.at for s in self.scene.seen]
        self.scene.teasers = [r.span for r in annotated.regions if r.kind == "teaser"]
        self.in_teaser = False
        self.memory = Memory()
        self.referents = Referents()
        self.free = [(m.start(), m.group(1)) for m in _FREE_PRONOUN.finditer(self.text)]
        self.free_at = 0
        self.contents: list[Words] = []

    def go_to(self, at: int) -> None:
        """Go on to an offset: into its region, and past the pronouns before it."""
        self._enter_region(at)
        self._read_pronouns_before(at)

    def remember(self, source: Source, anchor: int, chain: Chain | None) -> None:
        """Keep in mind who spoke."""
        self.memory.spoken.append((anchor, chain))
        if chain is not None and chain.sort is not None:
            self.scene.links.bind(source.own, chain)
            if chain.sort == "unnamed":
                self.memory.pronouns.append(Seen(source.own.start, chain, 1.0))

    def hearer(self, quotation: Quotation) -> Chain | None:
        """The person named right behind the cue, unless it is who speaks: "told Mary Orr"."""
        if not quotation.cue:
            return None
        after = quotation.cue[-1].end + 1
        if any(span.start <= after < span.end for span in quotation.source):
            return None
        chain = self.chains.of.get(after)
        return chain if chain is not None and chain.kind == "person" else None

    def _enter_region(self, at: int) -> None:
        """Keep to the region an offset lies in: a teaser's "he" is nobody of the story."""
        region = next((r for r in self.regions if r.span.start <= at < r.span.end), None)
        self.in_teaser = region is not None and region.kind == "teaser"
        bounds = _bounds(region, len(self.text))
        if bounds != self.scene.bounds:
            self.scene.bounds = bounds
            self.memory.spoken.clear()
            self.memory.pronouns.clear()

    def _read_pronouns_before(self, at: int) -> None:
        """Follow "he" and "she" of the story up to an offset: they keep their man in mind."""
        last = bisect_left(self.free, (at, ""))
        first, self.free_at = max(self.free_at, last - _PRONOUNS_FOLLOWED), last
        for start, word in self.free[first:last]:
            hidden = self.scene.is_elsewhere(start) or self.scene.layout.is_quoted(start)
            if hidden:
                continue
            gender: Gender = "male" if word.lower() == "he" else "female"
            best = choose(weigh(self.scene, self.memory, start, gender))
            if best is not None:
                self.memory.pronouns.append(Seen(start, best.chain, 0.9))

    def last_seen(
        self, chain: Chain | None, source: Source, own: tuple[Span, ...] = ()
    ) -> int | None:
        """Where a chain was last named before a source; of the nameless where it was first met."""
        if chain is None or chain.sort is not None:
            return chain.first if chain is not None else None
        before = self.scene.before(source.own.start, own)
        return next((seen.at for seen in before if seen.chain is chain), None)


_ASIDES = frozenset({"boilerplate", "byline", "caption"})
"""Kinds of regions whose people are nobody's "he" or "she"."""


def _within(at: int, spans: Sequence[Span]) -> bool:
    return any(span.start <= at < span.end for span in spans)


def _bounds(region: Region | None, length: int) -> tuple[int, int]:
    if region is not None and region.kind == "teaser":
        return region.span.start, region.span.end
    return 0, length
