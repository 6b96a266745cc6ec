"""What speaks for and against each person that a pronoun or a description may mean.

A story, a place in it, and what the rules make of it come in; the candidates' `Features` go to
the ranker, whose ranking comes out.  Only for texts that the reader has read for links: without
them the rules decide alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

import regex

from quotes.people.spelling import Gender
from quotes.records import Span
from quotes.speakers.chains import Chain
from quotes.speakers.ranker import Features, Kind, Nobody, Ranker, Ranking
from quotes.speakers.sources import Source
from quotes.speakers.story import Seen, Story, within

_LOWER_WORD = regex.compile(r"(?<![\p{L}\-])\p{Ll}[\p{Ll}\-]*+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A word or phrase whose meaning is asked for.

    Attributes:
        at: where it begins.
        words: all of it, for the reader's links.
        kind: which weights say whom it means.
        gender: what it tells.
        own: the content of the quotation whose source it is: whom it names is rarely its speaker.
        source: what a description says; None of others.
        owner: it is possessive.
        weights: what the rules give each whom it may mean.
        ruled: whom they choose, if anybody.
    """

    at: int
    words: Span
    kind: Kind = "pronoun"
    gender: Gender | None = None
    own: tuple[Span, ...] = ()
    source: Source | None = None
    owner: bool = False
    weights: Mapping[Chain, float] = field(default_factory=dict)
    ruled: Chain | None = None

    @property
    def unclear(self) -> bool:
        """Whether it may mean a person as well as a body."""
        return self.source is not None and self.source.form == "unclear"


@dataclass(slots=True)
class _Trail:
    """Where a chain was spoken of before: the latest place of each kind, and how often."""

    subject: int = -1
    named: int = -1
    followed: int = -1
    latest: int = -1
    often: int = 0

    def note(self, seen: Seen) -> None:
        """Count one place; later places come first."""
        self.latest = max(self.latest, seen.at)
        if seen.weight > 0.1:
            self.often += 1
            self.named = max(self.named, seen.at)
        if seen.weight > 0.8:
            self.subject = max(self.subject, seen.at)


_MOST_RANKED = 24  # candidates of one source: those named last


def rank(story: Story, ranker: Ranker, asked: Asked) -> Ranking:
    """The chains that a word may mean, best first; none where the reader links nothing."""
    if not story.links.linking:
        return Ranking()
    trails = _trails(story, asked)
    speakers = _last_speakers(story, asked.at)
    shares = story.links.meant(asked.words)
    chains = dict.fromkeys([*asked.weights, *trails, *speakers, *shares])
    fitting = [chain for chain in chains if chain in asked.weights or _may_be(story, asked, chain)]
    fitting.sort(key=lambda c: -trails[c].latest if c in trails else -c.first)
    fitting = fitting[:_MOST_RANKED]
    here = _Here(story, asked, {c: trails.get(c, _Trail()) for c in fitting}, speakers)
    most = max(shares.values(), default=0.0)
    candidates = [(chain, here.features(chain, shares.get(chain, 0.0), most)) for chain in fitting]
    linked = sum(shares.get(chain, 0.0) for chain in fitting)
    nobody = Nobody(
        unlinked=_steps(1 - linked),
        several=min(4, len(fitting)),
        introduced=_is_introduced(story, asked, here.trails),
        words=_words_of(story, asked),
        ruled=asked.ruled is not None,
    )
    return ranker.rank(asked.kind, candidates, nobody, asked.at)


def _trails(story: Story, asked: Asked) -> dict[Chain, _Trail]:
    """Where each chain was named or meant by a pronoun before, outside the quoted words."""
    trails: dict[Chain, _Trail] = {}
    before = story.before(asked.at, asked.own)
    if asked.unclear:
        before += [s for s in story.before(asked.at, asked.own, bodies=True) if s not in before]
    for seen in before:
        trails.setdefault(seen.chain, _Trail()).note(seen)
    for seen in story.pronouns[-6:]:
        if seen.at < asked.at and not within(seen.at, asked.own):
            trail = trails.setdefault(seen.chain, _Trail())
            trail.followed = max(trail.followed, seen.at)
            trail.latest = max(trail.latest, seen.at)
    return trails


_LIKELY, _CLEAR = 0.2, 0.65  # of who spoke last: the least probability, and that of no doubt


def _last_speakers(story: Story, at: int) -> dict[Chain, str]:
    """Who spoke last and how far away, "?" behind it if in doubt; others before as "earlier"."""
    found: dict[Chain, str] = {}
    before = [(when, chain) for when, chain in story.spoken[-8:] if when < at]
    if not before:
        return found
    when = before[-1][0]
    apart = story.layout.paragraph(at) - story.layout.paragraph(when)
    near = story.layout.sentence(at) - story.layout.sentence(when) <= 2
    where = ("here" if near else "near") if apart == 0 else "before" if apart <= 2 else "earlier"
    for chain, share in story.likely:
        if share >= _LIKELY:
            found[chain] = where if share >= _CLEAR or where == "earlier" else f"{where}?"
    for _, earlier in reversed(before):
        if earlier is not None:
            found.setdefault(earlier, "earlier")
    return found


def _may_be(story: Story, asked: Asked, chain: Chain) -> bool:
    """Whether a chain can be meant at all: a body only by a noun for neither."""
    if asked.kind == "description" and chain in story.unresolved:
        return False
    if chain.sort in {"group", "document"} or chain.kind in {"organisation", "place"}:
        return asked.unclear and chain.sort is None
    doubted = asked.gender and not chain.agrees(asked.gender)
    return not (doubted and _sure_gender(chain)) and (chain.kind == "person" or not asked.owner)


def _sure_gender(chain: Chain) -> bool:
    return chain.person is not None and chain.person.gender is not None


_STEPS = (0.02, 0.15, 0.4, 0.7, 0.9)


def _steps(share: float) -> int:
    """A probability in six steps."""
    return bisect_right(_STEPS, share)


def _distance(sentences: int) -> int:
    """Sentences between, from 4 on in two steps."""
    return max(0, sentences) if sentences < 4 else 4 if sentences < 8 else 5


_STANDINGS = (0.3, 0.8, 1.2, 1.8, 2.5, 3.3, 4.5)
_LEADS = (-2.5, -1.2, -0.6, 0.0, 0.6, 1.2, 2.5)


class _Here:
    """Where a source stands, and the features of each candidate there."""

    def __init__(
        self,
        story: Story,
        asked: Asked,
        trails: dict[Chain, _Trail],
        speakers: dict[Chain, str],
    ) -> None:
        self.story, self.asked, self.trails, self.speakers = story, asked, trails, speakers
        self.sentence = story.layout.sentence(asked.at)
        self.paragraph = story.layout.paragraph(asked.at)
        self.latest = max((t.latest for t in trails.values()), default=-1)
        self.inside = {seen.chain for span in asked.own for seen in story.seen_in(span)}
        here = [c for c, t in trails.items() if story.layout.paragraph(t.named) == self.paragraph]
        self.alone = here[0] if len(here) == 1 and trails[here[0]].named >= 0 else None
        self.noun = _noun_of(story, asked.source)

    def features(self, chain: Chain, share: float, most: float) -> Features:
        """What speaks for and against a chain."""
        story, asked, trail = self.story, self.asked, self.trails[chain]
        source = asked.source
        others = (weight for other, weight in asked.weights.items() if other is not chain)
        standing = asked.weights.get(chain, 0.0)
        lead = standing - max(others, default=0.0)
        return Features(
            subject=self._far(trail.subject),
            named=self._far(trail.named),
            followed=self._far(trail.followed),
            apart=self._apart(trail.latest),
            latest=trail.latest == self.latest >= 0,
            alone=chain is self.alone,
            spoke=self.speakers.get(chain, ""),
            link=_steps(share),
            best=share == most > 0,
            gender=_gender(chain, asked.gender),
            called=story.links.called(chain, asked.gender),
            noun=self.noun,
            role=_role_of(chain, source, story) if source else "",
            inside=chain in self.inside,
            often=min(5, trail.often.bit_length()),
            kind="nameless" if chain.sort else chain.kind,
            owner=asked.owner,
            standing=bisect_right(_STANDINGS, standing),
            leads=bisect_right(_LEADS, lead),
            ruled=chain is asked.ruled,
        )

    def _far(self, at: int) -> int:
        return _distance(self.sentence - self.story.layout.sentence(at)) if at >= 0 else -1

    def _apart(self, at: int) -> int:
        return min(3, max(0, self.paragraph - self.story.layout.paragraph(at))) if at >= 0 else -1


def _gender(chain: Chain, gender: Gender | None) -> str:
    if gender is None:
        return ""
    if chain.gender is None:
        return "unknown"
    return "yes" if chain.gender == gender else "no"


def _is_introduced(story: Story, asked: Asked, trails: dict[Chain, _Trail]) -> bool:
    """Whether a noun for a person of the gender stands behind the name that was met last."""
    nouns, last = story.titles.people, max((t.latest for t in trails.values()), default=-1)
    if last < 0:
        return False
    words = _LOWER_WORD.findall(story.text, max(last, asked.at - 400), asked.at)
    return any(w in nouns and nouns[w] in {None, asked.gender} for w in words)


def _noun_of(story: Story, source: Source | None) -> str:
    """What kind of noun a description has."""
    if source is None:
        return ""
    titles = story.titles
    listed = (
        (titles.personal, "personal"),
        (titles.offices, "office"),
        (titles.people, "person"),
        (titles.firms, "firm"),
        (titles.body_again, "body"),
        (titles.body_nouns, "body"),
    )
    noun = next((name for words, name in listed if source.head in words), "other")
    return "old" if noun == "other" and source.head.endswith("-old") else noun


def _words_of(story: Story, asked: Asked) -> str:
    """The kind of words a source is, as far as it says how likely nobody is meant."""
    source = asked.source
    if source is None:
        return "owner" if asked.owner else "pronoun"
    noun = _noun_of(story, source)
    known = "more" if len(source.modifiers) > 1 else "bare"
    return f"{noun} {known}" if source.is_definite else f"{noun} {source.determiner or 'none'}"


def _role_of(chain: Chain, source: Source, story: Story) -> str:
    """How a description's noun goes with what is known of a chain."""
    titles = story.titles
    if source.head in {word.lower().strip(".") for word in chain.words}:
        return "name"
    if chain.roles & titles.answers.get(source.head, frozenset({source.head})):
        return "fits"
    other = any(word in titles.people or word in titles.offices for word in chain.roles)
    return "other" if other else "none"
