"""Which body a common noun means: "the agency", "the company", "the state power company".

A source of the form "again" and the article's chains come in; one chain goes out, or None
where no body or more than one fits.  In this order: the body so described before, the body
whose name or apposition has the noun, the ministry of the article's one minister, the
article's one firm, and last the description itself as the name of a body nobody has named.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from quotes.people.spelling import plain
from quotes.people.titles import Titles
from quotes.speakers.antecedents import Scene
from quotes.speakers.chains import Chain
from quotes.speakers.sources import Source

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

    scene: Scene
    described: dict[str, Chain] = field(default_factory=dict)

    @property
    def titles(self) -> Titles:
        """The word lists."""
        return self.scene.titles

    def called(self, name: str, source: Source) -> Chain:
        """The body that goes by a description, new or met before."""
        chain = self.described.get(plain(name))
        if chain is None:
            chain = Chain(words=tuple(name.split()), kind="organisation", first=source.own.start)
            chain.end = source.own.end
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
        named = [c for c in self.scene.chains.all[-_MOST_CHAINS:] if c.kind == "organisation"]
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
        for chain in self.scene.chains.all[-_MOST_CHAINS:]:
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
        layout = self.scene.layout
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
        seen = self.scene.seen[: bisect_left(self.scene.seen_starts, before)]
        unknown = [s for s in seen[-_MOST_CHAINS:] if s.chain.kind == "unknown"]
        acting = {id(s.chain) for s in unknown if s.weight > 0.8 and not self._says_what(s.chain)}
        return any(id(s.chain) in acting and not self._opens(s.at) for s in unknown)

    def _opens(self, at: int) -> bool:
        """Whether a sentence begins here, so that the capital says nothing."""
        starts = self.scene.layout.sentences
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
