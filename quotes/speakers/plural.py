"""Whom "they", "the two" and "it" mean: a group, a body, two persons, a text.

What was named and said so far comes in; one chain and the mention that led to it go out, or
None where none or several fit.  Only what stands right before counts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from quotes.speakers.antecedents import Memory, Scene, Seen
from quotes.speakers.chains import Chain
from quotes.speakers.referents import Referents
from quotes.speakers.sources import Source

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


@dataclass(frozen=True, slots=True)
class Meant:
    """A chain, and where the mention begins that led to it."""

    chain: Chain
    via: int


@dataclass(slots=True)
class Plurals:
    """What plural and neuter words of one article may mean."""

    scene: Scene
    memory: Memory
    referents: Referents

    def they(self, source: Source) -> Meant | None:
        """The group, body or persons that "they" means."""
        at = source.own.start
        linked = self._linked(source)
        spoken = self._last_spoken(at, _is_many)
        if linked or spoken:
            return linked or spoken
        found = [found for found in (self._pair(source), self._body(at)) if found is not None]
        nearest = max(found, key=lambda meant: meant.via, default=None)
        if nearest is None or self._group_between(nearest.via, at):
            return None
        return nearest

    def it(self, source: Source, *, far: int = 1) -> Meant | None:
        """The body or text that "it" means.

        Args:
            far: how many paragraphs back who spoke may be.
        """
        at = source.own.start
        layout = self.scene.layout
        linked = self._linked(source)
        if linked:
            return linked
        for when, chain in reversed(self.memory.spoken[-4:]):
            apart = layout.paragraph(at) - layout.paragraph(when)
            if chain is None or apart > far:
                break
            if _is_thing(chain):
                return Meant(chain, when)
            if apart > 0:
                break
        return self._body(at)

    def two(self, source: Source) -> Meant | None:
        """The two persons that "the two" means: who spoke together or stand together."""
        spoken = self._last_spoken(source.own.start, lambda chain: len(chain.members) == 2)
        return spoken or self._pair(source) or self._met(source)

    def _linked(self, source: Source) -> Meant | None:
        shares = self.scene.links.meant(source.own)
        best = max(shares, key=lambda chain: (shares[chain], -chain.first), default=None)
        if best is None or shares[best] < _LEAST_LINKED or not (_is_many(best) or _is_thing(best)):
            return None
        return Meant(best, best.first)

    def _last_spoken(self, at: int, fits: Fits) -> Meant | None:
        if not self.memory.spoken:
            return None
        when, chain = self.memory.spoken[-1]
        layout = self.scene.layout
        near = layout.sentence(at) - layout.sentence(when) <= _NEAR_SENTENCES
        apart = layout.paragraph(at) - layout.paragraph(when)
        return Meant(chain, when) if chain and near and apart <= 1 and fits(chain) else None

    def _body(self, at: int) -> Meant | None:
        """The one body named as a subject in this paragraph, in this sentence or the last."""
        layout = self.scene.layout
        near: list[Seen] = []
        place = bisect_left(self.scene.bodies, at, key=lambda seen: seen.at)
        for seen in reversed(self.scene.bodies[max(0, place - 8) : place]):
            if layout.paragraph(seen.at) != layout.paragraph(at):
                break
            if layout.sentence(at) - layout.sentence(seen.at) <= 1:
                near.append(seen)
        subjects = [seen for seen in near if seen.weight > 0.8]
        if len({id(seen.chain) for seen in subjects}) != 1:
            return None
        return Meant(subjects[0].chain, subjects[0].at)

    def _pair(self, source: Source) -> Meant | None:
        """Two persons joined by "and" in this sentence or the last."""
        for left, right in reversed(self._before(source.own.start)):
            if self.scene.text[left.at : right.at].rstrip().endswith(" and"):
                return self._together([left.chain, right.chain], source, right.at)
        return None

    def _met(self, source: Source) -> Meant | None:
        """The only two persons of the sentence before."""
        pairs = self._before(source.own.start)
        layout = self.scene.layout
        here = layout.sentence(source.own.start)
        seen = [each for pair in pairs for each in pair if layout.sentence(each.at) == here - 1]
        chains = list({id(each.chain): each.chain for each in seen}.values())
        if len(chains) != 2:
            return None
        return self._together(chains, source, max(each.at for each in seen))

    def _before(self, at: int) -> list[tuple[Seen, Seen]]:
        """Neighbouring persons named in this sentence or the last, outside quotation marks."""
        layout = self.scene.layout
        place = bisect_left(self.scene.seen_starts, at)
        near = [
            seen
            for seen in self.scene.seen[max(0, place - 12) : place]
            if seen.chain.kind == "person"
            and seen.weight > 0.3
            and layout.sentence(at) - layout.sentence(seen.at) <= 1
            and not self.scene.is_elsewhere(seen.at)
        ]
        return list(pairwise(near))

    def _together(self, chains: Sequence[Chain], source: Source, via: int) -> Meant | None:
        if len({id(chain) for chain in chains}) < 2:
            return None
        return Meant(self.referents.together(chains, source), via)

    def _group_between(self, start: int, end: int) -> bool:
        """Whether a plural noun for people stands unquoted between two offsets."""
        layout, groups = self.scene.layout, self.scene.titles.groups
        return any(
            found.group() in groups and not layout.is_quoted(found.start())
            for found in _WORD.finditer(self.scene.text, start, end)
        )
