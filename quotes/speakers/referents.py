"""Who speaks without a name: "a U.S. source", voters, a report, two persons together.

Sources come in; chains go out that have a `sort` in a name's place.  The same words, and a
definite phrase for what was spoken of before ("the source"), give the same chain; "another
source" gives a new one.  Such a chain is of one article and of no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from quotes.people.spelling import plain
from quotes.records import SpeakerKind
from quotes.speakers.chains import Chain
from quotes.speakers.sources import Source

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
        words = tuple(name.split())
        chain = Chain(words=words, kind="unknown", first=source.own.start, sort=sort)
        chain.end = source.own.end
        self._at[source.own.start] = chain
        self.met.append(chain)
        return chain
