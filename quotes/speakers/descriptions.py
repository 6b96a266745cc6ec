"""Whom common nouns and plurals mean: bodies, unnamed persons, groups, texts, "they" and "it".

Sources and the story so far come in; chains go out, or None where nobody or more than one
fits.  `Referents` are those who speak without a name: they have a `sort` in a name's place and
are of this article alone.  `Bodies` says which body "the agency" or "the company" is.
`Plurals` says whom "they", "the two" and "it" mean; for these only what stands right before
counts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import regex

from quotes.people.spelling import plain
from quotes.people.titles import Titles
from quotes.records import SpeakerKind
from quotes.speakers.chains import Chain
from quotes.speakers.sources import Source
from quotes.speakers.story import Seen, Story

_INDEFINITE = frozenset({"a", "an", "one", "another"})
_MOST_MET = 200
"""Referents looked back over: more than any article has."""


@dataclass(slots=True)
class Referents:
    """The nameless of one article, in the order they were met."""

    met: list[Chain] = field(default_factory=list)
    _called: dict[tuple[str, str], Chain] = field(default_factory=dict)
    _at: dict[int, Chain] = field(default_factory=dict)
    _together: dict[tuple[int, ...], Chain] = field(default_factory=dict)

    @property
    def persons(self) -> list[Chain]:
        """Those that are one person each, in the order they were met."""
        return [chain for chain in self.met[-_MOST_MET:] if chain.sort == "unnamed"]

    def unnamed(self, source: Source) -> Chain | None:
        """The unnamed person a source is; None where its words are no more than a pronoun."""
        key = ("unnamed", plain(source.body))
        known = self._at.get(source.own.start) or self._again(source, "unnamed")
        if known is None and source.determiner not in _INDEFINITE:
            known = self._called.get(key)
        if known is not None or not source.body:
            return known
        chain = self._new(source, "unnamed")
        self._called[key] = chain
        chain.kind = "person"
        chain.roles.update(word.lower() for word in chain.words)
        if source.gender:
            chain.told.add(source.gender)
        return chain

    def several(self, source: Source, sort: SpeakerKind) -> Chain | None:
        """The group or document a source is: what goes by the same words is the same."""
        if not source.body:
            return None
        key = (sort, plain(source.body))
        chain = self._at.get(source.own.start)
        if chain is None and not (sort == "document" and source.determiner in _INDEFINITE):
            chain = self._called.get(key) or self._again(source, sort)
        if chain is None:
            chain = self._new(source, sort)
        self._called[key] = chain
        return chain

    def together(self, members: Sequence[Chain], source: Source) -> Chain:
        """The group of two or more who are named, whatever their order."""
        key = tuple(sorted(id(chain) for chain in members))
        chain = self._together.get(key)
        if chain is None:
            name = ", ".join(chain.name for chain in members[:-1]) + f" and {members[-1].name}"
            chain = self._made(name, source, "group")
            chain.members = tuple(members)
            self._together[key] = chain
        chain.aliases.add(source.text)
        return chain

    def _again(self, source: Source, sort: SpeakerKind) -> Chain | None:
        """What a definite phrase means: the last one met with that noun and those words."""
        if not source.is_definite:
            return None
        words = {word for word in source.modifiers if word != source.determiner}
        for chain in reversed(self.met[-_MOST_MET:]):
            called = {word.lower() for word in chain.words}
            if chain.sort == sort and source.head in called and words <= called:
                return chain
        return None

    def _new(self, source: Source, sort: SpeakerKind) -> Chain:
        chain = self._made(source.body, source, sort)
        chain.aliases.add(source.body)
        return chain

    def _made(self, name: str, source: Source, sort: SpeakerKind) -> Chain:
        words, own = tuple(name.split()), source.own
        chain = Chain(words, "unknown", own.start, sort=sort, end=own.end)
        self._at[source.own.start] = chain
        self.met.append(chain)
        return chain


# Which body a common noun means.

_MOST_CHAINS = 500
"""Chains looked back over: more than any article has."""

_PARAGRAPHS_AHEAD = 2
"""How soon a firm must be named that a lead calls "the company" before."""


@dataclass(slots=True)
class Bodies:
    """The bodies of one article that common nouns name, and those they may stand for.

    Attributes:
        described: bodies whose names are descriptions, by their folded names.
    """

    story: Story
    described: dict[str, Chain] = field(default_factory=dict)

    @property
    def titles(self) -> Titles:
        """The word lists."""
        return self.story.titles

    def called(self, name: str, source: Source) -> Chain:
        """The body that goes by a description, new or met before."""
        chain = self.described.get(plain(name))
        if chain is None:
            words = tuple(name.split())
            chain = Chain(words, "organisation", source.own.start, end=source.own.end)
            self.described[plain(name)] = chain
        chain.aliases.add(without_article(source.text))
        return chain

    def meant(self, source: Source, spoken: Sequence[Chain | None]) -> Chain | None:
        """The one body that a definite description means.

        Args:
            spoken: who spoke so far, in text order.
        """
        known = self.described.get(plain(source.body))
        if known is not None:
            return known
        if self.titles.vague & set(source.modifiers):
            return None
        fitting = self._so_called(source)
        if len(fitting) > 1 and not source.modifiers:
            fitting = [chain for chain in spoken if chain in fitting][-1:]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
        return self._seat(source) or self._only_firm(source) or self._new(source)

    def _bodies(self) -> list[Chain]:
        named = [c for c in self.story.chains.all[-_MOST_CHAINS:] if c.kind == "organisation"]
        return [*named, *self.described.values()]

    def _so_called(self, source: Source) -> list[Chain]:
        """Bodies named before that have the noun, and what stands before it, in name or role."""
        found = []
        for chain in self._bodies():
            words = {word.lower() for word in chain.words}
            called = source.head in words or source.head in chain.roles
            before = chain.first < source.start
            if called and before and set(source.modifiers) <= words | chain.roles:
                found.append(chain)
        return found

    def _seat(self, source: Source) -> Chain | None:
        """ "the ministry": that of the only minister here."""
        office = self.titles.seats.get(source.head)
        if office is None or source.modifiers:
            return None
        names = []
        for chain in self.story.chains.all[-_MOST_CHAINS:]:
            *field_words, last = (chain.role or "").split() or [""]
            if last.lower() == office and field_words and field_words[-1].lower() != "prime":
                noun = source.head.capitalize() if last[0].isupper() else source.head
                names.append(" ".join([*field_words, noun]))
        return self.called(names[0], source) if len(names) == 1 else None

    def _only_firm(self, source: Source) -> Chain | None:
        """ "the company": the only firm of the article, if it may have no other."""
        if source.head not in self.titles.firms:
            return None
        firms = [c for c in self._bodies() if self._is_firm(c)]
        if len(firms) != 1 or self._rivals(source.start):
            return None
        layout = self.story.layout
        ahead = layout.paragraph(firms[0].first) - layout.paragraph(source.start)
        return firms[0] if ahead <= _PARAGRAPHS_AHEAD else None

    def _is_firm(self, chain: Chain) -> bool:
        last = chain.words[-1].lower().strip(".")
        return "&" in chain.words or last in self.titles.companies | self.titles.firms

    def _rivals(self, before: int) -> bool:
        """Whether names that may be a firm's, though nothing says so, stand before an offset."""
        for chain in self._bodies():
            plainly = any(word.lower() in self.titles.body_heads for word in chain.words)
            plainly = plainly or bool(chain.roles & self.titles.body_nouns)
            if chain.first < before and not plainly and not self._is_firm(chain):
                return True
        seen = self.story.seen[: bisect_left(self.story.seen_starts, before)]
        unknown = [s for s in seen[-_MOST_CHAINS:] if s.chain.kind == "unknown"]
        acting = {id(s.chain) for s in unknown if s.weight > 0.8 and not self._says_what(s.chain)}
        return any(id(s.chain) in acting and not self._opens(s.at) for s in unknown)

    def _opens(self, at: int) -> bool:
        """Whether a sentence begins here, so that the capital says nothing."""
        starts = self.story.layout.sentences
        place = bisect_left(starts, at)
        return place < len(starts) and starts[place] == at

    def _says_what(self, chain: Chain) -> bool:
        """Whether the words beside a name tell that it is no firm."""
        nouns = self.titles.body_nouns | self.titles.people.keys()
        return bool(chain.roles & nouns) and not chain.roles & self.titles.firms

    def _new(self, source: Source) -> Chain | None:
        """A body known by nothing but its description, if that says enough."""
        if not source.modifiers or source.head in self.titles.undescribed:
            return None
        firm = source.head in self.titles.firms
        for chain in self._bodies():
            words = {word.lower() for word in chain.words}
            if source.head in words or (firm and self._is_firm(chain)):
                return None
        return self.called(source.body[0].upper() + source.body[1:], source)


def without_article(text: str) -> str:
    """The words without "the", "a" or "an" in front."""
    first, _, rest = text.partition(" ")
    return rest if rest and first.lower() in {"the", "a", "an", "this"} else text


# Plurals and "it".

_NEAR_SENTENCES = 2
"""How many sentences back "they" may reach to who spoke last."""

_LEAST_LINKED = 0.6
"""The share of the reader's links that is enough by itself."""

_WORD = regex.compile(r"(?<![\p{L}\-])\p{Ll}[\p{Ll}\-]*+")

Fits = Callable[[Chain], bool]


def _is_many(chain: Chain) -> bool:
    return chain.kind == "organisation" or chain.sort == "group"


def _is_thing(chain: Chain) -> bool:
    return chain.kind == "organisation" or chain.sort == "document"


@dataclass(slots=True)
class Plurals:
    """What plural and neuter words of one article may mean, and where that was spoken of."""

    story: Story
    referents: Referents

    def they(self, source: Source) -> Seen | None:
        """The group, body or persons that "they" means."""
        at = source.own.start
        linked = self._linked(source)
        spoken = self._last_spoken(at, _is_many)
        if linked or spoken:
            return linked or spoken
        found = [found for found in (self._pair(source), self._body(at)) if found is not None]
        nearest = max(found, key=lambda meant: meant.at, default=None)
        if nearest is None or self._group_between(nearest.at, at):
            return None
        return nearest

    def it(self, source: Source, *, far: int = 1) -> Seen | None:
        """The body or text that "it" means.

        Args:
            far: how many paragraphs back who spoke may be.
        """
        at = source.own.start
        layout = self.story.layout
        for when, chain in reversed(self.story.spoken[-4:]):
            apart = layout.paragraph(at) - layout.paragraph(when)
            if chain is None or apart > far:
                break
            if _is_thing(chain):
                return Seen(when, chain)
            if apart > 0:
                break
        return self._body(at)

    def two(self, source: Source) -> Seen | None:
        """The two persons that "the two" means: who spoke together or stand together."""
        spoken = self._last_spoken(source.own.start, lambda chain: len(chain.members) == 2)
        return spoken or self._pair(source) or self._met(source)

    def _linked(self, source: Source) -> Seen | None:
        shares = self.story.links.meant(source.own)
        best = max(shares, key=lambda chain: (shares[chain], -chain.first), default=None)
        if best is None or shares[best] < _LEAST_LINKED or not (_is_many(best) or _is_thing(best)):
            return None
        return Seen(best.first, best)

    def _last_spoken(self, at: int, fits: Fits) -> Seen | None:
        if not self.story.spoken:
            return None
        when, chain = self.story.spoken[-1]
        layout = self.story.layout
        near = layout.sentence(at) - layout.sentence(when) <= _NEAR_SENTENCES
        apart = layout.paragraph(at) - layout.paragraph(when)
        return Seen(when, chain) if chain and near and apart <= 1 and fits(chain) else None

    def _body(self, at: int) -> Seen | None:
        """The one body named as a subject in this paragraph, in this sentence or the last."""
        layout = self.story.layout
        near: list[Seen] = []
        place = bisect_left(self.story.bodies, at, key=lambda seen: seen.at)
        for seen in reversed(self.story.bodies[max(0, place - 8) : place]):
            if layout.paragraph(seen.at) != layout.paragraph(at):
                break
            if layout.sentence(at) - layout.sentence(seen.at) <= 1:
                near.append(seen)
        subjects = [seen for seen in near if seen.weight > 0.8]
        if len({id(seen.chain) for seen in subjects}) != 1:
            return None
        return subjects[0]

    def _pair(self, source: Source) -> Seen | None:
        """Two persons joined by "and" in this sentence or the last."""
        for left, right in reversed(self._before(source.own.start)):
            if self.story.text[left.at : right.at].rstrip().endswith(" and"):
                return self._together([left.chain, right.chain], source, right.at)
        return None

    def _met(self, source: Source) -> Seen | None:
        """The only two persons of the sentence before."""
        pairs = self._before(source.own.start)
        layout = self.story.layout
        here = layout.sentence(source.own.start)
        seen = [each for pair in pairs for each in pair if layout.sentence(each.at) == here - 1]
        chains = list({id(each.chain): each.chain for each in seen}.values())
        if len(chains) != 2:
            return None
        return self._together(chains, source, max(each.at for each in seen))

    def _before(self, at: int) -> list[tuple[Seen, Seen]]:
        """Neighbouring persons named in this sentence or the last, outside quotation marks."""
        layout = self.story.layout
        place = bisect_left(self.story.seen_starts, at)
        near = [
            seen
            for seen in self.story.seen[max(0, place - 12) : place]
            if seen.chain.kind == "person"
            and seen.weight > 0.3
            and layout.sentence(at) - layout.sentence(seen.at) <= 1
            and not self.story.is_elsewhere(seen.at)
        ]
        return list(pairwise(near))

    def _together(self, chains: Sequence[Chain], source: Source, via: int) -> Seen | None:
        if len({id(chain) for chain in chains}) < 2:
            return None
        return Seen(via, self.referents.together(chains, source))

    def _group_between(self, start: int, end: int) -> bool:
        """Whether a plural noun for people stands unquoted between two offsets."""
        layout, groups = self.story.layout, self.story.titles.groups
        return any(
            found.group() in groups and not layout.is_quoted(found.start())
            for found in _WORD.finditer(self.story.text, start, end)
        )
