"""What the reader says of mentions: which earlier ones each refers to, and what names name.

The reader's `Mention`s and an article's chains come in; for a place in the text the chains it
may mean go out, each with its probability.  A link to a pronoun or a description is followed
on to what that one means.  Without mentions nothing is said of any place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from quotes.records import Mention, Span
from quotes.speakers.chains import Chain, Chains
from quotes.speakers.names import Name

_NAMING = frozenset({"person", "organisation", "place"})
_NEAR = 8
"""Names looked at to find the one that a mention touches."""

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


def with_mentions(names: tuple[Name, ...], mentions: Sequence[Mention]) -> tuple[Name, ...]:
    """The names, those of unknown kind persons where the reader says so.

    Of bodies the reader is less sure than the rules; words in capitals may be anything.
    """
    settled = list(names)
    for mention in mentions:
        if mention.kind == "person":
            touched = _touched(names, mention.span)
            if len(touched) == 1:
                settled[touched[0]] = _settled(names[touched[0]], mention)
    return tuple(settled)


def _touched(names: tuple[Name, ...], span: Span) -> list[int]:
    first = max(0, bisect_left(names, span.start, key=lambda name: name.start) - 1)
    near = range(first, min(first + _NEAR, len(names)))
    return [n for n in near if names[n].start < span.end and names[n].end > span.start]


def _settled(name: Name, mention: Mention) -> Name:
    covered = mention.span.start <= name.start and name.end <= mention.span.end + 1
    shouted = all(word.isupper() and len(word.rstrip(".")) > 1 for word in name.words)
    if name.kind != "unknown" or name.title or not covered or shouted:
        return name
    return replace(name, kind="person")
